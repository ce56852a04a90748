"""The page of what the person was told, and of what was held back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QMenu

from bgtasks_gui.client.calls import notices as calls
from bgtasks_gui.client.changes import Changes
from bgtasks_gui.core import errors, runs
from bgtasks_gui.gui.style import icons
from bgtasks_gui.gui.views.list_page import ListPage
from bgtasks_gui.gui.views.page import Parts
from bgtasks_gui.wire.notices import TellingView

if TYPE_CHECKING:
    from bgtasks_gui.gui.models.notices.notice_rows import NoticeRow

_A_PAGE: Final = 200
#: Milliseconds that changes are gathered: what is live changes several times a second.
_GATHER_MS: Final = 250


class NoticesPage(ListPage):
    """Notices, the newest first."""

    name = "notices"
    title = "Notices"
    icon = "bell"
    has_pane = False
    search_hint = "Search notices"
    chips = (("Held back", frozenset({"held_back"})),)

    def __init__(self, parts: Parts) -> None:
        # Loaded here: the first picture does without.
        from bgtasks_gui.gui.models.notices.notice_table import NoticeTable
        from bgtasks_gui.gui.widgets.system.telling_bar import TellingBar

        self.notices = NoticeTable(parts.now)
        self._telling: TellingView | None = None
        #: Notices held back when somebody looked last.
        self._looked_at = 0
        self._is_read = False
        #: What there may be news of.
        self._is_list_old = self._is_telling_old = True
        self._is_reading = False
        super().__init__(parts, self.notices)
        self.bar = TellingBar()
        self.bar.hide()
        self.column.addWidget(self.bar)
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(_GATHER_MS)
        self._gather.timeout.connect(self._begin_reading)
        self.bar.more_wanted.connect(lambda: self.page_wanted.emit("system", ""))
        self.notices.more_wanted.connect(lambda: parts.performer.spawn(self._read_more()))
        parts.bridge.changed.connect(self._on_changed)
        parts.bridge.system_changed.connect(self._on_system_changed)

    def count(self) -> tuple[int, str]:
        held_back = 0 if self._telling is None else self._telling.held_back
        # An agent that was started again begins at nought.
        self._looked_at = held_back if self.is_seen else min(self._looked_at, held_back)
        return held_back - self._looked_at, ""

    def set_stale(self, *, is_stale: bool) -> None:
        super().set_stale(is_stale=is_stale)
        self.bar.setEnabled(not is_stale)

    def refresh(self) -> None:
        super().refresh()
        if self._telling is not None:
            self.bar.show_telling(self._telling, self.parts.now())
        self._read_soon()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_list_old:
            self._begin_reading()

    def say_empty(self) -> None:
        if self.parts.bridge.is_stale and not self._is_read:
            self.empty.say("Not known while the agent is away", icon="unplug")
            return
        if not self._is_read:
            self.empty.say("Reading what you were told…", icon="loader-circle")
            return
        self.empty.say(
            "You were not told anything yet",
            "What fails, needs you or takes long is told to you, and kept here. So is what was "
            "held back, with the reason.",
        )

    # What is done with one

    def _on_opened(self, row_id: str) -> None:
        row = self.notices.find(row_id)
        if row is not None:
            self._go_to(row)

    def _go_to(self, row: NoticeRow) -> None:
        """To the run that it is about, or as near as there is."""
        notice, mirror = row.notice, self.parts.bridge.mirror
        run = mirror.runs.get(notice.run_id or "")
        if run is not None and run.state not in runs.ENDED:
            self.page_wanted.emit("activity", f"id:{run.id}")
        elif notice.run_id is not None:
            self.page_wanted.emit("history", f"id:{notice.run_id}")
        elif notice.task_id is not None:
            self.page_wanted.emit("tasks", f"id:{notice.task_id}")
        else:
            # It is about several.
            self.page_wanted.emit("history", "")

    def _on_menu_wanted(self, place: QPoint) -> None:
        rows = [row for one in self.view.picked_ids() if (row := self.notices.find(one))]
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        show = menu.addAction("Show what it is about")
        show.setEnabled(len(rows) == 1)
        show.triggered.connect(lambda: self._go_to(rows[0]))
        said = "\n".join(f"{row.notice.title}\n{row.notice.body}".strip() for row in rows)
        copy = menu.addAction(icons.icon("copy"), "Copy text")
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(said))
        menu.popup(place)

    # What is shown

    def _tip(self) -> str:
        if self._chosen[1]:
            return super()._tip()
        return "Search looks at titles, texts, outcomes and reasons."

    def _on_changed(self, changes: Changes) -> None:
        if changes.connected or changes.resync or changes.notices:
            self._is_list_old = self._is_telling_old = True
            self._read_soon()

    def _on_system_changed(self) -> None:
        # Quiet hours and services come and go without a notice.
        self._is_telling_old = True
        self._read_soon()

    def _read_soon(self) -> None:
        window = self.window()
        is_open = window.isVisible() and not window.isMinimized()
        # On another page the figure in the sidebar is all that is seen of it.
        is_wanted = (self.is_seen and self._is_list_old) or (is_open and self._is_telling_old)
        if is_wanted and not self._gather.isActive():
            self._gather.start()

    def _begin_reading(self) -> None:
        if self.parts.bridge.is_connected and not self._is_reading:
            self._is_reading = True
            self.parts.performer.spawn(self._read())

    async def _read(self) -> None:
        client = self.parts.bridge.client
        try:
            self._is_telling_old = False
            self._take_telling(await client(calls.show_telling()))
            if self.is_seen and self._is_list_old:
                self._is_list_old = False
                page = await client(calls.list_notices(limit=_A_PAGE))
                self._is_read = True
                self.notices.take_newest(page, is_last=len(page) < _A_PAGE)
                self._show_rows()
            self._read_soon()
        except errors.UserError:
            # The window says that the agent is away; it is asked again by and by.
            self._is_list_old = self._is_telling_old = True
        finally:
            self._is_reading = False
        self.counted.emit()

    def _take_telling(self, telling: TellingView) -> None:
        self._telling = telling
        self.notices.take_titles({one.name: one.title for one in telling.surfaces})
        self.bar.show_telling(telling, self.parts.now())
        self.bar.show()

    async def _read_more(self) -> None:
        call = calls.list_notices(limit=_A_PAGE, before_id=self.notices.oldest)
        try:
            page = await self.parts.bridge.client(call)
        except errors.UserError:
            self.notices.stop_asking()
            return
        self.notices.take_page(page, is_last=len(page) < _A_PAGE)
