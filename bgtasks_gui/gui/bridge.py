"""The mirror of the agent as Qt signals: every change, gathered so that nobody paints too often."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from bgtasks_gui.client import changes, commands, follow
from bgtasks_gui.client.client import Client
from bgtasks_gui.client.mirror import Mirror
from bgtasks_gui.core import errors
from bgtasks_gui.wire import shapes

#: Milliseconds between two rounds of changes while somebody looks, and while nobody does.
VISIBLE_MS: Final = 33
HIDDEN_MS: Final = 1000
#: Seconds after which facts of the machine are asked for again at the earliest.
_SYSTEM_S: Final = 0.5
#: The same while somebody looks and nothing is told: the level of a battery is no event.
_SYSTEM_AGAIN_S: Final = 15.0


class Bridge(QObject):
    """What the agent says, for everything that is shown. It lives as long as `run` is awaited.

    Signals: `changed` with what changed in `mirror` (`client.changes.Changes`), `system_changed`
    after `system` was read anew, `connection_changed` when the agent was reached or lost.
    """

    changed = Signal(object)
    system_changed = Signal()
    connection_changed = Signal()

    def __init__(self, client: Client, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.client = client
        self.mirror = Mirror()
        #: The machine and the agent itself, as they were told last.
        self.system: shapes.SystemView | None = None
        self.is_connected = False
        #: Whether everything was read at least once.
        self.is_loaded = False
        #: Why the agent is not reached, as a sentence.
        self.trouble = ""
        self._steps: list[changes.Changes] = []
        self._told_at = 0.0
        self._pace_ms = VISIBLE_MS
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.tell)
        self._system_wanted = asyncio.Event()

    @property
    def is_stale(self) -> bool:
        """Whether what is shown was true once and may not be any more."""
        return self.is_loaded and not self.is_connected

    @property
    def pause(self) -> shapes.PauseView | None:
        return None if self.system is None else self.system.pause

    async def run(self) -> None:
        """Follow the agent until cancelled."""
        reading = asyncio.create_task(self._read_system())
        try:
            async with contextlib.aclosing(follow.follow(self.client, self.mirror)) as steps:
                async for step in steps:
                    self._take(step)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    def set_pace(self, pace_ms: int) -> None:
        """How often changes are told at most; what waits is told by the new measure."""
        is_other, self._pace_ms = pace_ms != self._pace_ms, pace_ms
        if is_other and pace_ms == VISIBLE_MS:
            self._system_wanted.set()
        if self._steps:
            self._arm()

    def tell(self) -> None:
        """Tell what was gathered, now."""
        self._timer.stop()
        if not self._steps:
            return
        gathered = changes.merge(self._steps)
        self._steps.clear()
        self._told_at = time.monotonic()
        if gathered.connected is not None:
            self._note_connection(gathered)
        self.changed.emit(gathered)

    def _take(self, step: changes.Changes) -> None:
        self._steps.append(step)
        if step.system or step.connected:
            self._system_wanted.set()
        if step.connected is not None:
            # Whether what is shown is true is told at once.
            self.tell()
        elif not self._timer.isActive():
            self._arm()

    def _arm(self) -> None:
        since_ms = (time.monotonic() - self._told_at) * 1000
        self._timer.start(max(0, round(self._pace_ms - since_ms)))

    def _note_connection(self, gathered: changes.Changes) -> None:
        before = self.is_connected, bool(self.trouble)
        self.is_connected = bool(gathered.connected)
        self.is_loaded = self.is_loaded or self.is_connected
        self.trouble = "" if self.is_connected else gathered.trouble or ""
        if (self.is_connected, bool(self.trouble)) != before:
            # That it is away for another reason than a moment ago is no news.
            self.connection_changed.emit()

    async def _await_wish(self) -> None:
        """Until the system is to be read anew: a change was told, or what is seen may be old."""
        patience_s = _SYSTEM_AGAIN_S if self._pace_ms == VISIBLE_MS else None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await self._system_wanted.wait()
        self._system_wanted.clear()

    async def _read_system(self) -> None:
        while True:
            await self._await_wish()
            with contextlib.suppress(errors.UserError):
                self.system = await self.client(commands.show_system())
                self.system_changed.emit()
            await asyncio.sleep(_SYSTEM_S)
