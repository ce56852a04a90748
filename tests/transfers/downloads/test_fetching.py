"""Several connections at once: how the work is shared, and what one that fails costs."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from bgtasks_gui.core import transfers
from bgtasks_gui.core.reasons import Code
from bgtasks_gui.core.transfers import Done, Held
from bgtasks_gui.transfers.downloads import ranges, segments
from bgtasks_gui.transfers.web.failures import Trouble
from tests.fakes.manual_clock import ManualClock
from tests.transfers.downloads.support.desks import Desk
from tests.transfers.downloads.support.servers import Exchange, Server, Step, give, running, say

CONTENT = os.urandom(1_000_000)
OTHER = os.urandom(1_000_000)
FOUR = {"segments": 4}
LAST = "Wed, 01 Jan 2025 00:00:00 GMT"


class Gate:
    """Gives, but holds back bodies until so many connections are there, and then all go on."""

    def __init__(self, count: int, content: bytes = CONTENT) -> None:
        self._count = count
        self._content = content
        self._all = asyncio.Event()

    async def __call__(self, exchange: Exchange) -> None:
        start, end = exchange.asked.span or (0, None)
        body = self._content[start:end]
        size = len(self._content)
        span = f"bytes {start}-{start + len(body) - 1}/{size}" if exchange.asked.span else None
        await exchange.head(
            "206 Partial Content" if span else "200 OK",
            ETag='"one"', Content_Length=len(body), Content_Range=span,
        )  # fmt: skip
        if exchange.server.open >= self._count:
            self._all.set()
        await self._all.wait()
        await exchange.send(body)


async def play(folder: Path, *steps: Step, **fields: Any) -> tuple[Desk, Server, object]:
    async with running(*steps) as server:
        desk = Desk(server, folder, **(FOUR | fields))
        return desk, server, await desk.attempt()


async def test_four_at_once(tmp_path: Path) -> None:
    desk, server, outcome = await play(tmp_path, Gate(4))
    assert isinstance(outcome, Done)
    assert desk.content == CONTENT
    assert server.most_open == desk.record.receipt.connections == 4
    assert server.firsts[:4] == [0, 250_000, 500_000, 750_000]
    assert {asked.headers.get("if-range") for asked in server.asked[1:]} == {'"one"'}


async def test_few_bytes_need_one(tmp_path: Path) -> None:
    desk, server, _ = await play(tmp_path, give(CONTENT[:100_000]))
    assert (server.firsts, desk.record.receipt.connections) == ([0], 1)


@pytest.mark.parametrize(
    "refusal", [say("503 Busy"), say("403 One is enough"), give(CONTENT, ranges=False)]
)
async def test_one_that_is_refused_costs_nothing(refusal: Step, tmp_path: Path) -> None:
    """The first connection goes on into what no other gives."""
    seen = asyncio.Event()

    async def patient(exchange: Exchange) -> None:
        await exchange.head("200 OK", ETag='"one"', Last_Modified=LAST, Content_Length=1_000_000)
        await seen.wait()
        await exchange.send(CONTENT)

    async def refuse(exchange: Exchange) -> None:
        await refusal(exchange)
        seen.set()

    desk, server, outcome = await play(tmp_path, patient, refuse, segments=2)
    assert isinstance(outcome, Done)
    assert desk.content == CONTENT
    assert server.firsts == [0, 500_000]
    assert desk.record.receipt.again == ()


async def test_silent_ones_are_not_waited_for(tmp_path: Path) -> None:
    async def silent(exchange: Exchange) -> None:
        await exchange.stall()

    desk, _, outcome = await play(tmp_path, give(CONTENT), silent)
    assert isinstance(outcome, Done)
    assert desk.content == CONTENT


async def test_one_that_was_cut_goes_on(tmp_path: Path) -> None:
    stalled = give(CONTENT, stall=1000)
    cut = give(CONTENT, cut=50_000)
    async with running(stalled, cut, give(CONTENT)) as server:
        desk = Desk(server, tmp_path, segments=2, request_timeout_s=0.5)
        # In the end only the one that says nothing is left.
        with pytest.raises(Trouble, match="sent nothing for"):
            await desk.attempt()
        assert desk.record.done >= 1_000_000 - 2 * segments.LEAST_ASKED
        assert isinstance(await desk.attempt(), Done)
        assert desk.content == CONTENT
        assert 550_000 in server.firsts
        assert desk.record.receipt.moved < 1_100_000


async def test_change_begins_all_again(tmp_path: Path) -> None:
    stalled = give(CONTENT, stall=1000)
    changed = give(OTHER, etag='"two"', modified="Thu, 02 Jan 2025 00:00:00 GMT")
    desk, _, outcome = await play(tmp_path, stalled, changed)
    assert isinstance(outcome, Done)
    assert desk.content == OTHER
    assert ranges.CHANGED in desk.reasons


async def test_another_edge_in_the_middle_begins_all_again(tmp_path: Path) -> None:
    """What one connection was given cannot be compared with what another gives."""
    edge = give(OTHER, etag='"two"', modified=LAST)
    desk, _, outcome = await play(tmp_path, give(CONTENT, stall=1000), edge)
    assert isinstance(outcome, Done)
    assert desk.content == OTHER


async def test_all_refused_in_the_middle(tmp_path: Path) -> None:
    first = give(CONTENT, cut=600)
    async with running(first, say("403 Forbidden")) as server:
        desk = Desk(server, tmp_path, segments=2)
        outcome: object = None
        for _ in range(2):
            try:
                outcome = await desk.attempt()
            except Trouble:
                continue
        assert isinstance(outcome, Held)
        assert outcome.code == Code.ADDRESS_EXPIRED
        assert desk.record.done == 600


async def test_each_goes_on_where_it_was(tmp_path: Path) -> None:
    async with running(give(CONTENT, stall=100_000)) as server:
        desk = Desk(server, tmp_path, **FOUR)
        await desk.stop_at(400_000)
        await server.until_closed()
        assert [(piece.start, piece.done) for piece in desk.record.pieces] == [
            (0, 100_000), (250_000, 100_000), (500_000, 100_000), (750_000, 100_000),
        ]  # fmt: skip
        server.steps, server.asked = [give(CONTENT)], []
        assert isinstance(await desk.attempt(), Done)
        assert desk.content == CONTENT
        # How far the others got before the first had done all is a matter of time.
        assert set(server.firsts) >= {100_000}
        assert desk.record.receipt.moved < 1_000_000 + 4 * 262_144


async def test_less_than_asked_for_is_asked_for_again(tmp_path: Path) -> None:
    async def little(exchange: Exchange) -> None:
        start, _ = exchange.asked.span or (0, None)
        end = min(start + 300_000, len(CONTENT))
        await exchange.head(
            "206 Partial Content", ETag='"one"', Content_Length=end - start,
            Content_Range=f"bytes {start}-{end - 1}/{len(CONTENT)}",
        )  # fmt: skip
        await exchange.send(CONTENT[start:end])

    async with running(give(CONTENT, cut=50_000), little) as server:
        desk = Desk(server, tmp_path)
        with pytest.raises(Trouble):
            await desk.attempt()
        assert isinstance(await desk.attempt(), Done)
        assert desk.content == CONTENT
        assert server.firsts == [0, 50_000, 350_000, 650_000, 950_000]


async def test_nothing_of_what_was_asked_for(tmp_path: Path) -> None:
    async def nothing(exchange: Exchange) -> None:
        await exchange.head(
            "206 Partial Content", ETag='"one"', Content_Length=0,
            Content_Range=f"bytes 50000-999999/{len(CONTENT)}",
        )  # fmt: skip

    async with running(give(CONTENT, cut=50_000), nothing) as server:
        desk = Desk(server, tmp_path)
        for words in ("too early", "nothing of what it was asked for"):
            with pytest.raises(Trouble, match=words):
                await desk.attempt()
        assert len(server.asked) == 2


async def test_nobody_knows_the_length(tmp_path: Path) -> None:
    async def chunked(exchange: Exchange) -> None:
        await exchange.head("200 OK", Transfer_Encoding="chunked")
        await exchange.send(b"5\r\nhello\r\n0\r\n\r\n")

    desk, _, outcome = await play(tmp_path, chunked)
    assert isinstance(outcome, Done)
    assert (desk.content, desk.record.length) == (b"hello", 5)


async def test_complete_though_nobody_knew_the_length(tmp_path: Path) -> None:
    whole = b"hello" * 2000

    async def chunked(exchange: Exchange) -> None:
        await exchange.head("200 OK", ETag='"one"', Transfer_Encoding="chunked")
        await exchange.send(b"2710\r\n" + whole + b"\r\n")
        exchange.end()

    # All that is asked for is there already, and is read again.
    said = {"ETag": '"one"', "Content_Range": "bytes 0-9999/10000"}
    async with running(chunked, say("206 Partial Content", whole, **said)) as server:
        desk = Desk(server, tmp_path)
        with pytest.raises(Trouble):
            await desk.attempt()
        assert isinstance(await desk.attempt(), Done)
        assert desk.content == whole


async def test_grows_as_long_as_that_helps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One connection is added after each second in which all together were faster."""
    monkeypatch.setattr(transfers, "SEGMENTED_FROM", 1000)
    monkeypatch.setattr(segments, "LEAST", 1000)
    ticks = ManualClock()
    monkeypatch.setattr(ticks, "monotonic", _seconds())

    async def slow(exchange: Exchange) -> None:
        start, end = exchange.asked.span or (0, None)
        body = CONTENT[start:end]
        span = f"bytes {start}-{start + len(body) - 1}/{len(CONTENT)}"
        await exchange.head(
            "206 Partial Content" if exchange.asked.span else "200 OK", ETag='"one"',
            Content_Length=len(body), Content_Range=span if exchange.asked.span else None,
        )  # fmt: skip
        for at in range(0, len(body), 20_000):
            before = len(desk.outlet.figures)
            await exchange.send(body[at : at + 20_000])
            await desk.outlet.until(lambda before=before: len(desk.outlet.figures) > before)

    async with running(slow) as server:
        desk = Desk(server, tmp_path, segments=0)
        desk.begin()
        desk.outlet.clock = ticks
        outcome = await desk.go()
        assert isinstance(outcome, Done)
        assert Path(desk.outlet.record.path).read_bytes() == CONTENT
        assert 2 <= server.most_open <= transfers.SEGMENTS


def _seconds() -> Any:
    """A clock that is a second later each time."""
    now = [0.0]

    def tick() -> float:
        now[0] += 1.0
        return now[0]

    return tick
