"""Publishing: order, filters, failing and slow subscribers."""

from __future__ import annotations

import asyncio

import pytest

from bgtasks_gui.agent import bus
from bgtasks_gui.core import events, progress, runs
from tests.fakes import samples


def progressed(done: int) -> events.RunProgressed:
    return events.RunProgressed(
        at=samples.NOW, run_id="r", task_id="t", progress=progress.Progress(done=done)
    )


def finished() -> events.RunFinished:
    return events.RunFinished(at=samples.NOW, run=samples.ended(samples.a_run()))


CHANGED = events.SystemChanged(at=samples.NOW)


@pytest.fixture
def hub() -> bus.Bus:
    return bus.Bus()


def test_everybody_hears_everything_in_order(hub: bus.Bus) -> None:
    first, second = list[events.AnyEvent](), list[events.AnyEvent]()
    hub.subscribe(first.append)
    hub.subscribe(second.append)
    told = [progressed(1), CHANGED, finished()]
    for event in told:
        hub.publish(event)
    assert first == second == told


def test_types_filter_and_stand_for_their_kind(hub: bus.Bus) -> None:
    of_runs, of_progress = list[events.AnyEvent](), list[events.AnyEvent]()
    hub.subscribe(of_runs.append, (events.RunEvent,))
    hub.subscribe(of_progress.append, (events.RunProgressed, events.SystemChanged))
    end = finished()
    for event in (progressed(1), end, CHANGED):
        hub.publish(event)
    assert of_runs == [end]
    assert of_progress == [progressed(1), CHANGED]
    assert isinstance(end.run.state, runs.RunState)


def test_a_closed_subscription_hears_nothing(hub: bus.Bus) -> None:
    heard = list[events.AnyEvent]()
    with hub.subscribe(heard.append) as subscription:
        hub.publish(CHANGED)
    hub.publish(CHANGED)
    subscription.close()
    assert heard == [CHANGED]


def test_closing_while_an_event_is_told_is_heeded_at_once(hub: bus.Bus) -> None:
    heard = list[events.AnyEvent]()
    hub.subscribe(lambda event: later.close())
    later = hub.subscribe(heard.append)
    hub.publish(CHANGED)
    assert heard == []


def test_subscribing_while_an_event_is_told_begins_with_the_next(hub: bus.Bus) -> None:
    heard = list[events.AnyEvent]()
    once = hub.subscribe(lambda event: (once.close(), hub.subscribe(heard.append)))
    hub.publish(CHANGED)
    hub.publish(progressed(1))
    assert heard == [progressed(1)]


def test_what_is_published_meanwhile_comes_after(hub: bus.Bus) -> None:
    heard = list[events.AnyEvent]()

    def answer(event: events.AnyEvent) -> None:
        if event == CHANGED:
            hub.publish(progressed(1))
            hub.publish(progressed(2))

    hub.subscribe(answer)
    hub.subscribe(heard.append)
    hub.publish(CHANGED)
    assert heard == [CHANGED, progressed(1), progressed(2)]


def test_a_failing_subscriber_hurts_nobody(hub: bus.Bus, caplog: pytest.LogCaptureFixture) -> None:
    heard = list[events.AnyEvent]()

    def fail(event: events.AnyEvent) -> None:
        raise ValueError("not today")

    hub.subscribe(fail)
    hub.subscribe(heard.append)
    hub.publish(CHANGED)
    hub.publish(CHANGED)
    assert heard == [CHANGED, CHANGED]
    assert caplog.text.count("ValueError: not today") == 2


async def test_an_inbox_is_read_at_its_own_pace(hub: bus.Bus) -> None:
    inbox = hub.open_inbox((events.RunProgressed,))
    for number in range(3):
        hub.publish(progressed(number))
        hub.publish(CHANGED)
    assert [await inbox.take() for _ in range(3)] == [progressed(number) for number in range(3)]
    taking = asyncio.create_task(inbox.take())
    await asyncio.sleep(0)
    assert not taking.done()
    hub.publish(progressed(9))
    assert await taking == progressed(9)


async def test_a_full_inbox_says_how_much_is_lost(hub: bus.Bus) -> None:
    inbox = hub.open_inbox(size=3)
    for number in range(3):
        hub.publish(progressed(number))
    hub.publish(progressed(3))
    assert [await inbox.take(), await inbox.take()] == [bus.Lagged(lost=3), progressed(3)]
    for number in range(10):
        hub.publish(progressed(number))
    lagged = await inbox.take()
    assert isinstance(lagged, bus.Lagged)
    left = [await inbox.take() for _ in range(10 - lagged.lost)]
    assert left == [progressed(number) for number in range(lagged.lost, 10)]


async def test_a_closed_inbox_gives_what_it_holds_and_ends(hub: bus.Bus) -> None:
    inbox = hub.open_inbox()
    hub.publish(CHANGED)
    inbox.close()
    hub.publish(progressed(1))
    assert [event async for event in inbox] == [CHANGED]


async def test_closing_wakes_the_reader(hub: bus.Bus) -> None:
    inbox = hub.open_inbox()
    taking = asyncio.create_task(inbox.take())
    await asyncio.sleep(0)
    inbox.close()
    assert await taking is None


async def test_a_reader_can_be_made_to_look_anew(hub: bus.Bus) -> None:
    inbox = hub.open_inbox(size=2)
    taking = asyncio.create_task(inbox.take())
    await asyncio.sleep(0)
    inbox.look_anew()
    assert await taking == bus.Lagged(lost=0)
    hub.publish(progressed(1))
    inbox.look_anew()
    assert [await inbox.take(), await inbox.take()] == [progressed(1), bus.Lagged(lost=0)]
