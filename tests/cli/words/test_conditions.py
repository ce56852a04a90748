from __future__ import annotations

import os

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.cli.words import conditions as words
from bgtasks_gui.core import conditions, errors

_PLAIN = sorted(set(words.TYPES) - {"battery_above", "disk_free_above", "time_window"})
_CLOCKS = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))


@pytest.mark.parametrize("name", _PLAIN)
def test_conditions_without_a_value(name: str) -> None:
    assert isinstance(words.parse(name), words.TYPES[name])
    assert words.parse(name.replace("_", "-").upper()) == words.parse(name)
    with pytest.raises(errors.InvalidField, match="takes no value"):
        words.parse(f"{name}=yes")


def test_battery() -> None:
    assert words.parse("battery_above=40") == conditions.BatteryAbove(percent=40)
    assert words.parse("battery_above = 12.5%") == conditions.BatteryAbove(percent=12.5)


def test_disk() -> None:
    found = words.parse("disk_free_above=/mnt/c:d:5G")
    assert found == conditions.DiskFreeAbove(path="/mnt/c:d", bytes=5 * 1024**3)


def test_disk_of_a_folder_near_and_at_home() -> None:
    near, home = words.parse("disk_free_above=.:1M"), words.parse("disk_free_above=~:1M")
    assert near == conditions.DiskFreeAbove(path=os.getcwd(), bytes=1024**2)
    assert home == conditions.DiskFreeAbove(path=os.path.expanduser("~"), bytes=1024**2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("22:00-06:00", conditions.TimeWindow(start="22:00", end="06:00")),
        ("9:00-17:30", conditions.TimeWindow(start="09:00", end="17:30")),
        ("22:00-06:00:mon,tue", conditions.TimeWindow(start="22:00", end="06:00", days=(0, 1))),
        (
            "22:00-06:00@Europe/Berlin:mon-fri",
            conditions.TimeWindow(
                start="22:00", end="06:00", zone="Europe/Berlin", days=(0, 1, 2, 3, 4)
            ),
        ),
        (
            "00:00-01:00@Etc/GMT-3",
            conditions.TimeWindow(start="00:00", end="01:00", zone="Etc/GMT-3"),
        ),
    ],
)
def test_time_window(text: str, expected: conditions.Condition) -> None:
    assert words.parse(f"time_window={text}") == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("on_ac", 'Did you mean "on_ac_power"'),
        ("xyzzy", "There are: internet_available,"),
        ("battery_above", "needs a value"),
        ("battery_above=full", "is not a percentage"),
        ("battery_above=-1", "is not a percentage"),
        ("disk_free_above=5G", "names no folder and size"),
        ("disk_free_above=:5G", "names no folder and size"),
        ("disk_free_above=/:plenty", "is not a size"),
        ("time_window=22-6", "is not a time window"),
        ("time_window=22:00-06:00:never", "is no day"),
        ("time_window=22:00-06:00:", "is not a time window"),
    ],
)
def test_refusals_say_what_would_be_right(text: str, says: str) -> None:
    with pytest.raises(errors.InvalidField, match=says):
        words.parse(text)


@given(start=_CLOCKS, end=_CLOCKS, days=st.sets(st.integers(0, 6)))
def test_windows_are_read_as_written(start: str, end: str, days: set[int]) -> None:
    names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    tail = ":" + ",".join(names[day] for day in days) if days else ""
    found = words.parse(f"time_window={start}-{end}{tail}")
    assert found == conditions.TimeWindow(start=start, end=end, days=tuple(sorted(days)))


@given(text=st.text(max_size=60) | st.from_regex(r"(time_window|disk_free_above|battery_above)=.*"))
def test_any_text_is_a_condition_or_a_sentence(text: str) -> None:
    try:
        found = words.parse(text)
    except errors.InvalidField as error:
        message = error.message
    else:
        # What was read is what the agent reads.
        assert msgspec.json.decode(msgspec.json.encode(found), type=conditions.Condition) == found
        return
    assert message.endswith((".", "?"))
