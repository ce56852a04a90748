"""Whatever server, network, person and crashes do, in any order: an honest end gives the file."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import os
import tempfile
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from bgtasks_gui.core import transfers
from bgtasks_gui.core.transfers import Done
from tests.faults.support import scripts
from tests.faults.support.apart import Apart
from tests.faults.support.entities import Entity, make_content
from tests.faults.support.owners import Owner, Run
from tests.faults.support.scenarios import make_download
from tests.faults.support.scripts import header, say, serve, serve_whole
from tests.faults.support.server import Act, Exchange, Server

#: Bytes after which what has come is made safe, so that there is much to lose and much to keep.
SAFE_EVERY: Final = 32 * 1024
#: Bytes from which on what there was of an older version is kept.
ASIDE_FROM: Final = 60_000
#: Longest a step waits for what may happen, or not, in seconds.
STEP_S: Final = 0.3

#: Bytes that come before something happens.
_AFTER: Final = st.sampled_from((50_000, 100_000, 70_000, 10_000, 150_000, 0))

#: How a server knows its files again: by the number of the version.
_VALIDATORS: Final[dict[str, Callable[[int, int], dict[str, str | None]]]] = {
    "strong": lambda version, _: {"etag": f'"v{version}"', "modified": None},
    "time and size": lambda _, size: {"etag": f'"67748580-{size:x}"'},
    "date": lambda version, _: {
        "etag": None, "modified": f"Wed, 01 Jan 2025 00:{version % 60:02}:00 GMT",
    },
    "weak": lambda version, _: {"etag": f'W/"v{version}"', "modified": None},
    "none": lambda _, __: {"etag": None, "modified": None},
}  # fmt: skip

#: What the server does to the next request, given what it has and how it delivers.
_FAULTS: Final[dict[str, Callable[[Entity, scripts.Delivery], Act]]] = {
    "busy": lambda _, __: say(503),
    "too many": lambda _, __: say(429, retry_after="0"),
    "gone": lambda _, __: say(404),
    "forbidden": lambda _, __: say(403),
    "hangs up": lambda _, __: scripts.hang_up,
    "breaks off": lambda _, __: scripts.break_off,
    "garbage": lambda _, __: scripts.raw(b"\x00garbage\r\n\r\n"),
    "no such range": lambda _, __: say(416, b""),
    "another range": lambda entity, by: serve(entity, scripts.shifted(7), by=by),
    "less": lambda entity, by: serve(entity, scripts.short_by(5000), by=by),
    "another unit": lambda entity, by: serve(entity, scripts.range_off(unit="lines"), by=by),
    "in parts": lambda entity, by: serve(entity, scripts.in_parts, by=by),
    "no ranges": lambda entity, by: serve_whole(entity, by=by),
    "more announced": lambda entity, by: serve(entity, scripts.length_off(100), by=_ending(by)),
    "no range said": lambda entity, by: serve(entity, header("Content-Range", None), by=by),
}


def _ending(by: scripts.Delivery) -> scripts.Delivery:
    def deliver(exchange: Exchange, body: bytes) -> None:
        by(exchange, body)
        exchange.end()

    return deliver


class Transfers(RuleBasedStateMachine):
    """One download, from its start to its end."""

    def __init__(self) -> None:
        super().__init__()
        self.ends = contextlib.ExitStack()
        self.folder = Path(self.ends.enter_context(tempfile.TemporaryDirectory(prefix="g-")))
        self.server = Server()
        self.ends.callback(self.server.close)
        self.runner = self.ends.enter_context(asyncio.Runner())
        self.meter = scripts.Meter()
        self.lock = threading.Lock()
        self.faults: list[str] = []
        self.version = 0
        self.sent_before = 0
        self.make = functools.partial(Apart, safe_every=SAFE_EVERY, aside_from=ASIDE_FROM)

    def run_for(self, what: Coroutine[Any, Any, None]) -> None:
        self.runner.run(what)

    # What the server has and does

    @initialize(
        size=st.sampled_from((2_000_000, 1_500_001, 1_000_000, 700_000, 400_000, 100_000)),
        known_by=st.sampled_from(sorted(_VALIDATORS)),
        segments=st.sampled_from((0, 1, 1, 2, 3)),
        is_checked=st.booleans(),
        in_chunks=st.sampled_from((False, False, True)),
    )
    def begin(
        self, size: int, known_by: str, segments: int, is_checked: bool, in_chunks: bool
    ) -> None:
        self.size, self.known_by = size, known_by
        self.is_checked, self.is_in_chunks = is_checked, in_chunks
        self.entity = self.make_version()
        url = self.server.on("/file.bin", self.answer)
        if known_by == "time and size":
            # Of two connections at once, nobody could tell that they were given different files.
            segments = 1
        spec = make_download(
            url, self.folder / "file.bin", segments=segments,
            checksum=f"sha256:{self.entity.sha256}" if is_checked else "",
        )  # fmt: skip
        self.run_for(self.start(spec))

    async def start(self, spec: transfers.DownloadSpec) -> None:
        self.owner = Owner(self.make)
        self.run_: Run = self.owner.start(spec, self.entity.sha256)

    def start_another(self) -> None:
        """One is there, and right: the same once more."""
        self.check().unlink()
        begun = len(self.owner.runs)
        self.sent_before = self.server.sent
        self.run_ = self.owner.start(self.run_.spec, self.entity.sha256, run_id=f"run {begun}")

    def make_version(self) -> Entity:
        validators = _VALIDATORS[self.known_by](self.version, self.size)
        return Entity(make_content(self.size, self.version), **validators)  # type: ignore[arg-type]

    def answer(self, exchange: Exchange) -> None:
        with self.lock:
            fault, entity = self.faults.pop(0) if self.faults else None, self.entity
        if fault is not None:
            _FAULTS[fault](entity, self.meter)(exchange)
        elif self.is_in_chunks:
            serve(entity, scripts.in_chunks, by=self.in_chunks)(exchange)
        else:
            serve(entity, by=self.meter)(exchange)

    def in_chunks(self, exchange: Exchange, body: bytes) -> None:
        """In chunks that come as the meter lets them."""
        for start in range(0, len(body), 10_000):
            piece = body[start : start + 10_000]
            exchange.connection.send(b"%x\r\n" % len(piece))
            self.meter(exchange, piece)
            exchange.connection.send(b"\r\n")
        exchange.connection.send(b"0\r\n\r\n")

    @rule(fault=st.sampled_from(sorted(_FAULTS)), after=_AFTER)
    def do_wrong(self, fault: str, after: int) -> None:
        self.let_through(after)
        with self.lock:
            self.faults.append(fault)
        self.server.drop()

    @rule(fault=st.sampled_from(sorted(_FAULTS)))
    def will_do_wrong(self, fault: str) -> None:
        with self.lock:
            self.faults.append(fault)

    @rule(after=_AFTER)
    def drop(self, after: int) -> None:
        self.let_through(after)
        self.server.drop()

    @precondition(lambda self: not self.is_checked)
    @rule()
    def change(self) -> None:
        self.version += 1
        with self.lock:
            self.entity = self.make_version()
        self.run_.right |= {self.entity.sha256}

    def let_through(self, size: int) -> None:
        """Have so many bytes come, as far as anybody wants them; what stands still goes on."""
        self.run_for(self.go_on())
        self.meter.allow(size)
        self.run_for(self.look_for(lambda: self.meter.is_used_up or not self.run_.is_on))

    async def look_for(self, holds: Callable[[], bool]) -> None:
        """Give it a little time to come about."""
        await asyncio.to_thread(self.server.wait_a_while, holds, STEP_S)

    # What a person, the network and the machine do

    @rule(after=_AFTER)
    def suspend(self, after: int) -> None:
        self.let_through(after)

        async def suspend() -> None:
            if not self.run_.is_on:
                return
            self.owner.goes_on = False
            await self.owner.suspend(self.run_)
            await asyncio.to_thread(self.server.wait_until, lambda: self.server.open == 0)
            self.owner.goes_on = True

        self.run_for(suspend())

    @rule()
    def resume(self) -> None:
        self.run_for(self.go_on())

    async def go_on(self) -> None:
        if self.is_over:
            self.start_another()
        elif not self.run_.is_on:
            self.owner.resume(self.run_, failures=0)

    @rule(after=_AFTER)
    def refresh(self, after: int) -> None:
        self.let_through(after)
        self.owner.engine.refresh()

    @rule(rate=st.sampled_from((None, 50_000, 1_000_000)), is_for_all=st.booleans())
    def limit(self, rate: int | None, is_for_all: bool) -> None:
        self.owner.engine.limit(rate, None if is_for_all else self.run_.run_id)

    @rule(after=_AFTER, is_heard=st.booleans())
    def kill_while_it_runs(self, after: int, is_heard: bool) -> None:
        self.let_through(after)
        self.kill(is_heard)

    @rule(is_heard=st.booleans())
    def kill(self, is_heard: bool) -> None:
        async def kill() -> None:
            assert isinstance(self.owner.engine, Apart)
            self.owner.engine.kill(heard=is_heard)
            self.owner.revive(self.make)

        self.run_for(kill())

    @rule(share=st.floats(0, 1))
    def shorten(self, share: float) -> None:
        part = Path(self.run_.record.part or self.folder / "none")
        if not self.run_.is_on and part.is_file():
            os.truncate(part, int(part.stat().st_size * share))

    # What must hold

    @property
    def is_over(self) -> bool:
        return bool(self.run_.outcomes) and isinstance(self.run_.outcomes[-1], Done)

    @invariant()
    def nothing_is_told_that_cannot_be(self) -> None:
        if hasattr(self, "run_"):
            assert self.owner.broken == []
            assert self.run_.record.receipt.moved <= self.server.sent

    def teardown(self) -> None:
        with self.ends:
            if hasattr(self, "run_"):
                self.run_for(self.end_well())

    async def end_well(self) -> None:
        """The server is honest from now on."""
        with self.lock:
            self.faults.clear()
        self.meter.allow(float("inf"))
        self.owner.engine.limit(None)
        self.owner.engine.limit(None, self.run_.run_id)
        for _ in range(5):
            if not self.is_over:
                await self.go_on()
            if isinstance(await self.run_.over(), Done):
                break
        assert self.is_over, self.run_.outcomes
        self.check()
        await self.owner.close()

    def check(self) -> Path:
        """The file is there, right and alone; the receipt is no more than true."""
        [path] = self.folder.iterdir()
        assert str(path) == self.run_.record.path
        content = path.read_bytes()
        assert hashlib.sha256(content).hexdigest() in self.run_.right
        assert len(content) <= self.run_.record.receipt.moved
        assert self.run_.record.receipt.moved <= self.server.sent - self.sent_before
        return path


Transfers.TestCase.settings = hypothesis.settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
TestTransfers = Transfers.TestCase
