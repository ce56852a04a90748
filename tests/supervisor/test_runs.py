from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
from pathlib import Path

import pytest

from bgtasks_gui.supervisor import journal, link, loop, runs
from tests.supervisor.support.client import Supervised, descendants, new_run, state_of, wait_gone


def test_starting_a_known_run_answers_the_same_and_starts_nothing() -> None:
    with Supervised() as place:
        agent = place.agent()
        request = place.shell("r", "echo once; read -r word < fifo")
        os.mkfifo(place.folder / "fifo")
        first = agent.ask("start", **request)
        second = agent.ask("start", **request)
        (place.folder / "fifo").write_text("go\n")
        agent.exit("r")
        third = agent.ask("start", **request)
        identities = [
            {key: reply[key] for key in ("pid", "start_ticks", "boot_id")}
            for reply in (first, second, third)
        ]
        assert identities[0] == identities[1] == identities[2]
        assert place.log("r").read_text() == "once\n"


def test_output_and_exit_are_kept_while_the_agent_is_away() -> None:
    with Supervised() as place:
        agent = place.agent()
        os.mkfifo(place.folder / "fifo")
        script = "echo one; read -r word < fifo; echo two; exit 5"
        pid = agent.ask("start", **place.shell("r", script))["pid"]
        agent.close()
        (place.folder / "fifo").write_text("go\n")
        wait_gone([pid])
        back = place.agent()
        if back.hello["runs"][0]["state"] != "exited":
            back.exit("r")
        known = back.ask("hello")["runs"]
        assert [(each["run"], each["state"], each["total"]) for each in known] == [
            ("r", "exited", 8)
        ]
        assert known[0]["exit"]["exit_code"] == 5
        assert place.log("r").read_text() == "one\ntwo\n"
        assert journal.read(str(place.journal))["r"]["exit_code"] == 5


def test_hello_tells_living_runs_with_their_last_messages() -> None:
    module = """
from bgtasks_gui.worker import current_run
def work():
    run = current_run()
    with run.deferral(30):
        run.progress(3, 4, "files", "copying")
        run.wait_canceled(20)
"""
    with Supervised() as place:
        agent = place.agent()
        place.module("work", module)
        identity = agent.ask("start", **place.python("r", "work:work"))
        agent.message("r", "progress")
        (known,) = place.agent().hello["runs"]
        assert (known["pid"], known["state"], known["exit"]) == (identity["pid"], "running", None)
        assert known["messages"] == {
            "deferral": {"type": "deferral", "open": 1, "seconds": 30},
            "progress": {
                "type": "progress",
                "done": 3,
                "total": 4,
                "unit": "files",
                "message": "copying",
            },
        }


def test_exits_of_an_earlier_supervisor_are_known_to_the_next() -> None:
    with Supervised() as place:
        agent = place.agent()
        for run in ("a", "b"):
            agent.ask("start", **place.shell(run, "exit 2"))
            agent.exit(run)
        place.process.kill()
        place.process.wait()
        place.begin()
        agent = place.agent()
        assert {each["run"]: each["state"] for each in agent.hello["runs"]} == {
            "a": "exited",
            "b": "exited",
        }
        started = agent.ask("start", **place.shell("a", "exit 9"))
        assert started["pid"] == agent.hello["runs"][0]["pid"]
        agent.ask("forget", runs=["a"])
        assert [each["run"] for each in agent.ask("hello")["runs"]] == ["b"]
        agent.ask("forget", runs=["a", "b", "unknown"])
        assert agent.ask("hello")["runs"] == []
        assert place.journal.read_bytes() == b""


def test_a_forgotten_run_can_be_started_again_and_continues_its_log() -> None:
    with Supervised() as place:
        agent = place.agent()
        for word in ("first", "second"):
            agent.ask("start", **place.shell("r", f"echo {word}"))
            exit = agent.exit("r")
            agent.ask("forget", runs=["r"])
        assert exit["total"] == 13
        assert place.log("r").read_text() == "first\nsecond\n"


def test_two_hundred_at_once_leave_nothing_behind() -> None:
    with Supervised() as place:
        agent = place.agent()
        place.module("quick", "def nothing(): pass")
        agent.ask("start", **place.command("warm-up", "true"))
        agent.exit("warm-up")
        before = agent.ask("stats")
        names = [f"r{number}" for number in range(200)]
        requests = {
            name: place.python(name, "quick:nothing") if index % 2 else place.command(name, "true")
            for index, name in enumerate(names)
        }
        numbers = [agent.send("start", **request) for request in requests.values()]
        for number in numbers:
            assert "error" not in agent.reply_to(number)
        left = set(names)
        while left:
            exit = agent.event(lambda event: event["event"] == "exited")
            assert (exit["exit_code"], exit["leftover"]) == (0, 0)
            left.remove(exit["run"])
        assert list(descendants(place.process.pid)) == []
        after = agent.ask("stats")
        assert (after["runs"], after["fds"]) == (0, before["fds"])
        assert set(journal.read(str(place.journal))) == {*names, "warm-up"}


def test_orphans_of_runs_are_reaped() -> None:
    run = new_run()
    with Supervised() as place:
        agent = place.agent()
        os.mkfifo(place.folder / "fifo")
        script = "(read -r word < fifo; exit 3) & echo $!"
        agent.ask("start", **place.shell(run, script))
        assert agent.exit(run)["leftover"] == 1
        orphan = int(place.log(run).read_text())
        assert orphan in descendants(place.process.pid)
        (place.folder / "fifo").write_text("go\n")
        wait_gone([orphan])
        # The next answer comes after the reaping that the end of the orphan caused.
        agent.ask("start", **place.command("next", "true"))
        agent.exit("next")
        assert state_of(orphan) is None


def test_a_daemon_left_behind_is_found_and_killed_by_its_run() -> None:
    run = new_run()
    with Supervised() as place:
        agent = place.agent()
        script = "setsid sh -c 'sleep 1000 & echo $!' ; true"
        agent.ask("start", **place.shell(run, script))
        exit = agent.exit(run)
        daemon = int(place.log(run).read_text())
        assert exit["leftover"] == 1
        other = agent.ask(
            "signal", run=new_run(), pid=exit["pid"], start_ticks=exit["start_ticks"], action="kill"
        )
        assert other["signalled"] == 0
        reply = agent.ask(
            "signal", run=run, pid=exit["pid"], start_ticks=exit["start_ticks"], action="kill"
        )
        assert reply["signalled"] == 1
        wait_gone([daemon])


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_full_disk_under_the_log() -> None:
    with Supervised() as place:
        disk = place.folder / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(disk)]
        if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
            pytest.skip("this system does not let root mount a disk")
        try:
            agent = place.agent()
            request = place.shell("r", "head -c 100000 /dev/zero; rm disk/room; printf end")
            (disk / "room").write_bytes(b"\0" * 4096)
            agent.ask("start", **{**request, "log": str(disk / "runs" / "r.log")})
            exit = agent.exit("r")
            assert exit["exit_code"] == 0
            assert exit["lost"] > 30000
            assert exit["total"] + exit["lost"] == 100003
            assert (disk / "runs" / "r.log").stat().st_size == exit["total"]
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=True)


class TestRuns:
    """In this process: what happens when the journal cannot be written."""

    def test_exit_is_written_when_there_is_room_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(runs, "_RETRY_S", 0.0)
        path = str(tmp_path / "exits")
        on = loop.Loop()
        kept = runs.Runs(on, path, link.Outbox(on))
        exit: dict[str, object] = {"run": "r", "exit_code": 0}
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
            kept._write(exit)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, before)
        assert not kept.is_idle
        assert journal.read(path) == {}
        on.step()
        assert kept.is_idle
        assert json.loads(Path(path).read_text()) == exit
