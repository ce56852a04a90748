"""What has come of a file: put to its place, made safe from time to time, and recorded then."""

from __future__ import annotations

import asyncio
import os
from typing import Final

from bgtasks_gui.core import durations, ports, transfers
from bgtasks_gui.transfers import words
from bgtasks_gui.transfers.downloads.account import Account
from bgtasks_gui.transfers.downloads.spans import Span, Spans
from bgtasks_gui.transfers.files import asides, room
from bgtasks_gui.transfers.files.checksums import Digest
from bgtasks_gui.transfers.files.partfile import PartFile
from bgtasks_gui.transfers.files.threads import apart, finished, to_the_end

#: Bytes that are read and digested between two pieces of data without anybody noticing.
_LITTLE: Final = 512 * 1024


class Aside:
    """What there was of an older version: kept until the new one is whole, or needs the room."""

    def __init__(self, account: Account, outlet: words.Outlet) -> None:
        self._account = account
        self._outlet = outlet

    @property
    def path(self) -> str:
        return self._account.record.aside

    async def find(self, folder: str) -> None:
        """As it is after a crash, which may have come before what is recorded, or after it."""
        found = await apart(asides.find, folder, self._outlet.run_id, self.path)
        self._account.set(aside=found)
        name = os.path.basename(found)
        if found and not any(name in note for note in self._account.record.receipt.notes):
            text = f"what there was of an older version is in {name} until the new one is whole"
            self._account.note(text)
            self._outlet.say(text)

    async def keep(self, file: PartFile, size: int) -> bool:
        """Put aside what is in the part file, which is then empty; whether that was done."""
        return size >= transfers.ASIDE_FROM and await finished(self._keep(file, size))

    async def _keep(self, file: PartFile, size: int) -> bool:
        # There is one at most, the newest.
        await self._remove()
        reserved = await apart(asides.reserve, file.place.part, self._outlet.run_id)
        if reserved is None:
            return False
        # The record says so before the files change.
        self._account.set(aside=reserved.path)
        self._outlet.keep(self._account.record)
        if not await apart(file.give_way, reserved):
            self._account.set(aside="")
            return False
        where = f"in {os.path.basename(self.path)} until the new one is whole"
        self._tell(f"the {durations.say_size(size)} of the older version are {where}")
        return True

    async def make_room(self, folder: str, needs: int) -> None:
        """The new version goes first where there is no room for both."""
        if self.path and room.missing(folder, needs) is not None:
            await self.give_up()

    async def give_up(self) -> None:
        await self._remove()
        self._tell("what there was of the older version was removed: the new one needs its room")

    async def remove(self) -> None:
        """The new one is whole."""
        if self.path:
            await self._remove()
            self._outlet.say("what there was of the older version was removed")

    async def _remove(self) -> None:
        if self.path:
            await to_the_end(asides.remove, self.path)
            self._account.set(aside="")

    def _tell(self, text: str) -> None:
        self._account.note(text)
        self._outlet.keep(self._account.record)
        self._outlet.say(text)


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
        self._aside = Aside(account, outlet)
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

    @property
    def has_failed(self) -> bool:
        """Whether something could not be made safe."""
        return self._error is not None

    async def empty(self, span: Span, length: int | None, *, keeps: bool = False) -> None:
        """Nothing is there any more, and this span is the whole. The record says so first.

        What was there is put aside where it is to be kept and can be.
        """
        await self.settle()
        async with self._lock:
            size = self.spans.done
            self.spans.restart(span, length)
            if not (keeps and await self._aside.keep(self.file, size)):
                self._outlet.keep(self._account.record)
                await apart(self.file.empty)
        self._begin_digest()

    async def restart(self, *, keeps: bool = False) -> None:
        """Nothing is there any more, and nobody knows how much there will be."""
        span = Span(0)
        await self.empty(span, None, keeps=keeps)
        self.spans.give_back(span)

    async def make_room(self) -> None:
        """For all that is to come, if there is something that can be given up for it."""
        needs = (self._account.length or 0) - self.file.allocated
        await self._aside.make_room(self.file.place.folder, needs)

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
