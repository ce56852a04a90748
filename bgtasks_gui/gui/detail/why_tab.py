"""The tab that says why a task does not run: every blocker with its live value, and the chances."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.core import errors, runs
from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.style import mark, metrics
from bgtasks_gui.gui.widgets.shape import Shape
from bgtasks_gui.wire import shapes

_MET: Final = ("circle-check", "done")
_UNMET: Final = ("hourglass", "waiting")
_CHANCE: Final = ("calendar-clock", "scheduled")
_LAST: Final = ("history", "second")
_AWAY: Final = "Not known while the agent is away."
#: Coming times that are listed.
_CHANCES: Final = 5
#: Characters that have room beside one another on the narrowest window.
_ONE_LINE: Final = 80


class Line(NamedTuple):
    """One line of the checklist."""

    shape: tuple[str, str]
    lead: str
    rest: str = ""
    #: Role of the rest.
    role: str = "second"


class WhyTab(QScrollArea):
    """A checklist: what keeps the run from starting or going on, what holds, and what comes."""

    def __init__(
        self, client: Client, now: Callable[[], datetime], is_reached: Callable[[], bool]
    ) -> None:
        super().__init__()
        self._client = client
        self._is_reached = is_reached
        self._now = now
        self._subject = Subject(None, None)
        self._told_of = frozenset[str]()
        self.setWidgetResizable(True)
        # The keyboard scrolls it, and shows where it is by the edge.
        mark(self, role="side")
        self.setAccessibleName("Why")
        page = QWidget()
        mark(page, role="page")
        self._column = QVBoxLayout(page)
        # The edge of the keyboard takes a pixel.
        self._column.setContentsMargins(metrics.EDGE - 1, 8, metrics.EDGE - 1, 12)
        self._column.setSpacing(7)
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._column.addWidget(self._sentence)
        self._column.addStretch(1)
        self.setWidget(page)
        self._lines: list[_LineView] = []

    def show_subject(self, subject: Subject) -> None:
        """Take up a task or run; what is said of it is asked for by `read`."""
        self._subject = subject
        if subject.ids != self._told_of:
            # What was said of another one must not stand below this one's name.
            self._told_of = subject.ids
            self._sentence.setText("" if self._is_reached() else _AWAY)
            self._show_lines([])

    async def read(self) -> None:
        """Ask the agent, and show its answer as it is now."""
        subject = self._subject
        sentence, found = await self._ask(subject)
        if self._subject.ids == subject.ids:
            self._sentence.setText(sentence)
            self._show_lines(found)

    async def _ask(self, subject: Subject) -> tuple[str, list[Line]]:
        call = _call(subject)
        if call is None:
            return "The task of this run was removed, so nothing starts it again.", []
        try:
            why = await self._client(call)
        except errors.AgentUnreachable:
            return _AWAY, []
        except errors.UserError as error:
            return error.message, []
        return _sentence(why, subject), list(lines(why, self._now()))

    def _show_lines(self, found: list[Line]) -> None:
        while len(self._lines) < len(found):
            view = _LineView()
            self._column.insertWidget(self._column.count() - 1, view)
            self._lines.append(view)
        for at, view in enumerate(self._lines):
            view.setVisible(at < len(found))
            if at < len(found):
                view.show_line(found[at])


class _LineView(QWidget):
    """One line on the screen."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        self._shape, self._lead, self._rest = Shape(), QLabel(), QLabel()
        for label in (self._lead, self._rest):
            label.setTextFormat(Qt.TextFormat.PlainText)
        #: Beside one another where both are short, else below one another.
        self._words = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._words.addWidget(self._lead)
        self._words.addWidget(self._rest, 1)
        row.addWidget(self._shape, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._words, 1)

    def show_line(self, line: Line) -> None:
        self._shape.set_icon(*line.shape)
        self._lead.setText(line.lead)
        self._rest.setText(line.rest)
        self._rest.setVisible(bool(line.rest))
        is_short = len(line.lead) + len(line.rest) <= _ONE_LINE
        way = QBoxLayout.Direction
        self._words.setDirection(way.LeftToRight if is_short else way.TopToBottom)
        self._words.setSpacing(10 if is_short else 1)
        for label in (self._lead, self._rest):
            label.setWordWrap(not is_short)
        mark(self._rest, role=line.role)
        self.setAccessibleName(f"{line.lead} {line.rest}".strip())


def lines(why: shapes.WhyView, now: datetime) -> Iterator[Line]:
    """The checklist of an answer: what is in the way first."""
    for blocker in why.blockers:
        lifts = f"; {blocker.lifts}" if blocker.lifts else ""
        yield Line(
            _UNMET, text.one_line(blocker.sentence), f"now {blocker.value}{lifts}", "waiting"
        )
    for check in why.checks:
        if check.holds:
            yield Line(_MET, text.one_line(check.sentence), f"now {check.value}")
    for chance in why.next[:_CHANCES]:
        at = times.when(chance.at, now)
        yield Line(_CHANCE, f"{at[:1].upper()}{at[1:]}", chance.note or "")
    if why.last is not None:
        yield Line(_LAST, "Last run", text.one_line(why.last))


def _sentence(why: shapes.WhyView, subject: Subject) -> str:
    run = subject.run
    if run is not None and run.state in runs.ENDED:
        run = None
    if why.blockers:
        is_alone = len(why.blockers) == 1
        thing = "this is" if is_alone else f"these {len(why.blockers)} are"
        doing = "go on" if run is not None and run.started_at is not None else "start"
        return f"It does not {doing} while {thing} in the way:"
    if run is not None:
        return "Nothing is in its way: it runs." if run.started_at else "It is about to start."
    if why.next:
        return "Nothing is in its way. It starts by itself at its next time:"
    return "Nothing is in its way. It starts when you run it, or when its event happens."


def _call(subject: Subject) -> commands.Call[shapes.WhyView] | None:
    run = subject.run
    if run is not None and run.state not in runs.ENDED:
        return commands.explain_run(run.id)
    return None if subject.task is None else commands.explain_task(subject.task.id)
