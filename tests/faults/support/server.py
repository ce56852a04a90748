"""A server that answers by script: acts for each path, one a request, of which the last repeats."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from tests.faults.support import wire
from tests.faults.support.entities import Answer, make_answer
from tests.faults.support.wire import Connection, Gone, Request

#: Longest a test waits for what must happen, in seconds.
PATIENCE_S: Final = 20.0
#: Bytes of a body handed to the network at once.
STEP: Final = 64 * 1024


class Exchange:
    """One request, and the means to answer it well or badly."""

    def __init__(self, server: Server, connection: Connection, request: Request) -> None:
        self.server = server
        self.connection = connection
        self.request = request
        #: Whether the connection is used for another request.
        self.goes_on = request.named.get("connection", "").lower() != "close"

    @property
    def headers(self) -> dict[str, str]:
        return self.request.named

    def take_body(self, *, keep: bool = False) -> None:
        """Read what the client sends along."""
        if self.headers.get("expect", "").lower() == "100-continue":
            self.connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        wire.take_body(self.connection, self.request, keep=keep)

    def begin(self, answer: Answer) -> None:
        """Send status and headers."""
        self.request.status = answer.status
        self.server.tell()
        self.connection.send(answer.head)

    def send(self, body: bytes | memoryview) -> None:
        """Send bytes of the body."""
        rest = memoryview(body)
        while rest:
            piece, rest = rest[:STEP], rest[STEP:]
            # Counted first: nobody can then have received what was not counted.
            self.request.sent += len(piece)
            self.connection.send(piece)
            self.server.tell()

    def answer(self, answer: Answer) -> None:
        """Read the request's body and send the whole answer."""
        self.take_body()
        self.begin(answer)
        if self.request.method != "HEAD":
            self.send(answer.body)

    def wait(self, may_go_on: Callable[[], bool] | None = None) -> None:
        """Stand still until then, or until the test releases the server."""
        self.connection.wait(may_go_on or self.server.is_released)

    def end(self) -> None:
        """Close the connection in the proper way."""
        self.goes_on = False
        self.connection.end()

    def cut(self) -> None:
        """Close the connection without a word, also where TLS should have one."""
        self.goes_on = False
        self.connection.cut()

    def reset(self) -> None:
        """Break the connection."""
        self.goes_on = False
        self.connection.reset()


#: How one request is answered, and what is done to a connection before its first request.
Act = Callable[[Exchange], None]
Greeting = Callable[[Connection], None]


class Server:
    """A listening socket, a thread for each connection, and a list of all that was asked."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._lock = threading.Condition(threading.RLock())
        self._acts: dict[str, list[Act]] = {}
        self._greetings: list[Greeting] = []
        self._threads: list[threading.Thread] = []
        self._open: dict[int, Connection] = {}
        self._is_closing = False
        self._released = threading.Event()
        self._listening: socket.socket | None = None
        #: Everything that was asked, in order.
        self.requests: list[Request] = []
        #: Connections there ever were, and the most at once.
        self.connections = 0
        self.most_open = 0
        #: What went wrong in the server itself; a test must not pass with any.
        self.errors: list[BaseException] = []
        self.port = 0
        self.go_up()

    # What a test tells it

    def on(self, path: str, *acts: Act) -> str:
        """Answer requests for this path so, one act each; the last repeats. Gives the address."""
        with self._lock:
            self._acts[path] = list(acts)
        return self.url(path)

    def greet(self, *greetings: Greeting) -> None:
        """Do this to the next connections, one each, before anything is read."""
        with self._lock:
            self._greetings = list(greetings)

    def release(self) -> None:
        """Let all that stands still go on."""
        self._released.set()

    def hold(self) -> None:
        """Let the next that shall stand still do so, after a release."""
        self._released.clear()

    def go_down(self) -> None:
        """Refuse connections from now on; those there are stay."""
        listening, self._listening = self._listening, None
        if listening is not None:
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()

    def go_up(self) -> None:
        """Listen, again on the same port."""
        listening = self._listening = socket.create_server(("127.0.0.1", self.port), backlog=256)
        self.port = listening.getsockname()[1]
        self._start(self._accept, listening)

    def drop(self) -> None:
        """Break all connections that are open."""
        with self._lock:
            for connection in self._open.values():
                connection.cut()

    def close(self) -> None:
        self._is_closing = True
        self.go_down()
        self.release()
        self.drop()
        for thread in self._threads:
            thread.join(PATIENCE_S)
        if self.errors:
            raise self.errors[0]

    # What a test asks it

    def url(self, path: str, user: str = "") -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{user + '@' if user else ''}localhost:{self.port}{path}"

    @property
    def open(self) -> int:
        """Connections that are open now."""
        with self._lock:
            return len(self._open)

    @property
    def sent(self) -> int:
        """Bytes of bodies that went to the network."""
        return sum(request.sent for request in self.requests)

    def asked(self, path: str) -> list[Request]:
        """The requests for one path."""
        return [request for request in self.requests if request.path == path]

    def is_released(self) -> bool:
        return self._released.is_set()

    def tell(self) -> None:
        """Something changed that a test may wait for."""
        with self._lock:
            self._lock.notify_all()

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Return once it holds; it is looked at whenever something happens here."""
        assert self.wait_a_while(holds, PATIENCE_S), f"still not so; asked was {self.requests}"

    def wait_a_while(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Whether it came to hold within that time."""
        end = time.monotonic() + seconds
        with self._lock:
            while not holds():
                left = end - time.monotonic()
                if left <= 0:
                    return False
                self._lock.wait(min(left, 0.05))
        return True

    # The threads

    def _start(self, target: Callable[..., None], *given: object) -> None:
        thread = threading.Thread(target=target, args=given, name="faults-server", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = listening.accept()
                with self._lock:
                    self.connections += 1
                    connection = Connection(sock, self.connections, lambda: self._is_closing)
                    self._open[connection.number] = connection
                    self.most_open = max(self.most_open, len(self._open))
                    self._lock.notify_all()
                self._start(self._serve, connection)

    def _serve(self, connection: Connection) -> None:
        try:
            with contextlib.suppress(OSError, Gone):
                if greeting := self._next_greeting():
                    greeting(connection)
                if self._tls is not None:
                    connection.secure(self._tls)
                while self._answer_one(connection):
                    pass
        except BaseException as error:  # it belongs into the test, not into this thread
            self.errors.append(error)
        finally:
            connection.close()
            with self._lock:
                del self._open[connection.number]
                self._lock.notify_all()

    def _answer_one(self, connection: Connection) -> bool:
        request = wire.read_request(connection)
        if request is None:
            return False
        with self._lock:
            self.requests.append(request)
            self._lock.notify_all()
        exchange = Exchange(self, connection, request)
        self._next_act(request.path)(exchange)
        if not exchange.goes_on:
            connection.end()
        return exchange.goes_on

    def _next_act(self, path: str) -> Act:
        with self._lock:
            acts = self._acts.get(path) or self._longest_prefix(path)
            return acts.pop(0) if len(acts) > 1 else acts[0]

    def _longest_prefix(self, path: str) -> list[Act]:
        """Acts for a whole folder, which are registered with a slash at the end."""
        fitting = [each for each in self._acts if each.endswith("/") and path.startswith(each)]
        if not fitting:
            return [lambda exchange: exchange.answer(make_answer(404, b"nothing here"))]
        return self._acts[max(fitting, key=len)]

    def _next_greeting(self) -> Greeting | None:
        with self._lock:
            return self._greetings.pop(0) if self._greetings else None


@contextlib.contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server for the length of a block."""
    server = Server(tls)
    try:
        yield server
    finally:
        server.close()
