from __future__ import annotations

import msgspec
from pytestqt.modeltest import ModelTester

from bgtasks_gui.client.changes import Changes
from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.models.task_rows import TaskRow
from bgtasks_gui.gui.models.task_table import TaskTable
from bgtasks_gui.wire import shapes
from tests.gui.support import looping, views
from tests.gui.support.letters import Told
from tests.gui.support.stages import Stage

ONE, TWO, THREE = (views.task(number) for number in (1, 2, 3))


def names(table: TaskTable) -> list[str]:
    return [table.row_at(row).task.name for row in range(table.rowCount())]


def row(table: TaskTable, task: shapes.TaskView) -> TaskRow:
    found = table.find(task.id)
    assert found is not None
    return found


def places(table: TaskTable, *columns: str) -> list[int]:
    return [at for at, column in enumerate(table.columns) if column.name in columns]


async def test_tasks_come_change_and_go(stage: Stage, qtmodeltester: ModelTester) -> None:
    table = stage.tasks
    qtmodeltester.check(table)
    assert names(table) == []
    stage.load([TWO, ONE])
    assert names(table) == ["task 1", "task 2"]
    stage.put_task(msgspec.structs.replace(ONE, name="zoo"), THREE)
    assert names(table) == ["task 2", "task 3", "zoo"]
    stage.remove_task(TWO.id)
    assert names(table) == ["task 3", "zoo"]
    stage.load([views.task(number) for number in range(10, 40)])
    assert names(table) == [f"task {number}" for number in range(10, 40)]


async def test_a_row_shows_the_foremost_run_of_its_task(stage: Stage) -> None:
    stage.load([ONE, TWO])
    assert row(stage.tasks, ONE).state == "idle"
    waiting, running = views.run(1, "waiting", ONE), views.run(2, "running", ONE)
    stage.put(waiting)
    assert (row(stage.tasks, ONE).state, row(stage.tasks, ONE).run) == ("waiting", waiting)
    stage.put(running)
    assert row(stage.tasks, ONE).run == running
    stage.put(views.run(2, "failed", ONE))
    assert row(stage.tasks, ONE).run == waiting
    stage.put(views.run(1, "completed", ONE))
    # The newest of its runs says how it ended last.
    assert (row(stage.tasks, ONE).state, row(stage.tasks, ONE).run) == ("failed", None)
    assert +stage.tasks.counts == {"failed": 1, "idle": 1}


async def test_only_the_cells_that_changed_are_told(stage: Stage) -> None:
    table, run = stage.tasks, views.run(1, "running", TWO)
    stage.load([ONE, TWO, THREE], [run])
    told = Told(table)
    stage.progress(run.id, views.progress(5, 20))
    first, *_, last = places(table, "task", "progress", "speed")
    assert told.take() == [(1, 1, first, last)]
    stage.put_task(msgspec.structs.replace(ONE, when=("daily",)))
    assert told.take() == [(0, 0, *places(table, "next") * 2)]
    stage.put_task(msgspec.structs.replace(ONE, when=("daily",), owner="nobody that is shown"))
    assert told.take() == []
    table.show_span(2, 2)
    stage.progress(run.id, views.progress(6, 20))
    assert told.take() == []


async def test_a_run_that_is_gone_is_told_whole(stage: Stage) -> None:
    stage.load([ONE, TWO], [views.run(1, "running", TWO)])
    told = Told(stage.tasks)
    stage.load([ONE, TWO])
    assert told.take() == [(1, 1, 0, len(stage.tasks.columns) - 1)]
    assert row(stage.tasks, TWO).state == "idle"


async def test_runs_of_unknown_tasks_are_passed_over(stage: Stage) -> None:
    stage.load([ONE])
    stage.put(views.run(1, "running", THREE))
    stage.asked.mark(frozenset({THREE.id, "nobody"}), "Asked to run…")
    assert names(stage.tasks) == ["task 1"]


async def test_a_removal_that_was_undone_leaves_the_row(stage: Stage) -> None:
    stage.load([ONE, TWO])
    stage.remove_task(ONE.id)
    stage.put_task(ONE)
    assert names(stage.tasks) == ["task 1", "task 2"]


async def test_the_pause_is_said_as_soon_as_it_is_known(stage: Stage) -> None:
    planned = msgspec.structs.replace(ONE, next_run_at=views.stamp(900))
    stage.load([planned])
    [at] = places(stage.tasks, "next")
    assert stage.tasks.words(stage.tasks.index(0, at)).first == "In 5 min"
    told = Told(stage.tasks)
    stage.say_system(pause=shapes.PauseView(paused=True, until=None))
    assert told.take() == [(0, 0, 0, len(stage.tasks.columns) - 1)]
    assert stage.tasks.words(stage.tasks.index(0, at)).first == "Paused until you resume"


async def test_what_was_asked_of_a_task_is_said_in_its_row(stage: Stage) -> None:
    """Also where what is selected is a task with a run that ended long ago."""
    ended = views.ended_task(1, "failed")
    stage.load([ended])
    stage.way.on(f"POST /v1/tasks/{ended.id}/run", views.run(2, "pending", ended))
    stage.way.gate.clear()
    stage.performer.perform("run", [Subject(ended, ended.last_run)])
    await looping.until(lambda: stage.way.asked)
    assert stage.tasks.words(stage.tasks.index(0, 0)).second == "Asked to run…"
    stage.way.gate.set()
    await looping.until(lambda: not stage.asked.words(ended.id))
    assert stage.tasks.words(stage.tasks.index(0, 0)).second != "Asked to run…"


async def test_what_was_asked_of_a_run_is_said_in_the_row_of_its_task(stage: Stage) -> None:
    run = views.run(1, "running", TWO)
    stage.load([ONE, TWO], [run])
    told = Told(stage.tasks)
    stage.asked.mark(frozenset({run.id}), "Asked to cancel…")
    assert stage.tasks.words(stage.tasks.index(1, 0)).second == "Asked to cancel…"
    assert [span[:2] for span in told.take()] == [(1, 1)]


async def test_a_run_that_the_mirror_has_lost_already_is_passed_over(stage: Stage) -> None:
    stage.load([ONE])
    told = Told(stage.tasks)
    stage.bridge.changed.emit(Changes(runs={"gone": frozenset({"state"})}))
    assert told.take() == []
