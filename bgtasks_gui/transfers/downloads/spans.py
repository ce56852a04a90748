"""The file as ranges: which are there, which are on their way, and which may be split."""

from __future__ import annotations

from collections.abc import Iterable

from bgtasks_gui.core.transfers import Piece


class Span:
    """A range that one connection fetches, in order."""

    def __init__(self, start: int, end: int | None = None, at: int | None = None) -> None:
        self.start = start
        #: Behind its last byte; None as long as nobody knows.
        self.end = end
        #: The next byte that is missing.
        self.at = start if at is None else at
        #: Bytes that were added to it, those lost again included.
        self.came = 0
        #: Whether a server gives it: until then the range before it may go on into it.
        self.is_given = False
        self.is_taken = False

    def __repr__(self) -> str:
        return f"<{self.start}..{self.at}..{self.end}>"

    @property
    def is_complete(self) -> bool:
        return self.end is not None and self.at >= self.end

    @property
    def rest(self) -> int:
        return 0 if self.end is None else self.end - self.at


class Spans:
    """All of them, in order and without gaps."""

    def __init__(self, pieces: Iterable[Piece] = ()) -> None:
        self._spans = [Span(one.start, one.end, one.start + one.done) for one in pieces]
        if not self._spans:
            self._spans = [Span(0)]

    def restart(self, span: Span, length: int | None) -> None:
        """Nothing is there: this one becomes the whole."""
        span.start, span.at, span.end, span.is_taken = 0, 0, length, True
        self._spans = [span]

    def bound(self, length: int | None) -> None:
        """The length of the whole, where it is known by now."""
        if self._spans[-1].end is None:
            self._spans[-1].end = length

    def pieces(self) -> tuple[Piece, ...]:
        """As they are now, those that are complete put together with what follows."""
        found: list[Piece] = []
        for span in self._spans:
            start, done = span.start, span.at - span.start
            if found and found[-1].start + found[-1].done == found[-1].end == span.start:
                before = found.pop()
                start, done = before.start, before.done + done
            found.append(Piece(start=start, end=span.end, done=done))
        return tuple(found)

    @property
    def done(self) -> int:
        return sum(span.at - span.start for span in self._spans)

    @property
    def first_at(self) -> int:
        """Behind the last byte up to which all are there."""
        at = 0
        for span in self._spans:
            at = span.at
            if not span.is_complete:
                break
        return at

    @property
    def missing(self) -> int:
        """How many of them miss something."""
        return sum(not span.is_complete for span in self._spans)

    @property
    def is_complete(self) -> bool:
        return all(span.is_complete for span in self._spans)

    @property
    def is_empty(self) -> bool:
        return self.done == 0

    def take(self, least: int | None) -> Span | None:
        """A range that nobody fetches; else the second half of the largest rest.

        A half has at least so many bytes; None splits nothing.
        """
        for span in self._spans:
            if not span.is_taken and not span.is_complete:
                span.is_taken = True
                return span
        return None if least is None else self._split(least)

    def take_furthest(self) -> Span | None:
        """Of those that miss something, the one of which most is there."""
        missing = [span for span in self._spans if not span.is_complete]
        furthest = max(missing, key=lambda span: span.at - span.start, default=None)
        if furthest is not None:
            furthest.is_taken = True
        return furthest

    def give_back(self, span: Span) -> None:
        """Nobody fetches it; where nothing of it has come, the one before it goes on into it."""
        span.is_taken = span.is_given = False
        index = self._spans.index(span) if span in self._spans else 0
        if index and not self._spans[index - 1].is_complete:
            self.extend(self._spans[index - 1])

    def extend(self, span: Span) -> bool:
        """Let it go on into the one behind it, where nothing of that is given yet; or say no."""
        index = self._spans.index(span) + 1
        if index == len(self._spans):
            return False
        behind = self._spans[index]
        if behind.is_given or behind.at > behind.start:
            return False
        span.end = behind.end
        del self._spans[index]
        return True

    def holds(self, span: Span) -> bool:
        """Whether it is still one of them, and not a part of the one before it."""
        return span in self._spans

    def divide(self, count: int, least: int) -> None:
        """Split until so many miss something."""
        while self.missing < count:
            half = self._split(least)
            if half is None:
                return
            half.is_taken = False

    def _split(self, least: int) -> Span | None:
        largest = max(self._spans, key=lambda span: span.rest)
        if largest.rest < 2 * least:
            return None
        middle = largest.at + (largest.rest + 1) // 2
        half = Span(middle, largest.end)
        half.is_taken = True
        largest.end = middle
        self._spans.insert(self._spans.index(largest) + 1, half)
        return half
