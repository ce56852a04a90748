"""Acts by which a server gives a file, honestly or not."""

from __future__ import annotations

import base64
import gzip
import itertools
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tests.faults.support.entities import Answer, Entity, answer, make_answer
from tests.faults.support.server import Act, Exchange

#: What is changed about an honest answer, and how its body then gets to the network.
Twist = Callable[[Answer], Answer]
Delivery = Callable[[Exchange, bytes], None]

PAGE: Final = b"<html><title>Something went wrong</title></html>\n"


# How a body is delivered


def whole(exchange: Exchange, body: bytes) -> None:
    """All of it."""
    exchange.send(body)


def close_after(exchange: Exchange, body: bytes) -> None:
    """All of it, then the end of the connection."""
    exchange.send(body)
    exchange.end()


def cut_after(size: int) -> Delivery:
    """So many bytes, then FIN (in TLS without close_notify)."""

    def deliver(exchange: Exchange, body: bytes) -> None:
        exchange.send(body[:size])
        exchange.cut()

    return deliver


def reset_after(size: int) -> Delivery:
    """So many bytes, then RST as soon as the client has been given the chance to read them."""

    def deliver(exchange: Exchange, body: bytes) -> None:
        exchange.send(body[:size])
        exchange.reset()

    return deliver


def stall_after(size: int) -> Delivery:
    """So many bytes; the rest when the test releases the server."""

    def deliver(exchange: Exchange, body: bytes) -> None:
        exchange.send(body[:size])
        exchange.wait()
        exchange.send(body[size:])

    return deliver


def drip(step: int, turn: Callable[[], bool]) -> Delivery:
    """A little whenever it is its turn."""

    def deliver(exchange: Exchange, body: bytes) -> None:
        for start in range(0, len(body), step):
            exchange.wait(turn)
            exchange.send(body[start : start + step])

    return deliver


class Meter:
    """Lets so many bytes through as the test allows, over all connections together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: float = 0

    def allow(self, size: float) -> None:
        with self._lock:
            self._left += size

    @property
    def is_used_up(self) -> bool:
        return self._left < 1

    def _take(self, most: int) -> int:
        with self._lock:
            size = int(min(most, self._left))
            self._left -= size
            return size

    def __call__(self, exchange: Exchange, body: bytes) -> None:
        done = 0
        while done < len(body):
            exchange.wait(lambda: self._left >= 1)
            size = self._take(min(4096, len(body) - done))
            exchange.send(body[done : done + size])
            done += size


def chunked(size: int = 1000) -> Delivery:
    """In chunks of this size, well formed."""

    def deliver(exchange: Exchange, body: bytes) -> None:
        for start in range(0, len(body), size):
            piece = body[start : start + size]
            exchange.send(b"%x\r\n%b\r\n" % (len(piece), piece))
        exchange.send(b"0\r\n\r\n")

    return deliver


def broken_chunks(good: int, then: bytes) -> Delivery:
    """One good chunk, then what is none (b"" is the end of the connection)."""

    def deliver(exchange: Exchange, body: bytes) -> None:
        exchange.send(b"%x\r\n%b\r\n" % (good, body[:good]))
        exchange.send(then)
        exchange.cut()

    return deliver


# What is changed about an answer


def header(name: str, value: str | None) -> Twist:
    """One header set, or left out."""
    return lambda honest: honest.put(name, value)


def length_off(by: int) -> Twist:
    """A Content-Length that is wrong."""
    return lambda honest: honest.put("Content-Length", str(len(honest.body) + by))


def without_length(honest: Answer) -> Answer:
    """The end of the connection is the end of the body."""
    return honest.put("Content-Length", None).put("Connection", "close")


def in_chunks(honest: Answer) -> Answer:
    return honest.put("Content-Length", None).put("Transfer-Encoding", "chunked")


def range_off(start: int = 0, end: int = 0, total: int = 0, unit: str = "bytes") -> Twist:
    """A Content-Range that does not say what the body is."""

    def twist(honest: Answer) -> Answer:
        said = honest.header("Content-Range")
        if said is None:
            return honest
        span, _, size = said.removeprefix("bytes ").partition("/")
        first, _, last = span.partition("-")
        return honest.put(
            "Content-Range",
            f"{unit} {int(first) + start}-{int(last) + end}/{int(size) + total}",
        )

    return twist


def shifted(by: int) -> Twist:
    """A range that begins elsewhere than asked, and says so."""

    def twist(honest: Answer) -> Answer:
        if honest.status != 206:
            return honest
        body = honest.body[by:]
        moved = range_off(start=by)(replace(honest, body=body))
        return moved.put("Content-Length", str(len(body)))

    return twist


def short_by(size: int) -> Twist:
    """A range that ends before what was asked, and says so."""

    def twist(honest: Answer) -> Answer:
        if honest.status != 206:
            return honest
        body = honest.body[:-size]
        moved = range_off(end=-size)(replace(honest, body=body))
        return moved.put("Content-Length", str(len(body)))

    return twist


def squeezed(honest: Answer) -> Answer:
    """Compressed, though nobody asked for it."""
    body = gzip.compress(honest.body, mtime=0)
    less = replace(honest, body=body).put("Content-Encoding", "gzip")
    return less.put("Content-Length", str(len(body)))


def in_parts(honest: Answer) -> Answer:
    """The range as multipart/byteranges."""
    said = honest.header("Content-Range")
    if said is None:
        return honest
    body = (f"--x\r\nContent-Range: {said}\r\n\r\n").encode() + honest.body + b"\r\n--x--\r\n"
    parts = replace(honest, body=body).put("Content-Range", None)
    parts = parts.put("Content-Type", "multipart/byteranges; boundary=x")
    return parts.put("Content-Length", str(len(body)))


# Acts


def serve(entity: Entity, *twists: Twist, by: Delivery = whole) -> Act:
    """The entity, by range where that is asked for; honest but for what is given here."""

    def act(exchange: Exchange) -> None:
        exchange.take_body()
        given = answer(entity, exchange.headers)
        for twist in twists:
            given = twist(given)
        exchange.begin(given)
        if exchange.request.method != "HEAD":
            by(exchange, given.body)

    return act


def serve_whole(entity: Entity, *twists: Twist, by: Delivery = whole) -> Act:
    """The same without any notion of ranges."""
    return serve(entity.but(ranges=False), *twists, by=by)


def say(status: int, body: bytes = PAGE, **headers: str) -> Act:
    """A short answer."""
    return lambda exchange: exchange.answer(make_answer(status, body, **headers))


def redirect(to: str, status: int = 302) -> Act:
    return say(status, b"elsewhere\n", location=to)


def raw(content: bytes) -> Act:
    """These bytes for an answer, then the end."""

    def act(exchange: Exchange) -> None:
        exchange.take_body()
        exchange.send(content)
        exchange.end()

    return act


def endless(head: bytes, again: bytes) -> Act:
    """An answer whose head does not end."""

    def act(exchange: Exchange) -> None:
        exchange.connection.send(head)
        for _ in itertools.count():
            exchange.connection.send(again)

    return act


def silence(exchange: Exchange) -> None:
    """No answer, until released; then the end."""
    exchange.wait()
    exchange.cut()


def hang_up(exchange: Exchange) -> None:
    """The end of the connection for an answer."""
    exchange.cut()


def break_off(exchange: Exchange) -> None:
    """A reset for an answer."""
    exchange.reset()


def after(interim: bytes, act: Act) -> Act:
    """Interim answers (100, 103) before the one that counts."""

    def both(exchange: Exchange) -> None:
        exchange.connection.send(interim)
        act(exchange)

    return both


def then_close(act: Act) -> Act:
    """Close a connection that the answer promised to keep."""

    def both(exchange: Exchange) -> None:
        act(exchange)
        exchange.end()

    return both


def by_user(user: str, password: str, act: Act) -> Act:
    """Only for those with basic credentials."""
    right = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    refuse = say(401, www_authenticate='Basic realm="here"')

    def guarded(exchange: Exchange) -> None:
        (act if exchange.headers.get("authorization") == right else refuse)(exchange)

    return guarded
