"""One attempt to get a file: opens what is there, fetches what is missing, checks, names it."""

from __future__ import annotations

import asyncio
import functools
import os
from typing import Final

import msgspec

from bgtasks_gui.core import durations, reasons, transfers
from bgtasks_gui.core.transfers import Piece
from bgtasks_gui.transfers import words
from bgtasks_gui.transfers.downloads import ranges
from bgtasks_gui.transfers.downloads.account import Account
from bgtasks_gui.transfers.downloads.ends import Over, Restart
from bgtasks_gui.transfers.downloads.fetching import Fetching, MakeWeb
from bgtasks_gui.transfers.downloads.spans import Spans
from bgtasks_gui.transfers.downloads.storage import Aside, Storage
from bgtasks_gui.transfers.files import names, partfile, room
from bgtasks_gui.transfers.files.places import Place, Whole
from bgtasks_gui.transfers.files.threads import apart, kept, to_the_end
from bgtasks_gui.transfers.web import secrets
from bgtasks_gui.transfers.web.failures import Trouble
from bgtasks_gui.transfers.web.web import Answer, Web

_Code = reasons.Code
#: How often one attempt begins again before it leaves the server alone for a while.
_ROUNDS: Final = 4
_MAYBE: Final = "it was cut off, and what it asks for is not asked for again by itself"
_LENGTH: Final = "the length is as announced"
_END: Final = "the server ended it; it announced no length"


async def download(
    spec: transfers.DownloadSpec, outlet: words.Outlet, make_web: MakeWeb = Web
) -> transfers.Outcome:
    """Lets a `Trouble` out where the connection fails."""
    return await Download(spec, outlet, make_web).run()


class Download:
    """Whatever happens, what has come is safe and recorded when this is over."""

    def __init__(
        self, spec: transfers.DownloadSpec, outlet: words.Outlet, make_web: MakeWeb
    ) -> None:
        self._spec = spec
        self._outlet = outlet
        self._make_web = make_web
        self._account = Account(outlet.record, outlet.clock.now())
        self._aside = Aside(self._account, outlet)
        self._storage: Storage | None = None
        self._is_intact = True
        #: Whether what is there came by more than one answer.
        self._is_composed = False

    async def run(self) -> transfers.Outcome:
        how = "a mistake of Background Tasks"
        try:
            outcome = await self._run_safely()
            how = getattr(outcome, "detail", "done")
        except asyncio.CancelledError:
            how = "stopped"
            raise
        except Trouble as trouble:
            how = trouble.detail
            trouble.is_passing = trouble.is_passing and self._spec.is_repeatable
            at = durations.say_size(self._account.has)
            self._outlet.say(f"{how}, at {at}" if self._account.has else how)
            raise
        finally:
            self._account.ended(how)
            self._outlet.keep(self._account.record)
        return outcome

    async def _run_safely(self) -> transfers.Outcome:
        try:
            try:
                return await self._run()
            except Over as over:
                return self._repeatable(over.outcome)
            finally:
                if self._storage is not None:
                    await self._storage.close()
        except OSError as error:
            return self._of_file(error)

    async def _run(self) -> transfers.Outcome:
        if self._account.was_cut_off and not self._spec.is_repeatable:
            return transfers.Failed(code=_Code.CONNECTION, detail=_MAYBE)
        record = self._account.record
        self._outlet.keep(record)
        self._outlet.moved(self._account.has, record.length, "connecting")
        whole = await self._reopen(record) if record.part else None
        if whole is not None:
            return await self._found_whole(whole)
        for _ in range(_ROUNDS):
            try:
                return await self._fetch()
            except Restart as restart:
                await self._begin_again(str(restart), is_changed=restart.is_changed)
            except OSError as error:
                if not await self._found_room(error):
                    raise
        raise Trouble("the file on the server changes again and again")

    async def _fetch(self) -> transfers.Outcome:
        """One round. Raises `Restart` where another is needed."""
        storage = self._storage
        self._is_composed = storage is not None and not storage.spans.is_empty
        fetching = Fetching(
            self._spec, self._outlet, self._account, self._make_web, self._open_file
        )
        await fetching.run(storage, is_intact=self._is_intact)
        self._is_composed = self._is_composed or fetching.is_composed
        return await self._check() or await self._finish()

    async def _begin_again(self, why: str, *, is_changed: bool = False) -> None:
        self._outlet.say(f"again from the beginning: {why}")
        if why in (ranges.UNKNOWN, ranges.NOT_A_GET, ranges.NO_RANGES):
            self._account.note(why)
        self._account.begin_again(why)
        self._is_intact = True
        self._outlet.moved(0, None, "restarted")
        if self._storage is not None:
            await self._storage.restart(keeps=is_changed)

    # The file

    async def _reopen(self, record: transfers.Record) -> Whole | None:
        place = Place(record.path, record.part)
        run_id = self._outlet.run_id
        await self._aside.find(place.folder)
        call = functools.partial(partfile.reopen, place, record.pieces, record.mark, run_id)
        try:
            found = await kept(call, self._hold_found)
        except partfile.Lost as lost:
            self._account.set(part="")
            await self._begin_again(str(lost))
            return None
        if isinstance(found, Whole):
            return found
        needs = (record.length or 0) - found.file.allocated
        await self._aside.make_room(place.folder, needs)
        held = room.missing(place.folder, needs)
        if held is not None:
            raise Over(held)
        return None

    def _hold_found(self, found: partfile.Found | Whole) -> None:
        """What was there goes on, as far as it is really there."""
        if isinstance(found, Whole):
            return
        self._is_intact = not found.is_shorter
        before, spans = self._account.has, Spans(found.pieces)
        if found.is_shorter:
            why = f"the part file had only {spans.done} of {before} bytes"
            self._account.again(spans.done, before, why)
            self._outlet.say(why)
            self._account.set(pieces=found.pieces, mark="")
        self._account.has = spans.done
        self._hold(found.file, spans)

    async def _open_file(self, answer: Answer, heard: ranges.Heard) -> Storage:
        """A new part file for what this answer brings."""
        path = self._account.record.path or self._wanted_path(answer)
        folder = os.path.dirname(path)
        await self._aside.find(folder)
        await self._aside.make_room(folder, heard.length or 0)
        call = functools.partial(self._reserve, path, heard.length or 0)
        found = await kept(call, self._hold_new)
        if isinstance(found, Whole):
            raise Over(await self._found_whole(found))
        assert self._storage is not None
        self._outlet.keep(self._account.record)
        if heard.length is not None:
            await apart(found.allocate, heard.length)
        if heard.is_encoded:
            self._note("the server sent it compressed; it is kept as it was sent")
        return self._storage

    def _hold_new(self, found: partfile.PartFile | Whole) -> None:
        if isinstance(found, partfile.PartFile):
            self._account.set(path=found.place.path, part=found.place.part)
            self._hold(found, Spans())

    def _reserve(self, path: str, length: int) -> partfile.PartFile | Whole:
        folder = os.path.dirname(path)
        os.makedirs(folder, exist_ok=True)
        held = room.missing(folder, length)
        if held is not None:
            raise Over(held)
        return partfile.reserve(path, self._outlet.run_id)

    def _hold(self, file: partfile.PartFile, spans: Spans) -> None:
        self._storage = Storage(file, spans, self._account, self._outlet, self._spec.checksum)

    def _wanted_path(self, answer: Answer) -> str:
        to = self._spec.to
        if to.endswith(os.sep) or os.path.isdir(to):
            name = names.choose(answer.headers.get("content-disposition"), answer.url)
            return os.path.join(to, name)
        return to

    # The end

    async def _check(self) -> transfers.Failed | None:
        """Whether all that came is what was expected."""
        assert self._storage is not None
        has, record = self._account.has, self._account.record
        if not self._spec.checksum:
            self._account.checked(_LENGTH if record.length is not None else _END)
            return None
        self._outlet.moved(has, record.length, "checking")
        digest = await self._storage.digested()
        assert digest is not None
        if digest.is_right:
            self._account.checked(f"its {digest.name} is as expected")
            return None
        wrong = f"its {digest.name} is {digest.found}, expected {digest.expected}"
        was_tried = any(
            again.why.startswith(f"its {digest.name} is ") for again in record.receipt.again
        )
        if self._is_composed and self._spec.is_repeatable and not was_tried:
            raise Restart(wrong)
        await self._discard()
        self._note("what arrived was removed")
        return transfers.Failed(code=_Code.WRONG_CONTENT, detail=wrong)

    async def _discard(self) -> None:
        assert self._storage is not None
        storage, self._storage = self._storage, None
        await storage.discard()
        self._account.has = 0
        self._account.set(part="", pieces=(), mark="")

    async def _finish(self) -> transfers.Done:
        assert self._storage is not None
        length = self._storage.spans.done
        self._outlet.moved(length, length, "finishing")
        await self._storage.settle()
        origin = secrets.without(self._account.record.url)
        path = await to_the_end(self._storage.file.finish, length, origin)
        self._storage.release()
        self._storage = None
        return await self._done(path, length)

    async def _found_whole(self, whole: Whole) -> transfers.Done:
        """A crash came between the last step and the word of it."""
        length = os.stat(whole.path).st_size
        self._account.moved = max(self._account.moved, length)
        self._account.checked("it was there already, whole, before a crash")
        return await self._done(whole.path, length)

    async def _done(self, path: str, length: int) -> transfers.Done:
        pieces = (Piece(start=0, end=length, done=length),)
        self._account.set(path=path, part="", pieces=pieces, length=length)
        self._account.has = length
        await self._aside.remove()
        self._outlet.say(f"{durations.say_size(length)} are there: {path}")
        result = {"path": path, "bytes": length}
        return transfers.Done(result=msgspec.Raw(msgspec.json.encode(result)))

    # What goes wrong

    async def _found_room(self, error: OSError) -> bool:
        """Whether it goes on although the disk was full: there was something to give up first."""
        storage = self._storage
        if not (room.is_full(error) and self._aside.path):
            return False
        await self._aside.give_up()
        if storage is None or not self._spec.is_repeatable:
            return False
        await storage.settle()
        # What could not be made safe may be lost: only another attempt sees what is there.
        if storage.has_failed:
            return False
        self._hold(storage.file, Spans(storage.spans.pieces()))
        return True

    def _note(self, text: str) -> None:
        if self._account.note(text):
            self._outlet.say(text)

    def _repeatable(self, outcome: transfers.Outcome) -> transfers.Outcome:
        if isinstance(outcome, transfers.Failed) and not self._spec.is_repeatable:
            return msgspec.structs.replace(outcome, is_passing=False)
        return outcome

    def _of_file(self, error: OSError) -> transfers.Outcome:
        record = self._account.record
        path = record.path or self._spec.to
        if room.is_full(error):
            left = None if record.length is None else record.length - record.done
            return room.held(os.path.dirname(path), left or room.UNKNOWN)
        why = (error.strerror or str(error)).lower()
        return transfers.Failed(code=_Code.FILE_UNUSABLE, detail=f"{error.filename or path}: {why}")
