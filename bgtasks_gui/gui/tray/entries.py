"""Lines of the tray's menu that come and go with runs, each the same object for as long as it is.

A line never becomes one about another run: an open menu does not flicker, and a click on a copy
that a panel has kept cannot hit the wrong run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from bgtasks_gui.gui.actions.catalogue import BY_NAME, Subject, remedy
from bgtasks_gui.gui.tray.summary import Lines

#: What can be done to a run from here.
OFFERED: Final = ("suspend", "resume", "new_address", "cancel", "logs")


class Entry(Protocol):
    """A line about a run."""

    @property
    def action(self) -> QAction: ...

    def tell(self, subject: Subject, text: str) -> None: ...

    def close(self) -> None: ...


E = TypeVar("E", bound=Entry)


class RunEntry:
    """A run, with what can be done to it beneath; `perform` is given the action's name."""

    def __init__(self, parent: QMenu, perform: Callable[[str, Subject], None]) -> None:
        self._menu = QMenu(parent)
        self._perform = perform
        self._subject = Subject(None, None)
        self.actions = {name: self._make(name) for name in OFFERED}

    @property
    def action(self) -> QAction:
        return self._menu.menuAction()

    def tell(self, subject: Subject, text: str) -> None:
        self._subject = subject
        self._menu.setTitle(text)
        for name, action in self.actions.items():
            action.setVisible(BY_NAME[name].fits(self._subject))

    def close(self) -> None:
        self._menu.deleteLater()

    def _make(self, name: str) -> QAction:
        action = self._menu.addAction(BY_NAME[name].text)
        action.triggered.connect(lambda: self._perform(name, self._subject))
        return action


class FailureEntry:
    """A run that has ended badly: the window at it, and beneath what helps where something does.

    `open_run` is given its id, `perform` the name of an action.
    """

    def __init__(
        self,
        parent: QMenu,
        run_id: str,
        open_run: Callable[[str], None],
        perform: Callable[[str, Subject], None],
    ) -> None:
        self._subject = Subject(None, None)
        self._name = ""
        self.action = QAction(parent)
        self.action.triggered.connect(lambda: open_run(run_id))
        self._beneath = QMenu(parent)
        self._beneath.addAction("Show").triggered.connect(lambda: open_run(run_id))
        self._remedy = self._beneath.addAction("")
        self._remedy.triggered.connect(lambda: perform(self._name, self._subject))

    def tell(self, subject: Subject, text: str) -> None:
        self._subject = subject
        self._name, label = remedy(subject)
        self.action.setText(text)
        self._remedy.setText(label)
        wanted = self._beneath if label else None
        if self.action.menu() is not wanted:
            # None takes it away, which the annotations of Qt do not know.
            self.action.setMenu(wanted)  # type: ignore[arg-type]

    def close(self) -> None:
        self.action.deleteLater()
        self._beneath.deleteLater()


class Section(Generic[E]):
    """The lines of one kind, and one that says how many more there are."""

    def __init__(
        self, menu: QMenu, make: Callable[[str], E], spelling: Callable[[str], str]
    ) -> None:
        self._menu = menu
        self._make = make
        self._spell = spelling
        self.more = menu.addAction("")
        #: By the id of the run.
        self.entries: dict[str, E] = {}

    def tell(self, lines: Lines) -> None:
        for run_id in self.entries.keys() - {line.run.id for line in lines.shown}:
            self._remove(run_id)
        for line in lines.shown:
            if line.run.id not in self.entries:
                self._add(line.run.id)
            self.entries[line.run.id].tell(line.subject, self._spell(line.text))
        self.more.setVisible(lines.more > 0)
        if lines.more:
            self.more.setText(f"and {lines.more} more…")

    def _add(self, run_id: str) -> None:
        entry = self._make(run_id)
        later = [one for one in self.entries if one > run_id]
        below = self.entries[min(later)].action if later else self.more
        self._menu.insertAction(below, entry.action)
        self.entries[run_id] = entry

    def _remove(self, run_id: str) -> None:
        entry = self.entries.pop(run_id)
        self._menu.removeAction(entry.action)
        entry.close()
