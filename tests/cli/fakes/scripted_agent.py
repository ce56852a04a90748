"""An agent for tests: a real HTTP server on the home's Unix socket that says what it is told."""

from __future__ import annotations

import http.server
import socketserver
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bgtasks_gui.core import errors
from bgtasks_gui.wire import codec, shapes

STATUSES = {errors.NotFound: 404, errors.DuplicateName: 409, errors.UserError: 422}

#: What is answered: a value, an error, or what makes one of the body that was sent.
Answer = object


class Asked:
    """One request that came."""

    def __init__(self, method: str, target: str, body: bytes) -> None:
        parts = urlsplit(target)
        self.method, self.path = method, parts.path
        self.query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self.body = codec.plain(body) if body else None

    @property
    def route(self) -> str:
        return f"{self.method} {self.path}"


class ScriptedAgent:
    """Answers each route as the test says, and keeps what it was asked."""

    def __init__(self, socket: Path) -> None:
        self.asked: list[Asked] = []
        self._answers: dict[str, Answer] = {}
        self.streams: list[list[shapes.EventView]] = []
        self._holding = threading.Event()
        self._holding.set()
        socket.parent.mkdir(parents=True, exist_ok=True)
        self._server = _Server(str(socket), _Handler)
        self._server.agent = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> ScriptedAgent:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def on(self, route: str, answer: Answer) -> None:
        """Answer a route, "GET /v1/tasks/backup", so."""
        self._answers[route] = answer

    def stream(self, *events: shapes.EventView) -> None:
        """What the next stream of events holds; then the agent goes away."""
        self.streams.append(list(events))

    def hold_stream(self) -> None:
        """Keep every stream of events open, without a word, until `let_go`."""
        self._holding.clear()

    def let_go(self) -> None:
        self._holding.set()

    def wait_while_held(self) -> None:
        self._holding.wait(timeout=60)

    def answer_of(self, route: str) -> Callable[[Asked], Answer]:
        """What answers a route now."""
        found = self._answers[route]
        assert callable(found)
        return found

    def said_to(self, route: str) -> list[Asked]:
        return [one for one in self.asked if one.route == route]

    def answer(self, asked: Asked) -> tuple[int, bytes]:
        self.asked.append(asked)
        found = self._answers.get(asked.route, errors.NotFound(f"no answer for {asked.route}"))
        if isinstance(found, Script):
            found = found.next()
        if callable(found):
            found = found(asked)
        if isinstance(found, errors.UserError):
            status = next(code for type_, code in STATUSES.items() if isinstance(found, type_))
            detail = shapes.ErrorDetail(code=found.code, message=found.message, field=found.field)
            return status, codec.encode(shapes.ErrorView(error=detail))
        return 200, codec.encode(found)


class Script:
    """One answer after the other; the last one stays."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)

    def next(self) -> Answer:
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    agent: ScriptedAgent


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        asked = Asked(self.command, self.path, body)
        if asked.path == "/v1/events":
            self._stream(asked)
            return
        status, text = self.server.agent.answer(asked)
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def _stream(self, asked: Asked) -> None:
        self.server.agent.asked.append(asked)
        streams = self.server.agent.streams
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for event in streams.pop(0) if streams else []:
            self.wfile.write(b"id: %d\ndata: %s\n\n" % (event.seq, codec.encode(event)))
        self.wfile.flush()
        self.server.agent.wait_while_held()
        self.close_connection = True

    def address_string(self) -> str:
        return "unix"

    def log_message(self, format: str, *args: object) -> None:
        return None
