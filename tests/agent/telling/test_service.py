"""Everything that tells, put together: what it waits for, and what it leaves behind."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable

import pytest

from bgtasks_gui.agent import bus, ledger
from bgtasks_gui.agent.telling import service
from bgtasks_gui.core import events, reasons, runs
from bgtasks_gui.core.notices import notice, orders, rules, surface
from tests.agent.telling.fakes.recording import Messages
from tests.agent.telling.fakes.scenes import others, playing, take_turns
from tests.agent.telling.fakes.troubled_store import TroubledStore
from tests.agent.telling.fakes.whole import S
from tests.fakes.manual_clock import ManualClock
from tests.fakes.samples import a_task

_S = runs.RunState
Make = Callable[..., "Parts"]


class Parts:
    """What a telling service stands on."""

    def __init__(self, way: Messages) -> None:
        self.way = way
        self.clock = ManualClock()
        self.bus = bus.Bus()
        self.ledger = ledger.Ledger(TroubledStore(), self.bus, self.clock)
        self.told: list[events.AnyEvent] = []
        self.bus.subscribe(self.told.append, (events.SystemChanged,))
        self.telling = service.Telling(
            self.ledger, self.bus, self.clock, rules.Rules, self._find_ways
        )

    async def _find_ways(self) -> list[Callable[[], Messages]]:
        return [lambda: self.way]

    async def fail_one(self) -> runs.Run:
        """A run that fails, and nothing more happens for a while."""
        await self.ledger.put_task(a_task(1), (), ())
        run = self.ledger.make_run(a_task(1), runs.Firing(type="manual"))
        await self.ledger.add([run])
        now = self.clock.now()
        await self.ledger.move(run.id, _S.RUNNING, started_at=now)
        why = reasons.make(reasons.Code.EXIT_STATUS, now, "1")
        await self.ledger.move(run.id, _S.FAILED, reason=why, completed_at=now)
        await self.clock.advance_async(S)
        await take_turns()
        return run


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """Builds it; nothing of it is left when the test is over."""
    made: list[Parts] = []

    def build(way: Messages | None = None) -> Parts:
        made.append(Parts(way or Messages()))
        return made[-1]

    yield build
    for parts in made:
        parts.way.answer()
        await parts.telling.close()
        await parts.ledger.drain()
        assert parts.clock.pending == 0
    assert not others()


async def test_what_happens_is_shown_and_a_button_asks_for_something(make: Make) -> None:
    parts = make()
    asked: list[orders.Act] = []
    parts.telling.on_act = asked.append
    parts.telling.start()
    await take_turns()
    run = await parts.fail_one()
    assert list(parts.way.up) == [f"failed:{run.id}"]
    parts.way.press(f"failed:{run.id}", notice.Action.RETRY)
    retry = orders.Act(action=notice.Action.RETRY, run_id=run.id, task_id=run.task_id)
    assert asked == [retry]


async def test_what_happens_while_surfaces_take_their_time_is_shown_later(make: Make) -> None:
    parts = make()
    parts.way.hang("probe")
    parts.telling.start()
    await take_turns()
    run = await parts.fail_one()
    assert parts.way.up == {}
    parts.way.answer()
    await take_turns()
    assert list(parts.way.up) == [f"failed:{run.id}"]


async def test_what_an_agent_finds_at_its_start_is_told(make: Make) -> None:
    parts = make()
    run = await parts.fail_one()
    parts.telling.start()
    await take_turns()
    await parts.clock.advance_async(S)
    await take_turns()
    assert list(parts.way.up) == [f"failed:{run.id}"]


async def test_of_a_run_and_what_its_program_says_there_is_one_notice(make: Make) -> None:
    parts = make()
    parts.telling.start()
    await parts.ledger.put_task(a_task(1, modes=("audioPlayback",)), (), ())
    run = parts.ledger.make_run(a_task(1), runs.Firing(type="manual"))
    await parts.ledger.add([run])
    await parts.ledger.move(run.id, _S.RUNNING, started_at=parts.clock.now())
    await parts.clock.advance_async(3 * S)
    await take_turns()
    assert list(parts.way.up) == [f"live:{run.id}"]
    said = events.ContinuousChanged(
        at=parts.clock.now(), task=playing(1, run_id=run.id), what="started"
    )
    parts.bus.publish(said)
    await take_turns()
    assert list(parts.way.up) == ["continuous:1"]


async def test_it_is_said_when_another_surface_speaks(make: Make) -> None:
    parts = make()
    parts.telling.start()
    await take_turns()
    assert len(parts.told) == 1
    parts.way.go_away()
    await take_turns()
    assert len(parts.told) > 1


async def test_without_anybody_who_wants_to_know_a_button_does_nothing(make: Make) -> None:
    parts = make()
    parts.telling.start()
    await take_turns()
    run = await parts.fail_one()
    parts.way.press(f"failed:{run.id}", notice.Action.RETRY)
    await take_turns()
    assert parts.way.up == {}


async def test_it_ends_before_it_was_started_and_while_it_starts(make: Make) -> None:
    await make().telling.close()
    parts = make()
    parts.way.hang("probe")
    parts.telling.start()
    await take_turns()
    await parts.telling.close()
    assert parts.way.is_closed


class _Broken(Messages):
    """One that fails where nobody expects it."""

    is_complete = False

    def __setattr__(self, name: str, value: object) -> None:
        if self.is_complete and name == "on_heard":
            raise RuntimeError("it is broken")
        super().__setattr__(name, value)


async def test_a_bug_while_it_starts_is_logged(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    broken = _Broken()
    broken.is_complete = True
    parts = make(broken)
    parts.telling.start()
    await take_turns()
    assert caplog.messages == ["notices are not told"]


class Remembering(Messages):
    """A surface that has something to remember."""

    memory: surface.Memory | None = None

    def remember(self, memory: surface.Memory) -> None:
        self.memory = memory


async def test_a_surface_that_has_something_to_remember_gets_a_memory(make: Make) -> None:
    way = Remembering()
    parts = make(way)
    parts.telling.start()
    await take_turns()
    assert way.memory is not None
    await way.memory.keep("something")
    assert await parts.ledger.store.fact("surface:messages") == "something"
