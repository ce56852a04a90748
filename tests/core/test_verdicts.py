from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core import conditions, machine, verdicts
from bgtasks_gui.core.conditions import Condition, TimeWindow
from tests.core.samples import NOW
from tests.core.test_conditions import EVERY

Facts = dict[str, object]
MINUTE = timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")


def judge(condition: Condition, now: datetime = NOW, **facts: object) -> verdicts.Verdict:
    return verdicts.judge(condition, machine.MachineState(**facts), now)


@pytest.mark.parametrize(
    ("condition", "facts", "value"),
    [
        (conditions.InternetAvailable(), {"internet": True}, "online"),
        (conditions.InternetNotAvailable(), {"internet": False}, "offline"),
        (conditions.FreeNetwork(), {"internet": True, "metered": False}, "not metered"),
        (conditions.UserPresent(), {"user_present": True}, "in use"),
        (conditions.UserNotPresent(), {"user_present": False}, "not in use"),
        (conditions.SessionConnected(), {"session_connected": True}, "session active"),
        (conditions.SessionDisconnected(), {"session_connected": False}, "session not active"),
        (conditions.WorkCostNotHigh(), {"on_ac_power": True}, "low: on mains power"),
        (
            conditions.WorkCostNotHigh(),
            {"on_ac_power": False, "screen_on": True},
            "not high: the screen is on",
        ),
        (conditions.WorkCostNotHigh(), {"has_battery": False}, "low: on mains power"),
        (conditions.OnAcPower(), {"on_ac_power": True}, "on mains power"),
        (conditions.OnAcPower(), {"has_battery": False}, "on mains power"),
        (conditions.BatteryAbove(percent=40.0), {"battery": 40.1}, "battery 40.1 %"),
        (conditions.BatteryAbove(percent=40.0), {"has_battery": False}, "no battery"),
        (
            conditions.DiskFreeAbove(path="/a", bytes=10),
            {"disk_free": {"/a": 11}},
            "11 bytes free",
        ),
        (conditions.NotInQuietHours(), {"quiet_hours": False}, "quiet hours are off"),
        (TimeWindow(start="13:00", end="15:00"), {}, "14:00"),
        (TimeWindow(start="13:00", end="15:00", days=(1,)), {}, "Tuesday 14:00"),
        (TimeWindow(start="22:00", end="23:00", zone="Asia/Tokyo"), {}, "22:00 in Asia/Tokyo"),
    ],
)
def test_what_holds(condition: Condition, facts: Facts, value: str) -> None:
    verdict = judge(condition, **facts)
    assert (verdict.holds, verdict.is_known, verdict.lifts) == (True, True, None)
    assert verdict.value == value
    assert verdict.code == conditions.code(condition)


@pytest.mark.parametrize(
    ("condition", "facts", "value", "lifts"),
    [
        (conditions.InternetAvailable(), {"internet": False}, "offline",
         "when the internet can be reached"),
        (conditions.InternetNotAvailable(), {"internet": True}, "online",
         "when the internet cannot be reached"),
        (conditions.FreeNetwork(), {"internet": False, "metered": False}, "offline",
         "when the internet can be reached by a network that is not metered"),
        (conditions.FreeNetwork(), {"metered": True}, "metered",
         "when the internet can be reached by a network that is not metered"),
        (conditions.UserPresent(), {"user_present": False}, "not in use",
         "when somebody uses the computer"),
        (conditions.SessionConnected(), {"session_connected": False}, "session not active",
         "when your session is the active one"),
        (conditions.WorkCostNotHigh(), {"on_ac_power": False, "screen_on": False},
         "high: on battery, screen off",
         "when the computer runs on mains power or its screen is on"),
        (conditions.OnAcPower(), {"on_ac_power": False}, "on battery",
         "when the computer runs on mains power"),
        (conditions.BatteryAbove(percent=40.0), {"battery": 31, "has_battery": True},
         "battery 31 %", "when the battery is above 40 %"),
        (conditions.BatteryAbove(percent=40.0), {"battery": 40}, "battery 40 %",
         "when the battery is above 40 %"),
        (conditions.DiskFreeAbove(path="/a", bytes=2048), {"disk_free": {"/a": 2048}},
         "2 KiB free", "when more than 2 KiB are free at /a"),
        (conditions.NotInQuietHours(), {"quiet_hours": True}, "quiet hours are on",
         "when quiet hours are off"),
        (TimeWindow(start="22:00", end="06:00"), {}, "14:00", "when it is 22:00"),
        (TimeWindow(start="09:00", end="14:00"), {}, "14:00", "when it is Wed 25 Nov 09:00"),
    ],
)  # fmt: skip
def test_what_does_not_hold_and_what_lifts_it(
    condition: Condition, facts: Facts, value: str, lifts: str
) -> None:
    verdict = judge(condition, **facts)
    assert (verdict.holds, verdict.is_known) == (False, True)
    assert (verdict.value, verdict.lifts) == (value, lifts)


@pytest.mark.parametrize(
    ("condition", "facts"),
    [
        *((condition, {}) for condition in EVERY if not isinstance(condition, TimeWindow)),
        (conditions.FreeNetwork(), {"metered": False}),
        (conditions.FreeNetwork(), {"internet": True}),
        (conditions.WorkCostNotHigh(), {"on_ac_power": False}),
        (conditions.WorkCostNotHigh(), {"screen_on": False}),
        (conditions.OnAcPower(), {"has_battery": True}),
        (conditions.DiskFreeAbove(path="/a", bytes=1), {"disk_free": {"/b": 5}}),
    ],
)
def test_what_is_not_known_never_holds_and_says_so(condition: Condition, facts: Facts) -> None:
    verdict = judge(condition, **facts)
    assert (verdict.holds, verdict.is_known) == (False, False)
    assert verdict.value == "not known here"
    assert "is not known here." in verdict.sentence
    assert verdict.lifts


@pytest.mark.parametrize("condition", EVERY, ids=conditions.code)
def test_a_sentence_names_the_condition_and_the_value(condition: Condition) -> None:
    for verdict in (judge(condition), judge(condition, has_battery=False, internet=True)):
        assert verdict.sentence.startswith(f"It runs only {conditions.describe(condition)}, and ")
        assert verdict.sentence.endswith(".")


def test_a_loss_is_told_with_its_value() -> None:
    state = machine.MachineState(on_ac_power=False)
    assert verdicts.loss(conditions.OnAcPower(), state, NOW) == (
        "the computer runs on battery, and this task runs only on mains power"
    )


@pytest.mark.parametrize(
    ("one", "other", "facts"),
    [
        (conditions.InternetAvailable(), conditions.InternetNotAvailable(), "internet"),
        (conditions.UserPresent(), conditions.UserNotPresent(), "user_present"),
        (conditions.SessionConnected(), conditions.SessionDisconnected(), "session_connected"),
    ],
)
def test_opposites_never_hold_at_once(one: Condition, other: Condition, facts: str) -> None:
    for answer in (True, False, None):
        held = [judge(condition, **{facts: answer}).holds for condition in (one, other)]
        assert held == {True: [True, False], False: [False, True], None: [False, False]}[answer]


def test_which_folders_have_to_be_known() -> None:
    disks = [conditions.DiskFreeAbove(path=path, bytes=1) for path in ("/b", "/a", "/b")]
    assert verdicts.folders([conditions.OnAcPower(), *disks]) == ("/b", "/a")


# Time windows


def at(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def change(window: TimeWindow, now: datetime) -> tuple[bool, datetime | None]:
    verdict = judge(window, now)
    return verdict.holds, verdict.next_at


NIGHT = TimeWindow(start="22:00", end="06:00", days=(4,))


@pytest.mark.parametrize(
    ("now", "holds", "next_at"),
    [
        ("2026-11-26T23:00", False, "2026-11-27T22:00"),
        ("2026-11-27T22:00", True, "2026-11-28T06:00"),
        ("2026-11-28T05:59", True, "2026-11-28T06:00"),
        ("2026-11-28T06:00", False, "2026-12-04T22:00"),
    ],
)
def test_a_night_belongs_to_the_day_it_begins_on(now: str, holds: bool, next_at: str) -> None:
    assert change(NIGHT, at(now)) == (holds, at(next_at))


@pytest.mark.parametrize("zone", ["Europe/Berlin", None])
@pytest.mark.parametrize(
    ("start", "end", "now", "holds", "next_at"),
    [
        # 29 March 2026: 02:00 becomes 03:00.
        ("02:30", "05:00", "2026-03-29T01:59", False, "2026-03-29T03:00"),
        ("02:30", "05:00", "2026-03-29T03:00", True, "2026-03-29T05:00"),
        ("01:00", "02:30", "2026-03-29T01:30", True, "2026-03-29T03:00"),
        ("01:00", "02:30", "2026-03-29T03:00", False, "2026-03-30T01:00"),
        # It would lie within the hour that is left out.
        ("02:10", "02:50", "2026-03-29T01:59", False, "2026-03-30T02:10"),
        ("23:00", "23:00", "2026-03-29T03:30", True, "2026-03-29T23:00"),
    ],
)
def test_when_summer_time_begins(
    start: str, end: str, now: str, holds: bool, next_at: str, zone: str | None
) -> None:
    window = TimeWindow(start=start, end=end, zone=zone)
    assert change(window, at(now)) == (holds, at(next_at))


@pytest.mark.parametrize("zone", ["Europe/Berlin", None])
@pytest.mark.parametrize(
    ("start", "end", "now", "fold", "holds", "next_at"),
    [
        # 25 October 2026: 03:00 becomes 02:00; the first of two equal times counts.
        ("02:30", "04:00", "2026-10-25T02:29", 0, False, ("2026-10-25T02:30", 0)),
        ("02:30", "04:00", "2026-10-25T02:00", 1, True, ("2026-10-25T04:00", 0)),
        ("01:00", "02:30", "2026-10-25T02:29", 0, True, ("2026-10-25T02:30", 0)),
        ("01:00", "02:30", "2026-10-25T02:10", 1, False, ("2026-10-26T01:00", 0)),
    ],
)
def test_when_summer_time_ends(
    start: str, end: str, now: str, fold: int, holds: bool, next_at: tuple[str, int],
    zone: str | None,
) -> None:  # fmt: skip
    window = TimeWindow(start=start, end=end, zone=zone)
    assert change(window, at(now, fold=fold)) == (holds, at(next_at[0], fold=next_at[1]))


def test_a_day_that_a_zone_left_out() -> None:
    # Samoa had no 30 December 2011.
    apia = ZoneInfo("Pacific/Apia")
    window = TimeWindow(start="09:00", end="17:00", zone="Pacific/Apia")
    now = at("2011-12-29T18:00", apia)
    assert change(window, now) == (False, at("2011-12-31T09:00", apia))


CLOCKS = st.times().map(lambda time: f"{time:%H:%M}")
DAYS = st.lists(st.integers(min_value=0, max_value=6), max_size=3).map(tuple)
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", None])
MOMENTS = st.datetimes(
    min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC)
)


@given(CLOCKS, CLOCKS, DAYS, ZONES, MOMENTS)
def test_a_window_changes_exactly_when_it_says(
    start: str, end: str, days: tuple[int, ...], zone: str | None, now: datetime
) -> None:
    window = TimeWindow(start=start, end=end, days=days, zone=zone)
    first = judge(window, now)
    assert first.next_at is not None
    assert first.next_at > now
    between = now + (first.next_at - now) / 2
    for moment in (between, first.next_at - timedelta(milliseconds=1)):
        assert judge(window, max(moment, now)).holds is first.holds
    begin, close = (int(text[:2]) * 60 + int(text[3:]) for text in (start, end))
    # Where summer time begins, a shorter break between two windows may have no length.
    if (begin - close) % (24 * 60) > 60:
        assert judge(window, first.next_at).holds is not first.holds


def test_windows_agree_with_a_minute_by_minute_look_at_the_clock() -> None:
    window = TimeWindow(start="22:15", end="06:45", days=(0, 5), zone="Europe/Berlin")
    start = at("2026-11-20T00:00")
    for minutes in range(0, 8 * 24 * 60, 7):
        now = start + minutes * MINUTE
        local = now.astimezone(BERLIN)
        clock, day = f"{local:%H:%M}", local.weekday()
        wanted = (clock >= "22:15" and day in (0, 5)) or (clock < "06:45" and day in (1, 6))
        assert judge(window, now).holds is wanted, local


def test_pairs_of_facts_are_judged_anew_in_either_order() -> None:
    # A verdict depends on the state alone, never on the one before (wishes W7).
    pairs = itertools.product([True, False, None], repeat=2)
    for internet, power in pairs:
        state = {"internet": internet, "on_ac_power": power}
        assert judge(conditions.InternetAvailable(), **state).holds is (internet is True)
        assert judge(conditions.OnAcPower(), **state).holds is (power is True)
