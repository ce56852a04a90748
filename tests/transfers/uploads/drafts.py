"""A server of resumable uploads as the IETF drafts them, with faults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from tests.faults.support.entities import Answer
from tests.faults.support.server import Exchange, Server

Fault = Literal["cut", "gone", "conflict", "silent", "late"]


class DraftServer:
    """Uploads below a folder of a `Server`; each fault is for one PATCH, after so many bytes."""

    def __init__(self, server: Server, *, limits: str = "", version: str = "") -> None:
        self._server = server
        self._about = {
            **({"Upload-Limit": limits} if limits else {}),
            **({"Upload-Draft-Interop-Version": version} if version else {}),
        }
        self.uploads: dict[str, bytearray] = {}
        self.lengths: dict[str, int] = {}
        self.whole: set[str] = set()
        self.faults: list[tuple[Fault, int]] = []
        self.url = server.on("/drafts/", self._act)

    def content(self) -> bytes:
        """What the only upload holds."""
        [content] = self.uploads.values()
        return bytes(content)

    def _act(self, exchange: Exchange) -> None:
        act = {"OPTIONS": self._options, "POST": self._create, "HEAD": self._head,
               "PATCH": self._patch}  # fmt: skip
        act[exchange.request.method](exchange)

    def _options(self, exchange: Exchange) -> None:
        exchange.answer(self._answer(204))

    def _create(self, exchange: Exchange) -> None:
        path = f"/drafts/{len(self.lengths)}"
        self.lengths[path] = int(exchange.headers["upload-length"])
        self.uploads[path] = bytearray()
        exchange.answer(self._answer(201, Location=path, Upload_Complete="?0"))

    def _head(self, exchange: Exchange) -> None:
        path = exchange.request.path
        if path not in self.uploads:
            exchange.answer(self._answer(404))
            return
        has = str(len(self.uploads[path]))
        complete = "?1" if path in self.whole else "?0"
        exchange.answer(self._answer(204, Upload_Offset=has, Upload_Complete=complete))

    def _patch(self, exchange: Exchange) -> None:
        fault, after = self.faults.pop(0) if self.faults else ("", 0)
        path = exchange.request.path
        if fault == "gone":
            self.uploads.clear()
        if path not in self.uploads:
            exchange.answer(self._answer(404))
            return
        upload = self.uploads[path]
        if fault == "conflict" or int(exchange.headers["upload-offset"]) != len(upload):
            exchange.answer(self._answer(409))
            return
        assert exchange.headers["content-type"] == "application/partial-upload"
        for piece in self._pieces(exchange):
            upload += piece
            if fault == "cut" and len(upload) >= after:
                del upload[after:]
                exchange.cut()
                return
        self._end_patch(exchange, path, fault)

    def _end_patch(self, exchange: Exchange, path: str, fault: str) -> None:
        is_last = exchange.headers["upload-complete"] == "?1"
        if is_last:
            assert len(self.uploads[path]) == self.lengths[path]
            self.whole.add(path)
        if fault == "late":
            # All has arrived, and nobody is told.
            exchange.cut()
        elif fault == "silent":
            exchange.begin(self._answer(200))
        else:
            complete = "?1" if is_last else "?0"
            has = str(len(self.uploads[path]))
            exchange.begin(self._answer(201, Upload_Complete=complete, Upload_Offset=has))

    def _pieces(self, exchange: Exchange) -> Iterator[bytes]:
        for piece in exchange.connection.pieces(exchange.headers):
            exchange.request.received += len(piece)
            yield piece

    def _answer(self, status: int, **headers: str) -> Answer:
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        length = [] if status == 204 else [("Content-Length", "0")]
        return Answer(status, (*self._about.items(), *named, *length))
