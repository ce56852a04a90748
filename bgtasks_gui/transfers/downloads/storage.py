"""What has come of a file: put to its place, made safe from time to time, and recorded then."""

from __future__ import annotations

import asyncio
from typing import Final

from bgtasks_gui.core import ports, transfers
from bgtasks_gui.transfers import words
from bgtasks_gui.transfers.downloads.account import Account
from bgtasks_gui.transfers.downloads.spans import Span, Spans
from bgtasks_gui.transfers.files.checksums import Digest
from bgtasks_gui.transfers.files.partfile import PartFile
from bgtasks_gui.transfers.files.threads import apart, finished

#: Bytes that are read and digested between two pieces of data without anybody noticing.
_LITTLE: Final = 512 * 1024


class Storage:
    """One part file and the spans in it."""

    def __init__(
        self, file: PartFile, spans: Spans, account: Account, outlet: words.Outlet, checksum: str
    ) -> None:
        self.file = file
        self.spans = spans
        self._account = account
        self._outlet = outlet
        self._checksum = checksum
        self.digest: Digest | None = None
        self._unsafe = 0
        self._timer: ports.Timer | None = None
        self._saving: asyncio.Task[None] | None = None
        self._following: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()
        #: What went wrong while something was made safe.
        self._error: OSError | None = None
        self._begin_digest()

    def put(self, span: Span, view: memoryview) -> None:
        """What comes next of a span, and of the one behind it where that may be.

        What is more than was announced, or is given by another connection, is left.
        """
        while view:
            room = len(view) if span.end is None else span.end - span.at
            if room <= 0 and not self.spans.extend(span):
                return
            if room > 0:
                self.write(span, view[:room])
                view = view[room:]

    def write(self, span: Span, view: memoryview) -> None:
        """What comes next of a span. Raises `OSError`, also for what was written before."""
        if self._error is not None:
            raise self._error
        self.file.write(span.at, view)
        if self.digest is not None and self._following is None:
            self.digest.feed(span.at, view)
        span.at += len(view)
        span.came += len(view)
        self._account.has += len(view)
        self._unsafe += len(view)
        if self._unsafe >= transfers.SAFE_EVERY_BYTES:
            self._begin_saving()
        elif self._timer is None:
            self._timer = self._outlet.clock.call_later(transfers.SAFE_EVERY_S, self._begin_saving)

    async def make_safe(self) -> None:
        """All that has come is safe and recorded once this returns."""
        async with self._lock:
            self._stop_timer()
            self._unsafe = 0
            pieces = self.spans.pieces()
            mark = await apart(self.file.make_safe, pieces)
            self._account.set(pieces=pieces, mark=mark)
            self._outlet.keep(self._account.record)

    async def empty(self, span: Span, length: int | None) -> None:
        """Nothing is there any more, and this span is the whole. The record says so first."""
        await self.settle()
        async with self._lock:
            self.spans.restart(span, length)
            self._outlet.keep(self._account.record)
            await apart(self.file.empty)
        self._begin_digest()

    async def restart(self) -> None:
        """Nothing is there any more, and nobody knows how much there will be."""
        span = Span(0)
        await self.empty(span, None)
        self.spans.give_back(span)

    async def digested(self) -> Digest | None:
        """The digest of all that is there, where one was asked for."""
        await self._stop_following()
        if self.digest is not None:
            await apart(self.digest.read, self.file.fd, self.spans.done)
        return self.digest

    async def close(self) -> None:
        """Make safe what is there; the file is then closed in any case.

        Not before nobody uses it any more, for that would go on holding its lock.
        """
        await finished(self._close())

    async def _close(self) -> None:
        try:
            await self.settle()
            await self.make_safe()
        finally:
            self._stop_timer()
            self.file.close()

    async def discard(self) -> None:
        """Remove the part file."""
        await finished(self._discard())

    async def _discard(self) -> None:
        await self.settle()
        self._stop_timer()
        await apart(self.file.remove)

    def release(self) -> None:
        """It has become the file."""
        self._stop_timer()
        self.file.close()

    # Making safe from time to time

    def _begin_saving(self) -> None:
        self._stop_timer()
        if self._saving is None or self._saving.done():
            self._saving = asyncio.get_running_loop().create_task(self._save())

    async def _save(self) -> None:
        try:
            await self.make_safe()
        except OSError as error:
            self._error = error

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def settle(self) -> None:
        """Nothing is done apart any more, and nothing will be by itself."""
        self._stop_timer()
        await self._stop_following()
        if self._saving is not None:
            await asyncio.wait([self._saving])
            self._saving = None

    # The digest

    def _begin_digest(self) -> None:
        if not self._checksum:
            return
        self.digest = Digest(self._checksum)
        if self.spans.first_at > 0:
            self._following = asyncio.get_running_loop().create_task(self._follow(self.digest))

    async def _follow(self, digest: Digest) -> None:
        """Digest what was there before, while more comes."""
        while self.spans.first_at - digest.at > _LITTLE and not digest.is_stopped:
            await apart(digest.read, self.file.fd, self.spans.first_at)
        digest.read(self.file.fd, self.spans.first_at)
        # From here on what comes is fed to it.
        self._following = None

    async def _stop_following(self) -> None:
        following, digest = self._following, self.digest
        if following is None or digest is None:
            return
        digest.is_stopped = True
        # What it could not read is read again, and then told.
        await asyncio.gather(following, return_exceptions=True)
        digest.is_stopped = False
        self._following = None
