"""Whether a condition holds now: its live value in words, what would lift it, when it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from bgtasks_gui.core import conditions, durations, machine

UNKNOWN: Final = "not known here"
_SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said of one condition at one moment."""

    #: The condition's type: "on_ac_power".
    code: str
    sentence: str
    holds: bool
    #: The live value, short: "battery 31 %".
    value: str
    #: What would lift it; None where it holds.
    lifts: str | None = None
    #: When it changes by itself (a time window opens or closes); None where nobody can know.
    next_at: datetime | None = None
    #: False where this computer cannot tell; such a condition never holds.
    is_known: bool = True


class _Fact(NamedTuple):
    """A condition measured: does it hold (None: not known), its value, and both as clauses."""

    holds: bool | None
    value: str
    clause: str
    wish: str
    next_at: datetime | None = None


def folders(wanted: Iterable[conditions.Condition]) -> tuple[str, ...]:
    """The folders whose free space must be known to judge these conditions."""
    found = (one.path for one in wanted if isinstance(one, conditions.DiskFreeAbove))
    return tuple(dict.fromkeys(found))


def judge(condition: conditions.Condition, state: machine.MachineState, now: datetime) -> Verdict:
    """Whether this condition holds; a fact that is not known never counts as holding."""
    fact = _measure(condition, state, now)
    return Verdict(
        code=conditions.code(condition),
        sentence=f"It runs only {conditions.describe(condition)}, and {fact.clause}.",
        holds=fact.holds is True,
        value=fact.value,
        lifts=None if fact.holds else f"when {fact.wish}",
        next_at=fact.next_at,
        is_known=fact.holds is not None,
    )


def loss(condition: conditions.Condition, state: machine.MachineState, now: datetime) -> str:
    """The detail of a reason `condition_loss` for this condition."""
    clause = _measure(condition, state, now).clause
    return f"{clause}, and this task runs only {conditions.describe(condition)}"


def _measure(condition: conditions.Condition, state: machine.MachineState, now: datetime) -> _Fact:
    match condition:
        case conditions.BatteryAbove():
            return _battery(condition, state)
        case conditions.DiskFreeAbove():
            return _disk(condition, state)
        case conditions.TimeWindow():
            return _window(condition, now)
        case conditions.FreeNetwork():
            return _free_network(state)
        case conditions.WorkCostNotHigh():
            return _work_cost(state)
        case _:
            return _answer(_QUESTIONS[type(condition)], state)


class _Question(NamedTuple):
    """A condition that is one fact: how it is read, which answer is wanted, words for both."""

    read: Callable[[machine.MachineState], bool | None]
    wanted: bool
    #: Value and clause.
    yes: tuple[str, str]
    no: tuple[str, str]


def _on_ac_power(state: machine.MachineState) -> bool | None:
    # A computer without a battery is on mains power, also where nothing reports it.
    if state.on_ac_power is None and state.has_battery is False:
        return True
    return state.on_ac_power


_ONLINE: Final = ("online", "the internet can be reached")
_OFFLINE: Final = ("offline", "the internet cannot be reached")
_IN_USE: Final = ("in use", "somebody uses the computer")
_NOT_IN_USE: Final = ("not in use", "nobody uses the computer")
_ACTIVE: Final = ("session active", "your session is the active one")
_NOT_ACTIVE: Final = ("session not active", "your session is not the active one")
_MAINS: Final = ("on mains power", "the computer runs on mains power")
_BATTERY: Final = ("on battery", "the computer runs on battery")
_QUIET: Final = ("quiet hours are on", "quiet hours are on")
_NOT_QUIET: Final = ("quiet hours are off", "quiet hours are off")

_QUESTIONS: Final[dict[type[msgspec.Struct], _Question]] = {
    conditions.InternetAvailable: _Question(lambda m: m.internet, True, _ONLINE, _OFFLINE),
    conditions.InternetNotAvailable: _Question(lambda m: m.internet, False, _ONLINE, _OFFLINE),
    conditions.UserPresent: _Question(lambda m: m.user_present, True, _IN_USE, _NOT_IN_USE),
    conditions.UserNotPresent: _Question(lambda m: m.user_present, False, _IN_USE, _NOT_IN_USE),
    conditions.SessionConnected: _Question(
        lambda m: m.session_connected, True, _ACTIVE, _NOT_ACTIVE
    ),
    conditions.SessionDisconnected: _Question(
        lambda m: m.session_connected, False, _ACTIVE, _NOT_ACTIVE
    ),
    conditions.OnAcPower: _Question(_on_ac_power, True, _MAINS, _BATTERY),
    conditions.NotInQuietHours: _Question(lambda m: m.quiet_hours, False, _QUIET, _NOT_QUIET),
}


def _answer(question: _Question, state: machine.MachineState) -> _Fact:
    answer = question.read(state)
    wish = (question.yes if question.wanted else question.no)[1]
    if answer is None:
        return _not_known(f"whether {question.yes[1]}", wish)
    value, clause = question.yes if answer else question.no
    return _Fact(answer is question.wanted, value, clause, wish)


def _not_known(what: str, wish: str) -> _Fact:
    return _Fact(None, UNKNOWN, f"{what} is {UNKNOWN}", wish)


def _free_network(state: machine.MachineState) -> _Fact:
    wish = "the internet can be reached by a network that is not metered"
    if state.internet is False:
        return _Fact(False, *_OFFLINE, wish)
    if state.metered:
        return _Fact(False, "metered", "the network is metered", wish)
    if state.internet is None:
        return _not_known("whether the internet can be reached", wish)
    if state.metered is None:
        return _not_known("whether the network is metered", wish)
    return _Fact(True, "not metered", "the network is not metered", wish)


def _work_cost(state: machine.MachineState) -> _Fact:
    wish = "the computer runs on mains power or its screen is on"
    if _on_ac_power(state):
        return _Fact(True, "low: on mains power", "the computer runs on mains power", wish)
    if state.screen_on:
        return _Fact(True, "not high: the screen is on", "the screen is on", wish)
    if _on_ac_power(state) is None:
        return _not_known("whether the computer runs on mains power", wish)
    if state.screen_on is None:
        return _not_known("whether the screen is on", wish)
    clause = "the computer runs on battery with the screen off"
    return _Fact(False, "high: on battery, screen off", clause, wish)


def _battery(condition: conditions.BatteryAbove, state: machine.MachineState) -> _Fact:
    wish = f"the battery is above {condition.percent:g} %"
    if state.has_battery is False:
        # Nothing can be drained here, which is what the condition guards.
        return _Fact(True, "no battery", "this computer has no battery", wish)
    if state.battery is None:
        return _not_known("the charge of the battery", wish)
    holds = state.battery > condition.percent
    clause = f"the battery is at {state.battery:.3g} %"
    return _Fact(holds, f"battery {state.battery:.3g} %", clause, wish)


def _disk(condition: conditions.DiskFreeAbove, state: machine.MachineState) -> _Fact:
    wish = f"more than {durations.say_size(condition.bytes)} are free at {condition.path}"
    free = state.disk_free.get(condition.path)
    if free is None:
        return _not_known(f"the free space at {condition.path}", wish)
    said = durations.say_size(free)
    return _Fact(
        free > condition.bytes, f"{said} free", f"{said} are free at {condition.path}", wish
    )


def _window(window: conditions.TimeWindow, now: datetime) -> _Fact:
    zone = None if window.zone is None else ZoneInfo(window.zone)
    local = now.astimezone(zone)
    weekday = f"{durations.WEEKDAYS[local.weekday()]} " if window.days else ""
    value = f"{weekday}{local:%H:%M}" + (f" in {window.zone}" if window.zone else "")
    clause = f"it is {value}"
    begin, end = _coming(window, local.date(), now, zone)
    if begin <= now:
        return _Fact(True, value, clause, "", end)
    return _Fact(False, value, clause, f"it is {durations.say_time(begin, now, zone)}", begin)


def _coming(
    window: conditions.TimeWindow, today: date, now: datetime, zone: ZoneInfo | None
) -> tuple[datetime, datetime]:
    """The window that is open, or else the next one."""
    # Yesterday's may still be open.
    day = today - _DAY
    while True:
        begin, end = _bounds(window, day, zone)
        # One that lies within a skipped hour has no length.
        if begin < end and now < end and (not window.days or day.weekday() in window.days):
            return begin, end
        day += _DAY


def _bounds(
    window: conditions.TimeWindow, day: date, zone: ZoneInfo | None
) -> tuple[datetime, datetime]:
    """When the window of this day opens and closes, in UTC."""
    start, end = conditions.clock(window.start), conditions.clock(window.end)
    last = day if end > start else day + _DAY
    return _reached(datetime.combine(day, start), zone), _reached(datetime.combine(last, end), zone)


def _reached(wall: datetime, zone: ZoneInfo | None) -> datetime:
    """The first moment at which clocks of this zone show this time or a later one.

    Where the time is skipped (summer time begins) that is the moment of the change; where it
    comes twice, the first.
    """
    first = _moment(wall, zone, fold=0)
    if _wall(first, zone) == wall:
        return first
    # In a gap the two folds give a moment before the change and one after it. Which is which
    # depends on where the zone comes from.
    before, after = sorted((first, _moment(wall, zone, fold=1)))
    while after - before > _SECOND:
        middle = before + (after - before) // 2 // _SECOND * _SECOND
        if _wall(middle, zone) < wall:
            before = middle
        else:
            after = middle
    return after


def _moment(wall: datetime, zone: ZoneInfo | None, *, fold: int) -> datetime:
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _wall(moment: datetime, zone: ZoneInfo | None) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)
