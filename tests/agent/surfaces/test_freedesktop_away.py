"""Of `freedesktop`: a service that hangs, one that is started again, a bus that ends."""

from __future__ import annotations

import asyncio
import time

import msgspec
import pytest

from bgtasks_gui.agent.surfaces.freedesktop import FreedesktopSurface
from bgtasks_gui.core.notices import notice, surface
from tests.agent.surfaces.conftest import Seconds, make
from tests.agent.surfaces.fakes.memories import KeptMemory
from tests.agent.surfaces.samples import FAILED, LIVE, Told
from tests.agent.surfaces.services import IMPATIENT_S, WITHIN_S, FakeNotifier
from tests.machine.conftest import PrivateBus

Closed, Heard = surface.Closed, surface.Heard
SILENT = r"^org\.freedesktop\.Notifications does not answer$"


async def fail_to_show(surface_: FreedesktopSurface, told: notice.Notice) -> None:
    with pytest.raises(surface.Unavailable, match=SILENT):
        await surface_.show(told)


# One that hangs


async def test_one_that_hangs_is_not_waited_for(
    hasty: FreedesktopSurface, notifier: FakeNotifier
) -> None:
    await hasty.show(FAILED)
    notifier.hangs = True
    began = time.monotonic()
    notices = [msgspec.structs.replace(LIVE, key=f"live:{each}") for each in range(20)]
    done = await asyncio.gather(
        *(hasty.show(each) for each in [*notices, *notices]),
        hasty.withdraw(FAILED.key), hasty.probe(),
        return_exceptions=True,
    )  # fmt: skip
    # All at the same time, and none of them for longer than two turns.
    assert time.monotonic() - began < 20 * IMPATIENT_S
    assert {str(each) for each in done[:-1]} == {"org.freedesktop.Notifications does not answer"}
    assert done[-1] == surface.Probe(is_available=False, sentence=str(done[0]))


async def test_one_that_hangs_from_the_start_is_not_waited_for(
    hasty: FreedesktopSurface, notifier: FakeNotifier
) -> None:
    notifier.hangs = True
    await fail_to_show(hasty, LIVE)
    assert not (await hasty.probe()).is_available


async def test_one_that_hangs_no_more_says_so_by_its_late_answer(
    hasty: FreedesktopSurface, notifier: FakeNotifier, told: Told
) -> None:
    notifier.hangs = True
    assert not (await hasty.probe()).is_available
    assert told.changes == 0
    notifier.answer_at_last()
    await told.until(changes=1)
    assert (await hasty.probe()).is_available
    assert told.changes == 1


async def test_a_notice_that_could_not_be_taken_down_is_taken_down_later(
    hasty: FreedesktopSurface, notifier: FakeNotifier, told: Told
) -> None:
    await hasty.show(LIVE)
    notifier.hangs = True
    with pytest.raises(surface.Unavailable, match=SILENT):
        await hasty.withdraw(LIVE.key)
    notifier.calls.clear()
    notifier.hangs = False
    await hasty.withdraw(LIVE.key)
    assert notifier.of("CloseNotification") == [[1]]
    assert notifier.shown == set()
    assert told.heard == []


async def test_a_late_answer_counts(
    hasty: FreedesktopSurface, notifier: FakeNotifier, told: Told
) -> None:
    await hasty.probe()
    notifier.hangs = True
    await fail_to_show(hasty, LIVE)
    notifier.answer_at_last()
    await hasty.probe()
    await notifier.emit("ActionInvoked", "us", 1, "cancel")
    assert await told.until(heard=1) == [Heard(key=LIVE.key, action=notice.Action.CANCEL)]
    await hasty.show(LIVE)
    assert notifier.shown == {1}


async def test_what_was_withdrawn_or_shown_again_meanwhile_is_not_shown_late(
    hasty: FreedesktopSurface, notifier: FakeNotifier, told: Told
) -> None:
    await hasty.probe()
    notifier.hangs = True
    for each in (FAILED, LIVE, LIVE):
        await fail_to_show(hasty, each)
    await hasty.withdraw(FAILED.key)
    notifier.answer_at_last()
    assert notifier.shown == {1, 2, 3}
    await notifier.called("CloseNotification", 2)
    await hasty.show(LIVE)
    assert notifier.of("CloseNotification") == [[1], [2]]
    assert notifier.shown == {3}
    assert told.heard == []


async def test_a_late_word_of_what_is_shown_already_changes_nothing(
    hasty: FreedesktopSurface, notifier: FakeNotifier
) -> None:
    await hasty.show(LIVE)
    notifier.hangs = True
    await fail_to_show(hasty, LIVE)
    await fail_to_show(hasty, LIVE)
    notifier.answer_at_last()
    await hasty.show(LIVE)
    assert notifier.of("CloseNotification") == []
    assert notifier.shown == {1}


async def test_to_end_takes_no_longer_than_one_call(
    session_bus: PrivateBus, notifier: FakeNotifier, told: Told, seconds: Seconds
) -> None:
    hasty = make(session_bus.address, told, seconds, IMPATIENT_S)
    for each in range(20):
        await hasty.show(msgspec.structs.replace(LIVE, key=f"live:{each}"))
    notifier.hangs = True
    began = time.monotonic()
    await hasty.close()
    assert time.monotonic() - began < 10 * IMPATIENT_S
    assert len(notifier.of("CloseNotification")) == 20


# One that is started again


async def test_when_it_is_started_again_all_is_lost_and_can_be_shown(
    shown: FreedesktopSurface, notifier: FakeNotifier, told: Told, session_bus: PrivateBus
) -> None:
    await shown.show(FAILED)
    await shown.show(LIVE)
    await notifier.stop()
    assert await told.until(heard=2, changes=1) == [
        Heard(key=FAILED.key, closed=Closed.LOST),
        Heard(key=LIVE.key, closed=Closed.LOST),
    ]
    assert not shown.shows_progress
    with pytest.raises(surface.Unavailable, match="no notification service"):
        await shown.show(LIVE)
    again = FakeNotifier(session_bus.address, server="Xfce Notify Daemon")
    await again.start()
    await told.until(changes=2)
    await shown.show(LIVE)
    assert again.of("Notify")[0][1] == 0
    assert not shown.shows_progress
    await again.emit("NotificationClosed", "uu", 1, 2)
    assert (await told.until(heard=3))[2] == Heard(key=LIVE.key, closed=Closed.DISMISSED)
    await again.stop()


async def test_one_that_ends_instead_of_answering_shows_nothing(
    shown: FreedesktopSurface, notifier: FakeNotifier, told: Told
) -> None:
    await shown.show(FAILED)
    notifier.hangs = True
    showing = asyncio.create_task(shown.show(LIVE))
    await notifier.called("Notify", 2)
    await notifier.stop()
    with pytest.raises(surface.Unavailable):
        await showing
    assert await told.until(heard=1, changes=1) == [Heard(key=FAILED.key, closed=Closed.LOST)]


async def test_when_the_bus_ends_all_is_lost(
    shown: FreedesktopSurface, notifier: FakeNotifier, told: Told, session_bus: PrivateBus
) -> None:
    await shown.show(LIVE)
    await session_bus.stop()
    assert await told.until(heard=1, changes=1) == [Heard(key=LIVE.key, closed=Closed.LOST)]
    assert (await shown.probe()).sentence == "there is no session bus"
    await notifier.stop()
    await session_bus.start()
    await notifier.start()
    assert (await shown.probe()).is_available
    await shown.show(LIVE)
    assert [body[1] for body in notifier.of("Notify")] == [0, 0]


async def test_what_nobody_waited_for_is_known_all_the_same(
    shown: FreedesktopSurface, notifier: FakeNotifier
) -> None:
    await shown.probe()
    notifier.hangs = True
    showing = asyncio.create_task(shown.show(LIVE))
    await notifier.called("Notify")
    showing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await showing
    notifier.answer_at_last()
    await shown.show(FAILED)
    await shown.show(LIVE)
    assert [body[1] for body in notifier.of("Notify")] == [0, 0, 1]


# An agent that died


@pytest.mark.parametrize(("is_same", "closed"), [(True, [[2]]), (False, [])])
async def test_what_an_agent_that_died_left_is_taken_down(
    session_bus: PrivateBus, notifier: FakeNotifier, told: Told, seconds: Seconds,
    is_same: bool, closed: list[list[int]],
) -> None:  # fmt: skip
    memory = KeptMemory()
    died, next_one = (make(session_bus.address, told, seconds, WITHIN_S) for _ in range(2))
    died.remember(memory)
    next_one.remember(memory)
    for each in (FAILED, LIVE):
        await died.show(each)
    await died._bus.close()
    if not is_same:
        await notifier.stop()
        notifier.calls.clear()
        await notifier.start()
    await next_one.probe()
    await next_one.show(LIVE)
    await next_one.probe()
    assert notifier.of("CloseNotification") == closed
    await next_one.close()
    assert told.heard == []
    # What it showed itself it took down, and nothing is left.
    assert memory.text is not None
    assert memory.text.endswith('"numbers":[]}')
