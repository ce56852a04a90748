"""The pages of the window; each is made when it is first turned to, or once there is time."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from bgtasks_gui.gui.views import PAGES
from bgtasks_gui.gui.views.page import Page, Parts


class Pages(QStackedWidget):
    """Every page of `PAGES`, one of which is shown.

    Signals: `made` with a page that is new.
    """

    made = Signal(object)

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._made: dict[int, Page] = {}

    @staticmethod
    def place_of(name: str) -> int:
        """The place of the page of this name; the first one's where there is none."""
        return next((at for at, page in enumerate(PAGES) if page.name == name), 0)

    @property
    def current(self) -> Page:
        """The page that is shown."""
        page = self.currentWidget()
        assert isinstance(page, Page)
        return page

    def known(self) -> list[tuple[int, Page]]:
        """The pages that are made, each with its place."""
        return sorted(self._made.items())

    def all(self) -> list[Page]:
        """Every page, those that were missing made."""
        return [self._make(at) for at in range(len(PAGES))]

    def turn_to(self, at: int) -> Page:
        page = self._make(at)
        self.setCurrentWidget(page)
        return page

    def _make(self, at: int) -> Page:
        if at not in self._made:
            page = self._made[at] = PAGES[at](self._parts)
            self.addWidget(page)
            self.made.emit(page)
        return self._made[at]
