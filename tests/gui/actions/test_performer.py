"""What is asked is told at once as asked, and as done only by the answer."""

from __future__ import annotations

import gc
import logging

import pytest

from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors
from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.actions.performer import APOLOGY, Performer
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.wire import codec, shapes
from tests.agent.support import embedded
from tests.gui.support import looping, stages, views

TASK, OTHER = views.task(1), views.task(2)
RUN = views.run(1, of=TASK)
RUN_PATH = f"POST /v1/tasks/{TASK.id}/run"
OTHER_PATH = f"POST /v1/tasks/{OTHER.id}/run"


async def quiet(stage: stages.Stage) -> None:
    """Once nothing is under way."""
    await looping.until(lambda: not stage.performer._under_way)


async def test_it_says_asked_at_once_and_nothing_after_the_answer(stage: stages.Stage) -> None:
    stage.way.on(RUN_PATH, RUN)
    started = stages.collect(stage.performer.started)
    stage.way.gate.clear()
    stage.performer.perform("run", [Subject(TASK, None)])
    await looping.until(lambda: stage.way.asked)
    assert stage.asked.words(TASK.id) == "Asked to run…"
    assert started == []
    stage.way.gate.set()
    await quiet(stage)
    assert stage.asked.words(TASK.id) == ""
    assert started == [(RUN,)]


async def test_only_those_it_fits_are_asked(stage: stages.Stage) -> None:
    stage.way.on(f"POST /v1/runs/{RUN.id}/suspend", RUN)
    ended = views.run(2, "completed", OTHER)
    stage.performer.perform("suspend", [Subject(TASK, RUN), Subject(OTHER, ended)])
    stage.performer.perform("resume", [Subject(TASK, RUN)])
    await quiet(stage)
    assert stage.way.asked == [f"POST /v1/runs/{RUN.id}/suspend"]


async def test_a_refusal_is_told_in_its_sentence(stage: stages.Stage) -> None:
    stage.way.on(RUN_PATH, errors.NotPossibleNow("It expired yesterday."))
    refused = stages.collect(stage.performer.refused)
    stage.performer.perform("run", [Subject(TASK, None)])
    await quiet(stage)
    assert refused == [("It expired yesterday.",)]
    assert stage.asked.words(TASK.id) == ""


async def test_of_several_the_good_are_done_and_the_bad_are_counted(stage: stages.Stage) -> None:
    third = views.task(3)
    stage.way.on(RUN_PATH, errors.NotPossibleNow("It expired yesterday."))
    stage.way.on(OTHER_PATH, errors.NotPossibleNow("It expired today."))
    stage.way.on(f"POST /v1/tasks/{third.id}/run", views.run(3, of=third))
    refused = stages.collect(stage.performer.refused)
    started = stages.collect(stage.performer.started)
    stage.performer.perform("run", [Subject(one, None) for one in (TASK, OTHER, third)])
    await quiet(stage)
    assert refused == [("It expired yesterday. 1 more could not be done either.",)]
    assert len(started) == 1


async def test_the_agent_being_away_is_told_too(stage: stages.Stage) -> None:
    stage.way.is_away = True
    refused = stages.collect(stage.performer.refused)
    stage.performer.perform("run", [Subject(TASK, None)])
    await quiet(stage)
    assert len(refused) == 1


async def test_what_the_window_has_to_show_first_is_handed_on(stage: stages.Stage) -> None:
    wanted = stages.collect(stage.performer.wanted)
    stage.performer.perform("edit", [Subject(TASK, None)])
    assert wanted == [("edit", [Subject(TASK, None)])]
    assert stage.way.asked == []


async def test_a_cancel_carries_the_persons_words(stage: stages.Stage) -> None:
    bodies = []

    def note(call: commands.Call[object]) -> object:
        bodies.append(codec.plain(call.body))
        return RUN

    stage.way.on(f"POST /v1/runs/{RUN.id}/cancel", note)
    stage.performer.cancel([Subject(TASK, RUN)], "disk is needed")
    await quiet(stage)
    assert bodies == [{"reason": "disk is needed"}]


async def test_a_run_is_handed_its_arguments(stage: stages.Stage) -> None:
    bodies = []

    def note(call: commands.Call[object]) -> object:
        bodies.append(codec.plain(call.body))
        return RUN

    stage.way.on(RUN_PATH, note)
    stage.performer.run_with(Subject(TASK, None), {"folder": "/x"})
    await quiet(stage)
    assert bodies == [{"arguments": {"folder": "/x"}}]


async def test_removed_tasks_are_told_together(stage: stages.Stage) -> None:
    gone = [shapes.RemovedView(id=one.id, name=one.name, canceled_runs=()) for one in (TASK, OTHER)]
    for one in gone:
        stage.way.on(f"DELETE /v1/tasks/{one.id}", one)
    removed = stages.collect(stage.performer.removed)
    stage.performer.perform("remove", [Subject(TASK, None), Subject(OTHER, None)])
    await quiet(stage)
    assert removed == [(gone,)]


async def test_a_bug_is_logged_whole_and_apologised_for(
    stage: stages.Stage, caplog: pytest.LogCaptureFixture
) -> None:
    async def wrong() -> None:
        raise ZeroDivisionError

    refused = stages.collect(stage.performer.refused)
    with caplog.at_level(logging.ERROR):
        stage.performer.spawn(wrong())
        await quiet(stage)
    assert refused == [(APOLOGY,)]
    assert "ZeroDivisionError" in caplog.text


async def test_what_is_closed_before_it_began_leaves_nothing(stage: stages.Stage) -> None:
    begun: list[bool] = []

    async def work() -> None:
        begun.append(True)

    stage.performer.spawn(work())
    await stage.performer.close()
    assert begun == []
    gc.collect()


async def test_closing_ends_what_is_under_way(stage: stages.Stage) -> None:
    stage.way.gate.clear()
    stage.performer.perform("run", [Subject(TASK, None)])
    await looping.until(lambda: stage.way.asked)
    await stage.performer.close()
    assert not stage.performer._under_way
    assert stage.asked.words(TASK.id) == ""


async def test_several_runs_of_one_task_are_one_task(stage: stages.Stage) -> None:
    """Selected in the history, where each run is a row of its own."""
    gone = shapes.RemovedView(id=TASK.id, name=TASK.name, canceled_runs=())
    stage.way.on(f"DELETE /v1/tasks/{TASK.id}", gone)
    refused, removed = (
        stages.collect(one) for one in (stage.performer.refused, stage.performer.removed)
    )
    ended = [Subject(TASK, views.run(number, "failed", TASK)) for number in (1, 2, 3)]
    stage.performer.perform("remove", ended)
    await quiet(stage)
    assert stage.way.asked == [f"DELETE /v1/tasks/{TASK.id}"]
    assert (refused, removed) == ([], [([gone],)])


async def test_each_of_several_runs_of_one_task_is_run_again(stage: stages.Stage) -> None:
    stage.way.on(RUN_PATH, RUN)
    ended = [Subject(TASK, views.run(number, "failed", TASK)) for number in (1, 2, 3)]
    stage.performer.perform("retry", ended)
    await quiet(stage)
    assert stage.way.asked == [RUN_PATH] * 3


async def test_several_that_fail_with_fields_are_told_in_one_sentence(
    stage: stages.Stage,
) -> None:
    error = errors.InvalidField("The time limit is too short.", field="time_limit")
    stage.way.on(RUN_PATH, error)
    stage.way.on(OTHER_PATH, error)
    refused = stages.collect(stage.performer.refused)
    stage.performer.perform("run", [Subject(TASK, None), Subject(OTHER, None)])
    await quiet(stage)
    assert refused == [("The time limit is too short. 1 more could not be done either.",)]


async def test_a_bug_among_several_is_logged_and_the_good_are_told(
    stage: stages.Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.way.on(RUN_PATH, errors.NotPossibleNow("It expired yesterday."))
    stage.way.on(OTHER_PATH, ZeroDivisionError())
    third = views.task(3)
    stage.way.on(f"POST /v1/tasks/{third.id}/run", views.run(3, of=third))
    refused, started = (
        stages.collect(one) for one in (stage.performer.refused, stage.performer.started)
    )
    with caplog.at_level(logging.ERROR):
        stage.performer.perform("run", [Subject(one, None) for one in (TASK, OTHER, third)])
        await quiet(stage)
    assert refused == [(APOLOGY,)]
    assert started == [(views.run(3, of=third),)]
    assert "ZeroDivisionError" in caplog.text


async def test_marks_are_on_what_the_agent_is_asked_about(stage: stages.Stage) -> None:
    """A task with a run that ended is asked to run; its old run is asked nothing."""
    ended = views.ended_task(1, "failed")
    stage.way.on(RUN_PATH, RUN)
    stage.way.gate.clear()
    stage.performer.perform("run", [Subject(ended, ended.last_run)])
    stage.performer.perform("suspend", [Subject(TASK, RUN)])
    await looping.until(lambda: len(stage.way.asked) == 2)
    assert stage.asked.words(ended.id) == "Asked to run…"
    assert stage.asked.words(RUN.id) == "Asked to suspend…"
    assert ended.last_run is not None
    stage.way.gate.set()
    await quiet(stage)
    assert stage.asked.words(ended.id, RUN.id) == ""


async def test_two_questions_about_one_run_are_told_until_the_last_answer(
    stage: stages.Stage,
) -> None:
    stage.way.on(f"POST /v1/runs/{RUN.id}/suspend", RUN)
    stage.way.on(f"POST /v1/runs/{RUN.id}/cancel", RUN)
    stage.performer.perform("suspend", [Subject(TASK, RUN)])
    stage.way.gate.clear()
    stage.performer.cancel([Subject(TASK, RUN)], None)
    await looping.until(lambda: len(stage.way.asked) == 2)
    stage.way.gate.set()
    assert stage.asked.words(RUN.id) == "Asked to cancel…"
    await quiet(stage)
    assert stage.asked.words(RUN.id) == ""


async def test_what_is_asked_of_nobody_hands_on_its_answer(stage: stages.Stage) -> None:
    pause = shapes.PauseView(paused=False, until=None)
    stage.way.on("POST /v1/resume", pause)
    answers: list[object] = []
    stage.performer.ask(commands.resume_everything(), answers.append)
    stage.performer.ask(commands.resume_everything())
    await quiet(stage)
    assert answers == [pause]


async def test_a_real_agent_confirms(agent: embedded.Embedded, agent_client: Client) -> None:
    task = await agent.add("nap", "sleep 60")
    view = await agent_client(commands.show_task(task.id))
    asked = Asked()
    performer = Performer(agent_client, asked)
    started, refused = stages.collect(performer.started), stages.collect(performer.refused)
    performer.perform("run", [Subject(view, None)])
    await looping.until(lambda: started)
    [(run,)] = started
    performer.cancel([Subject(view, run)], "the disk is needed")
    await looping.until(lambda: not performer._under_way)
    ended = await agent_client(commands.show_run(run.id))
    while ended.state != "canceled":
        ended = await agent_client(commands.show_run(run.id))
    assert "the disk is needed" in ended.reason.sentence
    assert refused == []
    await agent_client(commands.remove_task(task.id))
    performer.perform("run", [Subject(view, None)])
    await looping.until(lambda: refused)
    [(sentence,)] = refused
    assert sentence.endswith(".")
    assert asked.words(task.id) == ""
    await performer.close()
