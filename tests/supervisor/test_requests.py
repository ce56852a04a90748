from __future__ import annotations

import os

import pytest

from tests.supervisor.support.client import Agent, Supervised, new_run, wait_gone

OPEN_FILES = """
import os, resource
def look():
    listed = os.listdir("/proc/self/fd")
    mine = [fd for fd in listed if os.path.exists(f"/proc/self/fd/{fd}")]
    return [sorted(mine), resource.getrlimit(resource.RLIMIT_NOFILE)[0]]
"""


def refusal(agent: Agent, do: str, **fields: object) -> tuple[str, str | None]:
    error = agent.ask(do, **fields)["error"]
    assert error["message"].endswith(".")
    return error["code"], error["field"]


def test_start_names_what_is_wrong() -> None:
    with Supervised() as place:
        agent = place.agent()
        right = place.command("r", "true")
        for name in ("run", "log", "kind", "argv", "cwd", "env"):
            wrong = {key: value for key, value in right.items() if key != name}
            assert refusal(agent, "start", **wrong) == ("invalid_request", name)
        assert refusal(agent, "start", **{**right, "kind": "download"}) == (
            "invalid_request",
            "kind",
        )
        function = place.python("p", "m:f")
        del function["callable"]
        assert refusal(agent, "start", **function) == ("invalid_request", "callable")
        assert agent.ask("hello")["runs"] == []


def test_signal_names_what_is_wrong() -> None:
    with Supervised() as place:
        agent = place.agent()
        right = {"run": "r", "pid": 1, "start_ticks": 1, "action": "stop"}
        for name in right:
            wrong = {key: value for key, value in right.items() if key != name}
            assert refusal(agent, "signal", **wrong) == ("invalid_request", name)
        assert refusal(agent, "signal", **{**right, "action": "hug"})[1] == "action"


def test_stats() -> None:
    with Supervised() as place:
        agent = place.agent()
        agent.ask("start", **place.command("a", "true"))
        agent.exit("a")
        agent.ask("start", **place.command("b", "sleep", "1000"))
        stats = agent.ask("stats")
        assert (stats["pid"], stats["runs"], stats["exits"]) == (place.process.pid, 1, 1)
        assert 3 < stats["fds"] < 30
        assert stats["rss"] > 1_000_000
        assert stats["uptime_s"] > 0
        assert stats["cpu_s"] > 0


def test_usage_is_shared_for_a_moment_but_not_across_signals() -> None:
    run = new_run()
    with Supervised() as place:
        agent = place.agent()
        identity = agent.ask("start", **place.shell(run, "sleep 1000 & echo $!; wait"))
        agent.event(lambda event: event["event"] == "output")
        who = {"run": run, "pid": identity["pid"], "start_ticks": identity["start_ticks"]}
        assert agent.ask("usage", **who)["processes"] == 2
        agent.ask("signal", action="kill", **who)
        agent.exit(run)
        wait_gone([int(place.log(run).read_text())])
        assert agent.ask("usage", **who) == {"reply": 5, "cpu_s": 0, "rss": 0, "processes": 0}


@pytest.mark.parametrize("count", [150])
def test_more_runs_than_descriptors_are_granted_at_first(count: int) -> None:
    """The limit is raised when it is needed, and programs still find the usual one."""
    limited = ("prlimit", "--nofile=128:4096")
    with Supervised(prefix=limited) as place:
        agent = place.agent()
        os.mkfifo(place.folder / "fifo")
        for number in range(count):
            request = place.shell(f"r{number}", "ulimit -Sn; read -r word < fifo")
            assert "error" not in agent.ask("start", **request)
        for _ in range(count):
            agent.event(lambda event: event["event"] == "output")
        assert agent.ask("stats")["runs"] == count
        assert place.log("r0").read_text() == "128\n"
        assert place.log(f"r{count - 1}").read_text() == "128\n"
        place.module("files", OPEN_FILES)
        agent.ask("start", **place.python("p", "files:look"))
        assert agent.exit("p")["result"]["value"] == [["0", "1", "2", "3"], 128]


def test_without_descriptors_a_start_is_refused_and_nothing_breaks() -> None:
    with Supervised(prefix=("prlimit", "--nofile=64:64")) as place:
        agent = place.agent()
        replies = [
            agent.ask("start", **place.python(f"r{number}", "time:sleep", args=[1000]))
            for number in range(40)
        ]
        refused = [reply["error"] for reply in replies if "error" in reply]
        assert refused
        assert {error["code"] for error in refused} == {"cannot_start"}
        assert "Too many open files" in refused[0]["message"]
        assert agent.ask("stats")["runs"] == 40 - len(refused)
