"""Reads the output of one run from the agent: the newest first, older on demand, new as it comes.

Parts begin with a line and follow one another without a lost or a doubled byte, also over losses
of the agent. Offsets count the bytes the run wrote; the agent keeps the first 256 KiB of them and
at least the last 512 KiB, so only a gap between the two is ever missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from typing import Final, NamedTuple

from bgtasks_gui.client import commands, follow
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors
from bgtasks_gui.wire import shapes

#: Bytes of a part; less than the smallest gap, so that no part reaches over one.
STEP: Final = 128 * 1024
#: Seconds one question waits for more output.
WAIT_S: Final = 25.0
#: Seconds from one small part to the next: lines that come one by one are shown together.
REST_S: Final = 0.05
#: More bytes than a character has: from any place on, they lead to the end of one.
_PROBE: Final = 8
#: What stands for bytes that begin a character and do not end it.
_BROKEN: Final = "\ufffd"


class Part(NamedTuple):
    """A stretch of output."""

    text: str
    #: Bytes of the output where it begins and ends.
    start: int
    end: int
    #: Bytes between it and what was read before it that are no longer kept.
    gap: int = 0
    #: Whether nothing follows for now: the run has ended, or does not run yet.
    is_last: bool = False


class LogReader:
    """The output of a run. One of its coroutines at a time may read back, and one may follow."""

    def __init__(
        self,
        client: Client,
        run_id: str,
        *,
        on_reached: Callable[[bool], None] = lambda is_reached: None,
        delays: Callable[[], Iterator[float]] = follow.backoff,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._run_id = run_id
        self._on_reached = on_reached
        self._delays = delays
        self._sleep = sleep
        self._is_reached = True
        #: From where on the output was read, and how far.
        self._start = 0
        self._end = 0
        #: Text after `_start` that is not given out yet: it ends a line that begins before.
        self._held = ""
        #: Bytes written so far, and how many of the output could not be.
        self.total = 0
        self.lost = 0

    @property
    def has_earlier(self) -> bool:
        """Whether there is output before what was given out; it may turn out not to be kept."""
        return self._start > 0

    @property
    def start(self) -> int:
        return self._start

    async def open(self) -> Part:
        """The newest output."""
        # One byte more shows whether the part begins with a line by itself.
        piece = await self._ask(-STEP - 1, limit=2 * STEP)
        self._start, self._end = piece.offset, piece.next_offset
        text = piece.text
        if piece.offset:
            self._held, text = _from_line(text)
        return Part(text, piece.offset, piece.next_offset, is_last=piece.ended)

    async def follow(self) -> AsyncGenerator[Part, None]:
        """What comes after that; to be asked again where the last part says that it is."""
        wait_s = 0.0
        while True:
            piece = await self._ask(self._end, limit=STEP, wait_s=wait_s)
            gap, self._end = piece.offset - self._end, piece.next_offset
            # The first question does not wait: that the run has ended is wanted at once.
            wait_s = WAIT_S
            yield Part(piece.text, piece.offset, piece.next_offset, gap, piece.ended)
            if piece.ended:
                return
            if piece.next_offset == piece.total:
                await self._sleep(REST_S)

    async def earlier(self) -> Part | None:
        """What stands before all that was given out; None where nothing more is kept."""
        if not self._start:
            return None
        start, end, is_line = await self._before(self._start)
        text, reached = await self._read(start, end)
        if reached == start:
            # The agent has just dropped it: ask for what is left.
            return await self.earlier()
        gap = self._start - reached
        if gap and self._held:
            # Nothing kept comes before the line that was held back, so it stands for itself.
            held, self._held = self._held, ""
            return Part(held, self._start, self._start)
        text += self._held
        self._held, text = ("", text) if is_line else _from_line(text)
        self._start = start
        return Part(text, start, reached, gap)

    def forget_before(self, offset: int) -> None:
        """What stands before this place is no longer shown."""
        if offset > self._start:
            self._start, self._held = offset, ""

    async def _before(self, end: int) -> tuple[int, int, bool]:
        """The stretch to read next before `end`, and whether nothing kept joins it in front."""
        near = max(end - STEP, 0)
        if not near:
            return 0, end, True
        piece = await self._ask(near, limit=_PROBE)
        if piece.offset == near:
            # The place may be in the middle of a character: that one is left to the part before.
            return piece.next_offset, end, False
        if piece.offset < end:
            return piece.offset, end, True
        # All that stood before has left the tail; what is kept is the head.
        return await self._before(piece.offset - piece.left_out)

    async def _read(self, start: int, end: int) -> tuple[str, int]:
        """The text between two places, as far as it is kept without a gap."""
        texts, at = [], start
        while at < end:
            piece = await self._ask(at, limit=end - at)
            if piece.offset > at:
                break
            if not at < piece.next_offset <= end:
                texts.append(_BROKEN)
                return "".join(texts), end
            texts.append(piece.text)
            at = piece.next_offset
        return "".join(texts), at

    async def _ask(self, offset: int, *, limit: int, wait_s: float = 0.0) -> shapes.LogPiece:
        """A piece of the output, however long the agent is away."""
        call = commands.read_log(self._run_id, offset=offset, limit=limit, wait=wait_s)
        waits = self._delays()
        while True:
            try:
                piece = await self._client(call)
            except errors.AgentUnreachable:
                self._tell(is_reached=False)
                await self._sleep(next(waits))
                continue
            self._tell(is_reached=True)
            self.total, self.lost = piece.total, piece.lost
            return piece

    def _tell(self, *, is_reached: bool) -> None:
        if is_reached is not self._is_reached:
            self._is_reached = is_reached
            self._on_reached(is_reached)


def _from_line(text: str) -> tuple[str, str]:
    """The end of the line that begins before, and the rest; one that has no end stays."""
    end = text.find("\n") + 1
    return text[:end], text[end:]
