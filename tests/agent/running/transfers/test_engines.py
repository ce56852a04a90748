"""There is an engine only once it is needed."""

from __future__ import annotations

import asyncio

from bgtasks_gui.agent.running.transfers import engines
from bgtasks_gui.core import transfer_ports
from bgtasks_gui.transfers.engine import Engine
from tests.transfers.scripts import Listener


class Heard(Engine):
    """The real one, which also notes what it is asked for."""

    def __init__(self, listener: transfer_ports.TransferListener) -> None:
        super().__init__(asyncio.get_running_loop(), listener)
        self.asked: list[str] = []

    def limit(self, rate: int | None, run_id: str | None = None) -> None:
        self.asked.append(f"limit {rate}")
        super().limit(rate, run_id)

    def refresh(self) -> None:
        self.asked.append("refresh")
        super().refresh()


async def test_nothing_is_made_for_what_is_only_remembered() -> None:
    made: list[Heard] = []

    def make(listener: transfer_ports.TransferListener) -> Heard:
        made.append(Heard(listener))
        return made[-1]

    lazy = engines.LazyEngine(Listener(), make)
    lazy.limit_all(50_000)
    lazy.refresh()
    await lazy.close()
    assert made == []
    assert lazy.get() is lazy.get() is made[0]
    assert made[0].asked == ["limit 50000"]
    lazy.limit_all(50_000)
    lazy.limit_all(None)
    lazy.refresh()
    assert made[0].asked == ["limit 50000", "limit None", "refresh"]
    await lazy.close()


async def test_the_real_one_is_made() -> None:
    made = engines.make_engine(Listener())
    assert isinstance(made, Engine)
    await made.close()
