"""Each condition: what must hold before a run starts, in which words, and which sets never can.

Whether one holds now is for `verdicts` to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time
from pathlib import PurePath
from typing import Annotated, Final

import msgspec

from bgtasks_gui.core import durations, errors

_Meta = msgspec.Meta
_CLOCK_FORMAT: Final = {"format": "time-of-day"}


class InternetAvailable(msgspec.Struct, frozen=True, tag="internet_available"):
    """The computer reaches the internet."""


class InternetNotAvailable(msgspec.Struct, frozen=True, tag="internet_not_available"):
    """The computer does not reach the internet."""


class FreeNetwork(msgspec.Struct, frozen=True, tag="free_network"):
    """The network is not metered, and reaches the internet."""


class UserPresent(msgspec.Struct, frozen=True, tag="user_present"):
    """Somebody uses the computer."""


class UserNotPresent(msgspec.Struct, frozen=True, tag="user_not_present"):
    """Nobody uses the computer."""


class SessionConnected(msgspec.Struct, frozen=True, tag="session_connected"):
    """Your session is the active one."""


class SessionDisconnected(msgspec.Struct, frozen=True, tag="session_disconnected"):
    """Your session is not the active one."""


class WorkCostNotHigh(msgspec.Struct, frozen=True, tag="work_cost_not_high"):
    """Work costs little: on mains power, or with the screen on (concepts R75, R76)."""


class OnAcPower(msgspec.Struct, frozen=True, tag="on_ac_power"):
    """The computer runs on mains power."""


class BatteryAbove(msgspec.Struct, frozen=True, kw_only=True, tag="battery_above"):
    """The battery is charged enough."""

    percent: Annotated[
        float,
        _Meta(
            title="More than",
            examples=[30],
            extra_json_schema={"minimum": 0, "maximum": 100, "x-unit": "%"},
        ),
    ]


class DiskFreeAbove(msgspec.Struct, frozen=True, kw_only=True, tag="disk_free_above"):
    """A disk has enough room."""

    path: Annotated[
        str,
        _Meta(
            title="Folder",
            examples=["/home"],
            description="Any folder of the disk, as a whole path.",
            extra_json_schema={"format": "folder"},
        ),
    ]
    bytes: Annotated[
        int,
        _Meta(title="More than", examples=[5_368_709_120], extra_json_schema={"format": "size"}),
    ]


class TimeWindow(msgspec.Struct, frozen=True, kw_only=True, tag="time_window"):
    """It is a certain time of day."""

    #: "HH:MM"; a window whose end is not after its start goes over midnight.
    start: Annotated[str, _Meta(title="From", examples=["22:00"], extra_json_schema=_CLOCK_FORMAT)]
    end: Annotated[
        str,
        _Meta(
            title="Until",
            examples=["06:00"],
            description="A window whose end is not after its start goes over midnight.",
            extra_json_schema=_CLOCK_FORMAT,
        ),
    ]
    days: Annotated[
        tuple[
            Annotated[
                int,
                _Meta(
                    extra_json_schema={
                        "x-labels": {
                            str(day): name[:3] for day, name in enumerate(durations.WEEKDAYS)
                        }
                    }
                ),
            ],
            ...,
        ],
        _Meta(title="Days", description="Days the window begins on; none chosen is every day."),
    ] = ()
    zone: Annotated[
        str | None,
        _Meta(
            title="Time zone",
            examples=["Europe/Berlin"],
            description="The zone the times are in.",
            extra_json_schema={"format": "zone", "x-empty": "The computer's own", "x-rare": True},
        ),
    ] = None


class NotInQuietHours(msgspec.Struct, frozen=True, tag="not_in_quiet_hours"):
    """Quiet hours are not on."""


Condition = (
    InternetAvailable
    | InternetNotAvailable
    | FreeNetwork
    | UserPresent
    | UserNotPresent
    | SessionConnected
    | SessionDisconnected
    | WorkCostNotHigh
    | OnAcPower
    | BatteryAbove
    | DiskFreeAbove
    | TimeWindow
    | NotInQuietHours
)

#: What a task with this condition says of itself: "it runs only ...".
_PHRASES: Final[dict[type[msgspec.Struct], str]] = {
    InternetAvailable: "with an internet connection",
    InternetNotAvailable: "without an internet connection",
    FreeNetwork: "on a network that is not metered",
    UserPresent: "while somebody uses the computer",
    UserNotPresent: "while nobody uses the computer",
    SessionConnected: "while your session is the active one",
    SessionDisconnected: "while your session is not the active one",
    WorkCostNotHigh: "on mains power or with the screen on",
    OnAcPower: "on mains power",
    NotInQuietHours: "outside quiet hours",
}
_OPPOSITES: Final = (
    (InternetAvailable, InternetNotAvailable),
    (FreeNetwork, InternetNotAvailable),
    (UserPresent, UserNotPresent),
    (SessionConnected, SessionDisconnected),
)
_CLOCK: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_DAY_MINUTES: Final = 24 * 60
_WEEK_MINUTES: Final = 7 * _DAY_MINUTES


def code(condition: Condition) -> str:
    """The word that names a condition's type: "on_ac_power"."""
    return str(condition.__struct_config__.tag)


def describe(condition: Condition) -> str:
    """When it holds, as the rest of "it runs only ..."."""
    match condition:
        case BatteryAbove(percent=percent):
            return f"with the battery above {percent:g} %"
        case DiskFreeAbove(path=path, bytes=bytes_):
            return f"with more than {durations.say_size(bytes_)} free at {path}"
        case TimeWindow():
            return _describe_window(condition)
        case _:
            return _PHRASES[type(condition)]


def _describe_window(window: TimeWindow) -> str:
    days = ", ".join(durations.WEEKDAYS[day][:3] for day in sorted(set(window.days)))
    return (
        f"between {window.start} and {window.end}"
        + (" the next day" if clock(window.end) <= clock(window.start) else "")
        + (f", {days}" if days else "")
        + (f" ({window.zone})" if window.zone else "")
    )


def clock(text: str) -> time:
    """The time of day that "HH:MM" writes."""
    return time(int(text[:2]), int(text[3:]))


def check(condition: Condition) -> None:
    """Raises `errors.InvalidField`, its field relative to the condition."""
    match condition:
        case BatteryAbove(percent=percent):
            if not 0 <= percent <= 100:
                raise errors.InvalidField("Percent must be from 0 to 100.", field="percent")
        case DiskFreeAbove(path=path, bytes=bytes_):
            if bytes_ < 0:
                raise errors.InvalidField("Bytes must not be negative.", field="bytes")
            if not PurePath(path).is_absolute() or "\0" in path:
                message = f"{path!r} must be a whole path, from the root of the file system."
                raise errors.InvalidField(message, field="path")
        case TimeWindow():
            _check_window(condition)
        case _:
            return


def _check_window(window: TimeWindow) -> None:
    for field, text in (("start", window.start), ("end", window.end)):
        if not re.fullmatch(_CLOCK, text):
            raise errors.InvalidField(f'{text!r} must be a time of day like "22:30".', field=field)
    for index, day in enumerate(window.days):
        if not 0 <= day <= 6:
            message = f"Day {day} must be from 0 (Monday) to 6 (Sunday)."
            raise errors.InvalidField(message, field=f"days[{index}]")
    if window.zone is not None:
        import zoneinfo  # only here: the command line reads conditions without checking them

        try:
            zoneinfo.ZoneInfo(window.zone)
        except (KeyError, ValueError, OSError) as error:
            message = f'{window.zone!r} is not a time zone; write one like "Europe/Berlin".'
            raise errors.InvalidField(message, field="zone") from error


def contradictions(conditions: Sequence[Condition]) -> list[str]:
    """A sentence for each reason why these conditions can never all hold (concepts R59)."""
    present = {type(condition): condition for condition in conditions}
    found = [
        f"It runs only {describe(present[one])} and only {describe(present[other])}: "
        "both can never hold at once."
        for one, other in _OPPOSITES
        if one in present and other in present
    ]
    if any(isinstance(c, BatteryAbove) and c.percent >= 100 for c in conditions):
        found.append("No battery is above 100 %: this holds only on a computer without one.")
    windows: dict[str | None, list[TimeWindow]] = {}
    for condition in conditions:
        if isinstance(condition, TimeWindow):
            windows.setdefault(condition.zone, []).append(condition)
    # Windows in different zones are not compared: their distance changes over the year.
    return found + [_never_meet(group) for group in windows.values() if not _meet(group)]


def _never_meet(windows: Sequence[TimeWindow]) -> str:
    said = " and only ".join(map(describe, windows))
    return f"It runs only {said}: these times never meet."


def _meet(windows: Sequence[TimeWindow]) -> bool:
    common = (1 << _WEEK_MINUTES) - 1
    for window in windows:
        common &= _minutes(window)
    return common != 0


def _minutes(window: TimeWindow) -> int:
    """The minutes of the week it is open, one bit each."""
    start, end = (at.hour * 60 + at.minute for at in (clock(window.start), clock(window.end)))
    length = (end - start) % _DAY_MINUTES or _DAY_MINUTES
    open_, mask = 0, (1 << length) - 1
    for day in window.days or range(7):
        shifted = mask << (day * _DAY_MINUTES + start)
        # What goes past Sunday midnight is on Monday morning.
        open_ |= shifted & ((1 << _WEEK_MINUTES) - 1) | shifted >> _WEEK_MINUTES
    return open_
