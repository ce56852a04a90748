"""What goes on, in step with the store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from bgtasks_gui.agent import bus, ledger
from bgtasks_gui.agent.background import roll
from bgtasks_gui.core.background import codes, continuous
from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.store import SqliteStore
from tests.fakes.manual_clock import DEFAULT_NOW as NOW
from tests.fakes.manual_clock import ManualClock

LATER = NOW + timedelta(hours=1)
SAID = continuous.Transferred(title="t", file_name="f", value=5)


def a_continuous(number: int, run_id: str | None = None) -> continuous.ContinuousTask:
    return continuous.ContinuousTask(
        id=number, owner="player", ability=f"part {number}", modes=(Mode.DATA_TRANSFER,),
        title="t", text="t", started_at=NOW, run_id=run_id,
    )  # fmt: skip


class Rolled:
    """A roll over a real store, which can be closed early."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.book = ledger.Ledger(store, bus.Bus(), ManualClock())
        self.roll = roll.Roll(self.book)
        self.is_closed = False

    async def close(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            await self.book.drain()
            await self.store.close()

    async def later(self, *over: str) -> roll.Roll:
        """As the next agent takes it up, when these runs are over."""
        found = roll.Roll(self.book)
        await found.restore(self.store, LATER, lambda run_id: run_id not in over)
        return found


@pytest.fixture
async def rolled(tmp_path: Path) -> AsyncIterator[Rolled]:
    store = SqliteStore(tmp_path / "tasks.sqlite")
    await store.open()
    one = Rolled(store)
    yield one
    await one.close()


async def test_nothing_goes_on_at_first(rolled: Rolled) -> None:
    found = await rolled.later()
    assert (found.all(), found.next_id, found.find(1)) == ((), 1, None)


async def test_what_goes_on_is_known_to_the_next_agent(rolled: Rolled) -> None:
    for number, run_id in ((1, None), (2, "r1"), (3, "r2")):
        await rolled.roll.put(a_continuous(number, run_id))
    assert [one.id for one in rolled.roll.of_run("r1")] == [2]
    found = await rolled.later("r1")
    assert [one.id for one in found.all()] == [1, 3]
    assert found.next_id == 4


async def test_a_number_is_never_used_again(rolled: Rolled) -> None:
    await rolled.roll.put(a_continuous(1))
    await rolled.roll.drop([a_continuous(1)])
    assert (rolled.roll.all(), rolled.roll.next_id) == ((), 2)
    assert (await rolled.later()).next_id == 2
    await rolled.roll.drop([])


async def test_progress_is_not_stored_and_its_time_begins_anew(rolled: Rolled) -> None:
    await rolled.roll.put(a_continuous(1))
    rolled.roll.advance(
        msgspec.structs.replace(a_continuous(1), transferred=SAID, progressed_at=NOW)
    )
    changed = msgspec.structs.replace(a_continuous(1), title="other")
    await rolled.roll.put(changed)
    here = rolled.roll.find(1)
    assert here is not None
    assert (here.title, here.transferred, here.progressed_at) == ("other", SAID, NOW)
    there = (await rolled.later()).find(1)
    assert there is not None
    assert (there.title, there.transferred, there.progressed_at) == ("other", None, LATER)


async def test_what_cannot_be_stored_is_refused_unless_it_is_so_anyway(rolled: Rolled) -> None:
    await rolled.roll.put(a_continuous(1))
    await rolled.close()
    with pytest.raises(codes.ContinuousNotStored):
        await rolled.roll.put(a_continuous(2))
    with pytest.raises(codes.ContinuousNotStored):
        await rolled.roll.drop([a_continuous(1)])
    assert [one.id for one in rolled.roll.all()] == [1]
    assert rolled.roll.next_id == 2
    await rolled.roll.drop([a_continuous(1)], anyway=True)
    await rolled.roll.put(a_continuous(2), anyway=True)
    assert [one.id for one in rolled.roll.all()] == [2]


async def test_what_cannot_be_read_is_as_good_as_nothing(
    rolled: Rolled, caplog: pytest.LogCaptureFixture
) -> None:
    await rolled.book.keep_fact(roll.FACT, "[]")
    assert (await rolled.later()).all() == ()
    assert "cannot be read" in caplog.text
