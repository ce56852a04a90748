"""Acts by which a server takes a file, honestly or not, and a tus 1.0 server with faults."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Literal

from tests.faults.support.entities import Answer, make_answer, sha256
from tests.faults.support.server import Act, Exchange, Server

TUS = ("Tus-Resumable", "1.0.0")


def take(status: int = 201, body: bytes = b"") -> Act:
    """The whole body, then the answer."""
    return lambda exchange: exchange.answer(make_answer(status, body))


def answer_unread(status: int, *, stays: bool = False) -> Act:
    """An answer before the body is read; the connection is closed, or stays as it is."""

    def act(exchange: Exchange) -> None:
        exchange.begin(make_answer(status, connection="close"))
        if stays:
            exchange.wait()
        exchange.end()

    return act


def cut_in_body(size: int, *, reset: bool = False) -> Act:
    """Read so many bytes of the body, then end it."""

    def act(exchange: Exchange) -> None:
        _read(exchange, size)
        if reset:
            exchange.reset()
        else:
            exchange.cut()

    return act


def stall_in_body(size: int, act: Act) -> Act:
    """Read so many bytes, then nothing until released, and only then do the rest."""

    def stalling(exchange: Exchange) -> None:
        _read(exchange, size)
        exchange.wait()
        act(exchange)

    return stalling


def _read(exchange: Exchange, size: int) -> None:
    while exchange.request.received < size:
        piece = exchange.connection.read_some(size - exchange.request.received)
        if not piece:
            return
        exchange.request.received += len(piece)
        exchange.server.tell()


@dataclass
class _Resource:
    length: int
    metadata: str
    content: bytearray = field(default_factory=bytearray)


Fault = Literal["gone", "conflict", "mismatch", "wrong offset", "broken", "busy"]


class Tus:
    """A tus 1.0 server below a folder of a `Server`; each fault is for one PATCH, "" for none."""

    def __init__(self, server: Server, folder: str = "/files/") -> None:
        self._server = server
        self._folder = folder
        self._lock = threading.Lock()
        self._next = 1
        self.resources: dict[str, _Resource] = {}
        #: For the next PATCH requests, one each: what goes wrong, and after how many bytes.
        self.faults: list[tuple[Fault, int]] = []
        #: Bytes taken of a PATCH, at most; the rest is left to another.
        self.most: int | None = None
        self.url = server.on(folder, self._act)

    def content(self) -> bytes:
        """What the only resource holds."""
        [resource] = self.resources.values()
        return bytes(resource.content)

    def sha256(self) -> str:
        return sha256(self.content())

    def lose(self) -> None:
        """Forget all that was ever sent."""
        with self._lock:
            self.resources.clear()

    def shorten(self, size: int) -> None:
        """Forget what comes behind so many bytes."""
        for resource in self.resources.values():
            del resource.content[size:]

    def _act(self, exchange: Exchange) -> None:
        method = exchange.headers.get("x-http-method-override", exchange.request.method)
        do = {"OPTIONS": self._options, "POST": self._create, "HEAD": self._head,
              "PATCH": self._patch, "DELETE": self._delete}.get(method)  # fmt: skip
        if do is None:
            exchange.answer(_tus(405))
            return
        do(exchange)

    def _options(self, exchange: Exchange) -> None:
        about = {"Tus-Version": "1.0.0", "Tus-Extension": "creation,termination"}
        exchange.answer(_tus(204, **about))

    def _create(self, exchange: Exchange) -> None:
        length = int(exchange.headers["upload-length"])
        with self._lock:
            name, self._next = str(self._next), self._next + 1
            metadata = exchange.headers.get("upload-metadata", "")
            self.resources[self._folder + name] = _Resource(length, metadata)
        exchange.answer(_tus(201, Location=self._server.url(self._folder + name)))

    def _head(self, exchange: Exchange) -> None:
        resource = self.resources.get(exchange.request.path)
        if resource is None:
            exchange.answer(_tus(404))
            return
        has = {"Upload-Offset": str(len(resource.content)), "Upload-Length": str(resource.length)}
        exchange.answer(_tus(200, Cache_Control="no-store", **has))

    def _delete(self, exchange: Exchange) -> None:
        is_there = self.resources.pop(exchange.request.path, None)
        exchange.answer(_tus(204 if is_there else 404))

    def _patch(self, exchange: Exchange) -> None:
        fault, after = self.faults.pop(0) if self.faults else ("", 0)
        if fault in {"gone", "conflict", "mismatch", "busy"}:
            self._refuse(exchange, fault)
            return
        resource = self.resources.get(exchange.request.path)
        if resource is None:
            exchange.answer(_tus(404))
            return
        if int(exchange.headers["upload-offset"]) != len(resource.content):
            exchange.answer(_tus(409))
            return
        if fault == "broken":
            self._take(exchange, resource, after)
            exchange.cut()
            return
        self._take(exchange, resource, None)
        wrong = after if fault == "wrong offset" else 0
        exchange.begin(_tus(204, Upload_Offset=str(len(resource.content) + wrong)))

    def _refuse(self, exchange: Exchange, fault: str) -> None:
        if fault == "gone":
            self.lose()
        status = {"gone": 404, "conflict": 409, "mismatch": 460, "busy": 423}[fault]
        exchange.answer(_tus(status))

    def _take(self, exchange: Exchange, resource: _Resource, stop: int | None) -> None:
        """Keep what comes, up to where it shall stop, or as much as this server takes at once."""
        begun = len(resource.content)
        most = stop if stop is not None else self.most
        for piece in exchange.connection.pieces(exchange.headers):
            exchange.request.received += len(piece)
            room = len(piece) if most is None else begun + most - len(resource.content)
            resource.content += piece[:room]
            exchange.server.tell()
            if stop is not None and len(resource.content) >= begun + stop:
                return


def _tus(status: int, **headers: str) -> Answer:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    length = () if status == 204 else (("Content-Length", "0"),)
    return Answer(status, (TUS, *named, *length))
