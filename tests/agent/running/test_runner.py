"""Runs one by one: started, watched and ended, each stored once and told in order."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import msgspec
import pytest

from bgtasks_gui.core import events, processes, runs, tasks
from tests.agent.support.embedded import Embedded, Gate, gone, living, why

_S = runs.RunState


# A run from its start to its end


async def test_a_run_is_started_watched_and_stored_with_its_outcome(agent: Embedded) -> None:
    run = await agent.run(await agent.add("hello", "echo hello; exit 3"))
    ended = await agent.ended(run)
    assert agent.states(run) == ["pending", "running", "failed"]
    assert (why(ended), ended.exit_code) == (("failed", "exit_status"), 3)
    assert (agent.log(run), ended.process, ended.attempt, ended.forced) == (
        "hello\n", None, 1, False
    )  # fmt: skip
    assert ended.started_at is not None
    assert ended.completed_at is not None
    assert ended.triggered_at <= ended.started_at <= ended.completed_at
    assert ended.cpu_s is not None
    assert ended.max_rss


async def test_an_exit_status_of_zero_is_a_completed_run_without_a_reason(agent: Embedded) -> None:
    ended = await agent.ended(await agent.run(await agent.add("fine", "true")))
    assert (ended.state, ended.reason, ended.exit_code) == (_S.COMPLETED, None, 0)


async def test_while_it_runs_its_process_is_known(agent: Embedded) -> None:
    run = await agent.run(await agent.add("long", "echo ready; sleep 1000"))
    running = await agent.reached(run, "running")
    await agent.printed(run, "ready")
    assert running.process is not None
    assert running.process.pid in living(agent.home)
    assert agent.agent.runner.is_busy(run.id)
    assert agent.agent.runner.busy_count == 1


async def test_a_process_that_somebody_killed_is_a_failure_that_says_so(agent: Embedded) -> None:
    run = await agent.run(await agent.add("shot", "kill -SEGV $$"))
    ended = await agent.ended(run)
    assert why(ended) == ("failed", "killed")
    assert ended.reason is not None
    assert ended.reason.detail == "SIGSEGV (signal 11)"
    assert ended.exit_code is None


async def test_arguments_reach_a_command_as_variables(agent: Embedded) -> None:
    task = await agent.add("greet", 'echo "$BGTASKS_ARG_WHOM $BGTASKS_ARGUMENTS $BGTASKS_TASK"')
    run = await agent.run(task, whom="Ada")
    await agent.ended(run)
    assert agent.log(run) == 'Ada {"whom":"Ada"} greet\n'


async def test_variables_that_are_no_text_reach_a_run_as_they_are(
    agent: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "ODD", os.fsdecode(b"\xff\xfe"))
    run = await agent.run(await agent.add("odd", 'printf %s "$ODD" | od -An -tx1'))
    ended = await agent.ended(run)
    assert (ended.state, agent.log(run)) == (_S.COMPLETED, " ff fe\n")


# Programs that cannot be started


async def test_a_program_that_is_gone_is_told_by_name(agent: Embedded, tmp_path: Path) -> None:
    program = tmp_path / "tool"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    task = await agent.register("tool", "command", {"argv": [str(program)]})
    program.unlink()
    run = await agent.run(task)
    ended = await agent.ended(run)
    assert agent.states(run) == ["pending", "failed"]
    assert (why(ended), ended.exit_code) == (("failed", "cannot_start"), 127)
    assert ended.reason is not None
    assert str(program) in (ended.reason.detail or "")
    assert ended.started_at is None
    assert not agent.agent.runner.is_busy(run.id)


async def test_more_arguments_than_the_system_takes_are_refused_in_words(agent: Embedded) -> None:
    ended = await agent.ended(await agent.run(await agent.add("big", "true"), text="x" * 200_000))
    assert why(ended) == ("failed", "cannot_start")
    assert ended.reason is not None
    assert "longer than this system allows" in (ended.reason.detail or "")


async def test_a_kind_that_is_gone_ends_its_runs_instead_of_holding_them(agent: Embedded) -> None:
    task = await agent.add("old", "true")
    strange = msgspec.structs.replace(task, kind="telex")
    await agent.agent.office.keep_task(strange)
    ended = await agent.ended(await agent.run(strange))
    assert why(ended) == ("failed", "cannot_start")


async def test_a_bug_in_starting_ends_the_run_and_lands_in_the_log(
    agent: Embedded, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise ZeroDivisionError("a bug")

    task = await agent.add("fine", "true")
    monkeypatch.setattr(agent.agent.catalog.kind("command"), "process", broken, raising=False)
    ended = await agent.ended(await agent.run(task))
    assert why(ended) == ("failed", "cannot_start")
    assert any(record.exc_info for record in caplog.records if record.levelno == logging.ERROR)


# Output and progress


async def test_percentages_in_the_output_are_progress_and_stay_with_the_run(
    agent: Embedded,
) -> None:
    run = await agent.run(await agent.add("copy", "echo 'copying: 40%'; echo 'copying: 90%'"))
    ended = await agent.ended(run)
    assert ended.progress is not None
    assert (ended.progress.done, ended.progress.total, ended.progress.unit) == (90, 100, "%")


async def test_nothing_is_told_of_a_run_after_its_end(agent: Embedded) -> None:
    script = "for n in 10 20 30 40 50 60 70 80 90; do echo $n%; done"
    run = await agent.run(await agent.add("quick", script))
    await agent.ended(run)
    last = await agent.run(await agent.add("last", "true"))
    await agent.ended(last)
    about = [
        type(one)
        for one in agent.told
        if getattr(one, "run_id", None) == run.id
        or (isinstance(one, events.RunEvent) and one.run.id == run.id)
    ]
    assert about[-1] is events.RunFinished
    assert about.count(events.RunFinished) == 1


async def test_progress_is_told_at_most_four_times_a_second(agent: Embedded) -> None:
    # A line every few milliseconds; the child says itself when it is over.
    script = "for n in $(seq 1 99); do echo $n%; sleep 0.005; done"
    run = await agent.run(await agent.add("chatty", script))
    ended = await agent.ended(run)
    told = [one for one in agent.told if isinstance(one, events.RunProgressed)]
    assert ended.started_at is not None
    assert ended.completed_at is not None
    lasted_s = (ended.completed_at - ended.started_at).total_seconds()
    assert len(told) <= 4 * lasted_s + 2
    assert ended.progress is not None
    assert ended.progress.done == 99


# Python functions

WORK = """
import sys
from bgtasks_gui.worker import current_run

def report(rows):
    run = current_run()
    run.progress(rows, 2 * rows, "rows", "half way")
    print("attempt", run.attempt, run.arguments, run.trigger["type"])
    return {"rows": rows}

def nothing(): pass
def fails(): raise ValueError("no rows")
def gives_up(): current_run().abort("the server moved")
def says_odd_things():
    import os
    os.write(3, b'{"type": "progress", "done": "much"}\\n{"type": 7}\\n{"type": "dance"}\\n')
"""


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / "work.py").write_text(WORK)
    return tmp_path


async def test_a_function_reports_prints_and_returns(agent: Embedded, work: Path) -> None:
    task = await agent.add_python("report", "work:report", work, kwargs={"rows": 3})
    run = await agent.run(task, day="Monday")
    ended = await agent.ended(run)
    assert (ended.state, bytes(ended.result)) == (_S.COMPLETED, b'{"rows":3}')
    assert agent.log(run) == "attempt 1 {'day': 'Monday'} manual\n"
    assert ended.progress is not None
    assert (ended.progress.done, ended.progress.total, ended.progress.message) == (3, 6, "half way")


async def test_a_function_without_a_result_has_none(agent: Embedded, work: Path) -> None:
    task = await agent.add_python("nothing", "work:nothing", work)
    ended = await agent.ended(await agent.run(task))
    assert (ended.state, bytes(ended.result)) == (_S.COMPLETED, b"null")


async def test_an_exception_is_the_reason_of_the_failure(agent: Embedded, work: Path) -> None:
    task = await agent.add_python("fails", "work:fails", work)
    ended = await agent.ended(await agent.run(task))
    assert why(ended) == ("failed", "exception")
    assert ended.reason is not None
    assert (ended.reason.detail or "").startswith("ValueError: no rows")


async def test_a_function_that_gives_up_takes_its_task_out_of_the_schedule(
    agent: Embedded, work: Path
) -> None:
    every = {"type": "interval", "every": "PT1H"}
    task = await agent.add_python("moved", "work:gives_up", work, triggers=[every])
    ended = await agent.ended(await agent.run(task))
    assert why(ended) == ("canceled", "abort")
    await agent.agent.runner.settle()
    changed = await agent.agent.store.standing(task.id)
    assert changed is not None
    assert "the server moved" in (changed.task.unscheduled or "")
    assert changed.next_run_at is None
    assert len(agent.agent.timetable) == 0
    assert agent.agent.office.view_task(changed, with_environment=False).registered is False


async def test_what_a_worker_says_that_makes_no_sense_is_passed_over(
    agent: Embedded, work: Path, caplog: pytest.LogCaptureFixture
) -> None:
    task = await agent.add_python("odd", "work:says_odd_things", work)
    ended = await agent.ended(await agent.run(task))
    assert ended.state is _S.COMPLETED
    assert "something odd" in caplog.text


# The line to the supervisor


async def test_many_runs_at_once_each_end_as_they_ended(agent: Embedded) -> None:
    parallel = tasks.Overlap(policy=tasks.OverlapPolicy.PARALLEL, limit=50)
    task = await agent.add("many", 'exit "$BGTASKS_ARG_STATUS"', overlap=parallel)
    asked = [await agent.run(task, status=number % 5) for number in range(25)]
    statuses = [(await agent.ended(run)).exit_code for run in asked]
    assert statuses == [number % 5 for number in range(25)]


async def test_what_is_heard_before_adoption_is_over_is_heard_after_it(
    agent: Embedded, gate: Gate
) -> None:
    task = await agent.add("held", f"{gate.wait}; exit 4")
    run = await agent.run(task)
    running = await agent.reached(run, "running")
    assert running.process is not None
    runner = agent.agent.runner
    runner.release_all()
    gate.open()
    await gone(running.process.pid)
    # The exit is told before anybody takes the run over, as between two agents.
    while (await runner.line.stats())["runs"]:
        pass
    runner.adopt(running, task, None)
    runner.go_on()
    ended = await agent.ended(run)
    assert (why(ended), ended.exit_code) == (("failed", "exit_status"), 4)


async def test_an_exit_that_nobody_waits_for_is_forgotten(agent: Embedded) -> None:
    line = agent.agent.runner.line
    spec = processes.CommandProcess(argv=("true",), cwd="/", env={"PATH": os.environ["PATH"]})
    who = await line.start("stranger", spec, tasks.Resources())
    await gone(who.pid)
    while (await line.stats())["exits"] or (await line.stats())["runs"]:
        pass


async def test_a_bug_with_one_event_leaves_the_line_to_the_others(
    agent: Embedded, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    run = await agent.run(await agent.add("long", gate.wait))
    await agent.reached(run, "running")
    agent.agent.runner.hear({"event": "exited", "run": run.id})
    assert "an event was not dealt with" in caplog.text
    gate.open()
    assert why(await agent.ended(run)) == ("completed", None)
