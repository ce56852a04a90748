"""What is wrong is said in a sentence that names the field, and harms nothing else."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgtasks_gui.client import commands
from bgtasks_gui.core import errors
from tests.flows.line import DONE, UNREACHABLE, USAGE, Line
from tests.flows.living import PATIENCE_S, Living

MEGABYTES = b"x" * 10_000_000


def is_well(agent: Living) -> bool:
    """Whether the agent answers and does work."""
    agent.add("well", "echo", "well")
    run = agent.wait(agent.run("well").id)
    with agent.client() as ask:
        ask(commands.remove_task("well"))
    return (run.state, agent.log(run.id)) == ("completed", "well\n")


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A file system of its own at this folder, where this person may make one."""
    options = f"size={size},mode=700"
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    with contextlib.suppress(FileNotFoundError):
        if os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0:
            try:
                yield
            finally:
                subprocess.run(["umount", "--lazy", str(folder)], check=True)
            return
    pytest.skip("no file system can be mounted here")


# Registrations


@pytest.mark.parametrize(
    ("words", "field", "option", "said"),
    [
        (("--cron", "0 0 * * *", "--zone", "Mars/Base", "--", "true"),
         "triggers[0].zone", "--zone", "Mars/Base"),
        (("--cron", "0 0 31 2 *", "--", "true"), "triggers[0].expression", "--cron", "never"),
        (("--cron", "61 * * * *", "--", "true"), "triggers[0].expression", "--cron", "61"),
        (("--every=-5m", "--", "true"), "--every", "--every", "-5m"),
        (("--every", "0s", "--", "true"), "triggers[0].every", "--every", ""),
        (("--at", "2001-01-01T00:00:00Z", "--", "true"), None, "--at", "passed"),
        (("--if", "battery_above=400", "--", "true"), None, "--if", "100"),
        (("--", "no-such-program"), "payload.argv[0]", "ARGV", "no-such-program"),
        (("--cwd", "/no/such/folder", "--", "true"), "payload.cwd", "--cwd", "/no/such/folder"),
        (("--time-limit", "0s", "--", "true"), "time_limit", "--time-limit", "more than zero"),
    ],
)  # fmt: skip
def test_a_registration_that_cannot_be(
    agent: Living, bgtasks: Line, words: tuple[str, ...], field: str | None, option: str, said: str
) -> None:
    told = bgtasks("add", "command", "t", *words)
    assert (told.code, told.out) == (USAGE, "")
    assert told.err.startswith(f"Error: {option}: ")
    assert said in told.err
    assert told.err.count("\n") == 1
    split = words.index("--")
    in_json = bgtasks("add", "command", "t", *words[:split], "--json", *words[split:])
    assert in_json.code == USAGE
    assert in_json.error["field"] in ({field} if field else {option, *_fields(option)})
    assert bgtasks("list", "--json").json == []


def _fields(option: str) -> set[str]:
    return {"--at": {"triggers[0].at"}, "--if": {"conditions[0].percent"}}.get(option, set())


@pytest.mark.parametrize("function", ["no_such_module:f", "os:no_such_function", "broken:f", "os"])
def test_a_function_that_cannot_be_called(agent: Living, bgtasks: Line, function: str) -> None:
    (agent.home.root / "broken.py").write_text("1 / 0\n")
    told = bgtasks("add", "python", "t", function, "--json")
    assert told.code == USAGE
    assert told.error["field"] == "payload.callable"
    assert function.partition(":")[0] in str(told.error["message"])
    assert is_well(agent)


def test_a_name_that_is_taken(agent: Living, bgtasks: Line) -> None:
    made = bgtasks("add", "command", "t", "--json", "--", "true").json
    told = bgtasks("add", "command", "t", "--json", "--", "false")
    assert told.code == USAGE
    assert (told.error["code"], told.error["field"]) == ("duplicate_name", "name")
    assert "--replace" in str(told.error["message"])
    assert bgtasks("show", "t", "--json").json == made
    assert bgtasks("add", "command", "t", "--keep-both", "--", "false").code == DONE
    assert len(bgtasks("list", "--json").json) == 2
    assert bgtasks("run", "t", "--json").error["code"] == "ambiguous_name"


def test_a_negative_interval_of_a_program(agent: Living) -> None:
    with pytest.raises(errors.InvalidField) as caught:
        agent.add("t", "true", triggers=({"type": "interval", "every": "-PT5M"},))
    assert caught.value.field == "triggers[0].every"
    assert is_well(agent)


# Sizes


def test_ten_megabytes_of_arguments(agent: Living, bgtasks: Line) -> None:
    agent.add("t", "true")
    (agent.home.root / "large.json").write_bytes(b'{"a": "%s"}' % MEGABYTES)
    told = bgtasks("run", "t", "--args", "@large.json", "--json")
    assert told.code == USAGE
    assert told.error["code"] == "too_large"
    (agent.home.root / "medium.json").write_bytes(b'{"a": "%s"}' % MEGABYTES[:2_000_000])
    told = bgtasks("run", "t", "--args", "@medium.json", "--json")
    assert (told.code, told.error["field"]) == (USAGE, "arguments")
    assert bgtasks("runs", "--json").json == []
    assert is_well(agent)


def test_ten_megabytes_sent_without_asking(agent: Living) -> None:
    agent.add("t", "true")
    head = b"POST /v1/tasks/t/run HTTP/1.1\r\nhost: localhost\r\ncontent-length: %d\r\n\r\n"
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(PATIENCE_S)
        raw.connect(str(agent.home.agent_socket))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            # The answer may come, and the connection go, before everything is sent.
            raw.sendall(head % len(MEGABYTES) + MEGABYTES)
        answer = raw.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b'"too_large"' in answer
    assert is_well(agent)


# Output


def test_output_that_is_no_text(agent: Living, bgtasks: Line) -> None:
    agent.add("t", "sh", "-c", r"printf '\377\000\033[31m 50%%\r\n'")
    run = agent.wait(agent.run("t").id)
    assert run.state == "completed"
    assert bgtasks("logs", "t").raw == b"\xff\x00\x1b[31m 50%\r\n"
    assert agent.log(run.id) == "\ufffd\x00\x1b[31m 50%\r\n"
    assert is_well(agent)


def test_a_program_that_closes_its_output(agent: Living) -> None:
    gate = agent.home.root / "gate"
    os.mkfifo(gate)
    script = "echo before; exec >&- 2>&-; read line < gate; echo after; exit 4"
    agent.add("t", "sh", "-c", script)
    run = agent.wait_until(agent.run("t").id, "running")
    agent.wait_for_text(run.id, "before\n")
    gate.write_text("go\n")
    ended = agent.wait(run.id)
    assert (ended.state, ended.exit_code) == ("failed", 4)
    assert agent.log(run.id) == "before\n"


# Disks


def test_a_full_disk_under_the_logs(agent: Living) -> None:
    with small_disk(agent.home.logs, "128k"):
        agent.add("t", "sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x; echo; exit 3")
        run = agent.wait(agent.run("t").id)
        assert (run.state, run.exit_code) == ("failed", 3)
        with agent.client() as ask:
            piece = ask(commands.read_log(run.id))
        assert set(piece.text) == {"x"}
        assert 0 < piece.total <= 128 * 1024
        assert piece.total + piece.lost == 1_000_001
        agent.add("quiet", "true")
        assert agent.wait(agent.run("quiet").id).state == "completed"
        agent.kill()
        agent.start()
        assert agent.show(run.id) == run
    assert is_well(agent)


def test_a_full_disk_under_everything(home: Path, bgtasks: Line) -> None:
    agent = Living(home)
    with small_disk(home, "8M"):
        try:
            agent.start()
            made = agent.add("kept", "true")
            filler = home / "filler"
            with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
                while file.write(bytes(65536)):
                    pass
            told = bgtasks("add", "command", "t", "--json", "--", "echo", "x" * 100_000)
            assert told.code == UNREACHABLE
            assert told.error["code"] == "storage_unavailable"
            assert [task.id for task in _listed(agent)] == [made.id]
            filler.unlink()
            assert is_well(agent)
            agent.kill()
            agent.start()
            assert [task.id for task in _listed(agent)] == [made.id]
        finally:
            agent.clear_away()


def _listed(agent: Living) -> tuple[object, ...]:
    with agent.client() as ask:
        return ask(commands.list_tasks())


def test_a_home_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    env = {**os.environ, "BGTASKS_HOME": str(tmp_path / "file")}
    line = Line(tmp_path)
    line.env = env
    told = line("agent", "start")
    assert told.code == UNREACHABLE
    assert str(tmp_path / "file") in told.err
    assert "BGTASKS_HOME" in told.err
    assert (tmp_path / "file").read_text() == "mine"


def test_a_home_that_cannot_be_written(home: Path, bgtasks: Line) -> None:
    with contextlib.ExitStack() as stack:
        if os.geteuid() == 0:
            # Nothing but a file system keeps this person from writing.
            stack.enter_context(small_disk(home, "1M"))
            subprocess.run(["mount", "-o", "remount,ro", str(home)], check=True)
        else:
            home.chmod(0o500)
        told = bgtasks("agent", "start", "--json")
        assert told.code == UNREACHABLE
        assert f"The folder {home} cannot be written." in str(told.error["message"])
    home.chmod(0o700)
