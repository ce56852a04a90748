from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from bgtasks_gui.client import blocking, commands, exchange
from bgtasks_gui.core import errors
from bgtasks_gui.wire import shapes
from tests.client.conftest import ScriptedServer, http
from tests.client.support import little_agent

RUN = little_agent.make_run("r1")
RUN_ANSWER = http(msgspec.json.encode(RUN))
STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def frame(seq: int) -> bytes:
    event = shapes.EventView(seq=seq, at=little_agent.AT, type="system_changed")
    text = b"data: " + msgspec.json.encode(event) + b"\n\n"
    return b"%x\r\n%s\r\n" % (len(text), text)


def client_of(server: ScriptedServer, timeout_s: float = 10) -> blocking.BlockingClient:
    return blocking.BlockingClient(server.path, timeout_s=timeout_s)


# Calls


def test_calls_share_one_connection(scripted: ScriptedServer) -> None:
    scripted.play(scripted.keeps(RUN_ANSWER))
    with client_of(scripted) as client:
        assert client(commands.show_run("r1")) == RUN
        assert client(commands.run_task("t", {"n": 1})) == RUN
        assert client(commands.show_run("r1")) == RUN
    assert scripted.connections == 1
    assert scripted.requests[1].endswith(b'\r\n\r\n{"arguments":{"n":1}}')


def test_a_closed_client_connects_anew(scripted: ScriptedServer) -> None:
    scripted.play(scripted.keeps(RUN_ANSWER), scripted.keeps(RUN_ANSWER))
    client = client_of(scripted)
    client(commands.show_run("r1"))
    client.close()
    client(commands.show_run("r1"))
    client.close()
    client.close()
    assert scripted.connections == 2


@pytest.mark.parametrize("call", [commands.show_run("r1"), commands.run_task("t")])
def test_a_connection_the_agent_let_go_of_is_replaced(
    scripted: ScriptedServer, call: commands.Call[shapes.RunView]
) -> None:
    scripted.play(scripted.answers(RUN_ANSWER), scripted.answers(RUN_ANSWER))
    with client_of(scripted) as client:
        client(commands.show_run("r1"))
        await_end(client)
        assert client(call) == RUN
    assert scripted.connections == 2
    assert len(scripted.requests) == 2


def await_end(client: blocking.BlockingClient) -> None:
    """Wait until the agent's end of the kept connection has arrived."""
    kept = client._kept
    assert kept is not None
    kept._socket.settimeout(10)
    assert kept._socket.recv(1, socket.MSG_PEEK) == b""


def test_bytes_nobody_asked_for_are_not_taken_for_an_answer(scripted: ScriptedServer) -> None:
    def answers_twice(connection: socket.socket) -> None:
        scripted.hear(connection)
        connection.sendall(RUN_ANSWER + http(b"null"))
        connection.recv(1)

    scripted.play(answers_twice, scripted.keeps(RUN_ANSWER))
    with client_of(scripted) as client:
        assert client(commands.show_run("r1")) == RUN
        assert client(commands.show_run("r1")) == RUN
    assert scripted.connections == 2


def test_what_can_be_repeated_is_asked_again_when_the_connection_turns_out_stale(
    scripted: ScriptedServer,
) -> None:
    def answers_once(connection: socket.socket) -> None:
        scripted.hear(connection)
        connection.sendall(RUN_ANSWER)
        scripted.hear(connection)

    scripted.play(answers_once, scripted.keeps(RUN_ANSWER))
    with client_of(scripted) as client:
        client(commands.show_run("r1"))
        assert client(commands.show_run("r1")) == RUN
    assert scripted.connections == 2
    assert len(scripted.requests) == 3


def test_what_must_not_be_repeated_is_not(scripted: ScriptedServer) -> None:
    def answers_once(connection: socket.socket) -> None:
        scripted.hear(connection)
        connection.sendall(RUN_ANSWER)
        scripted.hear(connection)

    scripted.play(answers_once, scripted.keeps(RUN_ANSWER))
    with client_of(scripted) as client:
        client(commands.show_run("r1"))
        with pytest.raises(errors.AgentUnreachable, match="without an answer"):
            client(commands.run_task("t"))
    assert len(scripted.requests) == 2


def test_only_one_more_attempt_is_made(scripted: ScriptedServer) -> None:
    def answers_once(connection: socket.socket) -> None:
        scripted.hear(connection)
        connection.sendall(RUN_ANSWER)
        scripted.hear(connection)

    scripted.play(answers_once, scripted.answers(b""), scripted.keeps(RUN_ANSWER))
    with client_of(scripted) as client:
        client(commands.show_run("r1"))
        with pytest.raises(errors.AgentUnreachable):
            client(commands.show_run("r1"))
    assert scripted.connections == 2


def test_the_error_of_the_agent_is_raised_and_the_connection_kept(
    scripted: ScriptedServer,
) -> None:
    detail = shapes.ErrorDetail(code="run_not_found", message="There is no run.", field="run")
    refusal = http(msgspec.json.encode(shapes.ErrorView(error=detail)), "404 Not Found")
    scripted.play(scripted.keeps(refusal))
    with client_of(scripted) as client:
        for _ in range(2):
            with pytest.raises(errors.RunNotFound, match=r"There is no run\.") as caught:
                client(commands.show_run("r1"))
            assert caught.value.field == "run"
    assert scripted.connections == 1


# Trouble


def test_no_socket(socket_path: Path) -> None:
    client = blocking.BlockingClient(socket_path)
    with pytest.raises(errors.AgentUnreachable) as caught:
        client(commands.show_health())
    assert caught.value.message == exchange.NOT_RUNNING
    with pytest.raises(errors.AgentUnreachable):
        next(client.events())


def test_a_socket_nobody_listens_to(socket_path: Path) -> None:
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(socket_path))
    with pytest.raises(errors.AgentUnreachable, match="not running"):
        blocking.BlockingClient(socket_path)(commands.show_health())


def test_a_path_no_socket_can_have(tmp_path: Path) -> None:
    client = blocking.BlockingClient(tmp_path / ("x" * 200))
    with pytest.raises(errors.AgentUnreachable, match="cannot be reached"):
        client(commands.show_health())


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (b"", "without an answer"),
        (RUN_ANSWER[:-10], "in the middle"),
        (RUN_ANSWER[:20], "in the middle"),
        (b"garbage\r\n\r\n", "cannot be read"),
        (http(b"{}"), "cannot be read"),
        (http(b"oops", "500 Internal Server Error"), "status 500"),
    ],
)
def test_a_broken_answer_is_told_and_the_next_call_works(
    scripted: ScriptedServer, sent: bytes, sentence: str
) -> None:
    scripted.play(scripted.answers(sent), scripted.keeps(RUN_ANSWER))
    with client_of(scripted) as client:
        with pytest.raises(errors.AgentUnreachable, match=sentence):
            client(commands.show_run("r1"))
        assert client(commands.show_run("r1")) == RUN


@pytest.mark.parametrize("begun", [b"", RUN_ANSWER[:10], RUN_ANSWER[:-1]])
def test_an_answer_has_its_time(scripted: ScriptedServer, begun: bytes) -> None:
    scripted.play(scripted.silent(begun), scripted.keeps(RUN_ANSWER))
    with client_of(scripted, timeout_s=0.05) as client:
        with pytest.raises(errors.AgentUnreachable, match=r"did not answer within 0\.05 s"):
            client(commands.show_run("r1"))
        assert client(commands.show_run("r1")) == RUN


def test_a_slow_answer_does_not_win_time_byte_by_byte(scripted: ScriptedServer) -> None:
    def drip(connection: socket.socket) -> None:
        scripted.hear(connection)
        connection.settimeout(0.01)
        for byte in RUN_ANSWER:
            connection.sendall(bytes([byte]))
            with contextlib.suppress(TimeoutError):
                if not connection.recv(1):
                    return

    scripted.play(drip)
    with client_of(scripted, timeout_s=0.1) as client, pytest.raises(errors.AgentUnreachable):
        client(commands.show_run("r1"))


def test_a_large_request_and_answer(scripted: ScriptedServer) -> None:
    text = "x" * 3_000_000
    run = little_agent.make_run("r1", task_name=text)
    scripted.play(scripted.keeps(http(msgspec.json.encode(run))))
    with client_of(scripted) as client:
        assert client(commands.run_task("t", {"text": text})) == run


def test_an_agent_that_leaves_while_it_is_being_told(scripted: ScriptedServer) -> None:
    scripted.play(lambda connection: None, scripted.keeps(RUN_ANSWER))
    with client_of(scripted) as client:
        with pytest.raises(errors.AgentUnreachable, match="not running"):
            client(commands.run_task("t", {"text": "x" * 3_000_000}))
        assert client(commands.show_run("r1")) == RUN


# The stream


def test_events_come_one_by_one_and_leave_calls_alone(scripted: ScriptedServer) -> None:
    scripted.play(scripted.silent(STREAM + frame(8) + frame(9)[:20]), scripted.answers(RUN_ANSWER))
    with client_of(scripted) as client:
        events = client.events(after=7)
        assert next(events).seq == 8
        events.close()
        assert client(commands.show_run("r1")) == RUN
    assert scripted.requests[0].startswith(b"GET /v1/events?after=7 HTTP/1.1\r\n")


@pytest.mark.parametrize("end", [b"0\r\n\r\n", b"", b"5\r\nab"])
def test_the_stream_ends_with_the_agent(scripted: ScriptedServer, end: bytes) -> None:
    scripted.play(scripted.answers(STREAM + frame(1) + end))
    with client_of(scripted) as client:
        events = client.events()
        assert next(events).seq == 1
        with pytest.raises(errors.AgentUnreachable, match="went away"):
            next(events)


def test_a_refused_stream(scripted: ScriptedServer) -> None:
    detail = shapes.ErrorDetail(code="invalid_field", message="No number.", field="after")
    refusal = http(msgspec.json.encode(shapes.ErrorView(error=detail)), "422 X")
    scripted.play(scripted.answers(refusal[:-5] + refusal[-5:]))
    with client_of(scripted) as client, pytest.raises(errors.InvalidField, match="No number"):
        next(client.events(after=-1))


async def test_a_quiet_stream_outlives_the_timeout(
    agent: little_agent.LittleAgent, socket_path: Path
) -> None:
    def first_event(client: blocking.BlockingClient) -> int:
        with contextlib.closing(client.events(after=0)) as events:
            assert next(events).type == "hello"
            return next(events).seq

    async with little_agent.serving(agent.app, socket_path):
        client = blocking.BlockingClient(socket_path, timeout_s=0.05)
        waiting = asyncio.create_task(asyncio.to_thread(first_event, client))
        done, _ = await asyncio.wait([waiting], timeout=0.2)
        assert not done
        agent.tell("system_changed")
        assert await waiting == 1


# What it costs


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys, bgtasks_gui.client; print(*sys.modules); "
        "from bgtasks_gui.client import blocking, commands, results; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    package, everything = (set(line.split()) for line in done.stdout.splitlines())
    assert package.isdisjoint({"msgspec", "h11", "dataclasses", "pathlib"})
    assert everything.isdisjoint({"asyncio", "httpx", "ssl", "logging", "bgtasks_gui.wire.routes"})


def test_no_socket_is_left_open(scripted: ScriptedServer) -> None:
    scripted.play(scripted.silent(), scripted.answers(b"x\r\n\r\n"), scripted.silent(STREAM))
    with client_of(scripted, timeout_s=0.05) as client:
        for _ in range(2):
            with pytest.raises(errors.AgentUnreachable):
                client(commands.show_health())
    # A socket that was forgotten says so when it is collected, and fails the test.
    gc.collect()
