"""What the tray says, decided in one place: its picture, its words, the lines of its menu."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from bgtasks_gui.client.phrases import kept, text, times
from bgtasks_gui.client.phrases import runs as run_phrases
from bgtasks_gui.client.phrases import tasks as task_phrases
from bgtasks_gui.core import runs
from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.tray import picture
from bgtasks_gui.wire import shapes

#: Lines of runs, and of failures, that a menu can hold and still be looked over.
MOST_RUNS: Final = 5
MOST_FAILURES: Final = 3
#: Letters of a name, and of a whole line: a menu is as wide as its longest line.
_NAME: Final = 32
_LINE: Final = 72
#: Of a line that says a reason, which cannot be read elsewhere while the window is hidden.
_LONGEST_LINE: Final = 110
_S = runs.RunState


@dataclass(frozen=True, kw_only=True)
class Situation:
    """All that the tray knows."""

    now: datetime
    is_connected: bool
    #: Why the agent is not reached; "" while that is not known yet.
    trouble: str = ""
    pause: shapes.PauseView | None = None
    #: Runs that have not ended, the oldest first.
    active: Sequence[shapes.RunView] = ()
    #: The total progress from 0 to 1.
    progress: float | None = None
    #: Ends that nobody has looked at, the oldest first.
    failures: Sequence[shapes.RunView] = ()
    #: The same of runs that were cancelled or skipped, which need nobody.
    stops: Sequence[shapes.RunView] = ()
    #: What was asked of the agent about a run and is not confirmed, by the run's id.
    asked: Callable[[str], str] = lambda _run_id: ""
    #: A task by its id.
    task: Callable[[str], shapes.TaskView | None] = lambda _task_id: None

    @property
    def is_paused(self) -> bool:
        return self.is_connected and self.pause is not None and self.pause.paused

    @property
    def asking(self) -> list[shapes.RunView]:
        """Runs that wait for the person's answer."""
        return [run for run in self.active if run.state is _S.WAITING and states.needs_you(run)]


class Line(NamedTuple):
    """A line of the menu that is about a run."""

    subject: Subject
    run: shapes.RunView
    text: str


class Lines(NamedTuple):
    """Lines of one kind, the oldest run first."""

    shown: list[Line]
    #: How many there is no room for.
    more: int


# The icon


def look(known: Situation) -> picture.Look:
    """How the icon looks."""
    if not known.is_connected:
        return picture.look(picture.State.AWAY)
    state = picture.State.IDLE
    if known.is_paused:
        state = picture.State.PAUSED
    elif any(run.state in (_S.RUNNING, _S.CANCELING) for run in known.active):
        state = picture.State.RUNNING
    needs_you = bool(known.failures or known.asking)
    return picture.look(state, known.progress, needs_you=needs_you)


def status(known: Situation) -> str:
    """ "2 running (62 %), 1 waiting": where everything stands, in one line."""
    if not known.is_connected:
        return "The agent is not reached" if known.trouble else "Looking for the agent…"
    if known.is_paused:
        assert known.pause is not None
        return f"Everything is paused {task_phrases.until(known.pause, known.now)}"
    return _counts(known) or "Nothing is running"


def tooltip(known: Situation) -> str:
    """The status, and who needs the person."""
    said = status(known)
    lines = [said if known.is_paused else f"Background Tasks: {_within(said)}"]
    if known.is_connected and (needs := _needs(known)):
        lines.append(f"Needs you: {needs}")
    return "\n".join(lines)


def _counts(known: Situation) -> str:
    counts = Counter(run.state for run in known.active)
    share = "" if known.progress is None else f" ({min(round(known.progress * 100), 99)} %)"
    parts = (
        (counts[_S.RUNNING], f"running{share}"),
        (counts[_S.CANCELING], "being cancelled"),
        (counts[_S.WAITING] + counts[_S.PENDING], "waiting"),
        (counts[_S.SUSPENDED], "suspended"),
    )
    return ", ".join(f"{count} {word}" for count, word in parts if count)


def _needs(known: Situation) -> str:
    said = [f"{_name(run)} {_ended(run)}" for run in reversed(known.failures)]
    said += [f"{_name(run)} waits for your answer" for run in known.asking]
    if len(said) < 2:
        return "".join(said)
    return f"{said[0]}, and {len(said) - 1} more"


def _ended(run: shapes.RunView) -> str:
    return "was missed" if run.state is _S.MISSED else run_phrases.word(run.state)


# The menu


def run_lines(known: Situation) -> Lines:
    """What waits for an answer is shown rather than what runs, and that rather than the rest."""
    asking = {run.id for run in known.asking}
    foremost = sorted(known.active, key=lambda run: (run.id not in asking, states.prominence(run)))
    return _lines(known, foremost[:MOST_RUNS], len(foremost), _run_text)


def failure_lines(known: Situation) -> Lines:
    """The newest ends that nobody has looked at, and why they came."""
    ends = sorted((*known.failures, *known.stops), key=lambda run: run.completed_at or run.id)
    return _lines(known, ends[-MOST_FAILURES:], len(ends), _failure_text)


def _lines(
    known: Situation,
    chosen: Sequence[shapes.RunView],
    count: int,
    say: Callable[[shapes.RunView, Situation], str],
) -> Lines:
    if not known.is_connected:
        # Nothing of what was true is told as if it still were.
        return Lines([], 0)
    ordered = sorted(chosen, key=lambda run: run.id)
    shown = [Line(Subject(known.task(run.task_id), run), run, say(run, known)) for run in ordered]
    return Lines(shown, count - len(shown))


def _run_text(run: shapes.RunView, known: Situation) -> str:
    return _shortened(f"{_name(run)}: {note(run, known)}", _LINE)


def _failure_text(run: shapes.RunView, known: Situation) -> str:
    # The time and not how long ago: panels keep these lines, and an old one must still be true.
    at = times.clock(run.completed_at or run.triggered_at, known.now)
    said = f"{_name(run)} {_ended(run)}, {at}"
    parts = [one for one in (_why(run), kept.kept(run)) if one]
    return _shortened(f"{said}: {'; '.join(parts)}", _LONGEST_LINE) if parts else said


def _why(run: shapes.RunView) -> str:
    """ "by you: disk is needed": the sentence without the word that stands before it."""
    if run.reason is None:
        return ""
    word = run_phrases.word(run.state).capitalize()
    return run.reason.sentence.removeprefix(word).lstrip(": ").removesuffix(".")


def note(run: shapes.RunView, known: Situation) -> str:
    """ "62 %, 42 s left": how far it is, or what it waits for."""
    asked = known.asked(run.id)
    if asked:
        return _within(asked)
    if run.state is not _S.RUNNING:
        return _within(run_phrases.note(run, known.now)) or run_phrases.word(run.state)
    if run.progress is None:
        return run_phrases.summary(run, known.now)
    figures = [say(run.progress) for say in (run_phrases.percent, run_phrases.eta)]
    return ", ".join(filter(None, figures)) or run_phrases.progress(run.progress)


def _name(run: shapes.RunView) -> str:
    return _shortened(run.task_name, _NAME)


def _within(sentence: str) -> str:
    """A sentence as it goes on after a colon; what is written in capitals stays so."""
    start = sentence[:1].lower() if sentence[1:2].islower() else sentence[:1]
    return f"{start}{sentence[1:]}".removesuffix(".")


def _shortened(words: str, most: int) -> str:
    words = text.one_line(words)
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
