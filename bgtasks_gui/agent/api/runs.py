"""What the API says and does about runs."""

from __future__ import annotations

import asyncio
import codecs
from datetime import datetime

from bgtasks_gui.agent.api import office
from bgtasks_gui.core import errors, ids, ports, retention, runs
from bgtasks_gui.supervisor import segments
from bgtasks_gui.wire import shapes, times

_S = runs.RunState
#: Most bytes of a log, and most runs, that one answer holds.
MOST_LOG_BYTES = 1024 * 1024
MOST_RUNS = 10_000
#: Longest a reader of a log is kept waiting for more, in seconds.
LONGEST_WAIT_S = 30.0
#: Bytes of a character in UTF-8, at most; and those that never begin one.
LONGEST_CHARACTER = 4
_INNER_BYTES = bytes(range(0x80, 0xC0))


class RunsDoor:
    """Answers the routes of `wire.routes` with the subject "runs"."""

    def __init__(self, desk: office.Office) -> None:
        self._office = desk

    async def list(self, *, query: shapes.RunsQuery) -> tuple[shapes.RunView, ...]:
        if not 1 <= query.limit <= MOST_RUNS:
            raise errors.InvalidField(f"The limit is between 1 and {MOST_RUNS:,}.", field="limit")
        task = None if query.task is None else await self._office.find_task(query.task)
        asked = ports.RunQuery(
            task_id=None if task is None else task.id,
            states=_states(query.state),
            since=None if query.since is None else _moment(query.since, "since"),
            limit=query.limit,
            before_id=query.cursor,
        )
        found = await self._office.store.runs(asked)
        return tuple(self._office.view_run(run) for run in found)

    async def show(self, run: str) -> shapes.RunView | None:
        found = await self._find(run)
        return None if found is None else self._office.view_run(found)

    async def why(self, run: str) -> shapes.WhyView:
        found = await self._required(run)
        task = await self._office.store.task(found.task_id)
        if task is None:
            raise errors.NotPossibleNow("The task of this run was removed.")
        return await self._office.explain(task, None if found.has_ended else found)

    async def suspend(self, run: str, *, body: shapes.ActionRequest) -> shapes.RunView:
        found = await self._required(run)
        if not found.has_ended:
            await self._office.suspend(found, body.reason)
        return await self._now(found)

    async def resume(self, run: str, *, body: shapes.ActionRequest) -> shapes.RunView:
        found = await self._required(run)
        if not found.has_ended:
            await self._office.resume(found)
        return await self._now(found)

    async def cancel(self, run: str, *, body: shapes.ActionRequest) -> shapes.RunView:
        found = await self._required(run)
        if not found.has_ended:
            await self._office.cancel(found, body.reason)
        return await self._now(found)

    async def readdress(self, run: str, *, body: shapes.AddressRequest) -> shapes.RunView:
        found = await self._transfer(run)
        await self._office.readdress(found, body.url)
        return await self._now(found)

    async def limit(self, run: str, *, body: shapes.RateRequest) -> shapes.RunView:
        found = await self._transfer(run)
        await self._office.runner.transfers.limit(found, body.rate)
        return await self._now(found)

    async def _transfer(self, run: str) -> runs.Run:
        """One that has not ended, so that something can be changed of it."""
        found = await self._required(run)
        if self._office.catalog.transfer_kind(found.kind) is None:
            raise errors.NotPossibleNow(f"The run is a {found.kind}, no download or upload.")
        if found.has_ended:
            raise errors.NotPossibleNow("The run has ended; run its task again.")
        return found

    async def log(self, run: str, *, query: shapes.LogQuery) -> shapes.LogPiece:
        found = await self._required(run)
        if query.limit < 1:
            raise errors.InvalidField("The limit is at least 1 byte.", field="limit")
        # Before it is read: what comes afterwards is worth no further wait.
        known = await asyncio.to_thread(_total, self._base(found))
        piece = await self._piece(found, query)
        is_empty = piece.next_offset == piece.offset
        if is_empty and not piece.ended and query.wait > 0:
            activity = self._office.runner.find(found.id)
            if activity is not None:
                # What is there may be the beginning of a character whose rest is still to come.
                beyond = max(known, piece.offset)
                await activity.output.wait_beyond(beyond, min(query.wait, LONGEST_WAIT_S))
            # Where there is none any more, it ended while the piece was read.
            piece = await self._piece(found, query)
        return piece

    async def _piece(self, run: runs.Run, query: shapes.LogQuery) -> shapes.LogPiece:
        activity = self._office.runner.find(run.id)
        ended = run.has_ended or activity is None
        lost = run.lost + (0 if activity is None else activity.output.lost)
        limit = min(query.limit, MOST_LOG_BYTES)
        return await asyncio.to_thread(_read, self._base(run), query.offset, limit, lost, ended)

    def _base(self, run: runs.Run) -> str:
        return str(self._office.home.run_log(run.id))

    async def _find(self, run: str) -> runs.Run | None:
        """The run; None when it can have been forgotten (concepts R118)."""
        found = await self._office.find_run(run)
        if found is not None:
            return found
        history = self._office.settings.history
        if ids.is_id(run) and retention.is_forgotten(run, self._office.clock.now(), history):
            return None
        raise errors.RunNotFound(f"There is no run {run!r}; `bgtasks runs` lists them.")

    async def _required(self, run: str) -> runs.Run:
        found = await self._find(run)
        if found is None:
            raise errors.RunNotFound(f"The run {run} is older than the history that is kept.")
        return found

    async def _now(self, run: runs.Run) -> shapes.RunView:
        current = await self._office.find_run(run.id)
        return self._office.view_run(current or run)


def _states(text: str | None) -> tuple[_S, ...]:
    """The states named; "active" and "ended" stand for several."""
    if not text:
        return ()
    named: list[_S] = []
    for word in text.split(","):
        if word == "active":
            named += [state for state in _S if state not in runs.ENDED]
        elif word == "ended":
            named += sorted(runs.ENDED)
        elif word in set(_S):
            named.append(_S(word))
        else:
            known = ", ".join([*_S, "active", "ended"])
            raise errors.InvalidField(f"{word!r} is no state; it is one of {known}.", field="state")
    return tuple(named)


def _moment(text: str, field: str) -> datetime:
    try:
        return times.parse(text)
    except ValueError:
        raise errors.InvalidField(
            f"{text!r} is no time; write it like 2026-11-22T15:00:00Z.", field=field
        ) from None


def _total(base: str) -> int:
    return segments.extent(base)[0]


def _read(base: str, offset: int, limit: int, lost: int, ended: bool) -> shapes.LogPiece:
    """A piece that ends, and from behind also begins, between two characters."""
    if offset < 0:
        offset = max(_total(base) + offset, 0)
        offset += _cut_at_start(segments.read(base, offset, LONGEST_CHARACTER)[1])
    start, content = segments.read(base, offset, limit)
    total, head_end, tail_start = segments.extent(base)
    end = start + len(content)
    is_last = ended if end >= total else end == head_end < tail_start
    text, open_bytes = _decode(content, is_last=is_last)
    if limit < LONGEST_CHARACTER and open_bytes == len(content) and end < total:
        # Fewer bytes were asked for than the character has.
        return _read(base, offset, LONGEST_CHARACTER, lost, ended)
    return shapes.LogPiece(
        offset=start,
        next_offset=end - open_bytes,
        # A character that is not whole yet counts as not yet written.
        total=total if end < total else end - open_bytes,
        left_out=max(tail_start - head_end, 0),
        lost=lost,
        text=text,
        ended=ended and end >= total,
    )


def _decode(content: bytes, *, is_last: bool) -> tuple[str, int]:
    """The text, and how many bytes at the end begin a character whose rest is not there."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(content, is_last)
    return text, len(decoder.getstate()[0])


def _cut_at_start(content: bytes) -> int:
    """How many of these first bytes are the end of a character that began before."""
    skipped = len(content) - len(content.lstrip(_INNER_BYTES))
    # As many as this are no character at all; they are shown as what they are.
    return skipped if skipped < LONGEST_CHARACTER else 0
