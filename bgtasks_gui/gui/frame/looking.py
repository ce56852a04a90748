"""What is selected is looked at in the pane, for as long as it is selected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QSplitter, QWidget

from bgtasks_gui.gui.actions.offered import Offered
from bgtasks_gui.gui.detail.pane import Pane
from bgtasks_gui.gui.prefs import Keeper
from bgtasks_gui.gui.views.page import Page

#: Milliseconds after a change until the actions on a selection without a pane fit it again.
_OFFER_MS: Final = 250


class Looking(QObject):
    """The pages above, the pane below, and the line between them that the person moves."""

    def __init__(
        self, pane: Pane, page: Callable[[], Page], offered: Offered, keeper: Keeper
    ) -> None:
        super().__init__(pane)
        self._pane = pane
        self._page = page
        self._keeper = keeper
        # Without the pane what can be done is seen only when it is looked for.
        self._offering = QTimer(self)
        self._offering.setSingleShot(True)
        self._offering.timeout.connect(offered.refresh)
        self.split = QSplitter(Qt.Orientation.Vertical)
        pane.closed.connect(lambda: self.show_pane(is_shown=False))
        pane.hide()

    def lay_out(self, pages: QWidget) -> QSplitter:
        """Put the pages over the pane."""
        self.split.setHandleWidth(1)
        for at, widget in enumerate((pages, self._pane)):
            self.split.addWidget(widget)
            self.split.setCollapsible(at, False)
        self.split.setStretchFactor(0, 1)
        self.split.setSizes([10_000, self._keeper.prefs.pane_height])
        self.split.splitterMoved.connect(self._on_moved)
        return self.split

    def look(self) -> None:
        """Something else is selected, or nothing."""
        subjects = self._page().subjects() if self._page().has_pane else ()
        has_one = len(subjects) == 1
        self._pane.setVisible(self._keeper.prefs.is_pane_shown and has_one)
        if has_one:
            self._pane.show_subject(subjects[0], self._page().state_of(subjects[0]))

    def look_again(self, touched: frozenset[str]) -> None:
        """Tasks have changed; what is looked at may be one of them."""
        shown = self._pane.subject
        task_id = shown.task.id if shown.task is not None else shown.run and shown.run.task_id
        if self._pane.isVisible():
            if task_id in touched:
                self.look()
        elif touched and self._page().is_seen and not self._offering.isActive():
            self._offering.start(_OFFER_MS)

    def show_pane(self, *, is_shown: bool) -> None:
        """Open or close the pane, because the person wants it so."""
        self._keeper.prefs.is_pane_shown = is_shown
        self._keeper.keep()
        self.look()

    def toggle(self) -> None:
        self.show_pane(is_shown=not self._pane.isVisible())

    def _on_moved(self) -> None:
        self._keeper.prefs.pane_height = self._pane.height()
        self._keeper.keep()
