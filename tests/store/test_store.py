"""The contract of `ports.Store`, held by the file and by the dictionaries that stand for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from bgtasks_gui.core import errors, ports, reasons, runs, tasks
from bgtasks_gui.store import SqliteStore
from tests.fakes import samples
from tests.fakes.memory_store import MemoryStore

S = runs.RunState


@pytest_asyncio.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, path: Path) -> AsyncIterator[ports.Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    real = SqliteStore(path)
    await real.open()
    yield real
    await real.close()


async def _standing(store: ports.Store, task: tasks.Task) -> ports.Standing:
    found = await store.standing(task.id)
    assert found is not None
    return found


async def test_keeps_a_task_as_it_was(store: ports.Store) -> None:
    task = samples.a_task(
        time_limit=timedelta(minutes=5),
        environment={"PATH": "/bin", "LANG": "de_DE.UTF-8"},
        expires_at=samples.at(60),
        group="night",
        owner="someone",
    )
    await store.write(ports.Change(tasks=(task,)))
    assert await store.task(task.id) == task
    assert await store.tasks_named(task.name) == [task]
    assert await store.standing(task.id) == ports.Standing(task=task)
    assert await store.count_tasks() == 1


async def test_knows_nothing_of_what_was_never_stored(store: ports.Store) -> None:
    missing = samples.an_id(9)
    assert await store.task(missing) is None
    assert await store.standing(missing) is None
    assert await store.run(missing) is None
    assert await store.fact("boot") is None
    assert await store.tasks_named("nobody") == []
    assert await store.planned(missing) == []
    assert await store.count_tasks() == 0
    assert await store.count_runs() == {}


async def test_a_task_written_again_is_replaced(store: ports.Store) -> None:
    task = samples.a_task(environment={"A": "1"})
    await store.write(ports.Change(tasks=(task,)))
    assert await store.task(task.id) == task
    edited = msgspec.structs.replace(task, name="renamed", environment=None)
    await store.write(ports.Change(tasks=(edited,)))
    assert await store.task(task.id) == edited
    assert await store.tasks_named(task.name) == []


async def test_a_name_is_taken_once_in_owner_and_group(store: ports.Store) -> None:
    first, second = samples.a_task(1, name="backup"), samples.a_task(2, name="backup")
    await store.write(ports.Change(tasks=(first,)))
    with pytest.raises(errors.DuplicateName) as refused:
        await store.write(ports.Change(tasks=(second,), facts={"tried": "yes"}))
    assert refused.value.field == "name"
    assert await store.task(second.id) is None
    assert await store.fact("tried") is None
    elsewhere = msgspec.structs.replace(second, group="weekly")
    await store.write(ports.Change(tasks=(elsewhere,)))
    assert await store.tasks_named("backup") == [first, elsewhere]


async def test_a_twin_stands_beside_the_task_of_its_name(store: ports.Store) -> None:
    first = samples.a_task(1, name="backup")
    twins = tuple(samples.a_task(number, name="backup", is_twin=True) for number in (2, 3))
    await store.write(ports.Change(tasks=(first, *twins)))
    assert await store.tasks_named("backup") == [first, *twins]
    with pytest.raises(errors.DuplicateName):
        await store.write(ports.Change(tasks=(samples.a_task(4, name="backup"),)))
    await store.write(ports.Change(removed_tasks=(first.id,)))
    again = samples.a_task(5, name="backup")
    await store.write(ports.Change(tasks=(again,)))
    assert await store.tasks_named("backup") == [*twins, again]


async def test_a_task_takes_the_name_of_the_one_it_replaces(store: ports.Store) -> None:
    first, second = samples.a_task(1, name="backup"), samples.a_task(2, name="backup")
    await store.write(ports.Change(tasks=(first,)))
    await store.write(ports.Change(tasks=(second,), removed_tasks=(first.id,)))
    assert await store.tasks_named("backup") == [second]


async def test_several_tasks_are_read_at_once(store: ports.Store) -> None:
    made = [samples.a_task(number) for number in range(4)]
    await store.write(ports.Change(tasks=tuple(made)))
    asked = [made[2].id, samples.an_id(9), made[0].id]
    for several in (asked, asked, asked[:1]):
        await store.read_ahead(several)
    assert [await store.task(task_id) for task_id in asked] == [made[2], None, made[0]]
    assert await store.standings_of(asked) == [
        ports.Standing(task=made[2]),
        ports.Standing(task=made[0]),
    ]


async def test_removing_a_task_leaves_its_runs(store: ports.Store) -> None:
    task = samples.a_task()
    run = samples.ended(samples.a_run(1, task))
    listener = tasks.Listener(task_id=task.id, position=0, topic="startup")
    plan = samples.planned(task, samples.at(60))
    await store.write(
        ports.Change(tasks=(task,), planned=(plan,), listeners=(listener,), runs=(run,))
    )
    await store.write(ports.Change(removed_tasks=(task.id,)))
    assert await store.task(task.id) is None
    assert await store.planned(task.id) == []
    assert await store.all_planned() == []
    assert await store.listeners("startup") == []
    assert await store.run(run.id) == run


async def test_what_comes_in_for_a_removed_task_is_dropped_but_for_its_run(
    store: ports.Store,
) -> None:
    task = samples.a_task()
    late = samples.a_run(1, task)
    await store.write(ports.Change(runs=(late,), planned=(samples.planned(task, samples.NOW),)))
    assert await store.run(late.id) == late
    assert await store.all_planned() == []
    await store.write(ports.Change(tasks=(task,)))
    assert await store.standing(task.id) == ports.Standing(task=task)


async def test_a_task_that_comes_back_has_its_past(store: ports.Store) -> None:
    task = samples.a_task()
    run = samples.ended(samples.a_run(1, task), exit_code=1)
    await store.write(ports.Change(tasks=(task,), runs=(run,)))
    past = msgspec.structs.replace(
        await _standing(store, task), last_scheduled_at=samples.at(3), last_exit_reason="Other"
    )
    assert past.last_run == run
    await store.write(ports.Change(removed_tasks=(task.id,)))
    await store.write(ports.Change(tasks=(task,), pasts=(past,)))
    assert await store.standing(task.id) == past
    # It goes on from there.
    newer = samples.a_run(2, task)
    await store.write(ports.Change(runs=(newer,)))
    assert (await _standing(store, task)).last_run == newer
    done = samples.ended(newer)
    await store.write(ports.Change(runs=(done,)))
    assert (await _standing(store, task)).last_exit_reason == "Completed"


async def test_planned_times_replace_and_clear(store: ports.Store) -> None:
    task = samples.a_task(triggers=(msgspec.Raw(b"{}"),) * 3)
    first = samples.planned(task, samples.at(10), 0)
    second = tasks.Planned(
        task_id=task.id, position=1, next_at=samples.at(5.25), flex=timedelta(seconds=1.5)
    )
    await store.write(ports.Change(tasks=(task,), planned=(first, second)))
    assert await store.planned(task.id) == [first, second]
    assert (await _standing(store, task)).next_run_at == samples.at(5.25)
    base = samples.NOW.timestamp()
    assert await store.all_planned() == [
        (base + 5.25, 1.5, task.id, 1),
        (base + 10, 0.0, task.id, 0),
    ]
    moved = samples.planned(task, samples.at(20), 0)
    await store.write(ports.Change(planned=(moved, samples.planned(task, None, 1))))
    assert await store.planned(task.id) == [moved]


async def test_a_trigger_that_is_gone_is_no_longer_planned(store: ports.Store) -> None:
    task = samples.a_task(triggers=(msgspec.Raw(b"{}"),) * 2)
    plans = tuple(samples.planned(task, samples.at(10), position) for position in (0, 1))
    await store.write(ports.Change(tasks=(task,), planned=plans))
    shorter = msgspec.structs.replace(task, triggers=task.triggers[:1])
    await store.write(ports.Change(tasks=(shorter,)))
    assert await store.planned(task.id) == [plans[0]]


@pytest.mark.parametrize("changes", [{"enabled": False}, {"unscheduled": "it gave up"}])
async def test_tasks_out_of_the_schedule_are_neither_due_nor_listening(
    store: ports.Store, changes: dict[str, object]
) -> None:
    task, other = samples.a_task(1), samples.a_task(2)
    listeners = tuple(
        tasks.Listener(task_id=one.id, position=0, topic="startup") for one in (task, other)
    )
    plans = (samples.planned(task, samples.at(1)), samples.planned(other, samples.at(2)))
    await store.write(ports.Change(tasks=(task, other), listeners=listeners, planned=plans))
    assert await store.listeners("startup") == list(listeners)
    off = msgspec.structs.replace(task, **changes)
    await store.write(ports.Change(tasks=(off,), listeners=listeners[:1]))
    assert [entry[2] for entry in await store.all_planned()] == [other.id]
    assert await store.listeners("startup") == [listeners[1]]
    assert (await _standing(store, off)).next_run_at is None
    assert await store.planned(task.id) == [plans[0]]


async def test_writing_a_task_replaces_its_listeners(store: ports.Store) -> None:
    task = samples.a_task()
    topics = ("startup", "event:saved", "after:x")
    before = tuple(tasks.Listener(task_id=task.id, position=0, topic=topic) for topic in topics)
    await store.write(ports.Change(tasks=(task,), listeners=before))
    await store.write(ports.Change(tasks=(task,), listeners=before[1:2]))
    assert [bool(await store.listeners(topic)) for topic in topics] == [False, True, False]
    await store.write(ports.Change(tasks=(task,), listeners=before))
    assert [bool(await store.listeners(topic)) for topic in topics] == [True, True, True]


async def test_facts_are_replaced(store: ports.Store) -> None:
    await store.write(ports.Change(facts={"paused": "yes", "boot": "1"}))
    await store.write(ports.Change(facts={"paused": "no"}))
    assert [await store.fact(name) for name in ("paused", "boot")] == ["no", "1"]


async def test_keeps_a_run_as_it_was(store: ports.Store) -> None:
    reason = reasons.make(reasons.Code.EXIT_STATUS, samples.at(3), "2")
    run = samples.ended(samples.a_run(), S.FAILED, reason=reason, exit_code=2, cpu_s=0.25)
    await store.write(ports.Change(runs=(run,)))
    assert await store.run(run.id) == run


async def test_open_runs_are_those_that_have_not_ended(store: ports.Store) -> None:
    first, second, third = (samples.a_run(number) for number in (1, 2, 3))
    await store.write(ports.Change(runs=(third, second, first)))
    going = samples.started(second)
    await store.write(ports.Change(runs=(samples.ended(first), going)))
    assert await store.open_runs() == [going, third]
    assert await store.count_runs() == {S.COMPLETED: 1, S.RUNNING: 1, S.PENDING: 1}


async def test_a_run_seen_first_while_it_goes_on_is_stored_too(store: ports.Store) -> None:
    task = samples.a_task()
    run = samples.started(samples.a_run(1, task))
    await store.write(ports.Change(tasks=(task,), runs=(run,)))
    assert await store.open_runs() == [run]
    standing = await _standing(store, task)
    assert (standing.last_run, standing.last_scheduled_at) == (run, samples.at(1))


async def test_standing_follows_the_newest_run(store: ports.Store) -> None:
    task = samples.a_task()
    older, newer = samples.a_run(1, task), samples.a_run(2, task)
    await store.write(ports.Change(tasks=(task,), runs=(newer,)))
    await store.write(ports.Change(runs=(older,)))
    standing = await _standing(store, task)
    assert (standing.last_run, standing.last_scheduled_at) == (newer, samples.at(2))
    done = samples.ended(newer)
    await store.write(ports.Change(runs=(done,)))
    standing = await _standing(store, task)
    assert (standing.last_run, standing.last_exit_reason) == (done, "Completed")


async def test_only_what_really_started_has_an_exit_reason(store: ports.Store) -> None:
    task = samples.a_task()
    missed = runs.move(samples.a_run(1, task), S.MISSED, completed_at=samples.at(2))
    await store.write(ports.Change(tasks=(task,), runs=(missed,)))
    standing = await _standing(store, task)
    assert (standing.last_run, standing.last_exit_reason) == (missed, "None")
    over = reasons.make(reasons.Code.TIME_LIMIT, samples.at(9))
    cut = samples.ended(samples.a_run(2, task), S.CANCELED, reason=over)
    await store.write(ports.Change(runs=(cut,)))
    assert (await _standing(store, task)).last_exit_reason == "ExecutionTimeExceeded"


async def test_of_runs_side_by_side_the_one_that_ended_last_counts(store: ports.Store) -> None:
    task = samples.a_task()
    late = samples.ended(samples.a_run(1, task), S.FAILED, completed_at=samples.at(90))
    early = samples.ended(samples.a_run(2, task), completed_at=samples.at(30))
    await store.write(ports.Change(tasks=(task,), runs=(late,)))
    await store.write(ports.Change(runs=(early,)))
    assert (await _standing(store, task)).last_exit_reason == "Other"


async def _fill(store: ports.Store) -> list[runs.Run]:
    """Forty runs of two tasks in every state a run can be in, oldest first."""
    owners = samples.a_task(101), samples.a_task(102)
    made = []
    for number in range(40):
        state = list(S)[number % len(S)]
        run = samples.a_run(number, owners[number % 3 == 0], state=state)
        made.append(msgspec.structs.replace(run, completed_at=samples.at(number + 0.5)))
    await store.write(ports.Change(runs=tuple(made)))
    return made


@pytest.mark.parametrize("states", [(), (S.FAILED,), (S.RUNNING, S.PENDING), (S.MISSED, S.WAITING)])
@pytest.mark.parametrize("task_id", [None, samples.an_id(101), samples.an_id(102)])
async def test_runs_are_found_by_task_state_and_time(
    store: ports.Store, states: tuple[runs.RunState, ...], task_id: str | None
) -> None:
    made = await _fill(store)
    wanted = [
        run
        for run in reversed(made)
        if (not states or run.state in states) and task_id in (None, run.task_id)
    ]
    assert await store.runs(ports.RunQuery(states=states, task_id=task_id)) == wanted
    since = ports.RunQuery(states=states, task_id=task_id, since=samples.at(21))
    assert await store.runs(since) == [run for run in wanted if run.triggered_at >= samples.at(21)]


@pytest.mark.parametrize("states", [(), (S.FAILED, S.PENDING), tuple(S)])
@pytest.mark.parametrize("limit", [1, 3, 40])
async def test_pages_are_complete_and_without_repeats(
    store: ports.Store, states: tuple[runs.RunState, ...], limit: int
) -> None:
    made = await _fill(store)
    seen: list[runs.Run] = []
    query = ports.RunQuery(states=states, limit=limit)
    while page := await store.runs(query):
        assert len(page) <= limit
        seen += page
        query = msgspec.structs.replace(query, before_id=page[-1].id)
    assert seen == [run for run in reversed(made) if not states or run.state in states]


@pytest.mark.parametrize("limit", [1, 2, 5])
async def test_pages_of_tasks_are_complete_though_names_repeat(
    store: ports.Store, limit: int
) -> None:
    made = [
        samples.a_task(number, name=f"name {number % 2}", group=f"group {number // 2}")
        for number in range(8)
    ]
    await store.write(ports.Change(tasks=tuple(made)))
    seen: list[tasks.Task] = []
    page = await store.standings(limit=limit)
    while page:
        seen += [standing.task for standing in page]
        page = await store.standings(after_name=seen[-1].name, after_id=seen[-1].id, limit=limit)
    assert seen == sorted(made, key=lambda task: (task.name, task.id))
    behind = await store.standings(after_name="name 0")
    assert {standing.task.name for standing in behind} == {"name 1"}


async def test_tasks_are_found_by_group_and_part_of_the_name(store: ports.Store) -> None:
    made = tuple(
        samples.a_task(number, name=name, group=group)
        for number, (name, group) in enumerate(
            [("Ärger 100%", "a"), ("ärger", "b"), ("backup", "a"), ("50_50", "b")]
        )
    )
    await store.write(ports.Change(tasks=made))

    async def names(**filters: str) -> list[str]:
        return [standing.task.name for standing in await store.standings(**filters)]

    assert await names(group="a") == ["backup", "Ärger 100%"]
    assert await names(search="ÄRGER") == ["Ärger 100%", "ärger"]
    assert await names(search="0%") == ["Ärger 100%"]
    assert await names(search="_", group="b") == ["50_50"]
    assert await names(group="c") == []
