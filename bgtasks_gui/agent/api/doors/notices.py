"""What the API says about what the person was told, and how."""

from __future__ import annotations

import logging
from typing import Final

import msgspec

from bgtasks_gui.agent.telling import showing, teller
from bgtasks_gui.core import errors, ports
from bgtasks_gui.core.notices import notice
from bgtasks_gui.wire import shapes, times

_log = logging.getLogger(__name__)

#: Notices that one answer holds at most.
MOST: Final = 1000


class NoticesDoor:
    """Answers the routes of `wire.routes` with the subject "notices"."""

    def __init__(self, store: ports.Store, told: teller.Teller, shown: showing.Showing) -> None:
        self._store = store
        self._teller = told
        self._showing = shown

    async def list(self, *, query: shapes.NoticesQuery) -> tuple[shapes.NoticeView, ...]:
        if not 1 <= query.limit <= MOST:
            raise errors.InvalidField(f"The limit is 1 to {MOST}.", field="limit")
        if query.outcome is not None and query.outcome not in set(notice.Outcome):
            known = ", ".join(notice.Outcome)
            raise errors.InvalidField(
                f"{query.outcome!r} is no outcome; it is one of {known}.", field="outcome"
            )
        wanted = ports.ToldQuery(
            outcome=query.outcome, limit=query.limit, before_id=query.before_id
        )
        read = (_read(text) for text in await self._store.notices(wanted))
        return tuple(_view(record) for record in read if record is not None)

    async def telling(self) -> shapes.TellingView:
        surfaces = (
            shapes.SurfaceView(
                name=speaker.name,
                title=speaker.way.title,
                is_available=speaker.is_available,
                sentence=speaker.sentence,
                is_used=self._showing.uses(speaker),
            )
            for speaker in self._showing.speakers
        )
        return shapes.TellingView(
            surfaces=tuple(surfaces),
            held_back=self._teller.held_back,
            is_quiet=self._teller.is_quiet,
            quiet_until=times.stamp_or_none(self._teller.quiet_until),
        )


def _read(text: msgspec.Raw) -> notice.Record | None:
    """What was written down; None where another version wrote it so that this one is at a loss."""
    try:
        return msgspec.json.decode(text, type=notice.Record)
    except msgspec.ValidationError as error:
        _log.debug("a notice is not understood: %s", error, extra={"action": "list"})
        return None


def _view(record: notice.Record) -> shapes.NoticeView:
    told = record.notice
    return shapes.NoticeView(
        id=record.id,
        at=times.stamp(told.at),
        kind=told.kind.value,
        title=told.title,
        body=told.body,
        task_id=told.task_id,
        run_id=told.run_id,
        group=told.group,
        outcome=record.outcome.value,
        changed_at=times.stamp(record.changed_at),
        surfaces=record.surfaces,
        held_because=record.held_because,
    )
