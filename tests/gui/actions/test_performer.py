"""What is asked is told at once as asked, and as done only by the answer."""

from __future__ import annotations

import logging

import pytest

from bgtasks_gui.client import commands
from bgtasks_gui.core import errors
from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.actions.performer import APOLOGY
from bgtasks_gui.wire import codec, shapes
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


async def test_closing_ends_what_is_under_way(stage: stages.Stage) -> None:
    stage.way.gate.clear()
    stage.performer.perform("run", [Subject(TASK, None)])
    await looping.until(lambda: stage.way.asked)
    await stage.performer.close()
    assert not stage.performer._under_way
    assert stage.asked.words(TASK.id) == ""
