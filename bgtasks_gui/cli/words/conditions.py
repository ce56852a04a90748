"""Conditions a person writes after `--if`: "on_ac_power", "battery_above=40", "time_window=..."."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable
from typing import Final, get_args

import msgspec

from bgtasks_gui.cli.words import weekdays
from bgtasks_gui.core import conditions, durations, errors

_FIELD: Final = "condition"
_WINDOW: Final = re.compile(
    r"(?P<start>\d{1,2}:\d{2})-(?P<end>\d{1,2}:\d{2})(?:@(?P<zone>[^:]+))?(?::(?P<days>.+))?"
)
_PERCENT: Final = re.compile(r"\d{1,3}(?:\.\d{1,6})?")

#: Every condition by its name.
TYPES: Final[dict[str, type[conditions.Condition]]] = {
    str(one.__struct_config__.tag): one for one in get_args(conditions.Condition)
}


def parse(text: str) -> conditions.Condition:
    """The condition a person means.

    Raises `errors.InvalidField` where it is none, or its value is not one it can have.
    """
    written, equals, value = text.strip().partition("=")
    name = written.strip().lower().replace("-", "_")
    if name not in TYPES:
        raise errors.InvalidField(_unknown(written), field=_FIELD)
    if name in _WITH_VALUE:
        example, make = _WITH_VALUE[name]
        if not value:
            raise errors.InvalidField(f'"{name}" needs a value: {example}.', field=_FIELD)
        return make(value.strip())
    if equals:
        raise errors.InvalidField(f'"{name}" takes no value; leave "={value}" out.', field=_FIELD)
    return msgspec.convert({"type": name}, TYPES[name])


def _unknown(name: str) -> str:
    close = difflib.get_close_matches(name, TYPES, n=1)
    if close:
        return f'There is no condition "{name}". Did you mean "{close[0]}"?'
    return f'There is no condition "{name}". There are: {", ".join(TYPES)}.'


def _battery(value: str) -> conditions.Condition:
    number = value.removesuffix("%").strip()
    if not _PERCENT.fullmatch(number):
        raise errors.InvalidField(
            f'{value!r} is not a percentage: write "battery_above=40".', field=_FIELD
        )
    return conditions.BatteryAbove(percent=float(number))


def _disk(value: str) -> conditions.Condition:
    path, colon, size = value.rpartition(":")
    if not colon or not path:
        raise errors.InvalidField(
            f'{value!r} names no folder and size: write "disk_free_above=/home:5G".', field=_FIELD
        )
    folder = os.path.abspath(os.path.expanduser(path))
    return conditions.DiskFreeAbove(path=folder, bytes=durations.parse_size(size, field=_FIELD))


def _window(value: str) -> conditions.Condition:
    found = _WINDOW.fullmatch(value)
    if found is None:
        raise errors.InvalidField(
            f"{value!r} is not a time window: write "
            '"time_window=22:00-06:00", with "@Europe/Berlin" and ":mon-fri" behind it if need be.',
            field=_FIELD,
        )
    days = weekdays.parse_list(found["days"], field=_FIELD) if found["days"] else ()
    return conditions.TimeWindow(
        start=found["start"].zfill(5), end=found["end"].zfill(5), days=days, zone=found["zone"]
    )


#: Conditions that need a value: an example of it, and what reads it.
_WITH_VALUE: Final[dict[str, tuple[str, Callable[[str], conditions.Condition]]]] = {
    "battery_above": ('as in "battery_above=40"', _battery),
    "disk_free_above": ('as in "disk_free_above=/home:5G"', _disk),
    "time_window": ('as in "time_window=22:00-06:00"', _window),
}
