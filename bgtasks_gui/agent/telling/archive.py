"""The history of notices: what was shown where, what became of it, what was held back and why."""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import Final

import msgspec

from bgtasks_gui.agent import bus
from bgtasks_gui.core import errors, events, ids, ports
from bgtasks_gui.core.notices import notice

_log = logging.getLogger(__name__)
_Outcome = notice.Outcome
#: Seconds that the end waits for a store in trouble. It has what it was given, and may yet write.
CLOSE_S: Final = 2.0


#: Names what the next agent may have to tell.
FACT: Final = "untold"


class Archive:
    """Writes down every notice; nobody waits for that."""

    def __init__(
        self, store: ports.Store, hub: bus.Bus, clock: ports.Clock, *, close_s: float = CLOSE_S
    ) -> None:
        self._store = store
        self._bus = hub
        self._clock = clock
        self._close_s = close_s
        self._ids = ids.Sequence()
        #: What is up, by key.
        self._up: dict[str, notice.Record] = {}
        #: The newest of each record that is not written yet, by id.
        self._unwritten: dict[str, notice.Record] = {}
        self._writing: asyncio.Task[None] | None = None
        #: Keys of what the last agents held back; it may be held back again.
        self._held: set[str] = set()
        #: The runs of what is not told yet, where that is not written.
        self._untold: tuple[str, ...] | None = None
        #: Notices held back since the start.
        self.held_back = 0

    async def restore(self) -> tuple[str, ...]:
        """What an agent that broke down showed of running work went with it.

        The runs of what it did not come to tell.
        """
        for record in await self._read(_Outcome.ADDED):
            if record.notice.kind is notice.Kind.LIVE:
                self._become(record, _Outcome.CLEARED)
        self._held = {record.notice.key for record in await self._read(_Outcome.HELD_BACK)}
        text = await self._store.fact(FACT)
        return () if text is None else msgspec.json.decode(text, type=tuple[str, ...])

    def untold(self, runs: tuple[str, ...]) -> None:
        """What is not told yet is of these runs; the next agent may have to tell it."""
        self._untold = runs
        self._write()

    def shown(self, told: notice.Notice, surfaces: tuple[str, ...]) -> None:
        """A notice is up, or says something else now."""
        before = self._up.get(told.key)
        if before is None:
            self._up[told.key] = self._begin(told, _Outcome.ADDED, surfaces=surfaces)
        else:
            # When it was told first: so long it has been up.
            told = msgspec.structs.replace(told, at=before.notice.at)
            now = msgspec.structs.replace(before, notice=told)
            self._up[told.key] = self._keep(_also_on(now, surfaces))

    def moved(self, key: str, surfaces: tuple[str, ...]) -> None:
        """A notice that is up is shown by these too, or instead."""
        before = self._up.get(key)
        if before is not None and not set(surfaces) <= set(before.surfaces):
            self._up[key] = self._keep(_also_on(before, surfaces))

    def closed(self, key: str, outcome: notice.Outcome) -> None:
        """A notice is not up any more."""
        record = self._up.pop(key, None)
        if record is not None:
            self._become(record, outcome)

    def held(self, told: notice.Notice, why: str) -> None:
        """A notice is not shown at all."""
        self.held_back += 1
        if told.key in self._held:
            # The last agent did, and wrote it down.
            self._held.discard(told.key)
            return
        self._begin(told, _Outcome.HELD_BACK, why=why)

    async def close(self) -> None:
        """What is shown of running work goes with us. Done when everything is written, or
        the store is in trouble.
        """
        for key in [key for key, one in self._up.items() if one.notice.kind is notice.Kind.LIVE]:
            self.closed(key, _Outcome.CLEARED)
        if self._writing is not None:
            _, late = await asyncio.wait((self._writing,), timeout=self._close_s)
            for one in late:
                one.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    # Inside

    def _begin(
        self,
        told: notice.Notice,
        outcome: notice.Outcome,
        *,
        surfaces: tuple[str, ...] = (),
        why: str | None = None,
    ) -> notice.Record:
        now = self._clock.now()
        made = self._ids.make(int(now.timestamp() * 1000), secrets.randbits(ids.RANDOM_BITS))
        record = notice.Record(
            id=made, notice=told, outcome=outcome, changed_at=now, surfaces=surfaces,
            held_because=why,
        )  # fmt: skip
        return self._keep(record)

    def _become(self, record: notice.Record, outcome: notice.Outcome) -> None:
        now = self._clock.now()
        self._keep(msgspec.structs.replace(record, outcome=outcome, changed_at=now))

    def _keep(self, record: notice.Record) -> notice.Record:
        self._unwritten[record.id] = record
        self._write()
        return record

    async def _read(self, outcome: notice.Outcome) -> list[notice.Record]:
        found = list[notice.Record]()
        for text in await self._store.notices(ports.ToldQuery(outcome=outcome, limit=1000)):
            try:
                found.append(msgspec.json.decode(text, type=notice.Record))
            except msgspec.ValidationError as error:
                # Another version wrote it; that must not keep this one from telling.
                _log.warning("a notice is not understood: %s", error, extra={"action": "restore"})
        return found

    def _write(self) -> None:
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write_all())

    async def _write_all(self) -> None:
        while self._unwritten or self._untold is not None:
            # What comes while the store is in trouble is kept here, the newest of each.
            records, self._unwritten = tuple(self._unwritten.values()), {}
            untold, self._untold = self._untold, None
            facts = {} if untold is None else {FACT: msgspec.json.encode(untold).decode()}
            try:
                change = ports.Change(notices=tuple(map(_told, records)), facts=facts)
                await self._store.write(change)
            except errors.StorageUnavailable as error:
                _log.warning("notices are not in the history: %s", error, extra={"action": "write"})
                continue
            except Exception:
                _log.exception("notices are not in the history", extra={"action": "write"})
                continue
            now = self._clock.now()
            for record in records:
                self._bus.publish(events.NoticeChanged(at=now, notice_id=record.id))
        self._writing = None


def _also_on(record: notice.Record, surfaces: tuple[str, ...]) -> notice.Record:
    names = tuple(dict.fromkeys((*record.surfaces, *surfaces)))
    return msgspec.structs.replace(record, surfaces=names)


def _told(record: notice.Record) -> ports.Told:
    text = msgspec.Raw(msgspec.json.encode(record))
    return ports.Told(id=record.id, outcome=record.outcome, record=text)
