"""The trigger that fires once, at a given time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Self

import msgspec

from bgtasks_gui.core import errors
from bgtasks_gui.triggers import phrases


class DateTrigger(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="date"
):
    """Once, at a time"""

    at: Annotated[
        Annotated[datetime, msgspec.Meta(tz=True)],
        msgspec.Meta(
            title="At",
            description="The day, and the time of the day.",
            examples=["2026-11-22T15:00:00Z", "2026-11-22T16:00:00+01:00"],
        ),
    ]

    def prepared(self, now: datetime) -> Self:
        if self.at.tzinfo is None:
            raise errors.InvalidField("The time has no offset from UTC; add one.", field="at")
        at = self.at.astimezone(UTC)
        at -= timedelta(microseconds=at.microsecond % 1000)
        if at <= now:
            raise errors.InvalidField(
                f"{at:%Y-%m-%d %H:%M:%S} UTC has passed; give a time to come.", field="at"
            )
        return msgspec.structs.replace(self, at=at)

    def describe(self) -> str:
        local = self.at.astimezone()
        clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
        month = phrases.MONTHS[local.month - 1]
        return f"once, on {local.day} {month} {local.year} at {clock} ({local:%Z})"

    def next(self, after: datetime) -> datetime | None:
        return self.at if self.at > after else None

    def note(self, at: datetime) -> str | None:
        return None
