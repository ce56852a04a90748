from __future__ import annotations

import os
import resource
import sys

import pytest

from bgtasks_gui.worker import limits
from tests.supervisor.support.client import Supervised

MODULE = """
import os, subprocess
def look():
    shown = subprocess.run(["ionice"], capture_output=True, text=True).stdout.strip()
    return [os.getpriority(os.PRIO_PROCESS, 0), shown]
"""


@pytest.mark.parametrize(
    ("io_priority", "shown"),
    [("idle", "idle"), ("low", "best-effort: prio 7")],
)
def test_limits_hold_for_programs_and_functions(io_priority: str, shown: str) -> None:
    with Supervised() as place:
        place.module("m", MODULE)
        agent = place.agent()
        gentle = {"nice": 7, "io_priority": io_priority}
        cold = f"{sys.prefix}/bin/../bin/python"
        requests = {
            "c": place.shell("c", "nice; ionice", **gentle),
            "p": place.python("p", "m:look", **gentle),
            "f": place.python("f", "m:look", interpreter=cold, **gentle),
        }
        ends = {}
        for run, request in requests.items():
            agent.ask("start", **request)
            ends[run] = agent.exit(run)
        assert place.log("c").read_text() == f"7\n{shown}\n"
        assert ends["p"]["result"]["value"] == [7, shown]
        assert ends["f"]["result"]["value"] == [7, shown]


@pytest.mark.skipif(
    not os.path.exists("/proc/self/autogroup"), reason="this kernel does not group by session"
)
def test_nice_counts_against_other_sessions_too() -> None:
    with Supervised() as place:
        agent = place.agent()
        agent.ask("start", **place.shell("c", "cat /proc/self/autogroup", nice=7))
        agent.exit("c")
        assert place.log("c").read_text().endswith(" nice 7\n")


def test_what_no_system_grants_is_refused() -> None:
    assert limits.problem(0, "normal") is None
    assert limits.problem(19, "idle") is None
    field, sentence = limits.problem(20, "normal") or ("", "")
    assert (field, sentence) == ("resources.nice", "nice must be from -20 to 19, not 20")
    field, sentence = limits.problem(0, "highest") or ("", "")
    assert field == "resources.io_priority"
    assert "'highest'" in sentence


def test_rights_are_asked_for_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (0, 0))
    field, sentence = limits.problem(-5, "normal") or ("", "")
    assert (field, sentence) == (
        "resources.nice",
        "nice -5 needs rights that this user does not have",
    )
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (30, 30))
    assert limits.problem(-5, "normal") is None


def test_what_could_not_be_set_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(which: int, who: int, nice: int) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "setpriority", refuse)
    monkeypatch.setattr(limits, "_IOPRIO_SET", {})
    assert limits.set_limits(-5, "idle") == [
        "nice -5 could not be set: Operation not permitted",
        "io_priority idle could not be set: this system has no such priority",
    ]
    assert limits.set_limits(0, "normal") == []
