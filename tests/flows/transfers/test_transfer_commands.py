"""Downloads and uploads by the command, with a real agent and a real server."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgtasks_gui.client import commands, results
from tests.faults.support import scripts
from tests.faults.support import server as servers
from tests.faults.support.certificates import Authority
from tests.faults.support.entities import Entity, make_content
from tests.faults.support.server import Server
from tests.flows.line import CANCELED, DONE, FAILED, NOT_FOUND, USAGE, Line
from tests.flows.living import PATIENCE_S, Living

MIB = 1024 * 1024
FILE = Entity(make_content(2 * MIB))
ZEROS = f"sha256:{'0' * 64}"
INTERRUPTED = 130


@pytest.fixture
def server() -> Iterator[Server]:
    with servers.running() as one:
        yield one


@pytest.fixture
def work(bgtasks: Line, tmp_path: Path) -> Path:
    """The folder the person is in."""
    made = tmp_path / "work"
    made.mkdir()
    bgtasks.cwd = made
    return made


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def half(server: Server, path: str = "/half.bin") -> str:
    """An address of which one half comes, and the rest when the server is released."""
    return server.on(path, scripts.serve(FILE, by=scripts.stall_after(MIB)))


def await_half(server: Server, path: str = "/half.bin") -> None:
    server.wait_until(lambda: any(one.sent >= MIB for one in server.asked(path)))


def await_received(agent: Living) -> None:
    """Return once the one run there is has that half."""
    with agent.client() as ask:
        [run] = ask(commands.list_runs())
        with contextlib.closing(results.watch_run_blocking(ask, run.id)) as changes:
            assert any(one.progress is not None and one.progress.done >= MIB for one in changes)


# get


def test_a_file_is_fetched_and_its_path_printed(
    agent: Living, bgtasks: Line, server: Server, work: Path
) -> None:
    url = server.on("/file.bin", scripts.serve(FILE))
    done = bgtasks("get", url)
    assert (done.code, done.out) == (DONE, f"{work}/file.bin\n")
    started, ended = done.err.splitlines()
    assert started == "Downloading file.bin from localhost."
    assert ended.startswith("file.bin: completed after ")
    assert (work / "file.bin").read_bytes() == FILE.content
    assert bgtasks("get", url).out == f"{work}/file (1).bin\n"
    assert bgtasks("get", url, "-o", "sub/x", "--checksum", f"SHA256:{FILE.sha256}").code == DONE
    assert names(work / "sub") == ["x"]
    run = bgtasks("get", url, "-o", "there/", "--json").json
    assert run["result"] == {"path": f"{work}/there/file.bin", "bytes": 2 * MIB}
    assert run["receipt"]["checked"] == "the length is as announced"  # type: ignore[index]
    assert bgtasks("list", "--json").json == []
    assert len(bgtasks("runs", "--json").json) == 4


def test_to_standard_output(agent: Living, bgtasks: Line, server: Server, work: Path) -> None:
    url = server.on("/file.bin", scripts.serve(FILE))
    before = set(agent.home.root.iterdir())
    assert bgtasks("get", url, "-o", "-").raw == FILE.content
    wrong = bgtasks("get", url, "-o", "-", "--checksum", ZEROS)
    assert (wrong.code, wrong.raw) == (FAILED, b"")
    assert names(work) == []
    assert set(agent.home.root.iterdir()) == before
    assert bgtasks("list", "--json").json == []


def test_what_passes_is_told_and_waited_for(
    agent: Living, bgtasks: Line, server: Server, work: Path
) -> None:
    url = server.on(
        "/file.bin", scripts.say(503, retry_after="1"), scripts.serve(FILE, by=scripts.whole)
    )
    done = bgtasks("get", url)
    assert done.code == DONE
    _, waiting, goes_on, ended = done.err.splitlines()
    assert waiting.startswith("file.bin: waiting: the server answered 503")
    assert " It tries again " in waiting
    assert goes_on == "file.bin: goes on"
    assert "2 attempts" in ended


def test_ctrl_c_suspends_and_resume_goes_on(
    agent: Living, bgtasks: Line, server: Server, work: Path
) -> None:
    with bgtasks.begin("get", half(server)) as getting:
        await_half(server)
        await_received(agent)
        getting.send_signal(signal.SIGINT)
        out, err = getting.communicate(timeout=PATIENCE_S)
    assert (getting.returncode, out) == (INTERRUPTED, b"")
    said = err.decode().splitlines()[-1]
    assert said.startswith("half.bin: suspended at 1 of 2 MiB. Go on with: bgtasks resume ")
    server.wait_until(lambda: server.open == 0)
    run_id = said.rpartition(" ")[2]
    assert bgtasks("status", run_id, "--json").json["state"] == "suspended"
    assert "half.bin.part" in bgtasks("status", run_id).out
    server.release()
    assert bgtasks("resume", run_id).code == DONE
    assert agent.wait(run_id).state == "completed"
    assert (work / "half.bin").read_bytes() == FILE.content
    assert len(server.asked("/half.bin")) == 2


def test_ctrl_c_leaves_nothing_of_what_goes_to_standard_output(
    agent: Living, bgtasks: Line, server: Server, work: Path
) -> None:
    before = set(agent.home.root.iterdir())
    with bgtasks.begin("get", half(server), "-o", "-") as getting:
        await_half(server)
        getting.send_signal(signal.SIGINT)
        out, err = getting.communicate(timeout=PATIENCE_S)
    assert (getting.returncode, out) == (CANCELED, b"")
    assert b"half.bin: cancelled after " in err
    assert set(agent.home.root.iterdir()) == before
    assert bgtasks("list", "--json").json == []


@pytest.mark.parametrize(
    ("words", "option", "field", "said"),
    [
        (("ftp://localhost/x",), "URL", "url", "https:// or http://"),
        (("http://[localhost/x",), "URL", "url", "is no address"),
        (("http://localhost:0/x",), "URL", "url", "The port 0"),
        (("",), "URL", "url", "The address is empty"),
        (("http://localhost/x", "--checksum", "sha256:9f86"), "--checksum", "checksum",
         "has 64 digits, this one has 4"),
        (("http://localhost/x", "--checksum", "crc32:9f86"), "--checksum", "checksum", "sha256"),
        (("http://localhost/x", "-o", "/dev/null/x"), "--to", "to", "/dev/null"),
        (("http://localhost/x", "--cert", "missing.pem"), "--cert", "certificate", "missing.pem"),
        (("http://localhost/x", "--body", "missing"), "--body", "body", "There is no file"),
        (("http://localhost/x", "--header", "Host: b"), "--header", "headers.Host", "Host"),
        (("http://localhost/x", "--attempts", "0"), "--attempts", "attempts", "from 1"),
        (("http://localhost/x", "--segments", "99"), "--segments", "segments", "99"),
        (("http://localhost/x", "--proxy", "://"), "--proxy", "proxy", "is no proxy"),
    ],
)  # fmt: skip
def test_what_is_refused_at_once(
    agent: Living, bgtasks: Line, work: Path,
    words: tuple[str, ...], option: str, field: str, said: str,
) -> None:  # fmt: skip
    told = bgtasks("get", *words)
    assert (told.code, told.out) == (USAGE, "")
    assert told.err.startswith(f"Error: {option}: ")
    assert said in told.err
    assert told.err.count("\n") == 1
    in_json = bgtasks("get", *words, "--json")
    assert (in_json.code, in_json.error["field"]) == (USAGE, f"payload.{field}")
    assert bgtasks("list", "--json").json == []


def test_what_fails_says_why(agent: Living, bgtasks: Line, server: Server, work: Path) -> None:
    url = server.on("/file.bin", scripts.serve(FILE))
    for words, said in (
        (("http://nowhere.invalid/x",), "there is no host nowhere.invalid"),
        ((server.url("/missing"),), "the server answered 404 Not Found"),
        ((url, "--checksum", ZEROS), "its sha256 is"),
    ):
        told = bgtasks("get", *words)
        assert (told.code, told.out) == (FAILED, "")
        assert said in told.err.splitlines()[-1]
    assert names(work) == []
    assert bgtasks("list", "--json").json == []


@pytest.mark.parametrize("which", ["unknown", "expired", "of another host"])
def test_certificates_that_are_not_trusted(
    agent: Living, bgtasks: Line, work: Path, tmp_path: Path, which: str
) -> None:
    authority = Authority(tmp_path)
    context, why = {
        "unknown": (authority.good(), "this computer does not trust"),
        "expired": (authority.expired(), "it has expired"),
        "of another host": (authority.of_another_host(), "it is for another host"),
    }[which]
    trust = () if which == "unknown" else ("--cacert", str(authority.file))
    with servers.running(context) as server:
        url = server.on("/file.bin", scripts.serve(FILE))
        told = bgtasks("get", url, *trust)
        assert (told.code, told.out) == (FAILED, "")
        assert "the certificate of localhost is not valid" in told.err
        assert why in told.err
        if which == "unknown":
            assert bgtasks("get", url, "--cacert", str(authority.file)).code == DONE


# Tasks


def test_a_download_that_is_registered(
    agent: Living, bgtasks: Line, server: Server, work: Path
) -> None:
    url = server.on("/file.bin", scripts.serve(FILE))
    words = ("--to", "here/", "--header", "X-A: 1", "--header", "x-a: 2", "--request-timeout", "5s")
    made = bgtasks("add", "download", "file", url, *words, "--limit", "1.5MB/s", "--json").json
    payload = made["payload"]
    assert isinstance(payload, dict)
    assert (payload["to"], payload["rate"]) == (f"{work}/here/", 1_500_000)
    assert payload["headers"] == {"X-A": "1, 2"}
    done = bgtasks("run", "file", "--wait")
    assert done.code == DONE
    assert names(work / "here") == ["file.bin"]
    assert server.requests[0].named["x-a"] == "1, 2"
    status = bgtasks("status", "file").out
    assert f"File        {work}/here/file.bin\n" in status
    assert "Checked     the length is as announced\n" in status


def test_an_upload_that_is_registered(
    agent: Living, bgtasks: Line, server: Server, work: Path
) -> None:
    url = server.on("/inbox", scripts.say(201, b""))
    assert bgtasks("add", "upload", "up", "file.bin", url).err.startswith("Error: FILE: There is ")
    (work / "file.bin").write_bytes(FILE.content)
    made = bgtasks("add", "upload", "up", "file.bin", url, "--protocol", "plain", "--json").json
    assert made["payload"]["file"] == f"{work}/file.bin"  # type: ignore[index]
    assert bgtasks("run", "up", "--wait").code == DONE
    result = bgtasks("status", "up", "--json").json["result"]
    assert isinstance(result, dict)
    assert (result["status"], result["bytes"]) == (201, 2 * MIB)


# While they go on


def test_an_address_that_expired_is_replaced(
    agent: Living, bgtasks: Line, server: Server, work: Path
) -> None:
    cut = scripts.serve(FILE, by=scripts.cut_after(MIB))
    url = server.on("/old.bin", cut, scripts.say(403))
    told = bgtasks("get", url)
    assert (told.code, told.out) == (FAILED, "")
    said = told.err.splitlines()[-1]
    assert said.startswith("old.bin: stopped at 1 of 2 MiB. Suspended")
    assert "it needs a new address" in said
    run_id = said.partition("set-url ")[2].partition(" ")[0]
    wrong = bgtasks("set-url", run_id, "ftp://x")
    assert (wrong.code, wrong.err.partition(": ")[2][:4]) == (USAGE, "URL:")
    new = server.on("/new.bin", scripts.serve(FILE))
    moved = bgtasks("set-url", "old.bin", new)
    assert moved.code == DONE, moved.err
    assert moved.out.startswith("old.bin: goes on from the new address")
    assert agent.wait(run_id).state == "completed"
    assert (work / "old.bin").read_bytes() == FILE.content
    assert server.asked("/new.bin")[0].named["range"].startswith("bytes=")


def test_speeds_are_limited(agent: Living, bgtasks: Line, server: Server, work: Path) -> None:
    assert bgtasks("limit", "2M").out == "All transfers together: at most 2 MiB/s.\n"
    assert bgtasks("settings", "--json").json["rate_limit"] == 2 * MIB
    assert bgtasks("limit", "off").out == "All transfers together: no limit.\n"
    bgtasks("add", "download", "slow", half(server), "--to", str(work))
    run_id = agent.run("slow").id
    await_half(server)
    assert bgtasks("limit", "500K", run_id).out.startswith("slow: speed: at most 500 KiB/s; ")
    assert bgtasks("limit", "off", "slow", "--json").json["state"] == "running"
    server.release()
    assert agent.wait(run_id).state == "completed"
    ended = bgtasks("limit", "1M", run_id)
    assert (ended.code, ended.err) == (
        USAGE, "Error: The run has ended; run its task again.\n"
    )  # fmt: skip
    assert bgtasks("limit", "1M", "no-such").code == NOT_FOUND


def test_suspending_and_cancelling(
    agent: Living, bgtasks: Line, server: Server, work: Path
) -> None:
    bgtasks("add", "download", "half", half(server), "--to", str(work))
    run_id = agent.run("half").id
    await_half(server)
    assert bgtasks("suspend", "half").out.startswith("half: suspended. Suspended by you.")
    server.wait_until(lambda: server.open == 0)
    assert names(work) == ["half.bin.part"]
    assert bgtasks("cancel", run_id).out.startswith("half: cancelled")
    assert names(work) == []


def test_why_one_waits(agent: Living, bgtasks: Line, server: Server, work: Path) -> None:
    assert bgtasks("settings", "transfers_at_once=1").code == DONE
    bgtasks("add", "download", "first", half(server), "--to", str(work))
    bgtasks("add", "download", "second", half(server, "/other.bin"), "--to", str(work))
    first = agent.run("first").id
    await_half(server)
    second = agent.run("second").id
    agent.wait_until(second, "waiting")
    assert "1 of 1 transfers are under way." in bgtasks("why", "second").out
    assert "1 of 1 transfers are under way." in bgtasks("status", "second").out
    server.release()
    assert [agent.wait(one).state for one in (first, second)] == ["completed", "completed"]


def test_the_first_get_starts_the_agent(
    agent: Living, server: Server, bgtasks: Line, work: Path
) -> None:
    agent.stop()
    said = bgtasks("get", server.on("/first.bin", scripts.serve(FILE)))
    assert said.code == DONE
    assert said.err.startswith("Started the agent (pid ")
    assert (work / "first.bin").read_bytes() == FILE.content
    assert bgtasks("agent", "stop").code == DONE
