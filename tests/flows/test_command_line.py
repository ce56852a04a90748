"""The command against a real agent: what it prints, in which shape, and how it ends."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from bgtasks_gui.core import ids
from bgtasks_gui.wire import codec
from tests.flows.line import CANCELED, DONE, FAILED, NOT_FOUND, UNREACHABLE, USAGE, Line
from tests.flows.living import PATIENCE_S, Living

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
# The shapes of design 11; more may be there.
TASK = {
    "id", "name", "kind", "payload", "triggers", "conditions", "enabled", "group", "owner",
    "next_run_at", "expires_at", "registered", "last_run", "last_scheduled_at",
}  # fmt: skip
RUN = {
    "id", "task_id", "task_name", "state", "status", "triggered_at", "started_at",
    "completed_at", "trigger", "attempt", "exit_code", "forced", "reason", "progress", "result",
    "log_path", "receipt",
}  # fmt: skip
REASON = {"code", "actor", "sentence", "remedy", "detail", "at"}
WHY = {"task_id", "can_start", "blockers", "next"}
GATE = "echo 40%; read line < gate; exit 3"


@pytest.fixture
def gate(agent: Living) -> Path:
    fifo = agent.home.root / "gate"
    os.mkfifo(fifo)
    return fifo


# Shapes


def test_a_task_and_its_run_have_their_shapes(agent: Living, bgtasks: Line) -> None:
    made = bgtasks("add", "command", "t", "--every", "1h", "--json", "--", "echo", "hi").json
    assert made.keys() >= TASK
    assert (made["name"], made["kind"], made["last_run"]) == ("t", "command", None)
    ended = bgtasks("run", "t", "--wait", "--json").json
    assert ended.keys() >= RUN
    assert (ended["state"], ended["status"], ended["exit_code"]) == ("completed", "completed", 0)
    assert (ended["reason"], ended["receipt"], ended["forced"]) == (None, None, False)
    [listed] = bgtasks("list", "--json").json
    assert listed.keys() >= TASK
    assert listed["last_run"] == ended
    shown = bgtasks("show", "t", "--json").json
    assert shown == {**listed, "environment": shown["environment"]}
    assert bgtasks("status", str(ended["id"]), "--json").json == ended
    assert bgtasks("runs", "--json").json == [ended]
    assert Path(str(ended["log_path"])).read_text() == "hi\n"
    for text in (made["next_run_at"], ended["triggered_at"], ended["completed_at"]):
        assert STAMP.fullmatch(str(text))


def test_a_reason_and_an_error_have_their_shapes(agent: Living, bgtasks: Line) -> None:
    bgtasks("add", "command", "bad", "--", "sh", "-c", "exit 3")
    failed = bgtasks("run", "bad", "--wait", "--json")
    assert failed.code == FAILED
    ended = codec.plain(failed.raw)
    assert ended["reason"].keys() >= REASON
    assert (ended["reason"]["code"], ended["reason"]["actor"]) == ("exit_status", "task")
    assert (ended["state"], ended["status"], ended["exit_code"]) == ("failed", "errors", 3)
    missing = bgtasks("show", "nope", "--json")
    assert missing.code == NOT_FOUND
    assert missing.error["code"] == "task_not_found"
    assert bgtasks("run", "--json").error["code"] == "usage"


def test_why_and_next_have_their_shapes(agent: Living, bgtasks: Line) -> None:
    bgtasks("add", "command", "t", "--cron", "0 18 * * *", "--zone", "Asia/Tokyo", "--", "true")
    why = bgtasks("why", "t", "--json").json
    assert why.keys() >= WHY
    assert (why["can_start"], why["blockers"]) == (True, [])
    times = bgtasks("next", "t", "-n", "3", "--json").json
    assert [set(one) for one in times] == [{"at", "local", "note"}] * 3
    assert all(STAMP.fullmatch(one["at"]) and "T09:00:00" in one["at"] for one in times)
    bgtasks("disable", "t")
    [blocker] = bgtasks("why", "t", "--json").json["blockers"]
    assert set(blocker) == {"code", "sentence", "value", "lifts"}
    assert blocker["code"] == "disabled"


# Life of a run (concepts R114 to R119)


def test_status_goes_from_pending_over_processing_to_its_end(
    agent: Living, bgtasks: Line, gate: Path
) -> None:
    made = bgtasks("add", "command", "t", "--json", "--", "sh", "-c", GATE).json
    bgtasks("pause")
    asked = bgtasks("run", str(made["id"]), "--json").json
    assert (asked["status"], asked["task_id"], asked["task_name"]) == ("pending", made["id"], "t")
    assert ids.is_id(str(asked["id"]))
    assert STAMP.fullmatch(str(asked["triggered_at"]))
    assert (asked["started_at"], asked["completed_at"], asked["reason"]) == (None, None, None)
    waiting = bgtasks("status", str(asked["id"]), "--json").json
    assert (waiting["status"], waiting["state"]) == ("pending", "waiting")
    bgtasks("resume", "--all")
    agent.wait_for_text(str(asked["id"]), "40%")
    running = bgtasks("status", str(asked["id"]), "--json").json
    assert (running["status"], running["completed_at"]) == ("processing", None)
    assert STAMP.fullmatch(str(running["started_at"]))
    gate.write_text("go\n")
    agent.wait(str(asked["id"]))
    ended = bgtasks("status", str(asked["id"]), "--json").json
    assert (ended["status"], ended["reason"]["code"]) == ("errors", "exit_status")
    assert ended["started_at"] == running["started_at"]
    # Asked for by its name, each is a run of its own, and the schedule stays (R115).
    assert bgtasks("status", "t", "--json").json == ended
    again = bgtasks("run", "t", "--json").json
    assert again["id"] != asked["id"]
    assert bgtasks("show", "t", "--json").json["id"] == made["id"]


def test_a_run_older_than_the_history_is_null(agent: Living, bgtasks: Line) -> None:
    """Concepts R118."""
    old = bgtasks("status", ids.make_id(1_600_000_000_000, 1), "--json")
    assert (old.code, old.raw) == (DONE, b"null\n")


# Exit codes


def test_a_run_ends_the_command_as_it_ended(agent: Living, bgtasks: Line, gate: Path) -> None:
    bgtasks("add", "command", "good", "--", "true")
    bgtasks("add", "command", "bad", "--", "false")
    bgtasks("add", "command", "long", "--", "sh", "-c", GATE)
    assert bgtasks("run", "good", "--wait").code == DONE
    failed = bgtasks("run", "bad", "--wait")
    assert failed.code == FAILED
    assert "its program ended with exit status 1" in failed.err
    assert bgtasks("run", "bad").code == DONE
    with bgtasks.begin("run", "long", "--wait") as waiting:
        assert waiting.stdout is not None
        run_id = waiting.stdout.readline().decode().strip()
        agent.wait_until(run_id, "running")
        canceled = bgtasks("cancel", run_id, "--reason", "disk is needed")
        assert canceled.code == DONE
        _, err = waiting.communicate(timeout=PATIENCE_S)
    assert waiting.returncode == CANCELED
    assert b"Cancelled by you: disk is needed." in err
    assert bgtasks("status", run_id, "--json").json["reason"]["detail"] == "disk is needed"
    assert "disk is needed" in bgtasks("cancel", run_id).out


def test_what_is_skipped_ends_the_command_as_canceled(
    agent: Living, bgtasks: Line, gate: Path
) -> None:
    bgtasks("add", "command", "long", "--", "sh", "-c", GATE)
    agent.wait_until(bgtasks("run", "long").out.strip(), "running")
    skipped = bgtasks("run", "long", "--wait", "--json")
    assert skipped.code == CANCELED
    assert codec.plain(skipped.raw)["reason"]["code"] == "overlap"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("frobnicate",), USAGE),
        (("list", "--no-such-option"), USAGE),
        (("run",), USAGE),
        (("runs", "--state", "finished"), USAGE),
        (("pause", "--until", "yesterday"), USAGE),
        (("show", "nope"), NOT_FOUND),
        (("run", "nope"), NOT_FOUND),
        (("cancel", "nope"), NOT_FOUND),
        (("logs", "nope"), NOT_FOUND),
        (("status", ids.make_id(4_000_000_000_000, 1)), NOT_FOUND),
        (("import", "no-such-file.json"), USAGE),
    ],
)
def test_what_cannot_be_done_has_its_exit_code(
    agent: Living, bgtasks: Line, words: tuple[str, ...], code: int
) -> None:
    told = bgtasks(*words)
    assert (told.code, told.out) == (code, "")
    assert told.err.startswith("Error: ")
    in_json = bgtasks(*words, "--json")
    assert in_json.code == code
    assert in_json.error["message"]


def test_without_an_agent_the_command_says_so(agent: Living, bgtasks: Line) -> None:
    agent.stop()
    for words in (("list",), ("run", "t"), ("watch",), ("agent", "status"), ("logs", "t")):
        told = bgtasks(*words)
        assert told.code == UNREACHABLE
        assert "bgtasks agent start" in told.err
    assert bgtasks("list", "--json").error["code"] == "agent_unreachable"
    assert bgtasks("agent", "stop").code == DONE


def test_the_agent_is_started_and_stopped(home: Path, bgtasks: Line) -> None:
    living = Living(home)
    try:
        started = bgtasks("agent", "start", "--json").json
        assert started["home"] == str(home)
        assert bgtasks("agent", "start", "--json").json["pid"] == started["pid"]
        bgtasks("add", "command", "t", "--", "sleep", "1000")
        run = living.wait_until(bgtasks("run", "t").out.strip(), "running")
        assert bgtasks("agent", "stop", "--json").json == {"stopping": True, "left_running": 1}
        assert bgtasks("agent", "status").code == UNREACHABLE
        bgtasks("agent", "start")
        assert bgtasks("status", run.id, "--json").json["pid"] == run.pid
        assert bgtasks("agent", "stop", "--cancel", "--json").json["left_running"] == 0
        bgtasks("agent", "start")
        assert bgtasks("status", run.id, "--json").json["reason"]["code"] == "terminating"
        bgtasks("agent", "stop")
    finally:
        living.clear_away()


def test_without_a_display_the_overview_stands_for_the_window(agent: Living, bgtasks: Line) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        bgtasks.env.pop(name, None)
    bgtasks("add", "command", "t", "--every", "1h", "--", "true")
    shown = bgtasks()
    assert shown.code == DONE
    assert shown.err == "There is no display for the window. This is the overview as text.\n"
    assert shown.out.startswith("Next\n  t  in ")
    asked = bgtasks("overview")
    assert (asked.code, asked.out, asked.err) == (DONE, shown.out, "")
    [planned] = bgtasks("--json").json["next"]
    assert planned["name"] == "t"
    assert bgtasks("--minimized").code == FAILED
    # Where no agent runs, one is started.
    agent.stop()
    shown = bgtasks()
    assert shown.code == DONE
    assert shown.err.splitlines()[1].startswith("Started the agent (pid ")
    assert bgtasks("agent", "stop").code == DONE


# The rest


def test_logs_are_what_the_run_wrote(agent: Living, bgtasks: Line, gate: Path) -> None:
    script = r"printf 'a\377b\n'; read line < gate; echo $line; exit 1"
    bgtasks("add", "command", "t", "--", "sh", "-c", script)
    run_id = bgtasks("run", "t").out.strip()
    agent.wait_for_text(run_id, "b\n")
    with bgtasks.begin("logs", run_id, "-f") as following:
        assert following.stdout is not None
        assert following.stdout.readline() == b"a\xffb\n"
        gate.write_text("more\n")
        out, _ = following.communicate(timeout=PATIENCE_S)
    assert (following.returncode, out) == (DONE, b"more\n")
    assert bgtasks("logs", "t").raw == b"a\xffb\nmore\n"
    assert bgtasks("logs", "t", "--tail", "1").raw == b"more\n"
    piece = bgtasks("logs", "t", "--json").json
    assert (piece["text"], piece["total"], piece["ended"]) == ("a\ufffdb\nmore\n", 9, True)


def test_tasks_go_out_and_come_in(agent: Living, bgtasks: Line) -> None:
    first = bgtasks(
        "add", "command", "first", "--every", "1h", "--env", "A=1", "--json", "--", "echo", "é"
    ).json
    bgtasks("add", "command", "second", "--on", "after:first", "--", "true")
    told = bgtasks("export", "tasks.json")
    assert (told.code, told.out) == (DONE, "")
    assert bgtasks("export").raw == (agent.home.root / "tasks.json").read_bytes()
    assert bgtasks("import", "tasks.json", "--yes").code == USAGE
    for name in ("first", "second"):
        assert bgtasks("remove", name).code == DONE
    assert bgtasks("import", "tasks.json", "--enable", "--yes").code == DONE
    again = bgtasks("show", "first", "--json").json
    assert again["id"] != first["id"]
    kept = ("name", "kind", "payload", "triggers", "conditions", "enabled", "overlap", "group")
    assert {name: again[name] for name in kept} == {name: first[name] for name in kept}
    [after] = bgtasks("show", "second", "--json").json["triggers"]
    assert after["task"] == again["id"]


def test_events_are_raised_and_watched(agent: Living, bgtasks: Line) -> None:
    bgtasks("add", "command", "t", "--on", "go", "--", "sh", "-c", "echo $BGTASKS_ARG_N")
    with bgtasks.begin("watch") as watching:
        assert watching.stdout is not None
        hello = codec.plain(watching.stdout.readline())
        assert hello["type"] == "hello"
        emitted = bgtasks("emit", "go", "--data", '{"n": 3}', "--json").json
        [run] = emitted["runs"]
        seen = []
        while not seen or seen[-1]["type"] != "run_finished":
            seen.append(codec.plain(watching.stdout.readline()))
            assert seen[-1].keys() >= {"seq", "at", "type"}
        watching.send_signal(signal.SIGINT)
        watching.communicate(timeout=PATIENCE_S)
    assert watching.returncode == 130
    seqs = [event["seq"] for event in seen]
    assert seqs == sorted(set(seqs))
    assert seen[-1]["run"]["id"] == run["id"]
    assert bgtasks("logs", "t").out == "3\n"
    assert bgtasks("emit", "nobody").out == "No task waits for nobody.\n"


def test_runs_are_suspended_and_resumed(agent: Living, bgtasks: Line, gate: Path) -> None:
    bgtasks("add", "command", "t", "--", "sh", "-c", GATE)
    run_id = bgtasks("run", "t").out.strip()
    agent.wait_until(run_id, "running")
    suspended = bgtasks("suspend", run_id, "--reason", "lunch", "--json").json
    assert (suspended["state"], suspended["reason"]["detail"]) == ("suspended", "lunch")
    [resumed] = bgtasks("resume", "t", "--json").json["runs"]
    assert resumed["state"] == "running"
