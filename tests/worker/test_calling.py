from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from tests.supervisor.support.client import Agent, Supervised, new_run

MODULE = """
import asyncio, os, signal, sys, threading, time
from bgtasks_gui.worker import current_run

def give(value): return value
def give_set(): return {1, 2}
def give_long(): return "x" * 65536
def give_nan(): return float("nan")
def give_deep():
    value = []
    for _ in range(100000): value = [value]
    return value

class Odd(Exception):
    def __str__(self): raise RuntimeError
def fail(): raise ValueError("no luck")
def fail_oddly(): raise Odd
def fail_deep(): give(1)(2)
def interrupt(): raise KeyboardInterrupt

async def later(value):
    await asyncio.sleep(0)
    return value
async def later_fail(): raise KeyError("k")
async def listen():
    try:
        print("waiting")
        await asyncio.sleep(1000)
    finally:
        print("async clean-up")

def leave(code): sys.exit(code)
def crash(): os.kill(os.getpid(), signal.SIGSEGV)
def vanish(): os._exit(4)

def wait_unaware():
    try:
        print("waiting")
        time.sleep(1000)
    except Exception:
        print("never")
    finally:
        print("clean-up")

def wait_aware():
    run = current_run()
    print("waiting")
    while not run.wait_canceled(20): pass
    with run.deferral(30):
        run.progress(1)
        print("tidy", run.canceled, run.cancel_reason)
    return "gave up"

def wait_stubborn():
    try:
        print("waiting")
        time.sleep(1000)
    finally:
        print("clean-up")
        open("fifo").read()
        print("done")

def threads():
    def work():
        event.wait(20)
        print("thread done")
    event = threading.Event()
    threading.Thread(target=work).start()
    from concurrent.futures import ThreadPoolExecutor
    global pool
    pool = ThreadPoolExecutor(1)
    pool.submit(event.set)
    return "returned"

def at_exit():
    import atexit
    atexit.register(print, "at exit")
    print("no newline", end="")

def fork_one():
    current_run()
    pid = os.fork()
    if pid == 0:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(1000)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

def pool_of_processes():
    import multiprocessing
    found = []
    for kind in ("fork", "spawn"):
        with multiprocessing.get_context(kind).Pool(2) as pool:
            found.append(pool.map(abs, [-1, -2]))
    return found
"""


@pytest.fixture(params=["warm", "cold"])
def interpreter(request: pytest.FixtureRequest) -> str | None:
    import sys

    return None if request.param == "warm" else f"{sys.prefix}/bin/../bin/python"


class Place(Supervised):
    def __init__(self, interpreter: str | None = None) -> None:
        super().__init__()
        self.interpreter = interpreter
        self.module("m", MODULE)
        self.talk = self.agent()

    def start(self, run: str, function: str, *args: object) -> dict[str, Any]:
        request = self.python(run, f"m:{function}", args=list(args), interpreter=self.interpreter)
        return self.talk.ask("start", **request)

    def end(self, function: str, *args: object) -> tuple[dict[str, Any], str]:
        """How such a run ends, and its log."""
        run = f"{function}-{len(args)}-{new_run()}"
        self.start(run, function, *args)
        exit = self.talk.exit(run)
        log = self.log(run)
        return exit, log.read_text() if log.exists() else ""


def test_results(interpreter: str | None) -> None:
    with Place(interpreter) as place:
        for value in (None, 5, [1, {"a": "ä"}], "x" * 60_000):
            exit, log = place.end("give", value)
            assert exit["result"] == {"type": "result", "value": value}
            assert (exit["exit_code"], exit["failure"], log) == (0, None, "")
        exit, _ = place.end("later", 7)
        assert exit["result"]["value"] == 7


def test_results_that_are_not_kept() -> None:
    with Place() as place:
        for function, note in (
            ("give_set", "the function returned a set that is not JSON; no result is kept\n"),
            ("give_nan", "the function returned a float that is not JSON; no result is kept\n"),
            ("give_deep", "the function returned a list that is not JSON; no result is kept\n"),
            ("give_long", "the result takes 65565 bytes of at most 65536; it is not kept\n"),
        ):
            exit, log = place.end(function)
            assert exit["result"] == {"type": "result", "value": None}
            assert exit["exit_code"] == 0
            assert log == note


def test_exceptions(interpreter: str | None) -> None:
    with Place(interpreter) as place:
        path = str(place.folder / "m.py")
        exit, log = place.end("fail")
        line = MODULE[: MODULE.index('ValueError("no luck")')].count("\n") + 1
        assert exit["failure"] == {
            "type": "exception",
            "error": "ValueError",
            "message": "no luck",
            "where": f"{path}:{line}",
        }
        assert (exit["exit_code"], exit["result"]) == (1, None)
        assert log.startswith("Traceback (most recent call last):\n  File")
        assert log.endswith("ValueError: no luck\n")
        # Only the task's own lines are shown.
        assert log.count("File ") == 1
        for function, error in (
            ("fail_oddly", "Odd"),
            ("later_fail", "KeyError"),
            ("fail_deep", "TypeError"),
            ("interrupt", "KeyboardInterrupt"),
        ):
            exit, log = place.end(function)
            assert (exit["failure"]["error"], exit["exit_code"]) == (error, 1)
            assert error in log


def test_imports_that_fail(interpreter: str | None) -> None:
    with Place(interpreter) as place:
        place.module("broken", "import m\nraise ValueError('at import')")
        for target, sentence in (
            ("nothing:f", "cannot import module 'nothing': No module named 'nothing'"),
            ("m:nothing", "module 'm' has no function 'nothing'"),
            ("broken:f", "cannot import module 'broken': ValueError: at import"),
        ):
            run = new_run()
            request = place.python(run, target, interpreter=interpreter)
            place.talk.ask("start", **request)
            exit = place.talk.exit(run)
            message = f"cannot start {target}: {sentence}"
            assert exit["failure"] == {"type": "import_error", "message": message}
            assert exit["exit_code"] == 1
            assert message in place.log(run).read_text()
        assert "raise ValueError('at import')" in place.log(run).read_text()


def test_sys_exit_means_what_it_means() -> None:
    with Place() as place:
        for code, status, printed in ((0, 0, ""), (None, 0, ""), (3, 3, ""), ("oh", 1, "oh\n")):
            exit, log = place.end("leave", code)
            assert (exit["exit_code"], log) == (status, printed)
            expected = {"type": "result", "value": None} if status == 0 else None
            assert (exit["result"], exit["failure"]) == (expected, None)


def test_a_crash_is_told_as_it_was() -> None:
    with Place() as place:
        assert place.end("crash")[0]["signal"] == signal.SIGSEGV
        assert place.end("vanish")[0]["exit_code"] == 4


def cancel(place: Place, run: str, identity: dict[str, Any]) -> None:
    agent: Agent = place.talk
    agent.event(lambda event: event["event"] == "output")
    reason = {"code": "user_cancel", "actor": "user", "text": None, "grace_s": 10}
    agent.ask("message", run=run, message={"canceled": reason})
    who = {"run": run, "pid": identity["pid"], "start_ticks": identity["start_ticks"]}
    # It may have ended at the message already.
    assert agent.ask("signal", action="terminate", **who)["signalled"] in (0, 1)


def test_cancel_of_a_program_that_never_asks_runs_its_finally(interpreter: str | None) -> None:
    run = new_run()
    with Place(interpreter) as place:
        cancel(place, run, place.start(run, "wait_unaware"))
        exit = place.talk.exit(run)
        assert (exit["exit_code"], exit["result"], exit["failure"]) == (143, None, None)
        assert place.log(run).read_text() == "waiting\nclean-up\n"


def test_cancel_of_a_program_that_asks_is_seen_with_its_reason(interpreter: str | None) -> None:
    run = new_run()
    with Place(interpreter) as place:
        cancel(place, run, place.start(run, "wait_aware"))
        exit = place.talk.exit(run)
        assert (exit["exit_code"], exit["result"]["value"]) == (0, "gave up")
        assert "tidy True {'code': 'user_cancel'," in place.log(run).read_text()


def test_a_second_sigterm_does_not_cut_the_clean_up_short() -> None:
    run = new_run()
    with Place() as place:
        os.mkfifo(place.folder / "fifo")
        identity = place.start(run, "wait_stubborn")
        cancel(place, run, identity)
        place.talk.event(lambda event: event["event"] == "output")
        os.kill(identity["pid"], signal.SIGTERM)
        (place.folder / "fifo").write_text("go")
        assert place.talk.exit(run)["exit_code"] == 143
        assert place.log(run).read_text() == "waiting\nclean-up\ndone\n"


def test_cancel_of_an_async_function_cancels_its_tasks() -> None:
    run = new_run()
    with Place() as place:
        cancel(place, run, place.start(run, "listen"))
        assert place.talk.exit(run)["exit_code"] == 143
        assert place.log(run).read_text() == "waiting\nasync clean-up\n"


def test_it_ends_as_any_program_ends(interpreter: str | None) -> None:
    with Place(interpreter) as place:
        exit, log = place.end("threads")
        assert (exit["result"]["value"], log) == ("returned", "thread done\n")
        assert place.end("at_exit")[1] == "no newlineat exit\n"


def test_processes_that_a_function_forks_are_ordinary() -> None:
    with Place() as place:
        assert place.end("fork_one")[0]["result"]["value"] == -signal.SIGTERM
        exit, log = place.end("pool_of_processes")
        assert (exit["result"], log) == ({"type": "result", "value": [[1, 2], [1, 2]]}, "")
