from __future__ import annotations

import pytest

from bgtasks_gui.worker import CurrentRun, current_run, run
from tests.supervisor.support.client import Supervised

MODULE = """
from bgtasks_gui.worker import current_run
run = None
def describe(*args, **kwargs):
    run = current_run()
    told = [run.id, run.task, run.arguments, run.trigger, run.attempt, run.canceled]
    return [told, run.cancel_reason, args, kwargs, current_run() is run]

def steps():
    for step in range(101):
        current_run().progress(step, 100, "steps", f"step {step}")

def wrong():
    try:
        current_run().progress(-5)
    except ValueError as error:
        return str(error)

def abort(how):
    run = current_run()
    run.progress(1, 2)
    try:
        if how == "thread":
            import threading
            thread = threading.Thread(target=abort_quietly, args=(run,))
            thread.start()
            thread.join()
        else:
            run.abort("nothing to do today")
    except Exception:
        print("caught")
    print("after")

def abort_quietly(run):
    try:
        run.abort("nothing to do today")
    except BaseException:
        pass

def defer():
    import threading
    run = current_run()
    deferral = run.deferral(60)
    def clean_up():
        open("fifo").read()
        print("cleaned up")
        deferral.complete()
    threading.Thread(target=clean_up, daemon=True).start()
    return "returned"
"""


def test_outside_of_a_run_there_is_none() -> None:
    with pytest.raises(LookupError, match=r"^current_run\(\) works only in a Python task"):
        current_run()


def test_what_was_not_said_is_empty() -> None:
    bare = CurrentRun({}, object(), object())
    assert (bare.id, bare.task, bare.arguments, bare.trigger, bare.attempt) == ("", "", {}, {}, 1)
    assert run.Presence.run is None


def test_a_run_knows_what_it_was_given() -> None:
    with Supervised() as place:
        agent = place.agent()
        place.module("m", MODULE)
        given = {"arguments": {"a": 1}, "trigger": {"type": "cron"}, "attempt": 3, "task": "t-9"}
        request = place.python("r-1", "m:describe", args=[1, "ä"], kwargs={"k": None}, **given)
        agent.ask("start", **request)
        assert agent.exit("r-1")["result"]["value"] == [
            ["r-1", "t-9", {"a": 1}, {"type": "cron"}, 3, False],
            None,
            [1, "ä"],
            {"k": None},
            True,
        ]


def test_progress_is_throttled_and_its_last_value_arrives() -> None:
    with Supervised() as place:
        agent = place.agent()
        place.module("m", MODULE)
        agent.ask("start", **place.python("r", "m:steps"))
        events = agent.gather("r")
        told = [
            event["message"]
            for event in events
            if event["event"] == "message" and event["message"]["type"] == "progress"
        ]
        last = {"type": "progress", "done": 100, "total": 100, "unit": "steps"}
        assert told[-1] == {**last, "message": "step 100"}
        assert len(told) < 20
        assert events[-1]["progress"] == told[-1]


def test_wrong_progress_is_told_to_the_program() -> None:
    with Supervised() as place:
        agent = place.agent()
        place.module("m", MODULE)
        agent.ask("start", **place.python("r", "m:wrong"))
        value = agent.exit("r")["result"]["value"]
        assert value == "progress: done must be zero or more, not -5"


@pytest.mark.parametrize("how", ["main", "thread"])
def test_a_program_can_abort_its_run(how: str) -> None:
    with Supervised() as place:
        agent = place.agent()
        place.module("m", MODULE)
        agent.ask("start", **place.python("r", "m:abort", args=[how]))
        exit = agent.exit("r")
        assert exit["failure"] == {"type": "aborted", "text": "nothing to do today"}
        assert (exit["exit_code"], exit["result"]) == (1, None)
        assert place.log("r").exists() == (how == "thread")


def test_a_run_ends_when_its_deferral_is_completed() -> None:
    import os

    with Supervised() as place:
        agent = place.agent()
        os.mkfifo(place.folder / "fifo")
        place.module("m", MODULE)
        agent.ask("start", **place.python("r", "m:defer"))
        assert agent.message("r", "deferral") == {"type": "deferral", "open": 1, "seconds": 60}
        assert agent.ask("hello")["runs"][0]["state"] == "running"
        (place.folder / "fifo").write_text("go")
        assert agent.message("r", "deferral") == {"type": "deferral", "open": 0, "seconds": None}
        assert agent.exit("r")["result"]["value"] == "returned"
        assert place.log("r").read_text() == "cleaned up\n"
