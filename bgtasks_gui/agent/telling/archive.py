"""The history of notices: what was shown where, what became of it, what was held back and why."""

from __future__ import annotations

import asyncio
import logging
import secrets

import msgspec

from bgtasks_gui.agent import bus
from bgtasks_gui.core import errors, events, ids, ports
from bgtasks_gui.core.notices import notice

_log = logging.getLogger(__name__)
_Outcome = notice.Outcome


class Archive:
    """Writes down every notice; nobody waits for that."""

    def __init__(self, store: ports.Store, hub: bus.Bus, clock: ports.Clock) -> None:
        self._store = store
        self._bus = hub
        self._clock = clock
        self._ids = ids.Sequence()
        #: What is up, by key.
        self._up: dict[str, notice.Record] = {}
        self._writes: set[asyncio.Task[None]] = set()
        #: Notices held back since the start.
        self.held_back = 0

    async def restore(self) -> None:
        """What the last agent showed of running work went with it."""
        query = ports.ToldQuery(outcome=_Outcome.ADDED, limit=1000)
        for text in await self._store.notices(query):
            record = msgspec.json.decode(text, type=notice.Record)
            if record.notice.kind is notice.Kind.LIVE:
                self._keep(record, _Outcome.CLEARED)

    def shown(self, told: notice.Notice, surfaces: tuple[str, ...]) -> None:
        """A notice is up, or says something else now."""
        before = self._up.get(told.key)
        if before is None:
            self._up[told.key] = self._begin(told, _Outcome.ADDED, surfaces=surfaces)
        else:
            names = tuple(dict.fromkeys((*before.surfaces, *surfaces)))
            now = msgspec.structs.replace(before, notice=told, surfaces=names)
            self._up[told.key] = self._keep(now, _Outcome.ADDED)

    def closed(self, key: str, outcome: notice.Outcome) -> None:
        """A notice is not up any more."""
        record = self._up.pop(key, None)
        if record is not None:
            self._keep(record, outcome)

    def held(self, told: notice.Notice, why: str) -> None:
        """A notice is not shown at all."""
        self.held_back += 1
        self._begin(told, _Outcome.HELD_BACK, why=why)

    async def close(self) -> None:
        """Done when everything is written."""
        while self._writes:
            await asyncio.wait(set(self._writes))

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
        return self._keep(record, outcome)

    def _keep(self, record: notice.Record, outcome: notice.Outcome) -> notice.Record:
        now = self._clock.now()
        record = msgspec.structs.replace(record, outcome=outcome, changed_at=now)
        writing = asyncio.get_running_loop().create_task(self._write(record))
        self._writes.add(writing)
        writing.add_done_callback(self._writes.discard)
        return record

    async def _write(self, record: notice.Record) -> None:
        text = msgspec.Raw(msgspec.json.encode(record))
        told = ports.Told(id=record.id, outcome=record.outcome, record=text)
        try:
            await self._store.write(ports.Change(notices=(told,)))
        except errors.StorageUnavailable as error:
            _log.warning("a notice is not in the history: %s", error, extra={"action": "write"})
            return
        self._bus.publish(events.NoticeChanged(at=record.changed_at, notice_id=record.id))
