"""Tasks through the API of a whole agent: registered, changed, run, explained and removed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from bgtasks_gui.agent.api import tasks as tasks_door
from bgtasks_gui.client import asgi, commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors, events, ids, runs, tasks
from bgtasks_gui.wire import codec, shapes
from tests.agent.conftest import Make
from tests.agent.support import embedded
from tests.fakes import manual_clock

NOW = manual_clock.DEFAULT_NOW
HOURLY = {"type": "interval", "every": "PT1H"}
EVENT = {"type": "custom_event", "name": "go"}


def a_spec(name: str = "t", script: str = "true", **changes: object) -> tasks.TaskSpec:
    triggers = tuple(map(codec.raw, changes.pop("triggers", ())))
    payload = codec.raw({"argv": [script], "shell": True, "cwd": "/"})
    spec = tasks.TaskSpec(name=name, kind="command", payload=payload, triggers=triggers)
    return msgspec.structs.replace(spec, **changes)


async def refused(ask: Client, call: commands.Call[object]) -> tuple[str, str | None, str]:
    with pytest.raises(errors.UserError) as caught:
        await ask(call)
    return caught.value.code, caught.value.field, caught.value.message


# Registering


async def test_what_was_registered_is_shown(ask: Client) -> None:
    spec = a_spec(triggers=[HOURLY], group="home", environment={"LANG": "C"})
    made = await ask(commands.register_task(spec))
    assert ids.is_id(made.id)
    assert (made.name, made.group, made.registered, made.enabled) == ("t", "home", True, True)
    assert made.next_run_at is not None
    assert (made.last_run, made.last_exit_reason, made.last_scheduled_at) == (None, "None", None)
    assert made.environment == {"LANG": "C"}
    assert await ask(commands.show_task("t")) == made
    assert await ask(commands.show_task(made.id.upper())) == made


async def test_a_name_that_is_taken_is_refused(ask: Client) -> None:
    await ask(commands.register_task(a_spec()))
    code, field, message = await refused(ask, commands.register_task(a_spec()))
    assert (code, field) == ("duplicate_name", "name")
    assert "'t'" in message
    await ask(commands.register_task(a_spec(group="another")))


async def test_a_name_that_is_replaced_keeps_its_id(ask: Client) -> None:
    made = await ask(commands.register_task(a_spec(triggers=[HOURLY])))
    again = await ask(commands.register_task(a_spec(script="echo"), if_exists="replace"))
    assert (again.id, again.registered_at) == (made.id, made.registered_at)
    assert "echo" in again.does
    assert again.next_run_at is None
    assert [one.id for one in await ask(commands.list_tasks())] == [made.id]


async def test_two_of_one_name_both_run_and_the_first_takes_the_others_place(
    agent: embedded.Embedded, ask: Client
) -> None:
    """Concepts R40."""
    first = await ask(commands.register_task(a_spec(triggers=[EVENT])))
    second = await ask(commands.register_task(a_spec(triggers=[EVENT]), if_exists="keep_both"))
    assert first.id != second.id
    asked = await ask(commands.emit_event("go"))
    assert {run.task_id for run in asked.runs} == {first.id, second.id}
    code, field, message = await refused(ask, commands.show_task("t"))
    assert (code, field) == ("ambiguous_name", "task")
    assert first.id in message
    assert second.id in message
    # Either can be changed still, and stays beside the other.
    await ask(commands.disable_task(second.id))
    await ask(commands.edit_task(second.id, a_spec(triggers=[EVENT])))
    replaced = await ask(commands.register_task(a_spec(), if_exists="replace"))
    assert replaced.id == first.id
    assert [one.id for one in await ask(commands.list_tasks())] == [first.id]


async def test_a_registration_is_looked_at_without_being_stored(ask: Client) -> None:
    found = await ask(commands.check_task(a_spec(triggers=[HOURLY])))
    assert len(found.next) == 10
    assert found.when == ("every hour",)
    assert await ask(commands.list_tasks()) == ()


async def test_what_is_wrong_is_named(ask: Client) -> None:
    wrong = a_spec(triggers=[{"type": "cron", "expression": "0 0 * * *", "zone": "Mars/Base"}])
    code, field, _ = await refused(ask, commands.register_task(wrong))
    assert (code, field) == ("invalid_field", "triggers[0].zone")
    assert await ask(commands.list_tasks()) == ()


# Changing


def _run_of(event: events.AnyEvent) -> runs.Run | None:
    return event.run if isinstance(event, events.RunEvent) else None


@pytest.fixture
async def manual(make: Make) -> tuple[Client, manual_clock.ManualClock, embedded.Embedded]:
    """An agent whose clock the test moves."""
    clock = manual_clock.ManualClock()
    agent = await make(clock=clock).start()
    return Client(asgi.AsgiTransport(agent.agent.app)), clock, agent


async def test_a_time_that_has_passed_does_not_keep_a_task_from_its_new_name(
    manual: tuple[Client, manual_clock.ManualClock, embedded.Embedded],
) -> None:
    ask, clock, agent = manual
    at = NOW + timedelta(minutes=1)
    made = await ask(commands.register_task(a_spec(triggers=[{"type": "date", "at": at}])))
    clock.advance(timedelta(hours=1))
    ran = await agent.until(lambda: next(filter(None, map(_run_of, agent.told)), None))
    await agent.ended(ran)
    spelled = msgspec.Raw(b'{ "at": "2026-11-22T15:01:00Z",\n "type": "date" }')
    changed = msgspec.structs.replace(a_spec("renamed"), triggers=(spelled,))
    renamed = await ask(commands.edit_task("t", changed))
    assert (renamed.id, renamed.name, renamed.next_run_at) == (made.id, "renamed", None)
    assert renamed.triggers == made.triggers
    same = await ask(commands.register_task(changed, if_exists="replace"))
    assert same.triggers == made.triggers
    _, field, message = await refused(ask, commands.register_task(
        msgspec.structs.replace(changed, name="another")
    ))  # fmt: skip
    assert field == "triggers[0].at"
    assert "passed" in message
    other = a_spec("renamed", triggers=[{"type": "date", "at": at + timedelta(seconds=1)}])
    _, field, _ = await refused(ask, commands.edit_task(made.id, other))
    assert field == "triggers[0].at"


async def test_an_edit_keeps_id_and_history_and_plans_anew(
    agent: embedded.Embedded, ask: Client
) -> None:
    made = await ask(commands.register_task(a_spec(triggers=[HOURLY])))
    run = await ask(commands.run_task("t"))
    await agent.ended(run)
    edited = await ask(commands.edit_task("t", a_spec("u", triggers=[])))
    assert (edited.id, edited.name, edited.registered_at) == (made.id, "u", made.registered_at)
    assert edited.next_run_at is None
    assert edited.last_run is not None
    assert edited.last_run.id == run.id


async def test_an_edit_cannot_take_anothers_name(ask: Client) -> None:
    await ask(commands.register_task(a_spec("a")))
    await ask(commands.register_task(a_spec("b")))
    code, field, _ = await refused(ask, commands.edit_task("b", a_spec("a")))
    assert (code, field) == ("duplicate_name", "name")


async def test_a_secret_that_was_hidden_is_kept_by_an_edit(
    agent: embedded.Embedded, ask: Client
) -> None:
    payload = {"argv": ["/bin/true"], "env": {"API_TOKEN": "s3cret"}, "cwd": "/"}
    spec = msgspec.structs.replace(a_spec(), payload=codec.raw(payload))
    made = await ask(commands.register_task(spec))
    assert codec.plain(made.payload)["env"] == {"API_TOKEN": "***"}
    back = msgspec.structs.replace(a_spec("u"), payload=made.payload)
    await ask(commands.edit_task("t", back))
    stored = await agent.agent.store.task(made.id)
    assert stored is not None
    assert codec.plain(stored.payload)["env"] == {"API_TOKEN": "s3cret"}


async def test_a_disabled_task_has_no_times_until_it_is_enabled(ask: Client) -> None:
    await ask(commands.register_task(a_spec(triggers=[HOURLY, EVENT])))
    off = await ask(commands.disable_task("t"))
    assert (off.enabled, off.registered, off.next_run_at) == (False, False, None)
    assert await ask(commands.plan_task("t")) == ()
    assert (await ask(commands.emit_event("go"))).runs == ()
    on = await ask(commands.enable_task("t"))
    assert (on.enabled, on.registered) == (True, True)
    assert on.next_run_at is not None
    assert len((await ask(commands.emit_event("go"))).runs) == 1


# Removing


async def test_without_cancel_a_run_finishes_and_none_follows(
    agent: embedded.Embedded, ask: Client, gate: embedded.Gate
) -> None:
    """Concepts R41."""
    overlap = tasks.Overlap(policy=tasks.OverlapPolicy.QUEUE)
    spec = a_spec(script=f"{gate.wait}; exit 3", triggers=[EVENT], overlap=overlap)
    await ask(commands.register_task(spec))
    running = await ask(commands.run_task("t"))
    first = await agent.reached(running, "running")
    waiting = await ask(commands.run_task("t"))
    gone = await ask(commands.remove_task("t"))
    assert gone.canceled_runs == (waiting.id,)
    assert (await ask(commands.emit_event("go"))).runs == ()
    code, _, _ = await refused(ask, commands.run_task("t"))
    assert code == "task_not_found"
    gate.open()
    ended = await agent.ended(first)
    assert (ended.state, ended.exit_code) == ("failed", 3)
    assert embedded.why(await agent.ended(waiting)) == ("canceled", "abort")
    assert len(await ask(commands.list_runs())) == 2


async def test_with_cancel_everything_of_it_ends(
    agent: embedded.Embedded, ask: Client, gate: embedded.Gate
) -> None:
    """Concepts R41."""
    await ask(commands.register_task(a_spec(script=gate.wait)))
    run = await ask(commands.run_task("t"))
    running = await agent.reached(run, "running")
    gone = await ask(commands.remove_task("t", cancel=True))
    assert gone.canceled_runs == (run.id,)
    assert embedded.why(await agent.ended(running)) == ("canceled", "abort")
    assert await ask(commands.list_tasks()) == ()


# Finding


async def test_a_task_that_is_not_there(ask: Client) -> None:
    await ask(commands.register_task(a_spec("backup")))
    code, field, message = await refused(ask, commands.show_task("bakcup"))
    assert (code, field) == ("task_not_found", "task")
    assert message == "There is no task 'bakcup'; did you mean 'backup'?"
    _, _, message = await refused(ask, commands.show_task("xyz"))
    assert "`bgtasks list` shows them" in message
    code, _, _ = await refused(ask, commands.show_task(ids.make_id(1, 1)))
    assert code == "task_not_found"


async def test_a_list_is_read_page_by_page(ask: Client) -> None:
    names = ["a", "b/c", "d e", "é"]
    for name in reversed(names):
        await ask(commands.register_task(a_spec(name, group="g" if name < "c" else "")))
    listed = await ask(commands.list_tasks())
    assert [one.name for one in listed] == names
    assert {one.environment for one in listed} == {None}
    pages, after = [], None
    while page := await ask(commands.list_tasks(limit=1, after=after)):
        pages += page
        after = page[-1].name
    assert [one.name for one in pages] == names
    assert [one.name for one in await ask(commands.list_tasks(group="g"))] == ["a", "b/c"]
    assert (await ask(commands.show_task("b/c"))).name == "b/c"


@pytest.mark.parametrize("limit", [0, -1, tasks_door.MOST_TASKS + 1])
async def test_a_limit_that_cannot_be(ask: Client, limit: int) -> None:
    _, field, _ = await refused(ask, commands.list_tasks(limit=limit))
    assert field == "limit"


# Running


async def test_a_run_by_hand_has_its_arguments(agent: embedded.Embedded, ask: Client) -> None:
    await ask(commands.register_task(a_spec(script='echo "$BGTASKS_ARG_WIDTH"')))
    run = await ask(commands.run_task("t", {"width": 800}))
    assert run.trigger.type == "manual"
    assert codec.plain(run.trigger.arguments) == {"width": 800}
    ended = await agent.ended(run)
    assert agent.log(ended) == "800\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"arguments": [1]}', ("invalid_field", "arguments")),
        (b'{"arguments": null}', ("invalid_field", "arguments")),
        (b'{"arguments": {"a": "%s"}}' % (b"x" * tasks_door.MOST_ARGUMENTS),
         ("too_large", "arguments")),
        (b'{"arguments": {}, "task": "u"}', ("invalid_field", "task")),
        (b'{"arguments": {', ("malformed", "body")),
    ],
)  # fmt: skip
async def test_arguments_that_are_refused(
    ask: Client, body: bytes, expected: tuple[str, str]
) -> None:
    await ask(commands.register_task(a_spec()))
    call = commands.Call("POST", "/v1/tasks/t/run", shapes.RunView, body=body)
    code, field, _ = await refused(ask, call)
    assert (code, field) == expected
    assert await ask(commands.list_runs()) == ()


async def test_what_is_done_to_a_task_is_done_to_its_runs(
    agent: embedded.Embedded, ask: Client, gate: embedded.Gate
) -> None:
    overlap = tasks.Overlap(policy=tasks.OverlapPolicy.PARALLEL, limit=2)
    await ask(commands.register_task(a_spec(script=gate.wait, overlap=overlap)))
    made = [await ask(commands.run_task("t")) for _ in range(2)]
    for one in made:
        await agent.reached(one, "running")
    suspended = await ask(commands.suspend_task("t", "lunch"))
    assert [run.state for run in suspended.runs] == ["suspended"] * 2
    assert suspended.runs[0].reason is not None
    assert "lunch" in suspended.runs[0].reason.sentence
    resumed = await ask(commands.resume_task("t"))
    assert [run.state for run in resumed.runs] == ["running"] * 2
    canceled = await ask(commands.cancel_task("t"))
    assert [run.id for run in canceled.runs] == [one.id for one in made]
    for one in made:
        ended = await agent.ended(one)
        assert embedded.why(ended) == ("canceled", "user_cancel")
    assert (await ask(commands.cancel_task("t"))).runs == ()


# Explaining


async def test_the_next_times(ask: Client) -> None:
    daily = {"type": "cron", "expression": "0 18 * * *", "zone": "Europe/Berlin"}
    await ask(commands.register_task(a_spec(triggers=[daily, daily])))
    found = await ask(commands.plan_task("t", 3))
    times = [datetime.fromisoformat(one.at) for one in found]
    assert len(times) == 3
    assert times == sorted(set(times))
    assert times[0] > datetime.now(UTC)
    assert [datetime.fromisoformat(one.local) for one in found] == times
    for n in (0, tasks_door.MOST_TIMES + 1):
        assert (await refused(ask, commands.plan_task("t", n)))[1] == "n"


async def test_why_a_task_does_not_start(ask: Client) -> None:
    await ask(commands.register_task(a_spec(triggers=[HOURLY], enabled=False)))
    found = await ask(commands.explain_task("t"))
    assert [one.code for one in found.blockers] == ["disabled"]
    assert found.blockers[0].sentence
    await ask(commands.enable_task("t"))
    found = await ask(commands.explain_task("t"))
    assert (found.can_start, found.blockers, len(found.next)) == (True, (), 3)
    await ask(commands.pause_everything())
    found = await ask(commands.explain_task("t"))
    assert not found.can_start
    assert [one.code for one in found.blockers] == ["paused"]
