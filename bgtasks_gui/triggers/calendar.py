"""The trigger that fires on days of the month: "the last Friday", "day 15", "the last day"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal, Self

import msgspec

from bgtasks_gui.core import errors
from bgtasks_gui.triggers import phrases, zones

#: Months looked through for the next time: five Mondays in a February are at most 40 years apart.
_MONTHS_AHEAD: Final = 12 * 41
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
#: What there is to choose from, by the JSON of each value.
_WEEKDAYS: Final = {day: day.capitalize() for day in phrases.WEEKDAYS}
_NTHS: Final = {"1": "First", "2": "Second", "3": "Third", "4": "Fourth", "5": "Fifth"} | {
    "-1": "Last"
}
_DAYS: Final = {str(day): phrases.ordinal(day) for day in range(1, 32)} | {"-1": "The last one"}
_MONTHS: Final = {str(number): name[:3] for number, name in enumerate(phrases.MONTHS, 1)}


class CalendarTrigger(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="calendar"
):
    """On days of the month"""

    time: Annotated[
        str,
        msgspec.Meta(
            title="At",
            description="Time of day.",
            examples=["18:00"],
            extra_json_schema={"format": "time-of-day"},
        ),
    ]
    zone: Annotated[
        str | None,
        msgspec.Meta(
            title="Time zone",
            description="The zone the time is in.",
            examples=["Europe/Berlin"],
            extra_json_schema={"format": "zone", "x-empty": "The computer's own", "x-rare": True},
        ),
    ] = None
    weekday: Annotated[
        phrases.Weekday | None,
        msgspec.Meta(
            title="Weekday",
            description="Either a weekday, or a day of the month.",
            extra_json_schema={"x-labels": _WEEKDAYS, "x-empty": "By the day of the month"},
        ),
    ] = None
    nth: Annotated[
        Annotated[int, msgspec.Meta(ge=-1, le=5)] | None,
        msgspec.Meta(
            title="Which one",
            description="Which of these weekdays of the month.",
            extra_json_schema={
                "x-labels": _NTHS,
                "x-empty": "Every one",
                "x-when": {"weekday": {"not": {"const": None}}},
            },
        ),
    ] = None
    day: Annotated[
        Annotated[int, msgspec.Meta(ge=-1, le=31)] | None,
        msgspec.Meta(
            title="Day of the month",
            description="Either a day of the month, or a weekday.",
            extra_json_schema={
                "x-labels": _DAYS,
                "x-empty": "By the weekday",
                "x-when": {"weekday": {"const": None}},
            },
        ),
    ] = None
    short_months: Annotated[
        Literal["skip", "last_day"],
        msgspec.Meta(
            title="In shorter months",
            description="What a month does that does not have this day.",
            extra_json_schema={
                "x-labels": {"skip": "Do not run", "last_day": "Run on the last day"},
                "x-when": {"day": {"minimum": 29}},
            },
        ),
    ] = "skip"
    months: Annotated[
        tuple[
            Annotated[int, msgspec.Meta(ge=1, le=12, extra_json_schema={"x-labels": _MONTHS})], ...
        ],
        msgspec.Meta(
            title="Months",
            description="None chosen is every month.",
            extra_json_schema={"x-rare": True},
        ),
    ] = ()

    def prepared(self, now: datetime) -> Self:
        self._check()
        ready = msgspec.structs.replace(
            self, zone=zones.checked(self.zone), months=tuple(sorted(set(self.months)))
        )
        if ready.next(now) is None:
            raise errors.InvalidField(
                f"Day {self.day} never comes in {self._months_phrase()}; "
                'give an earlier day, or "last_day" for short months.',
                field="day",
            )
        return ready

    def describe(self) -> str:
        phrase = f"at {self.time} on {self._days_phrase()} of {self._months_phrase()}"
        if self.weekday is not None and self.nth is None:
            phrase = f"at {self.time} every {self.weekday.capitalize()}"
            if self.months:
                phrase += f" in {self._months_phrase()}"
        if self.day is not None and self.day > 28 and self.short_months == "last_day":
            phrase += ", or on its last day"
        return phrase if self.zone is None else f"{phrase} ({self.zone})"

    def next(self, after: datetime) -> datetime | None:
        zone = zones.load(self.zone)
        try:
            # A day back, since a time that clocks skip belongs to the day before it runs.
            start = zones.wall(after, zone) - timedelta(days=1)
            for time in self._times(start):
                at = zones.first_instant(time, zone)
                if at > after:
                    return at
        except (OverflowError, ValueError):  # the end of the calendar, year 9999
            return None
        return None

    def note(self, at: datetime) -> str | None:
        zone = zones.load(self.zone)
        local = zones.wall(at, zone)
        gap = zones.skipped_at(at, zone)
        if gap is not None:
            missing = [time for time in self._times(gap[0]) if time < gap[1]]
            if missing:
                return phrases.skipped(missing, local)
        if len(zones.instants(local, zone)) == 2:
            return phrases.repeated(local, both=False)
        return None

    def _times(self, start: datetime) -> Iterator[datetime]:
        """Wall times from this one on, without regard to changes of the clock."""
        hour, minute = int(self.time[:2]), int(self.time[3:])
        for index in range(_MONTHS_AHEAD):
            year, month = divmod(start.year * 12 + start.month - 1 + index, 12)
            if self.months and month + 1 not in self.months:
                continue
            for day in self._days(year, month + 1):
                time = datetime(year, month + 1, day, hour, minute)
                if time >= start:
                    yield time

    def _days(self, year: int, month: int) -> list[int]:
        first, length = calendar.monthrange(year, month)
        if self.weekday is not None:
            offset = (phrases.WEEKDAYS.index(self.weekday) - first) % 7
            days = list(range(offset + 1, length + 1, 7))
            if self.nth is None:
                return days
            return days[-1:] if self.nth == -1 else days[self.nth - 1 : self.nth]
        if self.day is None:
            return []
        if self.day == -1 or (self.day > length and self.short_months == "last_day"):
            return [length]
        return [self.day] if self.day <= length else []

    def _check(self) -> None:
        if not _TIME.fullmatch(self.time):
            field, message = "time", f'"{self.time[:20]}" is not a time of day; write HH:MM, 18:00.'
        elif (self.weekday is None) == (self.day is None):
            field, message = "day", "Give either a weekday or a day of the month."
        elif self.nth is not None and (self.weekday is None or self.nth not in (1, 2, 3, 4, 5, -1)):
            field, message = "nth", "Which weekday of the month is 1 to 5, or -1 for the last one."
        elif self.day is not None and (self.day == 0 or not -1 <= self.day <= 31):
            field, message = "day", "The day of the month is 1 to 31, or -1 for the last one."
        elif not set(self.months) <= set(range(1, 13)):
            field, message = "months", "Months are numbers from 1 (January) to 12 (December)."
        else:
            return
        raise errors.InvalidField(message, field=field)

    def _days_phrase(self) -> str:
        if self.day is not None:
            return "the last day" if self.day == -1 else f"the {phrases.ordinal(self.day)}"
        which = "last" if self.nth == -1 else phrases.ordinal(self.nth or 1)
        return f"the {which} {(self.weekday or '').capitalize()}"

    def _months_phrase(self) -> str:
        return phrases.listed([phrases.MONTHS[month - 1] for month in self.months]) or "every month"
