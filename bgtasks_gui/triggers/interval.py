"""The trigger that fires again and again, or once, after a length of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Self

import msgspec

from bgtasks_gui.core import errors
from bgtasks_gui.triggers import phrases

SHORTEST: Final = timedelta(seconds=1)
#: A hundred years; what is longer is a slip of the keyboard.
LONGEST: Final = timedelta(days=36_525)

_MILLISECOND: Final = timedelta(milliseconds=1)


class IntervalTrigger(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="interval"
):
    """Every so often"""

    every: Annotated[
        timedelta,
        msgspec.Meta(
            title="Every",
            description="Time from one start to the next.",
            examples=["PT15M", "P1D"],
        ),
    ]
    anchor: Annotated[
        Annotated[datetime, msgspec.Meta(tz=True)] | None,
        msgspec.Meta(
            title="Counted from",
            description="All times are whole intervals from this one.",
            extra_json_schema={"x-empty": "When it is saved", "x-rare": True},
        ),
    ] = None
    once: Annotated[
        bool,
        msgspec.Meta(
            title="Only once",
            description="A single time, one interval from there.",
            extra_json_schema={"x-rare": True},
        ),
    ] = False

    def prepared(self, now: datetime) -> Self:
        self._check_length()
        anchor = now if self.anchor is None else self.anchor
        if anchor.tzinfo is None:
            raise errors.InvalidField("The anchor has no offset from UTC; add one.", field="anchor")
        anchor = anchor.astimezone(UTC)
        anchor -= timedelta(microseconds=anchor.microsecond % 1000)
        ready = msgspec.structs.replace(self, anchor=anchor)
        if ready.next(now) is None:
            raise errors.InvalidField(
                "The only time of this interval has passed; give a later anchor or none.",
                field="anchor",
            )
        return ready

    def describe(self) -> str:
        if self.once:
            return f"once, after {phrases.duration(self.every)}"
        return phrases.every(self.every)

    def next(self, after: datetime) -> datetime | None:
        """Anchor plus whole intervals: late or missed runs never shift the plan (wishes W2)."""
        anchor = after if self.anchor is None else self.anchor
        count = 1 if self.once else max(0, (after - anchor) // self.every + 1)
        try:
            at = anchor + count * self.every
        except OverflowError:
            return None
        return at if at > after else None

    def note(self, at: datetime) -> str | None:
        return None

    def _check_length(self) -> None:
        if self.every % _MILLISECOND:
            message = "An interval is a whole number of milliseconds; leave out the smaller part."
        elif self.every < SHORTEST:
            message = f"An interval is at least {phrases.duration(SHORTEST)}."
        elif self.every > LONGEST:
            message = f"An interval is at most {phrases.duration(LONGEST)}."
        else:
            return
        raise errors.InvalidField(message, field="every")
