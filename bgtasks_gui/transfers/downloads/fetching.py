"""Fetches what is missing of one version of a file, over one connection or several."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

from bgtasks_gui.core import transfers
from bgtasks_gui.transfers import words
from bgtasks_gui.transfers.downloads import asking, ends, ranges, refusals, segments, telling
from bgtasks_gui.transfers.downloads.account import Account
from bgtasks_gui.transfers.downloads.ends import Comparison, Over, Restart, Unwelcome
from bgtasks_gui.transfers.downloads.spans import Span
from bgtasks_gui.transfers.downloads.storage import Storage
from bgtasks_gui.transfers.web.failures import Trouble
from bgtasks_gui.transfers.web.web import Answer, Web

MakeWeb = Callable[[transfers.Spec], Web]
OpenFile = Callable[[Answer, ranges.Heard], Awaitable[Storage]]

_NOTHING: Final = "the server sent nothing of what it was asked for"


class Fetching:
    """One round. Raises `Restart`, `Over`, `Trouble`, or `OSError` for the file."""

    def __init__(
        self,
        spec: transfers.DownloadSpec,
        outlet: words.Outlet,
        account: Account,
        make_web: MakeWeb,
        open_file: OpenFile,
    ) -> None:
        self._spec = spec
        self._outlet = outlet
        self._account = account
        self._make_web = make_web
        self._open_file = open_file
        self._storage: Storage | None = None
        self._group: asyncio.TaskGroup | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        #: Whether an answer was accepted: from then on there may be several connections.
        self._is_open = False
        self._is_comparison = False
        self._is_intact = True
        self._has_ranges = True
        self._most = 1
        self._workers = 0
        self._growth: segments.Growth | None = None

    @property
    def is_composed(self) -> bool:
        """Whether it was fetched over several connections."""
        return self._most > 1

    async def run(self, storage: Storage | None, *, is_intact: bool) -> None:
        """Returns once nothing is missing."""
        self._storage, self._is_intact = storage, is_intact
        if storage is not None and storage.spans.is_complete:
            return
        try:
            async with asyncio.TaskGroup() as self._group:
                self._add_worker()
        except BaseExceptionGroup as group:
            raise ends.first_of(group) from None
        finally:
            # Their errors hold on to all that they met, this included.
            self._tasks.clear()

    def _add_worker(self) -> None:
        assert self._group is not None
        self._workers += 1
        self._tasks.add(self._group.create_task(self._work()))

    async def _work(self) -> None:
        """Fetch one span after the other, until there are none, or not for this connection."""
        web = self._make_web(self._spec)
        try:
            while (span := self._next_span()) is not None:
                before = span.came
                try:
                    await self._fetch(web, span)
                except (Unwelcome, Trouble) as error:
                    if self._is_wanted(span) and not self._try_again(span, error, before):
                        return
            self._end_others()
        finally:
            self._workers -= 1
            await web.aclose()

    def _end_others(self) -> None:
        """Nobody waits for answers that are of no use any more."""
        if self._storage is not None and self._storage.spans.is_complete:
            for task in self._tasks:
                if task is not asyncio.current_task():
                    task.cancel()

    def _next_span(self) -> Span | None:
        if self._storage is None:
            return None if self._is_open else Span(0)
        spans = self._storage.spans
        if not self._is_open:
            return spans.take_furthest()
        can_split = self._most > 1 and self._has_ranges
        return spans.take(self._least if can_split else None)

    @property
    def _least(self) -> int:
        return segments.LEAST_ASKED if self._spec.segments > 1 else segments.LEAST

    def _try_again(self, span: Span, error: Unwelcome | Trouble, before: int) -> bool:
        """Whether this connection goes on; others fetch the span, or that was it."""
        if self._workers == 1 or self._storage is None:
            raise error.otherwise if isinstance(error, Unwelcome) else error
        self._storage.spans.give_back(span)
        self._outlet.say(f"over one of {self._workers} connections: {ends.say(error)}")
        if isinstance(error, Trouble) and span.came > before:
            return True
        self._most = max(1, self._workers - 1)
        self._growth = None
        return False

    # One span over one connection

    def _is_wanted(self, span: Span) -> bool:
        """Whether the range before it has not gone on into it meanwhile."""
        return self._storage is None or self._storage.spans.holds(span)

    async def _fetch(self, web: Web, span: Span) -> None:
        while self._misses(span):
            before, compared = span.came, self._is_comparison
            await self._fetch_some(web, span)
            is_asked_otherwise = self._is_comparison and not compared
            if span.came == before and self._misses(span) and not is_asked_otherwise:
                raise Trouble(_NOTHING)

    def _misses(self, span: Span) -> bool:
        return not span.is_complete and self._is_wanted(span)

    async def _fetch_some(self, web: Web, span: Span) -> None:
        """What one answer gives of it."""
        known = ranges.known_of(
            self._account.record,
            is_same_address=self._account.is_same_address,
            is_intact=self._is_intact,
        )
        asked = self._ask(known, span)
        answer = await self._answer(web, asked)
        try:
            heard = ranges.hear(answer.status, answer.headers, self._outlet.clock.now())
            self._account.answered(answer.status, heard.etag or heard.modified)
            self._outlet.say(telling.answer(answer.phrase, heard))
            if asked is None:
                verdict = ranges.judge_first(heard)
            else:
                verdict = ranges.judge(known, asked, heard)
            await self._act(verdict, answer, heard, span, asked)
        finally:
            await answer.aclose()

    def _ask(self, known: ranges.Known, span: Span) -> ranges.Ask | None:
        """None is for the whole."""
        storage = self._storage
        if storage is None or (not self._is_open and storage.spans.is_empty):
            return None
        if not self._is_open:
            why = ranges.hindrance(known, self._spec.method, span.at - span.start)
            if why is not None:
                raise Restart(why)
        return ranges.ask(known, span.start, span.at, span.end, is_comparison=self._is_comparison)

    async def _answer(self, web: Web, asked: ranges.Ask | None) -> Answer:
        url = self._account.record.url
        self._outlet.say(telling.request(self._spec.method, url, asked))
        return await web.ask(asking.make_request(self._spec, url, asked))

    async def _act(
        self,
        verdict: ranges.Verdict,
        answer: Answer,
        heard: ranges.Heard,
        span: Span,
        asked: ranges.Ask | None,
    ) -> None:
        match verdict:
            case ranges.GoOn() if not self._is_wanted(span):
                return
            case ranges.GoOn():
                await self._go_on(answer, heard, span, asked)
            case ranges.Whole() if not self._is_open:
                await self._take_whole(answer, heard, span, verdict)
            case ranges.Whole() | ranges.Anew():
                if not verdict.is_changed:
                    self._has_ranges = False
                error = Restart(verdict.why, is_changed=verdict.is_changed)
                raise error if verdict.is_changed or not self._is_open else Unwelcome(error)
            case ranges.Compare() if self._is_open:
                raise Restart(ranges.CHANGED, is_changed=True)
            case ranges.Compare():
                self._is_comparison = True
            case ranges.Refused():
                raise Unwelcome(Over(self._refused(answer)))

    def _refused(self, answer: Answer) -> transfers.Outcome:
        return refusals.outcome(
            answer.status, answer.phrase, answer.headers.get("retry-after"),
            self._outlet.clock.now(), has_bytes=self._account.has > 0,
        )  # fmt: skip

    async def _take_whole(
        self, answer: Answer, heard: ranges.Heard, span: Span, verdict: ranges.Whole
    ) -> None:
        if why := verdict.why:
            self._outlet.say(f"again from the beginning: {why}")
            self._account.begin_again(why)
            self._outlet.moved(0, heard.length, "restarted")
        self._account.describe(heard)
        if self._storage is None:
            self._storage = await self._open_file(answer, heard)
        if why:
            await self._storage.empty(span, heard.length, keeps=verdict.is_changed)
        else:
            self._storage.spans.restart(span, heard.length)
        await self._storage.make_room()
        self._is_intact = True
        self._open()
        await self._receive(answer, span)
        if span.end is None:
            span.end = span.at

    async def _go_on(
        self, answer: Answer, heard: ranges.Heard, span: Span, asked: ranges.Ask | None
    ) -> None:
        assert self._storage is not None
        assert asked is not None
        if not asked.overlap:
            self._accept(heard)
            await self._receive(answer, span)
            return
        first = asked.first - asked.overlap
        self._account.again(first, asked.first, "compared with what was there")
        expected = self._storage.file.read(first, asked.first)
        await self._receive(answer, span, Comparison(expected, lambda: self._accept(heard)))

    def _accept(self, heard: ranges.Heard) -> None:
        """It is the same file: what is there counts."""
        if not self._is_open:
            assert self._storage is not None
            self._account.confirm(heard)
            self._storage.spans.bound(self._account.record.length)
            self._is_intact, self._is_comparison = True, False
            self._open()

    # Bytes

    async def _receive(
        self, answer: Answer, span: Span, comparison: Comparison | None = None
    ) -> None:
        """Put the body to its place, behind what is compared."""
        self._account.connected(self._workers)
        assert self._storage is not None
        storage, span.is_given = self._storage, True
        async with contextlib.aclosing(answer.pieces()) as pieces:
            async for piece in pieces:
                size = len(piece)
                self._account.moved += size
                storage.put(span, comparison.rest_of(piece) if comparison else piece)
                self._outlet.moved(self._account.has, self._account.length)
                await self._outlet.pay(size)
                if span.is_complete and not storage.spans.extend(span):
                    return
                self._grow(size)

    # How many connections

    def _open(self) -> None:
        """An answer is accepted: others may fetch the rest of what it is the beginning of."""
        assert self._storage is not None
        self._is_open = True
        self._most = segments.most(self._spec, self._account.record)
        if self._most == 1:
            return
        if self._spec.segments == 0:
            self._growth = segments.Growth()
            return
        self._storage.spans.divide(self._most, self._least)
        for _ in range(min(self._most, self._storage.spans.missing) - 1):
            self._add_worker()

    def _grow(self, size: int) -> None:
        if self._growth is None or self._workers >= self._most:
            return
        if self._growth.moved(size, self._outlet.clock.monotonic()):
            self._add_worker()
