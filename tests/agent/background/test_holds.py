"""Wishes to stay awake, against a mock of systemd-logind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bgtasks_gui.agent.background import holds
from bgtasks_gui.machine import inhibitor
from tests.fakes.manual_clock import ManualClock
from tests.machine import conftest
from tests.machine.conftest import WITHIN_S, PrivateBus
from tests.machine.refusals import refuse

private_bus = conftest.private_bus
BOTH = "sleep:shutdown"
BURN = "A disc is being burned"
COPY = "A backup is being written"


class Kept:
    """Holds, and a look at what the system knows of them."""

    def __init__(self, address: str, bus: PrivateBus | None = None) -> None:
        self.clock = ManualClock()
        self.holds = holds.Holds(self.clock, address)
        self.holds.on_changed = self._changed
        self._bus = bus
        self._news = asyncio.Event()
        self.changes = 0

    def _changed(self) -> None:
        self.changes += 1
        self._news.set()

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not reached():
                self._news.clear()
                await self._news.wait()

    async def until_held(self, *held: bool | None) -> None:
        await self.until(lambda: tuple(view.is_held for view in self.holds.views()) == held)

    async def until_locked(self, *locks: tuple[str, str]) -> None:
        """Until exactly these locks are there; nobody tells of one that is given back."""
        async with asyncio.timeout(WITHIN_S):
            while sorted(await self.locks()) != sorted(locks):
                pass

    async def locks(self) -> list[tuple[object, object]]:
        assert self._bus is not None
        return [(what, why) for what, _, why, _ in await self._bus.inhibitors()]


@pytest.fixture
async def kept(private_bus: PrivateBus) -> AsyncIterator[Kept]:
    await private_bus.start_logind()
    one = Kept(private_bus.address, private_bus)
    yield one
    await one.holds.close()


async def test_it_is_held_while_it_is_entered(kept: Kept) -> None:
    assert kept.holds.views() == ()
    with kept.holds.keep(BOTH, BURN):
        [asked] = kept.holds.views()
        assert (asked.what, asked.why, asked.since, asked.is_held) == (BOTH, BURN, None, False)
        await kept.until_held(True)
        [view] = kept.holds.views()
        assert (view.why, view.since) == (BURN, "2026-11-22T15:00:00.000Z")
        assert await kept.locks() == [(BOTH, BURN)]
    assert kept.holds.views() == ()
    await kept.until_locked()


async def test_it_is_given_back_where_the_work_breaks(kept: Kept) -> None:
    with pytest.raises(ValueError, match="broken"), kept.holds.keep("idle", BURN):
        raise ValueError("broken")
    assert kept.holds.views() == ()
    await kept.until_locked()


async def test_many_wishes_share_one_lock_until_the_last_goes(kept: Kept) -> None:
    kept.holds.take("one", BOTH, BURN)
    await kept.until_held(True)
    kept.clock.advance(timedelta(minutes=1))
    kept.holds.take("two", BOTH, COPY)
    kept.holds.take("three", BOTH, BURN)
    kept.holds.take("four", "idle", COPY)
    await kept.until_held(True, True, True, True)
    seen = [(view.why, view.since and view.since[14:16]) for view in kept.holds.views()]
    assert seen == [(BURN, "00"), (COPY, "01"), (BURN, "01"), (COPY, "01")]
    assert sorted(await kept.locks()) == [("idle", COPY), (BOTH, BURN)]
    kept.holds.release("one")
    kept.holds.release("one")
    kept.holds.release("four")
    await kept.until_locked((BOTH, BURN))
    kept.holds.release("two")
    kept.holds.release("three")
    await kept.until_locked()


async def test_the_lock_carries_a_sentence_that_still_holds(kept: Kept) -> None:
    kept.holds.take("one", BOTH, BURN)
    kept.holds.take("two", BOTH, COPY)
    await kept.until_held(True, True)
    kept.holds.release("one")
    # The new lock is there before the old one goes.
    found = await kept.locks()
    while found != [(BOTH, COPY)]:
        assert found
        found = await kept.locks()
    assert [view.is_held for view in kept.holds.views()] == [True]


async def test_a_name_has_one_wish(kept: Kept) -> None:
    kept.holds.take("one", "idle", BURN)
    kept.holds.take("one", "idle", BURN)
    assert kept.changes == 1
    kept.holds.take("one", BOTH, COPY)
    await kept.until_held(True)
    await kept.until_locked((BOTH, COPY))
    kept.holds.take("one", BOTH, BURN)
    await kept.until_locked((BOTH, BURN))
    assert [view.why for view in kept.holds.views()] == [BURN]


async def test_what_others_hold_is_told_too(kept: Kept, private_bus: PrivateBus) -> None:
    other = inhibitor.Wakefulness("Downloads are under way", private_bus.address)
    kept.holds.others = lambda: [other]
    assert kept.holds.views() == ()
    other.want(True)
    [view] = kept.holds.views()
    assert (view.what, view.why, view.is_held) == ("idle", "Downloads are under way", False)
    await other.close()


async def test_nothing_is_left_when_it_closes(kept: Kept) -> None:
    kept.holds.take("one", BOTH, BURN)
    kept.holds.take("two", "idle", COPY)
    await kept.until_held(True, True)
    # One lock is leaving, one comes.
    kept.holds.take("one", BOTH, COPY)
    kept.holds.release("two")
    await kept.holds.close()
    assert kept.holds.views() == ()
    await kept.until_locked()


async def test_where_only_a_delay_is_had_that_is_said(kept: Kept, private_bus: PrivateBus) -> None:
    await refuse(private_bus, "block")
    with kept.holds.keep(BOTH, f"{BURN}."):
        await kept.until_held(True)
        assert kept.holds.views()[0].why == (
            f"{BURN}. Not for long: systemd-logind lets this program delay it for seconds only."
        )


async def test_where_it_cannot_be_held_that_is_said(tmp_path: Path) -> None:
    kept = Kept(f"unix:path={tmp_path}/bus")
    with kept.holds.keep(BOTH, BURN):
        await kept.until_held(None)
        [view] = kept.holds.views()
        assert (view.what, view.since) == (BOTH, None)
        assert view.why == f"{BURN}. That is not possible here: there is no system bus."
    await kept.holds.close()


async def test_nobody_need_listen(tmp_path: Path) -> None:
    one = holds.Holds(ManualClock(), f"unix:path={tmp_path}/bus")
    with one.keep("idle", BURN):
        assert len(one.views()) == 1
    await one.close()


async def test_a_reason_in_a_program_s_words_never_keeps_anything_from_being_held(
    kept: Kept,
) -> None:
    with kept.holds.keep(BOTH, "a\0b\nc"):
        await kept.until_held(True)
        assert await kept.locks() == [(BOTH, "a\ufffdb c")]
