from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from bgtasks_gui.core import conditions, errors
from bgtasks_gui.core.conditions import BatteryAbove, Condition, DiskFreeAbove, TimeWindow

SIMPLE = [
    kind for kind in get_args(Condition) if kind not in (BatteryAbove, DiskFreeAbove, TimeWindow)
]
EVERY: list[Condition] = [
    *(kind() for kind in SIMPLE),
    BatteryAbove(percent=40.0),
    DiskFreeAbove(path="/home", bytes=1024**3),
    TimeWindow(start="22:00", end="06:00"),
]


def window(start: str, end: str, *days: int, zone: str | None = None) -> TimeWindow:
    return TimeWindow(start=start, end=end, days=days, zone=zone)


@pytest.mark.parametrize("condition", EVERY, ids=conditions.code)
def test_every_condition_has_its_word_its_phrase_and_survives_json(condition: Condition) -> None:
    text = msgspec.json.encode(condition)
    assert msgspec.json.decode(text, type=Condition) == condition
    assert f'"type":"{conditions.code(condition)}"' in text.decode()
    phrase = conditions.describe(condition)
    assert phrase[0].islower()
    assert not phrase.endswith(".")
    conditions.check(condition)


def test_the_thirteen_conditions_of_the_design() -> None:
    assert {conditions.code(condition) for condition in EVERY} == {
        "internet_available", "internet_not_available", "free_network", "user_present",
        "user_not_present", "session_connected", "session_disconnected", "work_cost_not_high",
        "on_ac_power", "battery_above", "disk_free_above", "time_window", "not_in_quiet_hours",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "phrase"),
    [
        (BatteryAbove(percent=40.0), "with the battery above 40 %"),
        (DiskFreeAbove(path="/a", bytes=5 * 1024**3), "with more than 5 GiB free at /a"),
        (window("09:00", "17:30"), "between 09:00 and 17:30"),
        (window("22:00", "06:00", 4, 0), "between 22:00 and 06:00 the next day, Mon, Fri"),
        (window("08:00", "08:00", zone="Asia/Tokyo"),
         "between 08:00 and 08:00 the next day (Asia/Tokyo)"),
    ],
)  # fmt: skip
def test_phrases_with_values(condition: Condition, phrase: str) -> None:
    assert conditions.describe(condition) == phrase


@pytest.mark.parametrize(
    ("condition", "field"),
    [
        (BatteryAbove(percent=-1.0), "percent"),
        (BatteryAbove(percent=100.5), "percent"),
        (BatteryAbove(percent=float("nan")), "percent"),
        (DiskFreeAbove(path="/", bytes=-1), "bytes"),
        (DiskFreeAbove(path="home", bytes=1), "path"),
        (DiskFreeAbove(path="", bytes=1), "path"),
        (DiskFreeAbove(path="/a\0b", bytes=1), "path"),
        (window("24:00", "06:00"), "start"),
        (window("9:00", "17:00"), "start"),
        (window("09:00", "17:60"), "end"),
        (window("09:00", "17:00\n"), "end"),
        (window("\u0660\u0669:00", "17:00"), "start"),
        (window("09:00", "17:00", 0, 7), "days[1]"),
        (window("09:00", "17:00", -1), "days[0]"),
        (window("09:00", "17:00", zone="Mars/Olympus"), "zone"),
        (window("09:00", "17:00", zone=""), "zone"),
        (window("09:00", "17:00", zone="../etc/passwd"), "zone"),
        (window("09:00", "17:00", zone="Europe"), "zone"),
    ],
)
def test_what_is_not_acceptable_is_named(condition: Condition, field: str) -> None:
    with pytest.raises(errors.InvalidField) as caught:
        conditions.check(condition)
    assert caught.value.field == field
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    "pair",
    [
        (conditions.InternetAvailable(), conditions.InternetNotAvailable()),
        (conditions.InternetNotAvailable(), conditions.FreeNetwork()),
        (conditions.UserNotPresent(), conditions.UserPresent()),
        (conditions.SessionConnected(), conditions.SessionDisconnected()),
        (window("09:00", "12:00"), window("12:00", "15:00")),
        (window("09:00", "12:00", 0), window("09:00", "12:00", 1)),
        (window("23:00", "01:00", 6), window("02:00", "03:00")),
    ],
)
def test_opposites_can_never_hold(pair: tuple[Condition, Condition]) -> None:
    (sentence,) = conditions.contradictions([conditions.OnAcPower(), *pair])
    assert sentence.endswith(".")
    assert all(conditions.describe(one) in sentence for one in pair)
    assert [conditions.contradictions([one]) for one in pair] == [[], []]


@pytest.mark.parametrize(
    "accepted",
    [
        (),
        tuple(EVERY[:1]),
        (window("22:00", "06:00", 0), window("05:00", "07:00", 1)),
        (window("23:00", "01:00", 6), window("00:30", "03:00", 0)),
        (window("09:00", "12:00", zone="Asia/Tokyo"), window("12:00", "15:00")),
        (window("08:00", "08:00", 2), window("07:59", "08:00", 3)),
        (conditions.FreeNetwork(), conditions.InternetAvailable(), conditions.UserPresent()),
    ],
)
def test_sets_that_can_hold_are_not_warned_of(accepted: tuple[Condition, ...]) -> None:
    assert conditions.contradictions(accepted) == []


def test_three_windows_may_meet_in_pairs_and_yet_never_all() -> None:
    three = [window("08:00", "12:00"), window("11:00", "15:00"), window("14:00", "09:00")]
    assert conditions.contradictions(three[:2]) == []
    assert len(conditions.contradictions(three)) == 1


def test_no_battery_is_more_than_full() -> None:
    (sentence,) = conditions.contradictions([BatteryAbove(percent=100.0)])
    assert "without one" in sentence
