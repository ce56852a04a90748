"""The engine as its owner sees it: a thread that comes and goes, and calls that never wait."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bgtasks_gui.core import transfer_ports
from bgtasks_gui.core.transfers import Done, Record, Stopped
from bgtasks_gui.transfers.engine import Engine
from tests.faults.support import scripts
from tests.faults.support import server as servers
from tests.faults.support.entities import Entity, make_content
from tests.faults.support.scenarios import make_download
from tests.transfers.scripts import Listener

FILE = Entity(make_content(10_000))


@pytest.fixture
def server() -> Iterator[servers.Server]:
    with servers.running() as one:
        yield one


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
async def engine(listener: Listener) -> AsyncIterator[Engine]:
    made = Engine(asyncio.get_running_loop(), listener, linger_s=0.0)
    yield made
    await made.close()


def threads() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "transfers"]


async def no_threads() -> None:
    for thread in threads():
        await asyncio.to_thread(thread.join, 20.0)
    assert threads() == []


def get(engine: Engine, url: str, folder: Path, name: str = "run", **fields: object) -> None:
    engine.start(name, make_download(url, folder / f"{name}.bin", **fields), Record(url=url))


async def test_a_transfer(
    engine: Engine, listener: Listener, server: servers.Server, tmp_path: Path
) -> None:
    get(engine, server.on("/file", scripts.serve(FILE)), tmp_path)
    assert isinstance(await listener.end_of(), Done)
    assert (tmp_path / "run.bin").read_bytes() == FILE.content
    assert listener.records["run"].done == len(FILE.content)


async def test_no_thread_without_a_transfer(
    engine: Engine, listener: Listener, server: servers.Server, tmp_path: Path
) -> None:
    engine.limit(1000)
    engine.stop("unknown")
    engine.refresh()
    assert threads() == []
    engine.limit(None)
    url = server.on("/file", scripts.serve(FILE))
    for turn in range(1, 3):
        get(engine, url, tmp_path / str(turn))
        assert len(threads()) == 1
        await listener.end_of(count=turn)
        await no_threads()
    assert all(isinstance(each, Done) for each in listener.outcomes())


async def test_the_thread_stays_for_a_while(
    listener: Listener, server: servers.Server, tmp_path: Path
) -> None:
    engine = Engine(asyncio.get_running_loop(), listener)
    url = server.on("/file", scripts.serve(FILE))
    get(engine, url, tmp_path, "a")
    await listener.end_of("a")
    [thread] = threads()
    get(engine, url, tmp_path, "b")
    await listener.end_of("b")
    assert threads() == [thread]
    await engine.close()
    assert threads() == []
    await engine.close()


async def test_close_stops_all(
    engine: Engine, listener: Listener, server: servers.Server, tmp_path: Path
) -> None:
    url = server.on("/file", scripts.serve(FILE, by=scripts.stall_after(100)))
    for name in "abc":
        get(engine, url, tmp_path, name)
    await asyncio.to_thread(server.wait_until, lambda: len(server.requests) == 3)
    await engine.close()
    assert [listener.outcomes(name) for name in "abc"] == [[Stopped()]] * 3
    await asyncio.to_thread(server.wait_until, lambda: server.open == 0)
    assert threads() == []


async def test_a_limit_holds_for_what_starts_later(
    engine: Engine, listener: Listener, server: servers.Server, tmp_path: Path
) -> None:
    engine.limit(1000)
    get(engine, server.on("/file", scripts.serve(FILE)), tmp_path)
    await asyncio.to_thread(server.wait_until, lambda: server.sent == len(FILE.content))
    begin = time.monotonic()
    engine.limit(100_000)
    assert isinstance(await listener.end_of(), Done)
    assert time.monotonic() - begin < 10.0


async def test_many_at_once_end_once_each(
    engine: Engine, listener: Listener, server: servers.Server, tmp_path: Path
) -> None:
    url = server.on("/file", scripts.serve(FILE))
    names = [f"{number:03}" for number in range(100)]
    for name in names:
        get(engine, url, tmp_path, name)
    for name in names:
        assert isinstance(await listener.end_of(name), Done)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{name}.bin" for name in names]
    assert [len(listener.outcomes(name)) for name in names] == [1] * len(names)


async def test_a_start_from_within_the_end(
    engine: Engine, listener: Listener, server: servers.Server, tmp_path: Path
) -> None:
    """An owner that goes on at once finds the engine as it was."""
    url = server.on("/file", scripts.serve(FILE))
    told = listener.ended

    def go_on(*end: object) -> None:
        told(*end)  # type: ignore[arg-type]
        if len(listener.outcomes()) == 1:
            get(engine, url, tmp_path / "again")

    listener.ended = go_on  # type: ignore[method-assign]
    get(engine, url, tmp_path)
    assert isinstance(await listener.end_of(count=2), Done)


def test_it_is_what_its_owner_expects(listener: Listener) -> None:
    loop = asyncio.new_event_loop()
    engine: transfer_ports.TransferEngine = Engine(loop, listener)
    loop.run_until_complete(engine.close())
    loop.close()
