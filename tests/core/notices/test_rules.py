from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bgtasks_gui.core import tasks
from bgtasks_gui.core.notices import notice
from bgtasks_gui.core.notices.rules import Rules
from tests.core import samples

P = tasks.NoticePolicy
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Rules(quiet_from="22:00", quiet_to="07:00")
ALWAYS, NEVER = Rules(policy=P.ALWAYS), Rules(policy=P.NEVER)


def at(clock: str, day: int = 24) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day} {clock}").replace(tzinfo=BERLIN)


def of(state: str, code: str | None = None, **fields: object) -> object:
    reason = None if code is None else samples.make_reason(code, **fields)
    return samples.make_run(state=state, reason=reason)


@pytest.mark.parametrize(
    ("own", "group", "everywhere", "applies"),
    [
        (P.NEVER, P.ALWAYS, P.ALWAYS, P.NEVER),
        (P.ALWAYS, P.NEVER, P.NEVER, P.ALWAYS),
        (P.AUTO, P.NEVER, P.ALWAYS, P.NEVER),
        (P.AUTO, P.AUTO, P.NEVER, P.AUTO),
        (P.AUTO, None, P.NEVER, P.NEVER),
    ],
)
def test_a_task_comes_before_its_group_and_that_before_all(
    own: P, group: P | None, everywhere: P, applies: P
) -> None:
    groups = {} if group is None else {"work": group}
    rules = Rules(policy=everywhere, groups=groups)
    assert rules.policy_for(samples.make_task(notice=own, group="work")) is applies


def test_of_a_task_that_is_gone_the_choice_for_all_applies() -> None:
    assert Rules(policy=P.NEVER, groups={"": P.ALWAYS}).policy_for(None) is P.NEVER


@pytest.mark.parametrize(
    ("clock", "is_quiet"),
    [
        ("21:59:59", False),
        ("22:00", True),
        ("00:00", True),
        ("06:59:59", True),
        ("07:00", False),
        ("12:00", False),
    ],
)
def test_quiet_hours_go_over_midnight(clock: str, is_quiet: bool) -> None:
    assert NIGHT.is_quiet(at(clock)) is is_quiet


def test_quiet_hours_may_lie_within_a_day_or_take_all_of_it() -> None:
    noon = Rules(quiet_from="12:00", quiet_to="13:00")
    assert [noon.is_quiet(at(hour)) for hour in ("11:59", "12:00", "13:00")] == [False, True, False]
    assert Rules(quiet_from="12:00", quiet_to="12:00").is_quiet(at("03:00"))


@pytest.mark.parametrize("rules", [Rules(), Rules(quiet_from="22:00"), Rules(quiet_to="07:00")])
def test_without_both_ends_there_are_no_quiet_hours(rules: Rules) -> None:
    assert not rules.is_quiet(at("23:00"))
    assert rules.quiet_turns_at(at("23:00")) is None


def test_when_quiet_hours_begin_and_end_is_known() -> None:
    assert NIGHT.quiet_turns_at(at("12:00")) == at("22:00")
    assert NIGHT.quiet_turns_at(at("22:00")) == at("07:00", 25)
    assert NIGHT.quiet_turns_at(at("03:00")) == at("07:00")


def test_shown_live_are_transfers_declared_modes_and_what_is_always_told() -> None:
    command, download = samples.make_run(state="running"), samples.make_run(kind="download")
    player = samples.make_task(modes=("audioPlayback",))
    assert not Rules().shows_live(command, samples.make_task())
    assert Rules().shows_live(download, None)
    assert Rules().shows_live(command, player)
    assert ALWAYS.shows_live(command, None)
    assert not NEVER.shows_live(download, player)


K = notice.Kind


@pytest.mark.parametrize(
    ("state", "code", "auto", "always"),
    [
        ("completed", None, None, K.ENDED),
        ("failed", "exit_status", K.FAILED, K.FAILED),
        ("canceled", "time_limit", K.FAILED, K.FAILED),
        ("canceled", None, K.FAILED, K.FAILED),
        ("canceled", "user_cancel", None, None),
        ("canceled", "user_removed_notice", None, None),
        ("canceled", "replaced", None, K.FAILED),
        ("missed", "missed_asleep", None, K.WARNING),
        ("missed", "merged", None, None),
        ("missed", "declined", None, None),
        ("skipped", "overlap", None, None),
    ],
)
def test_which_ends_are_told(
    state: str, code: str | None, auto: notice.Kind | None, always: notice.Kind | None
) -> None:
    run = of(state, code)
    assert Rules().told_end(run, None) is auto
    assert ALWAYS.told_end(run, None) is always
    assert NEVER.told_end(run, None) is None


@pytest.mark.parametrize(
    ("state", "code", "needs"),
    [
        ("suspended", "address_expired", True),
        ("suspended", "resource_revoked", True),
        ("suspended", "user_suspend", False),
        ("suspended", "condition_loss", False),
        ("suspended", "quiet_hours", False),
        ("suspended", None, False),
        ("running", "address_expired", False),
    ],
)
def test_only_what_does_not_pass_by_itself_needs_the_person(
    state: str, code: str | None, needs: bool
) -> None:
    run = of(state, code)
    assert Rules().needs_person(run, None) is needs
    assert not NEVER.needs_person(run, None)


def test_a_missed_time_is_asked_about_until_it_is_answered_or_over() -> None:
    task = samples.make_task(missed=tasks.Missed(policy=tasks.MissedPolicy.ASK))
    firing = samples.make_firing(caught_up=True)
    run = samples.make_run(state="waiting", firing=firing)
    assert Rules().asks_person(run, task)
    assert not Rules().asks_person(run, None)
    assert not NEVER.asks_person(run, task)
    answered = samples.make_run(state="waiting", firing=firing, asked=True)
    over = samples.make_run(state="missed", firing=firing)
    assert not Rules().asks_person(answered, task)
    assert not Rules().asks_person(over, task)
