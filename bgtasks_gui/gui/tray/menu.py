"""The menu of the tray: plain lines, since the panel draws it and keeps a copy of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from bgtasks_gui.gui.actions import pausing
from bgtasks_gui.gui.actions.catalogue import BY_NAME, Subject
from bgtasks_gui.gui.actions.performer import Performer
from bgtasks_gui.gui.tray import summary
from bgtasks_gui.gui.tray.entries import FailureEntry, RunEntry, Section


def spell(words: str) -> str:
    """Words as Qt writes them in a menu, where "&" marks a key."""
    return words.replace("&", "&&")


def spell_for_bus(words: str) -> str:
    """The same for a menu on the session bus, where "_" marks a key and Qt does not double it.

    Qt makes "_&" of "&&" there, and GTK loses every "__" of a line that has a single "_" too. So
    where both stand in a line, the ampersand is a look-alike.
    """
    if "_" not in words:
        return spell(words)
    return words.replace("&", "\N{FULLWIDTH AMPERSAND}").replace("_", "__")


class TrayMenu(QObject):
    """Shows what `tell` is given; `menu` is for the icon.

    Signals: `open_wanted` with the id of a run, or "" for the window as it is; `quit_wanted`;
    `opening` before a person sees it.
    """

    open_wanted = Signal(str)
    quit_wanted = Signal()
    opening = Signal()

    def __init__(
        self, performer: Performer, spelling: Callable[[str], str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._performer = performer
        self._spell = spelling
        self.menu = QMenu()
        self.menu.aboutToShow.connect(self.opening)
        self.status = self.menu.addAction("")
        self.status.setEnabled(False)
        self.failures = Section(self.menu, self._make_failure, spelling)
        self.menu.addSeparator()
        self.runs = Section(self.menu, self._make_run, spelling)
        self._after_runs = self.menu.addSeparator()
        self._add_pauses()
        self.menu.addSeparator()
        self.menu.addAction("&Open Background Tasks").triggered.connect(self._on_open)
        self.menu.addAction("&Quit").triggered.connect(self.quit_wanted)
        for section in (self.failures, self.runs):
            section.more.triggered.connect(self._on_open)

    def tell(self, known: summary.Situation) -> None:
        """Show what is known now; whatever is as before is not touched."""
        self.status.setText(self._spell(summary.status(known)))
        self.failures.tell(summary.failure_lines(known))
        runs = summary.run_lines(known)
        self.runs.tell(runs)
        self._after_runs.setVisible(bool(runs.shown))
        self.pauses.setVisible(not known.is_paused)
        self.pauses.setEnabled(known.is_connected)
        self.resume.setVisible(known.is_paused)
        self.resume.setText(pausing.resume_text(known.pause, known.now))

    def close(self) -> None:
        self.menu.deleteLater()

    def _add_pauses(self) -> None:
        below = self.menu.addMenu("&Pause all")
        self.pauses = below.menuAction()
        for choice in pausing.PAUSES:
            below.addAction(choice.text).triggered.connect(
                lambda _checked=False, choice=choice: pausing.pause(self._performer, choice)
            )
        self.resume = self.menu.addAction("")
        self.resume.triggered.connect(lambda: pausing.resume(self._performer))

    def _make_failure(self, run_id: str) -> FailureEntry:
        return FailureEntry(self.menu, run_id, self.open_wanted.emit, self._perform)

    def _make_run(self, _run_id: str) -> RunEntry:
        return RunEntry(self.menu, self._perform)

    def _perform(self, name: str, subject: Subject) -> None:
        if BY_NAME[name].ask is None and subject.run is not None:
            # It is the window that shows it, and that may be hidden.
            self.open_wanted.emit(subject.run.id)
        self._performer.perform(name, [subject])

    def _on_open(self) -> None:
        self.open_wanted.emit("")
