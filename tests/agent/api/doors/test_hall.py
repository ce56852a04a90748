"""The doors of a whole agent, and what they connect."""

from __future__ import annotations

from datetime import timedelta

from bgtasks_gui.agent.api import system
from bgtasks_gui.agent.api.doors import hall
from bgtasks_gui.client import asgi, commands
from bgtasks_gui.client.calls import background, notices
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import events, policies
from bgtasks_gui.core.notices import notice, orders
from bgtasks_gui.settings import Settings
from bgtasks_gui.wire import routes, shapes
from tests.agent.conftest import Make
from tests.agent.support.embedded import Embedded, Gate, why
from tests.fakes.manual_clock import ManualClock

PLAY = shapes.ContinuousRequest(
    owner="player", modes=("audioPlayback",), title="Playing", text="A song"
)  # fmt: skip


async def test_there_is_a_door_for_every_route(agent: Embedded) -> None:
    whole = agent.agent

    async def stop(cancel: bool) -> int:
        return 0

    about = system.SystemDoor(
        whole.office, whole.bus, whole.watchers, notices=lambda: (), stop=stop
    )
    doors = hall.make_doors(whole.office, about, whole.background, whole.telling)
    assert set(doors) == {route.subject for route in routes.ROUTES}
    found = {(route.subject, route.name) for route in routes.ROUTES}
    assert [one for one in found if not callable(getattr(doors[one[0]], one[1], None))] == []


async def test_a_button_does_something(agent: Embedded, gate: Gate) -> None:
    run = await agent.run(await agent.add("t", gate.wait))
    await agent.reached(run, "running")
    agent.agent.telling.on_act(orders.Act(action=notice.Action.CANCEL, run_id=run.id))
    assert why(await agent.ended(run)) == ("canceled", "user_cancel")


async def test_settings_reach_whoever_tells(make: Make) -> None:
    agent = await make(clock=ManualClock()).start()
    teller = agent.agent.telling.teller
    async with Client(asgi.AsgiTransport(agent.agent.app)) as ask:
        await ask(commands.change_settings(Settings(notices=policies.NoticePolicy.NEVER)))
        task = await agent.add("t", "exit 3")
        await agent.ended(await agent.run(task))
        # All day: both ends are the same.
        await ask(commands.change_settings(Settings(quiet_from="00:00", quiet_to="00:00")))
        assert teller.is_quiet
        await agent.ended(await agent.run(task))
        await agent.until(lambda: _told(agent))
        [only] = await ask(notices.list_notices())
    assert only.outcome == "held_back"


async def test_what_programs_did_already_is_told_by_the_next_agent(make: Make) -> None:
    clock = ManualClock()
    first = await make(clock=clock).start()
    async with Client(asgi.AsgiTransport(first.agent.app)) as ask:
        await ask(background.grant_access("player", ["audioPlayback"]))
        await ask(background.start_continuous(PLAY))
        await first.until(lambda: _told(first))
    await first.stop()
    second = await make(clock=ManualClock(clock.now() + timedelta(hours=1))).start()
    await second.until(lambda: _told(second))
    async with Client(asgi.AsgiTransport(second.agent.app)) as ask:
        newest, before = await ask(notices.list_notices())
    assert (newest.kind, newest.title, newest.outcome) == ("live", "Playing", "added")
    assert (before.title, before.outcome) == ("Playing", "cleared")


def _told(agent: Embedded) -> int:
    return sum(isinstance(one, events.NoticeChanged) for one in agent.told)
