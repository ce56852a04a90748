"""Events numbered, encoded once and kept for a while, so that every reader follows at its own pace.

A reader holds nothing but its place. One that is slower than what is kept is told to read
everything anew, and so is one that comes back too late or with a number of another agent.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Hashable
from typing import Final

import msgspec

from bgtasks_gui.agent import bus
from bgtasks_gui.core import events, ports
from bgtasks_gui.wire import codec, shapes, times

_log = logging.getLogger(__name__)

#: The newest events, and the bytes of them at most, that a reader can come back for.
KEPT_EVENTS: Final = 10_000
KEPT_BYTES: Final = 8 * 1024 * 1024
#: Seconds they are kept after the last reader has left.
KEPT_S: Final = 300.0
#: Seconds in which events are gathered; the first after a silence goes out at once.
GATHER_S: Final = 0.05
#: Events gathered before they are numbered even if nobody asks. Few, since the loop stands still
#: while they are encoded.
MOST_GATHERED: Final = 100
#: Bytes handed to a reader at once, so that a connection that stands still holds no more.
PIECE_BYTES: Final = 256 * 1024
#: Seconds of silence after which a reader gets a sign of life.
PING_S: Final = 15.0
PING: Final = b": ping\n\n"

View = Callable[[events.AnyEvent, int], shapes.EventView]


class Piece(msgspec.Struct, frozen=True):
    """Frames in a row, and the number of the last."""

    frames: bytes
    last: int


class Feed:
    """What happened, as frames of a stream of server-sent events."""

    def __init__(self, hub: bus.Bus, view: View, clock: ports.Clock) -> None:
        self._view = view
        self._clock = clock
        #: Starts at the time, so that numbers also rise from one agent to the next.
        self._seq = int(clock.now().timestamp() * 1000)
        self._gathered: dict[Hashable, events.AnyEvent] = {}
        self._ring: deque[bytes] = deque()
        self._ring_bytes = 0
        self._piece = Piece(b"", 0)
        self._piece_from = -1
        self._readers: set[Reader] = set()
        #: Whether a reader is there, or was shortly before and may come back.
        self._is_kept = False
        self._is_closed = False
        self._last_gathered_s = float("-inf")
        self._timers: dict[Callable[[], None], ports.Timer] = {}
        self._subscription = hub.subscribe(self._take)

    @property
    def seq(self) -> int:
        """Number of the newest event. Who asks for it can follow from there a while later."""
        self._keep()
        return self._seq

    def follow(self, after: int | None = None) -> Reader:
        """A reader of what comes from now on, or of all that followed the event `after`."""
        self._keep()
        reader = Reader(self, self._seq if after is None else after)
        if self._is_closed:
            reader.close()
            return reader
        self._stop(self._forget)
        self._readers.add(reader)
        self._start(self._ping, PING_S)
        return reader

    def leave(self, reader: Reader) -> None:
        """A reader goes, perhaps to come back soon."""
        self._readers.discard(reader)
        if not self._readers:
            self._stop(self._gather)
            self._stop(self._ping)
            self._keep()

    def close(self) -> None:
        """Tell all readers that this is the end. Closing twice does nothing."""
        self._is_closed = True
        self._subscription.close()
        self._number()
        for reader in self._readers:
            reader.close()
        for call in list(self._timers):
            self._stop(call)

    # For readers

    def knows(self, seq: int) -> bool:
        """Whether everything that followed the event of this number is kept."""
        return self._seq - len(self._ring) <= seq <= self._seq

    def after(self, seq: int) -> Piece:
        """The frames that follow an event that is known, or the first of them."""
        if self._piece_from != seq or not self._piece.frames:
            self._piece, self._piece_from = self._join(seq), seq
        return self._piece

    def say(self, type_: str, seq: int) -> bytes:
        """A frame about the stream itself."""
        at = times.stamp(self._clock.now())
        return _frame(shapes.EventView(seq=seq, at=at, type=type_))

    # Inside

    def _keep(self) -> None:
        """From now on keep what happens, for the readers there are or one that may come."""
        self._number()
        if self._is_closed:
            return
        self._is_kept = True
        if not self._readers:
            self._stop(self._forget)
            self._start(self._forget, KEPT_S)

    def _take(self, event: events.AnyEvent) -> None:
        if not self._is_kept:
            # Nobody can ask for it any more; only its number counts.
            self._seq += 1
            return
        key = _key(event)
        # A newer figure takes the place of the older one, at the end of the row.
        self._gathered.pop(key, None)
        self._gathered[key] = event
        if len(self._gathered) >= MOST_GATHERED:
            self._number()
        if self._readers:
            wait_s = self._last_gathered_s + GATHER_S - self._clock.monotonic()
            self._start(self._gather, max(wait_s, 0.0))

    def _gather(self) -> None:
        self._stop(self._gather)
        self._last_gathered_s = self._clock.monotonic()
        self._number()
        for reader in self._readers:
            reader.wake()

    def _number(self) -> None:
        gathered, self._gathered = self._gathered, {}
        for event in gathered.values():
            try:
                frame = _frame(self._view(event, self._seq + 1))
            except Exception:
                _log.exception("An event cannot be shown", extra={"action": "stream"})
                continue
            self._seq += 1
            self._ring.append(frame)
            self._ring_bytes += len(frame)
        while len(self._ring) > KEPT_EVENTS or self._ring_bytes > KEPT_BYTES:
            self._ring_bytes -= len(self._ring.popleft())

    def _join(self, seq: int) -> Piece:
        frames: list[bytes] = []
        size = 0
        for index in range(len(self._ring) - (self._seq - seq), len(self._ring)):
            frame = self._ring[index]
            size += len(frame)
            if frames and size > PIECE_BYTES:
                break
            frames.append(frame)
        return Piece(b"".join(frames), seq + len(frames))

    def _ping(self) -> None:
        self._stop(self._ping)
        for reader in self._readers:
            reader.ping()
        self._start(self._ping, PING_S)

    def _forget(self) -> None:
        self._stop(self._forget)
        self._is_kept = False
        self._seq += len(self._gathered)
        self._gathered.clear()
        self._ring.clear()
        self._ring_bytes = 0
        self._piece, self._piece_from = Piece(b"", 0), -1

    def _start(self, call: Callable[[], None], delay_s: float) -> None:
        if call not in self._timers:
            self._timers[call] = self._clock.call_later(delay_s, call)

    def _stop(self, call: Callable[[], None]) -> None:
        timer = self._timers.pop(call, None)
        if timer is not None:
            timer.cancel()


class Reader:
    """One subscriber's place in a feed."""

    def __init__(self, feed: Feed, place: int) -> None:
        self._feed = feed
        self._place = place
        self._woken = asyncio.Event()
        self._is_open = True
        self._is_gone = False
        self._ping_is_due = False

    def greeting(self) -> bytes:
        """The first frame: after which number the stream goes on."""
        known = self._feed.knows(self._place)
        return self._feed.say("hello", self._place if known else self._feed.seq)

    def take(self) -> bytes:
        """The next frames that are there already; b"" where there are none."""
        if not self._feed.knows(self._place):
            self._place = self._feed.seq
            return self._feed.say("resync", self._place)
        piece = self._feed.after(self._place)
        self._place = piece.last
        if not piece.frames and self._ping_is_due:
            piece = Piece(PING, piece.last)
        self._ping_is_due = False
        return piece.frames

    async def read(self) -> bytes | None:
        """The next frames, as soon as there are some; None after the end."""
        while not self._is_gone:
            if frames := self.take():
                return frames
            if not self._is_open:
                break
            self._woken.clear()
            await self._woken.wait()
        return None

    def wake(self) -> None:
        self._woken.set()

    def ping(self) -> None:
        self._ping_is_due = True
        self.wake()

    def close(self) -> None:
        """Nothing follows but what is there already."""
        self._is_open = False
        self.wake()

    def drop(self) -> None:
        """Nobody listens any more."""
        self._is_gone = True
        self.wake()


def _key(event: events.AnyEvent) -> Hashable:
    """What the event replaces: of progress and output only the newest counts."""
    match event:
        case events.RunProgressed(run_id=run_id) | events.RunPrinted(run_id=run_id):
            return type(event), run_id
        case events.ContinuousChanged(what="progressed", task=task):
            return type(event), task.id
        case events.NoticeChanged():
            # It says that there is something new; what, is asked for.
            return type(event)
        case _:
            return object()


def _frame(view: shapes.EventView) -> bytes:
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (
        view.seq, view.type.encode(), codec.encode(view)
    )  # fmt: skip
