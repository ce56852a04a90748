"""Asks the agent about what is typed: soon after the last change, one question at a time."""

from __future__ import annotations

import asyncio
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors
from bgtasks_gui.gui.editor import asking
from bgtasks_gui.gui.editor.work import Work
from bgtasks_gui.wire import codec

#: Milliseconds after the last change until the agent is asked.
QUIET_MS: Final = 250
#: Milliseconds until an agent that was away is asked again.
AWAY_MS: Final = 3000


class Checking(QObject):
    """Knows what the agent says of the present value, or that it does not know yet.

    Signals: `answered` with a `CheckedView`; `refused` with the `UserError`; `lost` with a
    sentence while the agent is away.
    """

    answered = Signal(object)
    refused = Signal(object)
    lost = Signal(str)

    def __init__(self, client: Client) -> None:
        # No widget owns it: a question may still be under way when the window is gone.
        super().__init__()
        self._client = client
        self._work = Work(self._on_refused)
        self._wanted: codec.JsonObject | None = None
        self._origin: asking.Origin | None = None
        self._asking: asyncio.Task[None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_time)

    def want(self, value: codec.JsonObject, origin: asking.Origin | None) -> None:
        """Ask about this value, unless another one comes first."""
        self._wanted, self._origin = value, origin
        self._timer.start(QUIET_MS)

    def drop(self) -> None:
        """There is nothing to ask; an answer that is under way comes too late."""
        self._wanted = None
        self._timer.stop()

    def stop(self) -> None:
        self.drop()
        self._work.stop()

    async def settle(self) -> None:
        await self._work.settle()

    def _on_time(self) -> None:
        # While a question is under way the next one waits for its answer.
        if self._asking is None and self._wanted is not None:
            self._asking = self._work.start(self._ask(self._wanted))

    async def _ask(self, value: codec.JsonObject) -> None:
        try:
            checked = await asking.check(self._client, value, self._origin)
            if value is self._wanted:
                self.answered.emit(checked)
        except errors.UserError as error:
            if value is self._wanted:
                self._on_refused(error)
        finally:
            self._asking = None
            if value is not self._wanted:
                self._on_time()

    def _on_refused(self, error: errors.UserError) -> None:
        if isinstance(error, errors.AgentUnreachable):
            self.lost.emit(error.message)
            self._timer.start(AWAY_MS)
        else:
            self.refused.emit(error)
