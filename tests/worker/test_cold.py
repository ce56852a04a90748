from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bgtasks_gui.worker import cold
from tests.supervisor.support.client import ROOT, Supervised

MODULE = """
import os, sys
from bgtasks_gui.worker import current_run

def look(factor):
    run = current_run()
    run.progress(1, 2)
    try:
        import bgtasks_gui.supervisor
        sees_all = True
    except ImportError:
        sees_all = False
    ours = [name for name in sys.modules if name.startswith("bgtasks_gui")]
    return {
        "version": list(sys.version_info[:2]),
        "prefix": sys.prefix,
        "path": sys.path,
        "sees_all": sees_all,
        "ours": sorted(ours),
        "argv": sys.argv,
        "main": sys.modules["__main__"].__dict__.get("__file__"),
        "channel": os.environ.get("BGTASKS_CHANNEL"),
        "mark": os.environ.get("BGTASKS_RUN_ID"),
        "product": run.arguments["number"] * factor,
    }
"""


def foreign_interpreters() -> list[str]:
    """Other interpreters of this machine that the worker is made for, one of each version."""
    found = {}
    names = ["python3", "python3.9", "python3.10", "python3.11", "python3.12", "python3.13"]
    for path in ["/usr/bin/python3", *filter(None, map(shutil.which, names))]:
        code = "import sys; print(*sys.version_info[:2], sys.executable)"
        done = subprocess.run([path, "-c", code], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            major, minor, executable = done.stdout.split(None, 2)
            if (int(major), int(minor)) >= (3, 9) and executable.strip() != sys.executable:
                found[int(minor)] = executable.strip()
    return sorted(found.values())


FOREIGN = foreign_interpreters()


@pytest.mark.skipif(not FOREIGN, reason="this machine has no other Python 3.9 or later")
@pytest.mark.parametrize("interpreter", FOREIGN)
def test_a_foreign_interpreter_is_lent_the_worker_only(interpreter: str) -> None:
    with Supervised() as place:
        agent = place.agent()
        place.module("m", MODULE)
        given = {"args": [6], "arguments": {"number": 7}, "path": ["/extra"]}
        env = {"PATH": "/bin", "PYTHONPATH": "/given"}
        request = place.python("r", "m:look", interpreter=interpreter, env=env, **given)
        agent.ask("start", **request)
        exit = agent.exit("r")
        seen = exit["result"]["value"]
        assert exit["progress"]["total"] == 2
        assert seen["product"] == 42
        assert seen["path"][:3] == [str(place.folder), "/extra", "/given"]
        assert str(ROOT) not in seen["path"]
        assert not any("bgtasks_gui" in folder for folder in seen["path"])
        assert not seen["sees_all"]
        assert {name.split(".")[1] for name in seen["ours"] if "." in name} == {"worker"}
        assert (seen["argv"], seen["main"], seen["channel"], seen["mark"]) == (
            ["m:look"],
            None,
            None,
            "r",
        )
        assert not place.log("r").exists()


@pytest.mark.skipif(not FOREIGN, reason="this machine has no other Python 3.9 or later")
def test_long_arguments_reach_a_foreign_interpreter() -> None:
    with Supervised() as place:
        agent = place.agent()
        place.module("m", "def f(text): return len(text)")
        request = place.python("r", "m:f", args=["x" * 5_000_000], interpreter=FOREIGN[0])
        agent.ask("start", **request)
        assert agent.exit("r")["result"]["value"] == 5_000_000


def test_an_interpreter_that_is_none_just_ends() -> None:
    with Supervised() as place:
        agent = place.agent()
        agent.ask("start", **place.python("r", "m:f", interpreter="/bin/false"))
        exit = agent.exit("r")
        assert (exit["exit_code"], exit["result"], exit["failure"]) == (1, None, None)


def test_without_a_supervisor_nothing_is_called(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(writing)
    done = subprocess.run(
        [sys.executable, cold.__file__],
        env={cold.CHANNEL: str(reading)},
        pass_fds=[reading],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    os.close(reading)
    assert done.returncode != 0


def test_finder_knows_two_names() -> None:
    finder = cold.WorkerFinder()
    lent = finder.find_spec("bgtasks_gui.worker")
    assert lent is not None
    assert lent.submodule_search_locations == [cold.HERE]
    assert finder.find_spec("bgtasks_gui.worker.run") is None
    assert finder.find_spec("json") is None
