"""Everything that tells the person, put together."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Awaitable, Callable, Iterable

from bgtasks_gui.agent import bus, ledger
from bgtasks_gui.agent.telling import archive, memory, showing, teller
from bgtasks_gui.core import events, ports
from bgtasks_gui.core.notices import orders, rules, surface

_log = logging.getLogger(__name__)


Ways = Iterable[Callable[[], surface.Surface]]


async def _find_all() -> Ways:
    # It takes some milliseconds, which whoever waits for the first answer of an agent is spared.
    await asyncio.to_thread(importlib.import_module, "bgtasks_gui.agent.surfaces")
    from bgtasks_gui.agent import surfaces

    return surfaces.of_system()


class Telling:
    """The surfaces, the history, and what decides between the two.

    It listens from the moment it is made, so that what an agent finds at its start is told too.
    `on_act` is given what the person asks for by a notice; it is set before `start`; by
    `find_ways` comes what makes each surface.
    """

    def __init__(
        self,
        book: ledger.Ledger,
        hub: bus.Bus,
        clock: ports.Clock,
        make_rules: Callable[[], rules.Rules],
        find_ways: Callable[[], Awaitable[Ways]] = _find_all,
    ) -> None:
        self._store = book.store
        self._bus = hub
        self._clock = clock
        self.on_act: Callable[[orders.Act], None] = lambda asked: None
        self._find_ways = find_ways
        self.showing = showing.Showing((), clock)
        self.showing.on_changed = self._say_changed
        kept = archive.Archive(book.store, hub, clock)
        self.teller = teller.Teller(
            book, hub, clock, self.showing, kept,
            make_rules=make_rules, on_act=lambda asked: self.on_act(asked),
        )  # fmt: skip
        self.teller.listen()
        self._starting: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look for surfaces and tell; nothing waits for that."""
        self._starting = asyncio.get_running_loop().create_task(self._start())

    async def close(self) -> None:
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        await self.teller.close()
        await self.showing.close()

    async def _start(self) -> None:
        try:
            # First, so that nothing is missed while surfaces take their time to answer: what is
            # told until then is shown once it is known who is there.
            await self.teller.start()
            self.showing.add([self._make(way) for way in await self._find_ways()])
            await self.showing.start()
        except Exception:
            # Nobody asks this task how it ended; the agent goes on without notices.
            _log.exception("notices are not told", extra={"action": "telling"})

    def _make(self, way: Callable[[], surface.Surface]) -> surface.Surface:
        made = way()
        if isinstance(made, surface.Remembering):
            made.remember(memory.Memory(self._store, made.name))
        return made

    def _say_changed(self) -> None:
        self._bus.publish(events.SystemChanged(at=self._clock.now()))
