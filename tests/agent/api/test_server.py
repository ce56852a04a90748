"""The server: its socket, its start and end, and the application without it."""

from __future__ import annotations

import asyncio
import contextlib
import stat
import subprocess
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import get_args

import pytest

from bgtasks_gui.agent import bus, wallclock
from bgtasks_gui.agent.api import server
from bgtasks_gui.core import errors
from bgtasks_gui.wire import routes
from tests.agent.api.fakes import scripted


async def test_socket_and_folder_are_private(served: scripted.Served) -> None:
    assert stat.S_IMODE(served.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(served.path.parent.stat().st_mode) == 0o700


async def test_an_open_folder_is_closed(home: Path) -> None:
    (home / "run").mkdir(mode=0o755)
    one = scripted.Served(home, wallclock.WallClock())
    await one.server.start()
    assert stat.S_IMODE((home / "run").stat().st_mode) == 0o700
    await one.server.stop()


async def test_a_leftover_socket_is_replaced(home: Path) -> None:
    one = scripted.Served(home, wallclock.WallClock())
    one.path.parent.mkdir()
    one.path.write_text("left by a crash")
    await one.server.start()
    talker = await one.talk()
    assert (await talker.ask("GET", "/v1/health")).status == 200
    await talker.close()
    await one.server.stop()
    assert not one.path.exists()


async def test_a_socket_that_cannot_be_made_is_told(home: Path) -> None:
    deep = home / ("x" * 200)
    one = scripted.Served(deep, wallclock.WallClock())
    with pytest.raises(errors.HomeUnusable, match="cannot be a socket"):
        await one.server.start()
    await one.server.stop()


async def test_a_folder_that_is_none_is_told(home: Path) -> None:
    (home / "run").write_text("")
    one = scripted.Served(home, wallclock.WallClock())
    with pytest.raises(errors.HomeUnusable, match=str(home / "run")):
        await one.server.start()


async def test_the_socket_of_another_agent_is_left_alone(served: scripted.Served) -> None:
    served.path.unlink()
    served.path.write_text("of another agent")
    await served.server.stop()
    assert served.path.read_text() == "of another agent"


async def test_stop_lets_a_request_finish(served: scripted.Served, talker: scripted.Talker) -> None:
    held = asyncio.Event()
    served.door.before = held.wait
    asked = asyncio.create_task(talker.ask("GET", "/v1/health"))
    await served.door.entered.wait()
    stopping = asyncio.create_task(served.server.stop(grace_s=scripted.PATIENCE_S))
    await asyncio.sleep(0)
    with pytest.raises(OSError, match=r"refused|No such file"):
        await served.talk()
    held.set()
    answer = await asked
    assert (answer.status, answer.headers.get("connection")) == (200, "close")
    await stopping


async def test_stop_cuts_off_what_takes_too_long(
    served: scripted.Served, talker: scripted.Talker, caplog: pytest.LogCaptureFixture
) -> None:
    served.door.before = asyncio.Event().wait
    asked = asyncio.create_task(talker.ask("GET", "/v1/runs/r/log?wait=30"))
    await served.door.entered.wait()
    await served.server.stop(grace_s=0.01)
    answer = await asked
    assert (answer.status, answer.error["code"]) == (503, "agent_unreachable")
    assert "Traceback" not in caplog.text


async def test_stop_cuts_off_whoever_does_not_read(
    served: scripted.Served, talker: scripted.Talker
) -> None:
    served.door.answer = "x" * 4_000_000
    await talker.send("GET", "/v1/health")
    await served.door.entered.wait()
    await served.server.stop(grace_s=0.01)
    with contextlib.suppress(ConnectionError):
        assert len(await talker.reader.read()) < 4_000_000


async def test_stop_closes_idle_connections_and_may_come_twice(
    served: scripted.Served, talker: scripted.Talker
) -> None:
    await talker.ask("GET", "/v1/health")
    await served.server.stop()
    await served.server.stop()
    async with asyncio.timeout(scripted.PATIENCE_S):
        assert await talker.reader.read() == b""


async def test_it_can_start_again_on_the_same_path(home: Path) -> None:
    for _ in range(2):
        one = scripted.Served(home, wallclock.WallClock())
        await one.server.start()
        talker = await one.talk()
        assert (await talker.ask("GET", "/v1/health")).status == 200
        await talker.close()
        await one.server.stop()


async def test_the_application_answers_in_process() -> None:
    door = scripted.Door(answer=[1])
    doors = dict.fromkeys(get_args(routes.Subject), door)
    app = server.make_app(doors, bus.Bus(), view=scripted.view, clock=wallclock.WallClock())
    sent: list[MutableMapping[str, object]] = []

    async def receive() -> MutableMapping[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, object]) -> None:
        sent.append(message)

    # Without "raw_path", which a caller need not give.
    scope = {"type": "http", "method": "GET", "path": "/v1/tasks/50 % ä"}
    await app({**scope, "query_string": b"", "headers": []}, receive, send)
    assert (sent[0]["status"], sent[1]["body"]) == (200, b"[1]")
    assert door.asked == [("show", ("50 % ä",), {})]
    app.close()


async def test_the_document_is_served(talker: scripted.Talker) -> None:
    answer = await talker.ask("GET", "/openapi.json")
    assert answer.status == 200
    assert b'"openapi":"3.1.0"' in answer.body


def test_importing_it_brings_in_no_http_library() -> None:
    code = "import bgtasks_gui.agent.api.server, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"uvicorn", "starlette", "click", "httptools"} & set(done.stdout.split()) == set()
