"""What cancelled work is told: by a file for any program, by its run for a Python function."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgtasks_gui.core import durations
from bgtasks_gui.supervisor.children import processes
from bgtasks_gui.wire import shapes
from tests.faults.support import scripts
from tests.faults.support import server as servers
from tests.faults.support.entities import Entity, make_content
from tests.faults.support.server import Server
from tests.flows.line import DONE, Line
from tests.flows.living import Living
from tests.flows.test_agent_death import wait_readable

#: Copies what it is told to where the test looks, the way a backup script would note it.
COPIES = """
trap 'cp "$BGTASKS_CANCEL_REASON" told.json; exit 0' TERM
if test -e "$BGTASKS_CANCEL_REASON"; then echo too early; else echo ready; fi
read line < gate
"""
READS = """
import json, os
from bgtasks_gui.worker import current_run

def reads(told):
    run = current_run()
    assert run.cancel_reason is None
    run.progress(40, 100, "files")
    print("ready", flush=True)
    run.wait_canceled()
    with open(told, "w") as file:
        json.dump([run.canceled, run.cancel_reason, os.environ["BGTASKS_CANCEL_REASON"]], file)
"""
MIB = 1024 * 1024
FILE = Entity(make_content(8 * MIB))
#: What comes of it before the server says nothing more.
PART = 4 * MIB
FIELDS = {"code", "actor", "sentence", "remedy", "detail", "at", "windows", "ohos", "grace_s"}


@pytest.fixture
def copying(agent: Living) -> str:
    """A run of a shell command that waits to be cancelled."""
    os.mkfifo(agent.home.root / "gate")
    # For both, so that the script need not wait for somebody who writes.
    (agent.home.root / "work.sh").write_text(COPIES.replace("< gate", "<> gate"))
    agent.add("work", "sh", "work.sh", grace="PT20S")
    run_id = agent.run("work").id
    agent.wait_for_text(run_id, "ready\n")
    return run_id


@pytest.fixture
def reading(agent: Living, tmp_path: Path) -> str:
    """A run of a Python function that waits to be cancelled."""
    (tmp_path / "work.py").write_text(READS)
    agent.add_python("py", "work:reads", tmp_path, kwargs={"told": str(told_file(agent))})
    run_id = agent.run("py").id
    agent.wait_for_text(run_id, "ready\n")
    return run_id


def told_file(agent: Living) -> Path:
    return agent.home.root / "told.json"


def told(agent: Living) -> dict[str, object]:
    """What the command copied."""
    found: dict[str, object] = json.loads(told_file(agent).read_text())
    return found


def check_same(found: dict[str, object], ended: shapes.RunView) -> None:
    """The work and the person are told the same."""
    assert set(found) - {"text"} == FIELDS
    why = ended.reason
    assert why is not None
    assert (ended.state, ended.forced) == ("canceled", False)
    assert {name: getattr(why, name) for name in FIELDS - {"grace_s"}} == {
        name: found[name] for name in FIELDS - {"grace_s"}
    }


def test_a_command_copies_it_out_of_the_file(agent: Living, bgtasks: Line, copying: str) -> None:
    assert bgtasks("cancel", copying, "--reason", "the disk is needed").code == DONE
    ended = agent.wait(copying)
    found = told(agent)
    check_same(found, ended)
    assert (found["sentence"], found["grace_s"]) == ("Cancelled by you: the disk is needed.", 20.0)
    # It is kept as long as the run is, for whoever looks into it afterwards.
    assert ended.log_path is not None
    assert json.loads(Path(f"{ended.log_path}.cancel").read_text()) == found


def test_a_function_asks_its_run(agent: Living, bgtasks: Line, reading: str) -> None:
    bgtasks("cancel", reading, "--reason", "enough")
    ended = agent.wait(reading)
    is_canceled, found, name = json.loads(told_file(agent).read_text())
    check_same(found, ended)
    assert (is_canceled, found["text"], found["detail"]) == (True, "enough", "enough")
    assert json.loads(Path(name).read_text()).items() <= found.items()


def test_a_limit_says_what_was_measured(agent: Living) -> None:
    (agent.home.root / "work.sh").write_text(COPIES.replace("read line < gate", "sleep 60 & wait"))
    agent.add("work", "sh", "work.sh", time_limit="PT1S")
    ended = agent.wait(agent.run("work").id)
    found = told(agent)
    check_same(found, ended)
    assert (found["code"], found["actor"], found["windows"]) == ("time_limit", "agent", 9)
    assert found["sentence"] == (
        f"Cancelled by its rules: it ran for its whole time limit of {found['detail']}."
    )
    assert found["remedy"] == "Change the limit"


def test_work_that_outlived_the_agent_is_told_the_same_way(
    agent: Living, bgtasks: Line, copying: str
) -> None:
    agent.kill()
    agent.start()
    bgtasks("cancel", copying, "--reason", "enough")
    ended = agent.wait(copying)
    check_same(told(agent), ended)


def test_a_function_that_lost_its_supervisor_finds_it_in_the_file(
    agent: Living, bgtasks: Line, reading: str
) -> None:
    pid = parent_of(agent.show(reading).pid)
    end = os.pidfd_open(pid)
    os.kill(pid, signal.SIGKILL)
    wait_readable(end)
    # No message reaches it any more, since its line went with the supervisor.
    said = (bgtasks("cancel", reading, "--reason", "enough") for _ in range(100))
    # Until the next supervisor has it, the run cannot be reached.
    assert any(one.code == DONE for one in said)
    agent.wait(reading)
    is_canceled, found, _ = json.loads(told_file(agent).read_text())
    assert (is_canceled, found["code"], found["text"]) == (True, "user_cancel", "enough")


def parent_of(pid: int | None) -> int:
    """The supervisor, whose words and environment a function forked from it shares."""
    found = None if pid is None else processes.look_at(pid)
    assert found is not None
    return found.ppid


def test_the_person_is_told_how_far_it_was(agent: Living, bgtasks: Line, reading: str) -> None:
    bgtasks("cancel", reading, "--reason", "enough")
    agent.wait(reading)
    said = bgtasks("status", reading).out.splitlines()
    assert said[1:3] == ["Cancelled by you: enough.", "It had done 40 of 100 files."]
    assert "Run again: bgtasks run py" in said


# What is said to be kept


@pytest.fixture
def server() -> Iterator[Server]:
    with servers.running() as one:
        yield one


def fetch(agent: Living, server: Server, folder: Path, **payload: object) -> str:
    """A download of which a part comes, and then nothing."""
    folder.mkdir()
    url = server.on("/file.bin", scripts.serve(FILE, by=scripts.stall_after(PART)))
    given = {"url": url, "to": str(folder / "file.bin"), "segments": 1, **payload}
    agent.register("file", "download", given, ())
    run_id = agent.run("file").id
    server.wait_until(lambda: server.sent >= PART)
    return run_id


def test_what_a_person_cancels_leaves_nothing_and_says_so(
    agent: Living, bgtasks: Line, server: Server, tmp_path: Path
) -> None:
    run_id = fetch(agent, server, tmp_path / "files")
    bgtasks("cancel", run_id)
    agent.wait(run_id)
    said = bgtasks("status", run_id).out.splitlines()
    assert said[1:3] == ["Cancelled by you.", "Nothing is kept."]
    assert list((tmp_path / "files").iterdir()) == []


def test_what_a_limit_cancels_is_kept_and_the_next_run_goes_on_from_there(
    agent: Living, bgtasks: Line, server: Server, tmp_path: Path
) -> None:
    run_id = fetch(agent, server, tmp_path / "files", resource_timeout="PT1S")
    receipt = agent.wait(run_id).receipt
    assert receipt is not None
    said = bgtasks("status", run_id).out.splitlines()
    done = durations.say_size(receipt.done).removesuffix(" MiB")
    assert said[2] == f"Kept {done} of 8 MiB, goes on from there."
    assert "Change the limit: bgtasks add download file ... --replace" in said
    server.on("/file.bin", scripts.serve(FILE))
    assert agent.wait(agent.run("file").id).state == "completed"
    assert server.requests[-1].first >= receipt.done - MIB
    assert (tmp_path / "files" / "file.bin").read_bytes() == FILE.content
