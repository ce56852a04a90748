"""Notices by the icon in the tray, for as long as no service shows them.

On a tray of the session bus Qt hands them to the desktop's own service, and hears nothing of clicks
there; the agent may be without one all the same, where it was started outside of the session.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from bgtasks_gui.client.calls import notices as calls
from bgtasks_gui.client.changes import Changes
from bgtasks_gui.core import errors
from bgtasks_gui.gui.actions.performer import Performer
from bgtasks_gui.gui.bridge import Bridge
from bgtasks_gui.gui.models.notices import speaking
from bgtasks_gui.wire import times as stamps
from bgtasks_gui.wire.notices import NoticeView, TellingView

#: Milliseconds that changes are gathered.
_GATHER_MS: Final = 500
#: What is older is no news any more: it is in the list.
NEWS: Final = timedelta(minutes=1)
#: The newest ones that are looked at, and how many are remembered as told.
_NEWEST: Final = 20
_REMEMBERED: Final = 500


class LastResort(QObject):
    """Finds what is to be told.

    Signals: `found` with a notice.
    """

    found = Signal(object)

    def __init__(
        self,
        bridge: Bridge,
        performer: Performer,
        is_wanted: Callable[[], bool],
        now: Callable[[], datetime],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._performer = performer
        #: Whether there is anything to tell by.
        self._is_wanted = is_wanted
        self._now = now
        #: Ids of what was told, or seen in the window; the oldest first.
        self._told: dict[str, None] = {}
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(_GATHER_MS)
        self._gather.timeout.connect(lambda: performer.spawn(self._look()))
        bridge.changed.connect(self._on_changed)

    def stop(self) -> None:
        self._gather.stop()

    def _on_changed(self, changes: Changes) -> None:
        is_news = changes.connected or changes.notices
        if is_news and self._is_wanted() and not self._gather.isActive():
            self._gather.start()

    async def _look(self) -> None:
        client = self._bridge.client
        try:
            telling = await client(calls.show_telling())
            if speaking.messenger(telling) is not None:
                return
            newest = await client(calls.list_notices(limit=_NEWEST))
        except errors.UserError:
            # The window says that the agent is away.
            return
        # Who looks at the window needs nothing else, now or later.
        windows = QGuiApplication.allWindows()
        is_seen = any(one.isActive() and one.isVisible() for one in windows)
        for notice in reversed(newest):
            if self._is_news(notice, telling):
                self._remember(notice.id)
                if not is_seen:
                    self.found.emit(notice)

    def _is_news(self, notice: NoticeView, telling: TellingView) -> bool:
        # What goes on is seen by the icon itself.
        if notice.outcome != "added" or notice.kind == "live" or notice.id in self._told:
            return False
        # A service that has gone since has shown it.
        there = {one.name for one in telling.surfaces if one.is_available}
        age = self._now() - stamps.parse(notice.at)
        return age < NEWS and there.issuperset(notice.surfaces)

    def _remember(self, notice_id: str) -> None:
        self._told[notice_id] = None
        if len(self._told) > _REMEMBERED:
            del self._told[next(iter(self._told))]
