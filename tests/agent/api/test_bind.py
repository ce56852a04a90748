"""Requests become calls of doors, and answers JSON; what is wrong with one is said."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from bgtasks_gui.agent.api import bind
from bgtasks_gui.core import errors, tasks
from bgtasks_gui.wire import routes, shapes
from tests.agent.api.fakes import scripted

SPEC = b'{"name":"n","kind":"command","payload":{"argv":["true"]}}'
#: What is sent where something has to be.
BODIES: dict[type, bytes] = {
    tasks.TaskSpec: SPEC,
    shapes.ProgressRequest: b'{"notification_id":1,"title":"t","file_name":"f","value":1}',
    shapes.FrontRequest: b'{"owner":"o","front":true}',
}


async def test_a_route_calls_its_method_with_path_query_and_body(
    served: scripted.Served, talker: scripted.Talker
) -> None:
    answer = await talker.ask("POST", "/v1/tasks?if_exists=replace", SPEC)
    assert answer.status == 201
    assert answer.headers["content-type"] == "application/json"
    assert answer.json == {"paused": False, "until": None}
    (name, arguments, options) = served.door.asked[0]
    assert (name, arguments) == ("register", ())
    assert options["query"] == shapes.RegisterQuery(if_exists="replace")
    body = options["body"]
    assert isinstance(body, tasks.TaskSpec)
    assert bytes(body.payload) == b'{"argv":["true"]}'


@pytest.mark.parametrize("route", routes.ROUTES, ids=lambda route: f"{route.method} {route.path}")
async def test_every_route_is_bound(
    served: scripted.Served, talker: scripted.Talker, route: routes.Route
) -> None:
    body = None if route.body is None else BODIES.get(route.body)
    path = route.path.replace("{", "").replace("}", "")
    answer = await talker.ask(route.method, path, body)
    assert answer.status == route.status
    name, arguments, options = served.door.asked[0]
    assert name == route.name
    assert arguments == tuple(part[1:-1] for part in route.path.split("/") if part[:1] == "{")
    assert set(options) == {
        word for word, type_ in (("query", route.query), ("body", route.body)) if type_
    }


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("/v1/tasks/a%2Fb", "a/b"),
        ("/v1/tasks/100%25", "100%"),
        ("/v1/tasks/%2525", "%25"),
        ("/v1/tasks/a%3Fb%23c+d", "a?b#c+d"),
        ("/v1/tasks/%C3%A4%20%E2%9C%93", "ä ✓"),
        ("/v1/tasks/..", ".."),
    ],
)
async def test_a_name_may_hold_anything(
    served: scripted.Served, talker: scripted.Talker, target: str, name: str
) -> None:
    assert (await talker.ask("GET", target)).status == 200
    assert served.door.asked[0][1] == (name,)


async def test_an_empty_body_is_a_body_of_defaults(
    served: scripted.Served, talker: scripted.Talker
) -> None:
    await talker.ask("POST", "/v1/runs/r/cancel")
    await talker.ask("POST", "/v1/runs/r/cancel", b"")
    assert [one[2]["body"] for one in served.door.asked] == [shapes.ActionRequest()] * 2


async def test_null_is_an_answer(served: scripted.Served, talker: scripted.Talker) -> None:
    served.door.answer = None
    assert (await talker.ask("GET", "/v1/runs/r")).body == b"null"


async def test_head_is_get_without_the_body(talker: scripted.Talker) -> None:
    talker.writer.write(b"HEAD /v1/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    answer = await talker.reader.read()
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"content-length: 29\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("method", "target", "body", "told"),
    [
        ("GET", "/", None, (404, "unknown_path", None)),
        ("GET", "/v1/tasks/", None, (404, "unknown_path", None)),
        ("GET", "/v1/tasks/a/b", None, (404, "unknown_path", None)),
        ("GET", "/v2/health", None, (404, "unknown_path", None)),
        ("PATCH", "/v1/tasks", None, (405, "method_not_allowed", None)),
        ("POST", "/openapi.json", None, (405, "method_not_allowed", None)),
        ("GET", "/v1/tasks/%ff", None, (400, "malformed", "path")),
        ("POST", "/v1/tasks", b"{]", (400, "malformed", "body")),
        ("POST", "/v1/tasks", b"\xff", (400, "malformed", "body")),
        ("POST", "/v1/tasks", b'{"payload":' + b"[" * 99_999, (400, "malformed", "body")),
        ("POST", "/v1/runs/r/cancel", b'{"reason":"\\ud800"}', (400, "malformed", "body")),
        ("POST", "/v1/tasks/t/run", b'{"arguments":"\\ud800"}', (400, "malformed", "body")),
        ("POST", "/v1/tasks", b"{}", (422, "invalid_field", "name")),
        ("POST", "/v1/tasks", b"[]", (422, "invalid_field", "body")),
        ("POST", "/v1/tasks", SPEC[:-1] + b',"flx":1}', (422, "invalid_field", "flx")),
        ("POST", "/v1/tasks", SPEC[:-1] + b',"retry":{"x":1}}', (422, "invalid_field", "retry.x")),
        ("POST", "/v1/tasks", SPEC[:-1] + b',"group":1}', (422, "invalid_field", "group")),
        ("POST", "/v1/tasks?if_exists=x", SPEC, (422, "invalid_field", "if_exists")),
        ("GET", "/v1/tasks?limit=x", None, (422, "invalid_field", "limit")),
        ("GET", "/v1/tasks?limt=1", None, (422, "invalid_field", "limt")),
        ("GET", "/v1/tasks?limit=1&limit=2", None, (422, "invalid_field", "limit")),
        ("GET", "/v1/health?x=1", None, (422, "invalid_field", "x")),
        ("GET", f"/v1/runs/r/log?offset={10**30}", None, (422, "invalid_field", "offset")),
    ],
)
async def test_what_is_wrong_is_said(
    served: scripted.Served,
    talker: scripted.Talker,
    method: str,
    target: str,
    body: bytes | None,
    told: tuple[int, str, str | None],
) -> None:
    answer = await talker.ask(method, target, body)
    assert (answer.status, answer.error["code"], answer.error["field"]) == told
    assert str(answer.error["message"]).endswith(".")
    assert served.door.asked == []
    # The connection is as good as before.
    assert (await talker.ask("GET", "/v1/health")).status == 200


async def test_a_refused_method_names_those_that_are_answered(talker: scripted.Talker) -> None:
    answer = await talker.ask("OPTIONS", "/v1/tasks/t")
    assert answer.headers["allow"] == "GET, PUT, DELETE"


@pytest.mark.parametrize("is_chunked", [False, True], ids=["declared", "chunked"])
async def test_a_body_of_five_mebibytes_is_refused(
    served: scripted.Served, talker: scripted.Talker, is_chunked: bool
) -> None:
    body = b'{"name":"' + b"x" * (5 * 1024 * 1024) + b'"}'
    if is_chunked:
        head = b"POST /v1/tasks HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
        talker.writer.write(head + b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n")
        answer = await talker.reader.readuntil(b"}}")
        assert answer.startswith(b"HTTP/1.1 413 ")
    else:
        answer = await talker.ask("POST", "/v1/tasks", body)
        assert (answer.status, answer.error["code"]) == (413, "too_large")
        assert "4,194,304 bytes" in str(answer.error["message"])
        assert (await talker.ask("GET", "/v1/health")).status == 200
    assert [one[0] for one in served.door.asked] in ([], ["health"])


async def test_the_largest_body_is_read(served: scripted.Served, talker: scripted.Talker) -> None:
    fill = routes.MAX_BODY_BYTES - len(b'{"reason":""}')
    answer = await talker.ask("POST", "/v1/runs/r/cancel", b'{"reason":"%s"}' % (b"x" * fill))
    assert answer.status == 200
    assert served.door.asked[0][2]["body"] == shapes.ActionRequest(reason="x" * fill)


async def test_errors_of_a_door_are_answers(
    served: scripted.Served, talker: scripted.Talker
) -> None:
    served.door.failure = errors.TaskNotFound("There is no task 'x'.", field="task")
    answer = await talker.ask("GET", "/v1/tasks/x")
    assert (answer.status, answer.json) == (
        404,
        {"error": {"code": "task_not_found", "message": "There is no task 'x'.", "field": "task"}},
    )


async def test_a_bug_is_told_in_general_words_and_logged(
    served: scripted.Served, talker: scripted.Talker, caplog: pytest.LogCaptureFixture
) -> None:
    served.door.failure = ZeroDivisionError("secret detail")
    answer = await talker.ask("GET", "/v1/health")
    assert (answer.status, answer.error["code"]) == (500, "internal")
    assert "secret detail" not in answer.body.decode()
    assert "ZeroDivisionError: secret detail" in caplog.text


async def test_an_answer_that_is_no_json_is_a_bug(
    served: scripted.Served, talker: scripted.Talker, caplog: pytest.LogCaptureFixture
) -> None:
    served.door.answer = object()
    assert (await talker.ask("GET", "/v1/health")).status == 500
    assert "Encoding objects" in caplog.text


async def test_a_client_that_leaves_before_its_body_calls_nothing(
    served: scripted.Served, talker: scripted.Talker
) -> None:
    talker.writer.write(b"POST /v1/tasks HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{")
    await talker.close()
    other = await served.talk()
    assert (await other.ask("GET", "/v1/health")).status == 200
    await other.close()
    assert [one[0] for one in served.door.asked] == ["health"]


async def test_requests_of_other_connections_do_not_wait(
    served: scripted.Served, talker: scripted.Talker
) -> None:
    held = asyncio.Event()
    served.door.before = held.wait
    slow = asyncio.create_task(talker.ask("GET", "/v1/health"))
    await served.door.entered.wait()
    served.door.before = None
    other = await served.talk()
    assert (await other.ask("GET", "/v1/system")).status == 200
    held.set()
    assert (await slow).status == 200
    await other.close()


def test_a_door_that_lacks_a_method_is_met_at_the_start() -> None:
    class Health:
        async def health(self) -> None: ...

    with pytest.raises(AttributeError, match="list"):
        bind.bind({"tasks": object(), "runs": object(), "system": Health()})


def test_a_request_without_query_gives_none() -> None:
    assert bind.read_query({"query_string": b""}, None) is None


def test_an_empty_parameter_is_an_empty_text() -> None:
    query = bind.read_query({"query_string": b"group=&after=%C3%A4+b"}, shapes.TasksQuery)
    assert query == shapes.TasksQuery(group="", after="ä b")
    assert isinstance(query, msgspec.Struct)


@pytest.mark.parametrize(
    ("target", "body", "status", "code"),
    [
        ("/v1/continuous", b'{"modes":[1]}', 400, "bad_parameter"),
        ("/v1/continuous", b'{"colour":"red"}', 400, "bad_parameter"),
        ("/v1/continuous", b"{", 400, "malformed"),
        ("/v1/tasks/t/run", b'{"colour":"red"}', 422, "invalid_field"),
    ],
)
async def test_wrong_types_have_a_code_of_their_own_in_the_background(
    talker: scripted.Talker, target: str, body: bytes, status: int, code: str
) -> None:
    answer = await talker.ask("POST", target, body)
    assert (answer.status, answer.error["code"]) == (status, code)
