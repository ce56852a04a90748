"""Files that come and go whatever happens to the agent (wishes W18): kill -9, and start again."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bgtasks_gui.client import commands
from bgtasks_gui.wire import shapes
from tests.faults.support import scripts
from tests.faults.support import server as servers
from tests.faults.support.entities import Entity, make_content
from tests.faults.support.server import Server
from tests.flows.living import Living

MIB = 1024 * 1024
FILE = Entity(make_content(24 * MIB))
#: Sent between two crashes.
STEP = 4 * MIB


@pytest.fixture
def server() -> Iterator[Server]:
    with servers.running() as one:
        yield one


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "files"
    made.mkdir()
    return made


def add_download(agent: Living, url: str, folder: Path, **payload: object) -> None:
    given = {"url": url, "to": str(folder / "file.bin"), "checksum": f"sha256:{FILE.sha256}"}
    agent.register("file", "download", {**given, **payload}, ())


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def stalling(size: int) -> servers.Act:
    """The file, of which this many bytes come and no more."""
    return scripts.serve(FILE, by=scripts.stall_after(size))


def wait_until(
    agent: Living, run_id: str, holds: Callable[[shapes.RunView], bool]
) -> shapes.RunView:
    """The run once this holds of it, looked at whenever the agent tells of something."""
    with agent.client() as ask, contextlib.closing(ask.events()) as told:
        for _ in told:
            run = agent.show(run_id)
            if holds(run):
                return run
            assert run.completed_at is None, run.reason
    raise AssertionError("the agent has ended")


def has_come(run: shapes.RunView) -> bool:
    """Whether bytes are there."""
    return run.progress is not None and (run.progress.done or 0) > 0


def is_safe(run: shapes.RunView) -> bool:
    """Whether bytes are on the disk for good, and recorded to be."""
    return run.receipt is not None and run.receipt.done > 0


def wait_for_more(server: Server, sent: int) -> None:
    """Until the server has sent another step."""
    server.wait_until(lambda: server.sent >= sent + STEP)


def test_killed_again_and_again_the_file_is_right(
    agent: Living, server: Server, folder: Path
) -> None:
    add_download(agent, server.on("/file.bin", stalling(STEP)), folder)
    run_id, sent = agent.run("file").id, 0
    for _ in range(4):
        wait_for_more(server, sent)
        agent.kill()
        sent = server.sent
        agent.start()
    wait_for_more(server, sent)
    agent.kill()
    server.on("/file.bin", scripts.serve(FILE))
    agent.start()
    ended = agent.wait(run_id)
    assert ended.state == "completed"
    assert [path.name for path in folder.iterdir()] == ["file.bin"]
    assert digest(folder / "file.bin") == FILE.sha256
    assert ended.receipt is not None
    assert ended.receipt.checked == "its sha256 is as expected"


def test_what_is_safe_is_not_fetched_again(agent: Living, server: Server, folder: Path) -> None:
    url = server.on("/file.bin", scripts.serve(FILE))
    add_download(agent, url, folder, segments=1, rate=2 * MIB)
    run_id = agent.run("file").id
    receipt = wait_until(agent, run_id, is_safe).receipt
    assert receipt is not None
    agent.kill()
    agent.start()
    with agent.client() as ask:
        ask(commands.limit_run(run_id, None))
    ended = agent.wait(run_id)
    assert ended.state == "completed"
    assert digest(folder / "file.bin") == FILE.sha256
    first, second = server.requests
    assert first.first == 0
    assert second.first >= receipt.done - MIB, "a block before it is read again, to compare it"


def test_a_cancel_that_the_agent_did_not_live_to_finish_is_finished(
    agent: Living, server: Server, folder: Path
) -> None:
    add_download(agent, server.on("/file.bin", stalling(STEP)), folder)
    run_id = agent.run("file").id
    server.wait_until(lambda: server.sent >= STEP)
    with agent.client() as ask:
        ask(commands.cancel_run(run_id, "enough"))
    agent.kill()
    agent.start()
    ended = agent.wait(run_id)
    assert ended.state == "canceled"
    assert ended.reason is not None
    assert ended.reason.sentence == "Cancelled by you: enough."
    agent.stop()
    agent.start()
    assert list(folder.iterdir()) == []
    assert len(server.requests) == 1


def test_a_suspended_one_stays_so_over_a_crash(agent: Living, server: Server, folder: Path) -> None:
    add_download(agent, server.on("/file.bin", stalling(STEP)), folder)
    run_id = agent.run("file").id
    wait_until(agent, run_id, has_come)
    with agent.client() as ask:
        held = ask(commands.suspend_run(run_id))
    server.wait_until(lambda: server.open == 0)
    agent.kill()
    server.on("/file.bin", scripts.serve(FILE))
    agent.start()
    shown = agent.show(run_id)
    assert (held.state, shown.state) == ("suspended", "suspended")
    assert shown.receipt is not None
    assert shown.receipt == held.receipt
    assert shown.receipt.done > 0
    asked = len(server.requests)
    with agent.client() as ask:
        ask(commands.resume_run(run_id))
    assert agent.wait(run_id).state == "completed"
    assert digest(folder / "file.bin") == FILE.sha256
    assert server.requests[asked].first > 0


def test_the_log_goes_on_where_it_was(agent: Living, server: Server, folder: Path) -> None:
    url = server.on("/file.bin", stalling(STEP))
    add_download(agent, url, folder)
    run_id = agent.run("file").id
    agent.wait_for_text(run_id, "200 OK")
    agent.kill()
    server.on("/file.bin", scripts.serve(FILE))
    agent.start()
    agent.wait(run_id)
    agent.stop()
    agent.start()
    log = agent.log(run_id)
    assert log.count(f"GET {url}") == 2
    assert log.index("200 OK") < log.index("are there: ")


def test_a_sent_file_arrives_though_the_agent_was_killed(
    agent: Living, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "report.pdf").write_bytes(FILE.content[:MIB])
    url = server.on("/inbox", scripts.silence, scripts.say(201))
    payload = {"url": url, "file": str(tmp_path / "report.pdf"), "protocol": "plain"}
    agent.register("report", "upload", payload, ())
    run_id = agent.run("report").id
    server.wait_until(lambda: len(server.requests) == 1)
    agent.kill()
    agent.start()
    ended = agent.wait(run_id)
    assert ended.state == "completed"
    assert ended.result == {"status": 201, "bytes": MIB, "location": None}
