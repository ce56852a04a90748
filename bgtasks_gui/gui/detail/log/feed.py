"""Brings the output of one run into a view, in portions that nobody notices."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Final

from bgtasks_gui.client.client import Client
from bgtasks_gui.client.phrases import runs as phrases
from bgtasks_gui.core import durations, errors
from bgtasks_gui.gui.detail.log import ansi, reader
from bgtasks_gui.gui.detail.log.log_view import LogView
from bgtasks_gui.wire import shapes

#: Seconds that are spent on reading a portion before it is written, which takes about as long.
_PORTION_S: Final = 0.002
#: Characters after which the time is looked at.
_SLICE: Final = 4 * 1024


class Feed:
    """The output of a run on its way. It lives as long as `go_on` is awaited.

    No object of Qt, since it may be collected on any thread. `tell` is called whenever there is
    something new to say of the output beside its text.
    """

    def __init__(
        self,
        client: Client,
        run: shapes.RunView,
        view: LogView,
        looked_at: asyncio.Event,
        tell: Callable[[], None] = lambda: None,
    ) -> None:
        self.run = run
        #: Whether the agent answers.
        self.is_reached = True
        self.is_loading_earlier = False
        #: Why there is no output to read.
        self.trouble = ""
        self._view = view
        self._looked_at = looked_at
        self._tell = tell
        self._reader = reader.LogReader(client, run.id, on_reached=self._on_reached)
        self._parser = ansi.Parser()
        self._news = asyncio.Event()
        self._opened = asyncio.Event()
        self._reading_back = asyncio.Lock()
        #: Where each stretch in the view begins in the output, and how many lines it finished.
        self._stretches: collections.deque[tuple[int, int]] = collections.deque()
        view.trimmed.connect(self._on_trimmed)

    @property
    def is_loaded(self) -> bool:
        """Whether its newest output was read."""
        return self._opened.is_set()

    @property
    def lost(self) -> int:
        """Bytes of the output that could not be written."""
        return self._reader.lost

    @property
    def extent(self) -> str:
        """How much of the output is shown, where that is not all."""
        if not self._reader.has_earlier:
            return ""
        shown, total = self._reader.total - self._reader.start, self._reader.total
        return f"The last {durations.say_size(shown)} of {durations.say_size(total)}"

    def take(self, run: shapes.RunView) -> None:
        """The run stands differently now."""
        self.run = run
        self._news.set()

    def leave(self) -> None:
        """Let go of the view: another run is shown."""
        self._view.trimmed.disconnect(self._on_trimmed)
        self._view.end_above()

    async def go_on(self) -> None:
        """Read the newest output, then what comes, to the end of the run."""
        try:
            await self._looked_at.wait()
            await self._append(await self._reader.open())
            self._opened.set()
            self._tell()
            if not self._view.has_output:
                # All of it is the end of one very long line.
                await self.load_earlier()
            await self._follow()
        except errors.UserError as error:
            self.trouble = error.message
            self._opened.set()
            self._tell()

    async def load_earlier(self) -> bool:
        """Put the part before what is shown above it; False where there is none."""
        await self._opened.wait()
        async with self._reading_back:
            self.is_loading_earlier, part = True, None
            self._tell()
            try:
                part = await self._reader.earlier()
                if part is not None:
                    await self._write_above(part)
            except errors.UserError as error:
                self.trouble = error.message
            finally:
                self.is_loading_earlier = False
                self._tell()
            return part is not None

    async def load_all(self) -> None:
        """Put everything that is kept into the view."""
        while await self.load_earlier():
            pass

    async def _follow(self) -> None:
        while True:
            # Known before reading: nothing is written once a run has ended.
            has_ended = phrases.has_ended(self.run)
            self._news.clear()
            async with contextlib.aclosing(self._reader.follow()) as parts:
                async for part in parts:
                    await self._append(part)
                    self._tell()
                    await self._looked_at.wait()
            if has_ended:
                return
            await self._news.wait()

    async def _append(self, part: reader.Part) -> None:
        if part.gap:
            self._parser = ansi.Parser()
            self._view.note(gap_words(part.gap))
        finished = 0
        for lines in _portions(self._parser, part.text):
            finished += len(lines)
            self._view.append(lines, self._parser.open_line)
            await asyncio.sleep(0)
        self._stretches.append((part.start, finished))

    async def _write_above(self, part: reader.Part) -> None:
        parser, finished = ansi.Parser(), 0
        for lines in _portions(parser, part.text):
            finished += len(lines)
            self._view.write_above(lines)
            await asyncio.sleep(0)
        rest = parser.open_line
        # Where the part does not end a line, the text below goes on with it.
        last = [rest._replace(goes_on=not part.gap)] if rest.segments else []
        self._view.write_above(last, gap_words(part.gap) if part.gap else "")
        self._view.end_above()
        self._stretches.appendleft((part.start, finished + len(last)))

    def _on_reached(self, is_reached: bool) -> None:
        self.is_reached = is_reached
        self._tell()

    def _on_trimmed(self, lines: int) -> None:
        while self._stretches and self._stretches[0][1] <= lines:
            lines -= self._stretches.popleft()[1]
        if self._stretches:
            start, finished = self._stretches.popleft()
            self._stretches.appendleft((start, finished - lines))
            self._reader.forget_before(start)


def gap_words(count: int) -> str:
    verb = "is" if count == 1 else "are"
    return f"{durations.say_size(count)} of output {verb} not kept"


def _portions(parser: ansi.Parser, text: str) -> Iterator[list[ansi.Line]]:
    """The finished lines of a text, as many at once as can be written without a stall."""
    lines: list[ansi.Line] = []
    until = time.perf_counter() + _PORTION_S
    for start in range(0, len(text), _SLICE):
        lines += parser.feed(text[start : start + _SLICE])
        if time.perf_counter() >= until:
            yield lines
            lines, until = [], time.perf_counter() + _PORTION_S
    yield lines
