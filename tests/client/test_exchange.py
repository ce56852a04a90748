from __future__ import annotations

import errno
import inspect

import h11
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.client import commands, exchange
from bgtasks_gui.core import errors
from bgtasks_gui.wire import routes, shapes
from tests.client.conftest import http, pieces_of
from tests.client.support import little_agent

CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
ERRORS = [
    found
    for _, found in inspect.getmembers(errors, inspect.isclass)
    if issubclass(found, errors.UserError)
]


def received(*pieces: bytes) -> exchange.Exchange:
    """An exchange that asked and got these bytes."""
    one = exchange.Exchange()
    one.ask(commands.show_health())
    for piece in pieces:
        one.receive(piece)
    return one


def refusal(code: str, message: str, field: str | None) -> exchange.Answer:
    detail = shapes.ErrorDetail(code=code, message=message, field=field)
    return exchange.Answer(409, msgspec.json.encode(shapes.ErrorView(error=detail)))


# Asking


@pytest.mark.parametrize(
    "call",
    [
        commands.show_health(),
        commands.list_runs(task="a b", limit=3),
        commands.run_task("backup/x", {"word": "ä"}),
        commands.enable_task("t"),
        commands.remove_task("t", cancel=True),
        exchange.events_call(None),
    ],
    ids=lambda call: call.target,
)
def test_a_server_reads_the_request_that_was_meant(call: commands.Call[object]) -> None:
    server = h11.Connection(h11.SERVER)
    server.receive_data(exchange.Exchange().ask(call))
    request = server.next_event()
    assert (request.method.decode(), request.target.decode()) == (call.method, call.target)
    body = b""
    while isinstance(event := server.next_event(), h11.Data):
        body += event.data
    assert isinstance(event, h11.EndOfMessage)
    assert body == (call.body or b"")
    assert dict(request.headers).get(b"content-type") == (
        None if call.body is None else b"application/json"
    )


def test_the_stream_is_asked_for_by_its_path_and_number() -> None:
    assert exchange.events_call(None).target == routes.EVENTS_PATH
    assert exchange.events_call(7).target == f"{routes.EVENTS_PATH}?after=7"
    assert b"accept: text/event-stream\r\n" in exchange.Exchange().ask(exchange.events_call(7))


def test_a_body_the_agent_would_not_read_is_not_sent() -> None:
    fits = commands.run_task("t", {"text": "x" * (routes.MAX_BODY_BYTES - 30)})
    assert exchange.Exchange().ask(fits)
    large = commands.run_task("t", {"text": "x" * routes.MAX_BODY_BYTES})
    with pytest.raises(errors.TooLarge, match=r"at most 4,194,304") as caught:
        exchange.Exchange().ask(large)
    assert caught.value.field == "body"


# Answers


@given(
    st.sampled_from(
        [
            http(b"abcde"),
            CHUNKED,
            b"HTTP/1.1 100 Continue\r\n\r\n" + http(b"abcde"),
            http(b"abcde", "200 OK", b"connection: close"),
        ]
    ),
    st.lists(st.integers(0, 10**6), max_size=10),
)
def test_the_answer_is_the_same_however_it_is_cut(text: bytes, cuts: list[int]) -> None:
    one = exchange.Exchange()
    one.ask(commands.show_health())
    body = b"".join(one.receive(piece) for piece in pieces_of(text, cuts) if piece)
    assert (one.status, body, one.is_complete) == (200, b"abcde", True)
    assert one.is_reusable == (b"close" not in text)


def test_one_connection_carries_one_exchange_after_the_other() -> None:
    one = exchange.Exchange()
    for number in range(3):
        assert one.ask(commands.show_health()).startswith(b"GET /v1/health HTTP/1.1\r\n")
        assert (one.status, one.is_complete) == (0, False)
        assert one.receive(http(b"%d" % number)) == b"%d" % number
        assert one.is_reusable


def test_an_answer_may_end_with_its_connection() -> None:
    one = received(b"HTTP/1.1 200 OK\r\n\r\nabc", b"")
    assert one.is_complete
    assert not one.is_reusable


def test_a_connection_with_bytes_nobody_asked_for_is_not_used_again() -> None:
    one = received(http(b"ab") + b"HTTP/1.1 200 OK\r\n")
    assert one.is_complete
    assert not one.is_reusable


@pytest.mark.parametrize(
    ("pieces", "sentence"),
    [
        ([b""], "closed the connection without an answer"),
        ([b"HTTP/1.1 200 OK\r\ncontent-le", b""], "went away in the middle"),
        ([http(b"abc")[:-1], b""], "went away in the middle"),
        ([CHUNKED[:-7], b""], "went away in the middle"),
        ([b"\x00garbage\r\n\r\n"], "cannot be read"),
        ([b"SSH-2.0-OpenSSH\r\n\r\n"], "cannot be read"),
        ([CHUNKED.replace(b"3\r\n", b"xyz\r\n")], "cannot be read"),
        ([b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 50_000], "cannot be read"),
    ],
)
def test_what_is_no_whole_answer_is_told(pieces: list[bytes], sentence: str) -> None:
    with pytest.raises(errors.AgentUnreachable, match=sentence):
        received(*pieces)


def test_only_a_connection_that_was_let_go_is_asked_again_on_another() -> None:
    read, run = commands.show_health(), commands.run_task("t")
    lost = errors.AgentUnreachable()
    late = errors.AgentUnreachable()
    late.__cause__ = TimeoutError()
    silent = received()
    assert silent.may_repeat(read, lost)
    assert not silent.may_repeat(run, lost)
    assert not silent.may_repeat(read, late)
    assert not received(b"H").may_repeat(read, lost)


# Meaning


def test_the_answer_is_the_value_that_was_asked_for() -> None:
    run = little_agent.make_run("r1", state="completed", result={"n": 1})
    body = msgspec.json.encode([run])
    assert exchange.read_answer(commands.list_runs(), exchange.Answer(200, body)) == (run,)
    assert exchange.read_answer(commands.show_run("r"), exchange.Answer(200, b"null")) is None


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"id":1}', b"\xff\xfe"])
def test_a_value_that_cannot_be_read_is_told(body: bytes) -> None:
    with pytest.raises(errors.AgentUnreachable, match="cannot be read"):
        exchange.read_answer(commands.show_run("r"), exchange.Answer(200, body))


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.code)
@pytest.mark.parametrize("field", [None, "triggers[0].zone"])
def test_each_error_comes_back_as_its_own_class(
    kind: type[errors.UserError], field: str | None
) -> None:
    with pytest.raises(errors.UserError) as caught:
        exchange.read_answer(commands.show_health(), refusal(kind.code, "No.", field))
    error = caught.value
    assert (type(error), error.message, error.field, error.code) == (kind, "No.", field, kind.code)


def test_an_error_of_a_newer_agent_keeps_its_words() -> None:
    error = exchange.error_of(refusal("internal", "Something went wrong.", None))
    assert type(error) is errors.UserError
    assert (error.message, error.code) == ("Something went wrong.", "internal")
    assert errors.UserError.code == "invalid"


@pytest.mark.parametrize("body", [b"", b"Internal Server Error", b'{"detail":"x"}'])
def test_an_error_without_words_names_its_status(body: bytes) -> None:
    error = exchange.error_of(exchange.Answer(500, body))
    assert isinstance(error, errors.AgentUnreachable)
    assert "status 500" in error.message


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file"), exchange.NOT_RUNNING),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), exchange.NOT_RUNNING),
        (ConnectionResetError(errno.ECONNRESET, "reset"), exchange.NOT_RUNNING),
        (BrokenPipeError(errno.EPIPE, "broken"), exchange.NOT_RUNNING),
        (TimeoutError(), "The agent did not answer within 2.5 s."),
        (BlockingIOError(errno.EAGAIN, "again"), "The agent did not answer within 2.5 s."),
        (
            PermissionError(errno.EACCES, "Permission denied"),
            "The agent cannot be reached: Permission denied.",
        ),
        (OSError("AF_UNIX path too long"), "The agent cannot be reached: AF_UNIX path too long."),
    ],
    ids=repr,
)
def test_a_failing_connection_is_told_in_words(failure: OSError, sentence: str) -> None:
    assert exchange.not_reached(failure, 2.5).message == sentence


def test_the_words_for_an_absent_agent() -> None:
    expected = "The agent is not running. Start it with: bgtasks agent start"
    assert expected == exchange.NOT_RUNNING
