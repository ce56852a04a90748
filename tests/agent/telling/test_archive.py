"""The history says of each notice where it was shown, what became of it, or why it was not."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from bgtasks_gui.agent import bus
from bgtasks_gui.agent.telling import archive
from bgtasks_gui.core import errors, events, ports
from bgtasks_gui.core.notices import notice
from tests.agent.telling.fakes.scenes import a_notice, others, take_turns, until
from tests.agent.telling.fakes.troubled_store import TroubledStore
from tests.fakes.manual_clock import ManualClock

ONE, LIVE = "failed:1", "live:1"
S = timedelta(seconds=1)
_O = notice.Outcome


class Scene:
    """An archive over a store, and what is told of it."""

    def __init__(self, store: TroubledStore | None = None, **parts: float) -> None:
        self.store = store or TroubledStore()
        self.clock = ManualClock()
        self.told: list[events.AnyEvent] = []
        hub = bus.Bus()
        hub.subscribe(self.told.append)
        self.archive = archive.Archive(self.store, hub, self.clock, **parts)

    async def records(self) -> list[notice.Record]:
        """All of the history, oldest first."""
        await take_turns()
        found = await self.store.notices(ports.ToldQuery(limit=1000))
        return [msgspec.json.decode(one, type=notice.Record) for one in reversed(found)]

    async def record(self) -> notice.Record:
        (found,) = await self.records()
        return found


@pytest.fixture
def one() -> Scene:
    return Scene()


async def test_what_is_shown_is_kept_and_told_of(one: Scene) -> None:
    one.archive.shown(a_notice(), ("messages", "icon"))
    record = await one.record()
    assert record.notice == a_notice()
    assert (record.outcome, record.surfaces) == (_O.ADDED, ("messages", "icon"))
    assert (record.changed_at, record.held_because) == (one.clock.now(), None)
    assert one.told == [events.NoticeChanged(at=one.clock.now(), notice_id=record.id)]


async def test_a_new_state_is_the_same_record(one: Scene) -> None:
    one.archive.shown(a_notice(), ("messages",))
    before = await one.record()
    one.clock.advance(S)
    one.archive.shown(a_notice(body="It is more."), ("others",))
    after = await one.record()
    assert (after.id, after.notice.body) == (before.id, "It is more.")
    # It is up since then, whatever it says.
    assert (after.changed_at, after.surfaces) == (before.changed_at, ("messages", "others"))
    assert len(one.told) == 2


async def test_who_takes_it_over_is_kept(one: Scene) -> None:
    one.archive.shown(a_notice(), ("messages",))
    await one.record()
    one.archive.moved(ONE, ("others", "messages"))
    assert (await one.record()).surfaces == ("messages", "others")
    one.archive.moved(ONE, ("messages",))
    one.archive.moved("failed:2", ("messages",))
    assert (await one.record()).surfaces == ("messages", "others")
    assert one.store.writes == [1, 1]


@pytest.mark.parametrize("outcome", [_O.REMOVED, _O.EXPIRED, _O.CLEARED])
async def test_what_became_of_it_is_kept(one: Scene, outcome: notice.Outcome) -> None:
    one.archive.shown(a_notice(), ("messages",))
    one.clock.advance(S)
    one.archive.closed(ONE, outcome)
    one.archive.closed(ONE, _O.ADDED)
    record = await one.record()
    assert (record.outcome, record.changed_at) == (outcome, one.clock.now())
    one.archive.shown(a_notice(), ("messages",))
    assert [each.outcome for each in await one.records()] == [outcome, _O.ADDED]


async def test_what_is_held_back_is_kept_with_why(one: Scene) -> None:
    one.archive.held(a_notice(), "Quiet hours.")
    record = await one.record()
    assert (record.outcome, record.surfaces) == (_O.HELD_BACK, ())
    assert (record.held_because, one.archive.held_back) == ("Quiet hours.", 1)


# The store in trouble


async def test_much_at_once_is_one_write(one: Scene) -> None:
    for number in range(500):
        one.archive.held(a_notice(f"failed:{number}"), "Quiet hours.")
    assert [each.notice.key for each in await one.records()] == [f"failed:{n}" for n in range(500)]
    assert (one.store.writes, len(one.told)) == ([500], 500)


async def test_of_what_waits_for_the_store_the_newest_is_written(one: Scene) -> None:
    one.store.hang()
    one.archive.shown(a_notice(), ("messages",))
    await take_turns()
    for number in range(100):
        one.archive.shown(a_notice(body=str(number)), ("messages",))
    one.archive.closed(ONE, _O.EXPIRED)
    one.store.answer()
    record = await one.record()
    assert (record.outcome, record.notice.body) == (_O.EXPIRED, "99")
    assert (one.store.writes, len(one.told)) == ([1, 1], 2)


@pytest.mark.parametrize("error", [errors.StorageUnavailable("The disk is full."), OSError("no")])
async def test_a_refused_write_is_noted_and_the_next_is_made(
    one: Scene, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    one.store.refusal = error
    one.archive.shown(a_notice(), ("messages",))
    assert await one.records() == []
    assert "not in the history" in caplog.text
    one.store.refusal = None
    one.archive.closed(ONE, _O.REMOVED)
    assert (await one.record()).outcome is _O.REMOVED
    assert len(one.told) == 1


# Beginning and end


async def test_the_end_waits_for_what_is_to_be_written(one: Scene) -> None:
    one.archive.shown(a_notice(ONE), ("messages",))
    one.archive.shown(a_notice(LIVE), ("messages",))
    await one.archive.close()
    assert not others()
    # What goes on is not shown any more; what tells of an end is.
    assert [each.outcome for each in await one.records()] == [_O.ADDED, _O.CLEARED]


async def test_the_end_does_not_wait_for_a_store_in_trouble() -> None:
    one = Scene(close_s=0.01)
    one.store.hang()
    one.archive.shown(a_notice(), ("messages",))
    await one.archive.close()
    assert not others()
    await one.archive.close()


async def test_what_the_last_agent_showed_of_running_work_is_cleared(one: Scene) -> None:
    one.archive.shown(a_notice(LIVE), ("messages",))
    one.archive.shown(a_notice("live:2"), ("messages",))
    one.archive.shown(a_notice(ONE), ("messages",))
    one.archive.closed("live:2", _O.REMOVED)
    await until(lambda: len(one.told) == 3)
    new = Scene(one.store)
    new.clock.advance(S)
    await new.archive.restore()
    found = {each.notice.key: each for each in await new.records()}
    assert {key: each.outcome for key, each in found.items()} == {
        LIVE: _O.CLEARED, "live:2": _O.REMOVED, ONE: _O.ADDED,
    }  # fmt: skip
    assert found[LIVE].changed_at == new.clock.now()
    assert len(new.told) == 1


async def test_what_another_version_wrote_is_left_alone(one: Scene) -> None:
    strange = ports.Told(id="0", outcome="added", record=msgspec.Raw(b'{"id":"0"}'))
    await one.store.write(ports.Change(notices=(strange,)))
    await one.archive.restore()
    assert await one.store.notices(ports.ToldQuery(outcome="added")) == [strange.record]
