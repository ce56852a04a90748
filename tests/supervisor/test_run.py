from __future__ import annotations

import json
import os
import signal

import pytest

from bgtasks_gui.supervisor import link, loop, output, segments
from bgtasks_gui.supervisor import run as running
from bgtasks_gui.supervisor.children import spawn
from tests.supervisor.support.client import Supervised, new_run, state_of, wait_gone


def test_output_and_exit_status_of_a_command() -> None:
    with Supervised() as place:
        agent = place.agent()
        reply = agent.ask("start", **place.shell("r", "echo out; echo err >&2; exit 3"))
        events = agent.gather("r")
        assert place.log("r").read_bytes() == b"out\nerr\n"
        assert place.log("r").stat().st_mode & 0o777 == 0o600
        exit = events[-1]
        assert (exit["exit_code"], exit["signal"]) == (3, None)
        assert (exit["pid"], exit["start_ticks"]) == (reply["pid"], reply["start_ticks"])
        assert (exit["total"], exit["lost"], exit["leftover"]) == (8, 0, 0)
        assert exit["cpu_s"] >= 0
        assert exit["max_rss"] > 0
        assert events[-2] == {"event": "output", "run": "r", "total": 8, "lost": 0}


def test_exit_by_signal() -> None:
    with Supervised() as place:
        agent = place.agent()
        agent.ask("start", **place.shell("r", "kill -9 $$"))
        exit = agent.exit("r")
        assert (exit["exit_code"], exit["signal"]) == (None, 9)


def test_killed_from_outside() -> None:
    with Supervised() as place:
        agent = place.agent()
        pid = agent.ask("start", **place.command("r", "sleep", "1000"))["pid"]
        os.kill(pid, signal.SIGKILL)
        assert agent.exit("r")["signal"] == signal.SIGKILL


def test_invalid_utf8_is_kept_as_it_came() -> None:
    with Supervised() as place:
        agent = place.agent()
        agent.ask("start", **place.shell("r", r"printf '\377\000\303('"))
        agent.exit("r")
        assert place.log("r").read_bytes() == b"\xff\x00\xc3("


def test_much_output_keeps_head_and_tail() -> None:
    length = 5 * 1024 * 1024
    script = f"import sys; sys.stdout.write(''.join(f'{{n:07}} ' for n in range({length // 8})))"
    with Supervised() as place:
        agent = place.agent()
        agent.ask("start", **place.command("r", "python3", "-c", script))
        events = agent.gather("r")
        base = str(place.log("r"))
        whole = b"".join(b"%07d " % number for number in range(length // 8))
        assert events[-1]["total"] == length
        total, head_end, tail_start = segments.extent(base)
        assert (total, head_end) == (length, segments.SEGMENT)
        assert total - tail_start <= 3 * segments.SEGMENT
        for offset in range(0, length, 77_777):
            start, content = segments.read(base, offset, 1000)
            assert start == (tail_start if head_end <= offset < tail_start else offset)
            assert content
            assert content == whole[start : start + len(content)]
        files = [path.stat().st_size for path in place.log("r").parent.iterdir()]
        assert sum(files) <= 4 * segments.SEGMENT


def test_output_is_told_at_most_twenty_times_a_second() -> None:
    script = "import sys\nfor n in range(20000): sys.stdout.write('x'); sys.stdout.flush()"
    with Supervised() as place:
        agent = place.agent()
        agent.ask("start", **place.command("r", "python3", "-c", script))
        events = agent.gather("r")
        totals = [event["total"] for event in events if event["event"] == "output"]
        assert totals[-1] == 20000
        assert totals == sorted(totals)
        ran_s = events[-1]["cpu_s"] * 4 + 1
        assert len(totals) <= 20 * ran_s + 3


def test_a_run_that_closes_its_output_goes_on_and_is_watched() -> None:
    with Supervised() as place:
        agent = place.agent()
        script = "echo before; exec >&- 2>&-; read -r word < fifo; exit 7"
        os.mkfifo(place.folder / "fifo")
        agent.ask("start", **place.shell("r", script))
        agent.event(lambda event: event["event"] == "output")
        assert agent.ask("hello")["runs"][0]["state"] == "running"
        (place.folder / "fifo").write_text("go\n")
        assert agent.exit("r")["exit_code"] == 7


def test_exit_is_told_though_a_grandchild_holds_the_pipe() -> None:
    run = new_run()
    with Supervised() as place:
        agent = place.agent()
        agent.ask("start", **place.shell(run, "sleep 1000 & echo $!"))
        exit = agent.exit(run)
        left = int(place.log(run).read_text())
        assert exit["exit_code"] == 0
        assert exit["leftover"] == 1
        assert state_of(left) is not None
        killed = {"run": run, "pid": exit["pid"], "start_ticks": exit["start_ticks"]}
        reply = agent.ask("signal", action="kill", **killed)
        assert (reply["alive"], reply["signalled"]) == (False, 1)
        wait_gone([left])


def test_what_a_run_left_behind_may_go_on_writing() -> None:
    run = new_run()
    script = "(trap '' PIPE; read -r word < fifo; echo late && echo fine > late) & echo done"
    with Supervised() as place:
        agent = place.agent()
        os.mkfifo(place.folder / "fifo")
        os.mkfifo(place.folder / "late")
        agent.ask("start", **place.shell(run, script))
        total = agent.exit(run)["total"]
        (place.folder / "fifo").write_text("go\n")
        assert (place.folder / "late").read_text() == "fine\n"
        # Its words are no part of the run, whose log is over.
        assert segments.extent(str(place.log(run)))[0] == total == 5


def test_full_disk_harms_neither_the_run_nor_the_others() -> None:
    with Supervised() as place:
        agent = place.agent()
        full = place.log("r")
        full.parent.mkdir()
        full.symlink_to("/dev/full")
        agent.ask("start", **place.shell("r", "echo lost words; exit 4"))
        output = agent.event(lambda event: event["event"] == "output")
        assert (output["total"], output["lost"]) == (0, 11)
        assert output["log_error"] == "No space left on device"
        exit = agent.exit("r")
        assert (exit["exit_code"], exit["lost"], exit["total"]) == (4, 11, 0)
        agent.ask("start", **place.shell("other", "echo fine"))
        assert agent.exit("other")["total"] == 5


def test_a_worker_may_write_anything_into_its_channel() -> None:
    garbage = """
import os, json
def write():
    from bgtasks_gui.worker import current_run
    lines = [b"\\xff\\xfe", b"{", b"[]", b"null", b'{"type": "nonsense"}', b'{"type": 5}']
    lines += [b'{"type": "progress", "done": 1e999}', b'{"type": "progress", "done": NaN}']
    lines += [b"[" * 100000, b"x" * 300000, b'{"type": "progress", "unit": "\\\\ud800"}']
    os.write(3, b"\\n".join(lines) + b"\\n")
    os.close(3)
    return "lost with the channel"
"""
    with Supervised() as place:
        agent = place.agent()
        place.module("loud", garbage)
        agent.ask("start", **place.python("r", "loud:write"))
        exit = agent.exit("r")
        assert exit["exit_code"] == 0
        assert exit["progress"] == {"type": "progress", "unit": "?"}
        assert exit["result"] is None


def test_messages_reach_the_worker() -> None:
    waits = """
from bgtasks_gui.worker import current_run
def wait():
    run = current_run()
    run.progress(1)
    run.wait_canceled(20)
    return run.cancel_reason
"""
    with Supervised() as place:
        agent = place.agent()
        place.module("waits", waits)
        agent.ask("start", **place.python("r", "waits:wait"))
        agent.message("r", "progress")
        reason = {"code": "user_cancel", "actor": "user", "text": "enough", "grace_s": 10}
        assert agent.ask("message", run="r", message={"canceled": reason})["delivered"]
        assert agent.exit("r")["result"]["value"] == reason
        assert not agent.ask("message", run="r", message={})["delivered"]
        agent.ask("start", **place.command("c", "sleep", "1000"))
        assert not agent.ask("message", run="c", message={})["delivered"]


class TestRun:
    """In this process: what is gathered until the agent is told."""

    @pytest.fixture
    def started(self) -> spawn.Started:
        reading, writing = os.pipe()
        os.write(writing, b"abc")
        os.close(writing)
        return spawn.Started(os.getpid(), reading, None)

    def test_events_are_gathered_and_told_once(
        self, started: spawn.Started, tmp_path: os.PathLike[str]
    ) -> None:
        on = loop.Loop()
        log = output.OutputLog(os.path.join(tmp_path, "log"))
        one = running.Run("r", started, log, on, link.Outbox(on))
        assert one.finish() is None
        assert list(one.take_events()) == [{"event": "output", "run": "r", "total": 3, "lost": 0}]
        assert list(one.take_events()) == []
        one.end({"run": "r", "exit_code": 0})
        assert [event["event"] for event in one.take_events()] == ["output", "exited"]
        assert json.dumps(one.identity)
        assert not one.tell({"canceled": {}})
