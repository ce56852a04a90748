"""What is asked about work in the background, from the client to the parts that do it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from bgtasks_gui.client import asgi
from bgtasks_gui.client.calls import background
from bgtasks_gui.client.calls.call import Call
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors
from bgtasks_gui.core.background import codes
from bgtasks_gui.wire import shapes
from tests.agent.conftest import Make
from tests.fakes.manual_clock import ManualClock
from tests.fakes.scripted_machine import ScriptedMachine

PLAY = shapes.ContinuousRequest(
    owner="player", modes=("audioPlayback",), title="Playing", text="A song"
)  # fmt: skip

HOLD = shapes.ResourceRequest(
    owner="indexer", resource_types=1, timeout_ms=60_000, reason="indexing"
)  # fmt: skip


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def asked(
    make: Make, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Client]:
    """A client to a whole agent, where the player may play and load."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    agent = (await make(clock=clock, computer=ScriptedMachine()).start()).agent
    async with Client(asgi.AsgiTransport(agent.app)) as client:
        await client(background.grant_access("player", ["audioPlayback", "dataTransfer"]))
        yield client


async def refused(client: Client, call: Call[object]) -> tuple[int, int | None]:
    """Number and subcode of the error that is answered."""
    with pytest.raises(codes.ServiceError) as caught:
        await client(call)
    return caught.value.number, caught.value.subcode


async def test_a_continuous_task_from_its_start_to_its_stop(asked: Client) -> None:
    started = await asked(background.start_continuous(PLAY))
    assert started is not None
    assert (started.id, started.modes, started.ability) == (1, ("audioPlayback",), "main")
    assert [one.mode for one in started.checks] == ["audioPlayback"]
    assert await asked(background.list_continuous()) == (started,)
    wanted = shapes.ContinuousRequest(owner="player", modes=("dataTransfer",))
    changed = await asked(background.update_continuous(wanted))
    assert (changed.notification_id, changed.modes) == (1, ("dataTransfer",))
    said = background.tell_progress(1, notification_id=1, title="t", file_name="f", value=50)
    assert (await asked(said)).checks[0].used is True
    assert (await asked(background.stop_continuous("player"))).id == 1
    assert await asked(background.list_continuous()) == ()


async def test_the_older_call_answers_nothing(asked: Client) -> None:
    older = shapes.ContinuousRequest(owner="player", mode=2, title="Playing", text="A song")
    assert await asked(background.start_continuous(older)) is None
    [found] = await asked(background.list_continuous())
    assert found.modes == ("audioPlayback",)


@pytest.mark.parametrize(
    ("wanted", "number", "subcode"),
    [
        (shapes.ContinuousRequest(owner="player", title="t", text="t"), 401, None),
        (shapes.ContinuousRequest(owner="player", modes=("flying",)), 401, None),
        (shapes.ContinuousRequest(owner="player", mode=99), 401, None),
        (shapes.ContinuousRequest(modes=("voip",), title="t", text="t"), 401, None),
        (shapes.ContinuousRequest(owner="x", modes=("voip",), title="t", text="t"), 201, None),
        (shapes.ContinuousRequest(owner="player", mode=7, title="t", text="t"), 202, None),
        (shapes.ContinuousRequest(owner="player", mode=8), 9800005, 980000503),
        (shapes.ContinuousRequest(owner="player", mode=2), 9800006, 980000601),
    ],
)
async def test_a_start_that_is_refused(
    asked: Client, wanted: shapes.ContinuousRequest, number: int, subcode: int | None
) -> None:
    assert await refused(asked, background.start_continuous(wanted)) == (number, subcode)


async def test_what_was_not_started_or_was_already(asked: Client) -> None:
    assert await refused(asked, background.stop_continuous("player")) == (9800005, 980000502)
    assert await refused(asked, background.update_continuous(PLAY)) == (9800005, 980000502)
    await asked(background.start_continuous(PLAY))
    assert await refused(asked, background.start_continuous(PLAY)) == (9800005, 980000501)
    said = background.tell_progress(1, notification_id=1, title="t", file_name="f", value=5)
    assert await refused(asked, said) == (9800006, 980000603)


async def test_a_person_cancels_in_their_own_words(asked: Client, clock: ManualClock) -> None:
    await asked(background.start_continuous(PLAY))
    events = asked.events()
    hello = await anext(events)
    assert (await asked(background.cancel_continuous(1, "too loud"))).id == 1
    # What happens is gathered for a while before it is told.
    clock.advance(timedelta(seconds=1))
    told = [await anext(events)]
    while told[-1].type != "continuous_changed":
        told.append(await anext(events))
    await events.aclose()
    event = told[-1]
    assert event.seq > hello.seq
    assert (event.what, event.reason.ohos, event.reason.detail) == ("canceled", 1, "too loud")
    assert event.continuous.owner == "player"
    with pytest.raises(errors.NotFound):
        await asked(background.cancel_continuous(1))


async def test_what_is_no_number(asked: Client) -> None:
    call = Call("POST", "/v1/continuous/one/cancel", shapes.ContinuousView, body=b"{}")
    assert await refused(asked, call) == (401, None)


async def test_access_is_granted_taken_back_and_forgotten(asked: Client) -> None:
    await asked(background.start_continuous(PLAY))
    barred = await asked(background.grant_access("player", keep_running=False))
    assert barred == shapes.AccessView(
        owner="player", keep_running=False, modes=(), is_system=False
    )
    assert await asked(background.list_access()) == (barred,)
    assert await asked(background.list_continuous()) == ()
    assert await asked(background.forget_access("player")) == barred
    with pytest.raises(errors.NotFound):
        await asked(background.forget_access("player"))
    assert await refused(asked, background.grant_access("x", ["flying"])) == (401, None)


async def test_a_delay_from_its_grant_to_its_end(asked: Client, clock: ManualClock) -> None:
    granted = await asked(background.request_delay("player", reason="saving", callback="c"))
    assert (granted.request_id, granted.actual_delay_time, granted.callback) == (1, 180_000, "c")
    clock.advance(timedelta(seconds=60))
    assert (await asked(background.show_remaining(1, "player"))).remaining == 120_000
    [budget] = await asked(background.list_budgets())
    assert (budget.owner, budget.used_s, len(budget.open)) == ("player", 60.0, 1)
    assert (await asked(background.cancel_delay(1, "player"))).remaining == 120_000
    assert await refused(asked, background.show_remaining(1, "player")) == (9900001, 990000101)
    assert await refused(asked, background.show_remaining(0, "player")) == (401, None)
    assert await refused(asked, background.cancel_delay(1, "")) == (401, None)
    no_reason = background.request_delay("player", reason="", callback="c")
    assert await refused(asked, no_reason) == (401, None)


async def test_in_front_no_time_counts(asked: Client, clock: ManualClock) -> None:
    assert await asked(background.move_front("player", front=True)) is None
    await asked(background.request_delay("player", reason="saving", callback="c"))
    clock.advance(timedelta(seconds=60))
    budget = await asked(background.move_front("player", front=False))
    assert budget is not None
    assert (budget.used_s, budget.open[0].remaining) == (0.0, 180_000)


async def test_resources_from_their_grant_to_their_release(asked: Client) -> None:
    assert await refused(asked, background.act_on_resources(HOLD)) == (202, None)
    assert await refused(asked, background.reset_resources("indexer")) == (202, None)
    await asked(background.grant_access("indexer", is_system=True))
    [held] = await asked(background.act_on_resources(HOLD))
    assert (held.owner, held.resource, held.reason) == ("indexer", "CPU", "indexing")
    assert held.until is not None
    forever = msgspec.structs.replace(
        HOLD, resource_types=128, is_persist=True, timeout_ms=0, is_process=True
    )
    [_, lock] = await asked(background.act_on_resources(forever))
    assert (lock.resource, lock.is_process, lock.until) == ("RUNNING_LOCK", True, None)
    released = msgspec.structs.replace(HOLD, is_apply=False)
    assert await asked(background.act_on_resources(released)) == (lock,)
    assert await asked(background.reset_resources("indexer")) == (lock,)
    assert (await asked(background.show_background())).resources == ()


@pytest.mark.parametrize(
    ("body", "number", "subcode"),
    [
        (b'{"owner":"indexer","resource_types":"CPU"}', 401, None),
        (b'{"owner":"indexer","resource_types":1.5}', 401, None),
        (b'{"owner":"indexer","resource_types":null}', 401, None),
        (b'{"owner":"indexer","reason":"r","timeout_ms":9}', 401, None),
        (b'{"owner":"indexer","resource_types":1,"reason":"r"}', 401, None),
        (b'{"resource_types":1,"reason":"r","timeout_ms":9}', 401, None),
        (
            b'{"owner":"indexer","resource_types":512,"reason":"r","timeout_ms":9}',
            18700001,
            1870000101,
        ),
        (
            b'{"owner":"indexer","resource_types":32,"reason":"r","timeout_ms":9}',
            18700001,
            1870000120,
        ),
    ],
)
async def test_resources_that_are_refused(
    asked: Client, body: bytes, number: int, subcode: int | None
) -> None:
    await asked(background.grant_access("indexer", is_system=True))
    call = Call("POST", "/v1/resources", tuple[shapes.ResourceView, ...], body=body)
    assert await refused(asked, call) == (number, subcode)
    assert await refused(asked, background.reset_resources(" ")) == (401, None)


async def test_a_program_of_the_system_may_use_wifi(asked: Client) -> None:
    wanted = msgspec.structs.replace(PLAY, modes=("wifiInteraction",))
    await asked(background.grant_access("player", ["wifiInteraction"]))
    assert await refused(asked, background.start_continuous(wanted)) == (202, None)
    allowed = background.grant_access("player", ["wifiInteraction"], is_system=True)
    assert (await asked(allowed)).is_system
    assert (await asked(background.start_continuous(wanted))) is not None
    await asked(background.grant_access("player", ["wifiInteraction"]))
    assert await asked(background.list_continuous()) == ()


async def test_everything_at_once(asked: Client) -> None:
    await asked(background.request_delay("player", reason="saving", callback="c"))
    await asked(background.start_continuous(PLAY))
    await asked(background.grant_access("indexer", is_system=True))
    await asked(background.act_on_resources(HOLD))
    found = await asked(background.show_background())
    assert [one.id for one in found.continuous] == [1]
    assert [one.owner for one in found.access] == ["indexer", "player"]
    assert [one.open[0].reason for one in found.budgets] == ["saving"]
    assert [one.what for one in found.holds] == ["sleep:shutdown"] * 2
    assert [one.resource for one in found.resources] == ["CPU"]
