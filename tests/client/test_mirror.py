from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.client.changes import Changes
from bgtasks_gui.client.mirror import ENDED_KEPT, Mirror
from bgtasks_gui.core import events, runs
from bgtasks_gui.wire import shapes
from tests.client.support.little_agent import AT, make_progress, make_run, make_task

ALL_OF_RUN = frozenset(shapes.RunView.__struct_fields__)
ALL_OF_TASK = frozenset(shapes.TaskView.__struct_fields__)
TASK_IDS = ("t1", "t2", "t3")
KEPT = 3


def event(seq: int, type_: str, **about: object) -> shapes.EventView:
    return shapes.EventView(seq=seq, at=AT, type=type_, **about)


def progressed(seq: int, run_id: str, done: float) -> shapes.EventView:
    return event(seq, "run_progressed", run_id=run_id, task_id="t1", progress=make_progress(done))


@pytest.fixture
def mirror() -> Mirror:
    made = Mirror(ended_kept=KEPT)
    made.load([make_task("t1")], [make_run("r1")], seq=10)
    return made


# One event at a time


def test_a_new_id_reports_every_field(mirror: Mirror) -> None:
    run, task = make_run("r2", task_id="t9"), make_task("t2")
    assert mirror.apply(event(11, "run_queued", run=run)) == Changes(runs={"r2": ALL_OF_RUN})
    assert mirror.apply(event(12, "task_added", task=task)) == Changes(tasks={"t2": ALL_OF_TASK})
    assert mirror.runs["r2"] == run
    assert mirror.tasks["t2"] == task


def test_only_what_has_another_value_is_reported(mirror: Mirror) -> None:
    suspended = make_run("r1", state="suspended", task_id="t9")
    changes = mirror.apply(event(11, "run_suspended", run=suspended))
    assert changes == Changes(runs={"r1": frozenset({"state", "task_id"})})
    assert not mirror.apply(event(12, "run_changed", run=suspended))
    renamed = make_task("t1", name="other", enabled=False)
    changes = mirror.apply(event(13, "task_changed", task=renamed))
    assert changes == Changes(tasks={"t1": frozenset({"name", "enabled"})})


def test_progress_changes_progress_only(mirror: Mirror) -> None:
    mirror.apply(event(11, "run_changed", run=make_run("r1")))
    changes = mirror.apply(progressed(12, "r1", 5))
    assert changes == Changes(runs={"r1": frozenset({"progress"})})
    assert mirror.runs["r1"].progress == make_progress(5)
    assert not mirror.apply(progressed(13, "r1", 5))


def test_progress_of_an_ended_or_unknown_run_is_passed_over(mirror: Mirror) -> None:
    mirror.apply(event(11, "run_finished", run=make_run("r1", state="completed")))
    assert not mirror.apply(progressed(12, "r1", 5))
    assert not mirror.apply(progressed(13, "r9", 5))
    assert mirror.runs["r1"].progress is None


@pytest.mark.parametrize("seq", [10, 9, 0])
def test_an_event_that_is_not_newer_changes_nothing(mirror: Mirror, seq: int) -> None:
    assert not mirror.apply(event(seq, "run_finished", run=make_run("r1", state="failed")))
    assert mirror.runs["r1"].state is runs.RunState.RUNNING
    assert mirror.seq == 10


def test_an_end_is_never_taken_back(mirror: Mirror) -> None:
    mirror.load([make_task("t1")], [make_run("r1", state="completed")], seq=10)
    assert not mirror.apply(event(11, "run_started", run=make_run("r1")))
    assert mirror.runs["r1"].state is runs.RunState.COMPLETED
    later = make_run("r1", state="completed", cpu_s=1.5)
    assert mirror.apply(event(12, "run_changed", run=later)).runs == {"r1": frozenset({"cpu_s"})}


def test_the_last_run_of_a_task_keeps_step(mirror: Mirror) -> None:
    first = make_run("r1", progress=make_progress(5))
    changes = mirror.apply(event(11, "run_changed", run=first))
    assert changes.tasks == {"t1": frozenset({"last_run"})}
    # Its progress is told of the run alone, four times a second.
    assert mirror.tasks["t1"].last_run == make_run("r1")
    assert mirror.runs["r1"] == first
    assert mirror.apply(progressed(12, "r1", 6)).tasks == {}
    assert mirror.apply(event(13, "run_queued", run=make_run("r2"))).tasks != {}
    ended = make_run("r1", state="failed", progress=make_progress(7))
    assert mirror.apply(event(14, "run_finished", run=ended)).tasks == {}
    assert mirror.tasks["t1"].last_run == make_run("r2")
    ended = make_run("r2", state="completed", progress=make_progress(100))
    assert mirror.apply(event(15, "run_finished", run=ended)).tasks != {}
    assert mirror.tasks["t1"].last_run == ended


def test_the_last_exit_reason_keeps_step(mirror: Mirror) -> None:
    started = "2026-11-22T15:00:00.000Z"
    ended = make_run("r3", state="completed", started_at=started)
    changes = mirror.apply(event(11, "run_finished", run=ended))
    assert "last_exit_reason" in changes.tasks["t1"]
    assert mirror.tasks["t1"].last_exit_reason == "Completed"
    # One that never began says nothing of how the task ends.
    mirror.apply(event(12, "run_finished", run=make_run("r4", state="skipped")))
    assert mirror.tasks["t1"].last_exit_reason == "Completed"


def test_a_removed_task_leaves_its_runs(mirror: Mirror) -> None:
    gone = event(11, "task_removed", task=make_task("t1"))
    assert mirror.apply(gone) == Changes(removed_tasks=frozenset({"t1"}))
    assert mirror.tasks == {}
    assert "r1" in mirror.runs
    assert not mirror.apply(event(12, "task_removed", task_id="t1"))
    ended = mirror.apply(event(13, "run_finished", run=make_run("r1", state="canceled")))
    assert ended.tasks == {}


def test_only_the_newest_ended_runs_are_kept(mirror: Mirror) -> None:
    seq = 10
    for number in range(2, 2 + KEPT):
        seq += 1
        ended = make_run(f"r{number}", state="completed")
        assert not mirror.apply(event(seq, "run_finished", run=ended)).removed_runs
    changes = mirror.apply(event(20, "run_finished", run=make_run("r9", state="missed")))
    assert changes.removed_runs == {"r2"}
    assert set(mirror.runs) == {"r1", "r3", "r4", "r9"}
    # One that ran through all of this is older than all of them.
    changes = mirror.apply(event(21, "run_finished", run=make_run("r1", state="completed")))
    assert (changes.runs, changes.removed_runs) == ({}, {"r1"})
    assert changes.passing["r1"].state == "completed"
    # One the reader never saw is not told to be gone; how it ended is.
    skipped = make_run("r0", state="skipped", task_id="t9")
    told = mirror.apply(event(22, "run_finished", run=skipped))
    assert told == Changes(passing={"r0": skipped})
    assert set(mirror.runs) == {"r3", "r4", "r9"}


def test_marks_without_a_change_of_state(mirror: Mirror) -> None:
    assert mirror.apply(event(11, "resync")) == Changes(resync=True)
    assert mirror.apply(event(12, "system_changed")) == Changes(system=True)
    further = event(13, "continuous_changed", what="progressed")
    assert mirror.apply(further) == Changes()
    printed = event(14, "run_printed", run_id="r1", task_id="t1", total=100)
    assert mirror.apply(printed) == Changes(printed=frozenset({"r1"}))
    assert not mirror.apply(event(15, "run_printed", run_id="r9", task_id="t1", total=1))
    warned = event(16, "run_warned", run=make_run("r1", task_id="t9"), warning="Nearly over.")
    changes = mirror.apply(warned)
    assert changes.warnings == {"r1": "Nearly over."}
    assert changes.runs == {"r1": frozenset({"task_id"})}


@pytest.mark.parametrize("seq", [5, 10, 11])
def test_a_gap_is_told_whatever_its_number(mirror: Mirror, seq: int) -> None:
    assert mirror.apply(event(seq, "resync")) == Changes(resync=True)
    assert mirror.seq == 10


def test_a_greeting_is_no_event(mirror: Mirror) -> None:
    assert not mirror.apply(event(20, "hello"))
    assert mirror.apply(event(11, "system_changed")) == Changes(system=True)


def test_every_event_there_is_has_its_effect() -> None:
    about = {
        "task": {"task": make_task("t1", name="other")},
        "run": {
            "run": make_run("r1", attempt=2),
            "run_id": "r1",
            "task_id": "t1",
            "progress": make_progress(5),
            "total": 1,
        },
        "system": {},
        "continuous": {"what": "started"},
        "delay": {"what": "granted"},
        "notice": {},
    }
    for kind in events.AnyEvent.__args__:
        mirror = Mirror()
        mirror.load([make_task("t1")], [make_run("r1")], seq=0)
        tag = str(kind.__struct_config__.tag)
        assert mirror.apply(event(1, tag, **about[tag.partition("_")[0]])), tag


def test_an_event_of_a_newer_agent_changes_nothing(mirror: Mirror) -> None:
    assert not mirror.apply(event(11, "sun_rose"))
    assert mirror.seq == 11


# Everything at once


def test_loading_tells_the_difference(mirror: Mirror) -> None:
    changes = mirror.load(
        [make_task("t1", name="other"), make_task("t2")],
        [make_run("r1"), make_run("r2", state="completed")],
        seq=3,
    )
    assert changes == Changes(
        tasks={"t1": frozenset({"name"}), "t2": ALL_OF_TASK}, runs={"r2": ALL_OF_RUN}
    )
    # An agent that was started anew counts from the beginning.
    assert mirror.seq == 3
    changes = mirror.load([make_task("t2")], [make_run("r2", state="completed")], seq=4)
    assert changes == Changes(removed_tasks=frozenset({"t1"}), removed_runs=frozenset({"r1"}))
    assert not mirror.load(mirror.tasks.values(), mirror.runs.values(), seq=4)


def test_loading_keeps_the_newest_ended_runs_and_the_last_word_on_each() -> None:
    mirror = Mirror(ended_kept=2)
    ended = [make_run(f"r{number}", state="completed") for number in range(5)]
    mirror.load([], [make_run("r4"), make_run("r0x"), *ended], seq=0)
    assert set(mirror.runs) == {"r0x", "r3", "r4"}
    assert mirror.runs["r4"].state is runs.RunState.COMPLETED
    assert Mirror().ended_kept == ENDED_KEPT == 500
    none = Mirror(ended_kept=0)
    none.load([], [make_run("r9"), *ended], seq=0)
    assert set(none.runs) == {"r9"}
    none.apply(event(1, "run_finished", run=make_run("r9", state="completed")))
    assert none.runs == {}


# What is derived


def test_views_of_the_runs() -> None:
    mirror = Mirror()
    found = [
        make_run("r1"),
        make_run("r3", state="waiting"),
        make_run("r2", state="failed"),
        make_run("r4", task_id="t2"),
    ]
    mirror.load([], found, seq=0)
    assert [run.id for run in mirror.active_runs()] == ["r4", "r3", "r1"]
    assert [run.id for run in mirror.runs_of("t1")] == ["r3", "r2", "r1"]
    assert mirror.runs_of("t9") == []
    counts = mirror.counts()
    assert counts.keys() == set(runs.RunState)
    assert {state.value: n for state, n in counts.items() if n} == {
        "running": 2,
        "waiting": 1,
        "failed": 1,
    }


def test_the_mirror_cannot_be_changed_from_outside(mirror: Mirror) -> None:
    with pytest.raises(TypeError):
        mirror.tasks["t9"] = make_task("t9")
    with pytest.raises(TypeError):
        del mirror.runs["r1"]


# Any history


class World:
    """An agent's truth, and what it tells of each step."""

    def __init__(self) -> None:
        self.tasks: dict[str, shapes.TaskView] = {}
        self.runs: dict[str, shapes.RunView] = {}
        self.told: list[shapes.EventView] = []

    def tell(self, type_: str, **about: object) -> None:
        self.told.append(event(len(self.told) + 1, type_, **about))

    def put_task(self, task_id: str, name: str) -> None:
        last = max(
            (run for run in self.runs.values() if run.task_id == task_id),
            key=lambda run: run.id,
            default=None,
        )
        self.tasks[task_id] = make_task(task_id, name=name, last_run=last)
        self.tell("task_changed", task=self.tasks[task_id])

    def remove_task(self, task_id: str) -> None:
        if task_id in self.tasks:
            self.tell("task_removed", task=self.tasks.pop(task_id))

    def put_run(self, run: shapes.RunView, type_: str) -> None:
        self.runs[run.id] = run
        task = self.tasks.get(run.task_id)
        if task is not None and (task.last_run is None or task.last_run.id <= run.id):
            self.tasks[task.id] = msgspec.structs.replace(task, last_run=run)
        self.tell("run_progressed" if type_ == "progress" else "run_changed", **_about(run, type_))

    def act(self, action: tuple[str, str, int]) -> None:
        verb, task_id, number = action
        active = [run for run in self.runs.values() if run.state not in runs.ENDED]
        match verb:
            case "put task":
                self.put_task(task_id, f"name {number}")
            case "remove task":
                self.remove_task(task_id)
            case "new run":
                self.put_run(make_run(f"r{len(self.runs):03}", task_id=task_id), "run")
            case "progress" if active:
                chosen = active[number % len(active)]
                figure = make_progress(number)
                self.put_run(msgspec.structs.replace(chosen, progress=figure), "progress")
            case "move" if active:
                chosen = active[number % len(active)]
                moves = sorted(runs.MOVES[chosen.state])
                state = moves[number % len(moves)]
                self.put_run(msgspec.structs.replace(chosen, state=state), "run")


def _about(run: shapes.RunView, type_: str) -> dict[str, object]:
    if type_ == "progress":
        return {"run_id": run.id, "task_id": run.task_id, "progress": run.progress}
    return {"run": run}


ACTIONS = st.tuples(
    st.sampled_from(["put task", "remove task", "new run", "new run", "progress", "move", "move"]),
    st.sampled_from(TASK_IDS),
    st.integers(0, 100),
)


def apply_all(mirror: Mirror, told: list[shapes.EventView]) -> None:
    """Apply, and check that what is reported is exactly what differs."""
    for one in told:
        tasks, seen = dict(mirror.tasks), dict(mirror.runs)
        changes = mirror.apply(one)
        assert changes.tasks == differences(tasks, mirror.tasks)
        assert changes.runs == differences(seen, mirror.runs)
        assert changes.removed_tasks == tasks.keys() - mirror.tasks.keys()
        assert changes.removed_runs == seen.keys() - mirror.runs.keys()


def differences(old: object, new: object) -> dict[str, frozenset[str]]:
    found = {}
    for one, view in new.items():
        names = frozenset(view.__struct_fields__)
        if one in old:
            names = frozenset(n for n in names if getattr(old[one], n) != getattr(view, n))
        if names:
            found[one] = names
    return found


@given(st.lists(ACTIONS, max_size=40), st.integers(0, 40))
def test_events_one_by_one_come_to_what_the_snapshot_says(
    actions: list[tuple[str, str, int]], joined_after: int
) -> None:
    world = World()
    for action in actions[:joined_after]:
        world.act(action)
    live = Mirror(ended_kept=KEPT)
    start = len(world.told)
    live.load(world.tasks.values(), world.runs.values(), seq=start)
    for action in actions[joined_after:]:
        world.act(action)
    apply_all(live, world.told[start:])

    fresh = Mirror(ended_kept=KEPT)
    fresh.load(world.tasks.values(), world.runs.values(), seq=len(world.told))
    assert live.tasks == fresh.tasks
    assert live.runs == fresh.runs
    assert (live.counts(), live.seq) == (fresh.counts(), fresh.seq)
    assert not live.load(world.tasks.values(), world.runs.values(), seq=len(world.told))
    # Whatever was told already says nothing new.
    assert not any(live.apply(one) for one in world.told)


@given(st.lists(ACTIONS, max_size=40), st.integers(0, 40))
def test_a_snapshot_ahead_of_its_number_is_caught_up_with(
    actions: list[tuple[str, str, int]], behind: int
) -> None:
    """The number is read before the lists, so events may tell again what these hold already."""
    world = World()
    for action in actions:
        world.act(action)
    seq = max(0, len(world.told) - behind)
    mirror = Mirror(ended_kept=KEPT)
    mirror.load(world.tasks.values(), world.runs.values(), seq=seq)
    for one in world.told[seq:]:
        mirror.apply(one)
    fresh = Mirror(ended_kept=KEPT)
    fresh.load(world.tasks.values(), world.runs.values(), seq=len(world.told))
    assert mirror.runs == fresh.runs
    assert mirror.tasks == fresh.tasks
