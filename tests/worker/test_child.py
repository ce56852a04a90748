from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bgtasks_gui.worker import child
from tests.supervisor.support.client import ROOT, Supervised, new_run, wait_gone

MODULE = """
import os, signal, sys, time

def look():
    import __main__
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return {
        "env": dict(os.environ),
        "cwd": os.getcwd(),
        "argv": sys.argv,
        "path": sys.path,
        "main": [name for name in vars(__main__) if not name.startswith("__")],
        "modules": [name for name in sys.modules if name.endswith("m2")],
        "session": os.getsid(0) == os.getpid(),
        "fds": sorted(int(fd) for fd in os.listdir("/proc/self/fd"))[:-1],
        "blocked": int(status["SigBlk"], 16),
        "ignored": int(status["SigIgn"], 16),
        "caught": int(status["SigCgt"], 16),
        "sigint": signal.getsignal(signal.SIGINT) is signal.default_int_handler,
        "channel_inherited": os.get_inheritable(3),
        "stdin": sys.stdin.read(),
        "zone": time.tzname[0],
        "umask": os.umask(0),
    }

def say():
    print("one", flush=False)
    print("two\\udcff\\u20ac", end="\\r")
    open("fifo").read()

def report_pids():
    # A daemon, without starting a program, and out of every family and session.
    pid = os.fork()
    if pid == 0:
        os.setsid()
        if os.fork() == 0:
            with open("fifo", "w") as file:
                file.write(str(os.getpid()))
            time.sleep(1000)
        os._exit(0)
    os.waitpid(pid, 0)
    time.sleep(1000)
"""


def test_the_child_is_a_fresh_program() -> None:
    with Supervised() as place:
        agent = place.agent()
        place.module("m", MODULE)
        place.module("m2", "loaded = True")
        extra = place.folder / "extra"
        env = {"PATH": "/bin", "PYTHONPATH": f"relative{os.pathsep}/abs", "TZ": "XYZ-3"}
        request = place.python("r", "m:look", path=[str(extra)], env=env)
        agent.ask("start", **request)
        seen = agent.exit("r")["result"]["value"]
        folder = str(place.folder)
        assert seen["env"] == {**env, "BGTASKS_RUN_ID": "r"}
        assert (seen["cwd"], seen["argv"]) == (folder, ["m:look"])
        relative = str(place.folder / "relative")
        assert seen["path"][:5] == [folder, str(extra), relative, "/abs", str(ROOT)]
        assert (seen["main"], seen["modules"], seen["session"]) == ([], [], True)
        assert (seen["fds"], seen["channel_inherited"]) == ([0, 1, 2, 3], False)
        assert (seen["blocked"], seen["stdin"], seen["zone"]) == (0, "", "XYZ")
        # As in any Python: SIGPIPE and SIGXFSZ ignored, SIGINT caught; and SIGTERM, for the run.
        assert seen["ignored"] & ~(3 << 31) == 1 << 12 | 1 << 24  # not the C library's own two
        assert (seen["caught"], seen["sigint"]) == (1 << 1 | 1 << 14, True)
        assert seen["umask"] != 0o177


def test_modules_are_read_anew_in_each_run() -> None:
    with Supervised() as place:
        agent = place.agent()
        for value in (1, 22, 333):
            place.module("changing", f"def f(): return {value}")
            run = f"r{value}"
            agent.ask("start", **place.python(run, "changing:f"))
            assert agent.exit(run)["result"]["value"] == value


def test_output_comes_while_it_runs() -> None:
    with Supervised() as place:
        agent = place.agent()
        place.module("m", MODULE)
        os.mkfifo(place.folder / "fifo")
        agent.ask("start", **place.python("r", "m:say"))
        while True:
            agent.event(lambda event: event["event"] == "output")
            if place.log("r").read_bytes() == b"one\ntwo\\udcff\xe2\x82\xac\r":
                break
        (place.folder / "fifo").write_text("go")
        agent.exit("r")


def test_a_daemon_that_starts_no_program_carries_the_mark() -> None:
    run = new_run()
    with Supervised() as place:
        agent = place.agent()
        place.module("m", MODULE)
        os.mkfifo(place.folder / "fifo")
        identity = agent.ask("start", **place.python(run, "m:report_pids"))
        daemon = int((place.folder / "fifo").read_text())
        for pid in (identity["pid"], daemon):
            environ = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            assert f"BGTASKS_RUN_ID={run}".encode() in environ
        who = {"run": run, "pid": identity["pid"], "start_ticks": identity["start_ticks"]}
        # What lay between them may still be on its way out.
        assert agent.ask("usage", **who)["processes"] in (2, 3)
        assert agent.ask("signal", action="kill", **who)["signalled"] in (2, 3)
        wait_gone([daemon])


def test_a_mark_longer_than_its_place_is_not_cut() -> None:
    run = "x" * 100
    with Supervised() as place:
        agent = place.agent()
        place.module("m", "import os\ndef f(): return os.environ['BGTASKS_RUN_ID']")
        agent.ask("start", **place.python(run, "m:f"))
        assert agent.exit(run)["result"]["value"] == run


def test_search_path() -> None:
    assert child.search_path({"path": ["/a", "/b"]}, "/cwd", ["/own"]) == [
        "/cwd",
        "/a",
        "/b",
        "/own",
    ]
    assert child.search_path({"path": None}, "/cwd", ["/own"]) == ["/cwd", "/own"]


def test_surroundings_carry_everything_on() -> None:
    around = child.Surroundings("/", {"A": "1"}, 5, "idle")
    around.open_files = (1, 2)
    other = around.with_variable("B", "2")
    assert (other.cwd, other.env, other.nice) == ("/", {"A": "1", "B": "2"}, 5)
    assert (other.io_priority, other.open_files, other.is_usual) == ("idle", (1, 2), False)
    assert around.env == {"A": "1"}


def test_the_supervisor_is_not_changed_by_its_children() -> None:
    with Supervised() as place:
        agent = place.agent()
        text = "import os, sys\ndef f():\n sys.path.clear(); os.environ.clear(); os.chdir('/')"
        place.module("wild", text)
        agent.ask("start", **place.python("r", "wild:f"))
        assert agent.exit("r")["exit_code"] == 0
        agent.ask("start", **place.python("s", "wild:f"))
        assert agent.exit("s")["exit_code"] == 0
        assert sys.path


CLOSE = """
import os, sys
from bgtasks_gui.worker import child
child._MANY_FDS = int(sys.argv[1])
for fd in (3, 10, 511):
    os.dup2(1, fd)
child.close_above(3)
print(*(fd for fd in range(512) if os.path.exists(f"/proc/self/fd/{fd}")))
"""


@pytest.mark.parametrize("many", [0, 1 << 31], ids=["they are looked for", "all at once"])
def test_whatever_is_open_is_closed(many: int) -> None:
    command = [sys.executable, "-c", CLOSE, str(many)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    assert said.stdout.split() == ["0", "1", "2", "3"]
