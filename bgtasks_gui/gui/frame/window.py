"""The window: sidebar, pages, banners, the pane with what is selected, and the line at the foot."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QHideEvent,
    QKeySequence,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.actions.offered import Offered
from bgtasks_gui.gui.detail.pane import Pane, Side
from bgtasks_gui.gui.frame import sizing
from bgtasks_gui.gui.frame.header import Header
from bgtasks_gui.gui.frame.looking import Looking
from bgtasks_gui.gui.frame.pacing import Pacing
from bgtasks_gui.gui.frame.pages import Pages
from bgtasks_gui.gui.frame.status_bar import StatusBar
from bgtasks_gui.gui.frame.telling import Telling
from bgtasks_gui.gui.style import mark, theme
from bgtasks_gui.gui.views import PAGES
from bgtasks_gui.gui.views.page import Page, Parts
from bgtasks_gui.gui.widgets.banner import BannerArea
from bgtasks_gui.gui.widgets.nav import Sidebar

#: Facts of the machine that stand in the sidebar, at most.
_FACTS: Final = 4
#: Facts about the program itself, which are for the status bar and the doctor.
_OWN_FACTS: Final = frozenset({"supervisor", "disk"})
_SMALLEST: Final = (800, 520)


class Window(QWidget):
    """Everything a person sees.

    Signals: `close_asked` when it is to be closed, which others decide; `new_wanted` to add a task,
    `samples_wanted` to add the sample tasks; `transfer_wanted` with what is to be moved, or None;
    `painted` when it has its first picture.
    """

    close_asked = Signal()
    new_wanted = Signal()
    samples_wanted = Signal()
    transfer_wanted = Signal(object)
    painted = Signal()

    def __init__(self, parts: Parts, sides: Sequence[Side], pauses: QMenu) -> None:
        super().__init__()
        self.parts = parts
        mark(self, role="window")
        self.setWindowTitle("Background Tasks")
        self.setMinimumSize(*_SMALLEST)
        self.resize(sizing.fitting(parts.keeper.prefs.width, parts.keeper.prefs.height))
        self.may_close = False
        self._is_painted = False
        self._pages = Pages(parts)
        self._pages.made.connect(self._on_page_made)
        self._pages.turn_to(self._pages.place_of(parts.keeper.prefs.page))
        self.offered = Offered(parts.performer, self.subjects, self)
        self.offered.add_keys_of_lists(self._pages)
        self.pane = Pane(sides, self.offered)
        self.looking = Looking(self.pane, lambda: self.page, self.offered, parts.keeper)
        self.sidebar = Sidebar([(page.title, page.icon) for page in PAGES])
        self.header = Header(pauses)
        self.banners = BannerArea()
        self.telling = Telling(parts, self.banners)
        self.status = StatusBar(parts)
        self._lay_out()
        self.pacing = Pacing(self, parts.bridge, lambda: parts.tally.counts.total() > 0)
        self._connect()
        for key, act in self._keys():
            QShortcut(QKeySequence(key), self).activated.connect(act)
        self.show_page(parts.keeper.prefs.page).focus_list()

    # What others ask

    @property
    def pages(self) -> list[Page]:
        """Every page; those that nobody has turned to yet are made."""
        return self._pages.all()

    @property
    def page(self) -> Page:
        return self._pages.current

    def subjects(self) -> Sequence[Subject]:
        """What is selected on the page that is shown."""
        return self.page.subjects()

    def make_pages(self) -> None:
        """Make the pages that nobody has turned to yet."""
        self._pages.all()
        self._count()

    def show_page(self, name: str, state: str = "") -> Page:
        """Turn to a page; `state` filters it, "id:..." selects there."""
        at = self._pages.place_of(name)
        page = self._pages.turn_to(at)
        # The field is empty on every page that is turned to, so nothing is searched there either.
        page.search("")
        self.sidebar.choose(at)
        self.header.show_page(page.title, page.search_hint, page.new_words)
        self.header.search.clear()
        page.appear()
        if state.startswith("id:"):
            page.pick(state.removeprefix("id:"))
        else:
            page.show_state(state)
        self.parts.keeper.prefs.page = page.name
        self._on_selection_changed()
        self._count()
        return page

    def show_run(self, run_id: str) -> None:
        """Show a run where it stands now."""
        run = self.parts.bridge.mirror.runs.get(run_id)
        # What is not known any more has ended long ago.
        is_active = run is not None and run.completed_at is None
        self.show_page("activity" if is_active else "history", f"id:{run_id}")

    def come_forward(self) -> None:
        """Show the window over all others, wherever it was."""
        sizing.come_forward(self, is_maximized=self.parts.keeper.prefs.is_maximized)

    def show_tab(self, title: str) -> None:
        """Turn the pane to a side, opening it where it is closed."""
        self.looking.show_pane(is_shown=True)
        self.pane.show_tab(title)

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            # After what lies within is painted too.
            QTimer.singleShot(0, self, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.may_close:
            event.accept()
            return
        event.ignore()
        self.close_asked.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.pacing.look()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.pacing.look()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.parts.keeper.prefs.is_maximized = self.isMaximized()
            self.pacing.look()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.isMaximized() and self.isVisible():
            prefs = self.parts.keeper.prefs
            prefs.width, prefs.height = self.width(), self.height()

    # Inside

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.sidebar)
        content = QWidget()
        mark(content, role="surface")
        content.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.header)
        column.addWidget(self.banners)
        column.addWidget(self.looking.lay_out(self._pages), 1)
        middle.addWidget(content, 1)
        whole.addLayout(middle, 1)
        whole.addWidget(self.status)

    def _connect(self) -> None:
        parts = self.parts
        self.sidebar.chosen.connect(lambda at: self.show_page(PAGES[at].name))
        self.header.searched.connect(lambda words: self.page.search(words))
        self.header.new_wanted.connect(lambda: self.page.add())
        self.header.left.connect(lambda: self.page.focus_list())
        self.telling.page_wanted.connect(self._go_to)
        self.banners.left.connect(lambda: self.page.focus_list())
        self.pane.left.connect(lambda: self.page.focus_list())
        parts.tally.changed.connect(self._on_changed)
        parts.asked.changed.connect(lambda _ids: self.offered.refresh())
        parts.bridge.system_changed.connect(self._on_system_changed)
        parts.bridge.connection_changed.connect(self._on_connection_changed)
        self.pacing.seen_changed.connect(self._on_seen_changed)
        self.pacing.ticked.connect(self._on_tick)
        theme.current().changed.connect(self.header.draw)

    def _on_page_made(self, page: Page) -> None:
        page.selection_changed.connect(self._on_selection_changed)
        page.menu_wanted.connect(self._on_menu_wanted)
        page.opened.connect(lambda _subject: self.looking.show_pane(is_shown=True))
        page.page_wanted.connect(self._go_to)
        page.new_wanted.connect(self.new_wanted)
        page.samples_wanted.connect(self.samples_wanted)
        page.transfer_wanted.connect(self.transfer_wanted)
        page.counted.connect(self._count)
        page.set_stale(is_stale=self.parts.bridge.is_stale)

    def _keys(self) -> Iterator[tuple[str, Callable[[], object]]]:
        for at, page in enumerate(PAGES, 1):
            yield f"Ctrl+{at}", functools.partial(self._go_to, page.name)
        yield "Ctrl+N", self.new_wanted.emit
        yield "Ctrl+Shift+N", functools.partial(self.transfer_wanted.emit, None)
        yield "Ctrl+F", self._focus_search
        yield "Ctrl+I", self.looking.toggle
        yield "F6", self._on_round
        yield "Ctrl+W", self.close

    def _go_to(self, name: str, state: str = "") -> None:
        self.show_page(name, state).focus_list()

    def _on_round(self) -> None:
        if not self.banners.take_focus(self._pages):
            self.page.focus_list()

    def _focus_search(self) -> None:
        if not self.page.search_hint:
            self.show_page("tasks")
        self.header.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.header.search.selectAll()

    def _on_selection_changed(self) -> None:
        self.offered.refresh()
        self.looking.look()

    def _on_menu_wanted(self, place: QPoint) -> None:
        menu = self.offered.menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _on_changed(self, _changes: object, touched: frozenset[str]) -> None:
        self._count()
        self.status.refresh()
        self.looking.look_again(touched)
        self.pacing.adapt()

    def _on_system_changed(self) -> None:
        bridge = self.parts.bridge
        self.status.refresh()
        if bridge.system is not None:
            self.header.show_pause(is_paused=bridge.system.pause.paused)
            facts = [fact for fact in bridge.system.facts if fact.name not in _OWN_FACTS]
            self.sidebar.facts.show_facts(facts[:_FACTS])

    def _on_connection_changed(self) -> None:
        self.status.refresh()
        for _, page in self._pages.known():
            page.set_stale(is_stale=self.parts.bridge.is_stale)
        self.sidebar.facts.setEnabled(not self.parts.bridge.is_stale)
        self.pacing.look()
        self._count()

    def _count(self) -> None:
        if not self.pacing.is_seen:
            return
        if self.page.name == "history":
            self.parts.tally.look_at_failures()
        for at, page in self._pages.known():
            self.sidebar.buttons[at].set_count(*page.count())

    def _on_seen_changed(self) -> None:
        is_live = self.pacing.is_seen and self.parts.bridge.is_connected
        self.pane.set_live(is_live=is_live)
        self._count()
        if self.pacing.is_seen:
            self.page.refresh()

    def _on_tick(self) -> None:
        self.offered.refresh()
        self.page.refresh()
        self.status.refresh()
