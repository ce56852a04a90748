from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from bgtasks_gui.core import checks, conditions, errors, tasks
from tests.core.samples import MINUTE, NOW, make_spec, run_id

ZERO = timedelta(0)
MS = timedelta(milliseconds=1)
MIB = 1024 * 1024


def raw(size: int) -> msgspec.Raw:
    return msgspec.Raw(b'"' + b"x" * (size - 2) + b'"')


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": "x" * 200},
        {"name": "Täglich sichern \U0001f468\u200d\U0001f469\u200d\U0001f467"},
        {"time_limit": MS, "idle_limit": timedelta(days=3650)},
        {"grace": ZERO},
        {"grace": MINUTE, "flex": timedelta(days=1)},
        {"retry": tasks.Retry(attempts=100, backoff=ZERO)},
        {"overlap": tasks.Overlap(limit=10_000)},
        {"missed": tasks.Missed(limit=1000)},
        {"resources": tasks.Resources(nice=19, memory_max=MIB)},
        {"expires_at": NOW + MS},
        {"payload": raw(MIB), "triggers": (raw(MIB), raw(MIB))},
        {"environment": {"PATH": "/usr/bin", "EMPTY": ""}},
        {"environment": {"LONE": "\ud800"}},
        {"modes": checks.MODES},
        {"conditions": (conditions.OnAcPower(), conditions.BatteryAbove(percent=40.0))},
        {"progress_pattern": "{done} of {total}"},
        {"group": "", "owner": "someone"},
    ],
)
def test_what_is_accepted(fields: dict[str, object]) -> None:
    checks.check_spec(make_spec(**fields), NOW)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " x"}, "name"),
        ({"name": "x\n"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\tb"}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"name": run_id()}, "name"),
        ({"name": run_id().replace("-", "")}, "name"),
        ({"group": "a\0b"}, "group"),
        ({"owner": "x" * 201}, "owner"),
        ({"time_limit": ZERO}, "time_limit"),
        ({"time_limit": -MS}, "time_limit"),
        ({"time_limit": timedelta(days=3651)}, "time_limit"),
        ({"idle_limit": ZERO}, "idle_limit"),
        ({"grace": -MS}, "grace"),
        ({"grace": MINUTE + MS}, "grace"),
        ({"flex": -MS}, "flex"),
        ({"flex": timedelta(days=2)}, "flex"),
        ({"retry": tasks.Retry(attempts=-1)}, "retry.attempts"),
        ({"retry": tasks.Retry(attempts=101)}, "retry.attempts"),
        ({"retry": tasks.Retry(backoff=-MS)}, "retry.backoff"),
        ({"retry": tasks.Retry(max_delay=-MS)}, "retry.max_delay"),
        ({"retry": tasks.Retry(max_delay=timedelta.max)}, "retry.max_delay"),
        ({"overlap": tasks.Overlap(limit=0)}, "overlap.limit"),
        ({"missed": tasks.Missed(limit=0)}, "missed.limit"),
        ({"missed": tasks.Missed(limit=1001)}, "missed.limit"),
        ({"resources": tasks.Resources(nice=-1)}, "resources.nice"),
        ({"resources": tasks.Resources(nice=20)}, "resources.nice"),
        ({"resources": tasks.Resources(memory_max=MIB - 1)}, "resources.memory_max"),
        ({"expires_at": NOW}, "expires_at"),
        ({"expires_at": NOW.replace(tzinfo=None)}, "expires_at"),
        ({"environment": {"": "x"}}, "environment"),
        ({"environment": {"A=B": "x"}}, "environment"),
        ({"environment": {"A": "x\0"}}, "environment"),
        ({"environment": {"A\0": "x"}}, "environment"),
        ({"modes": ("dataTransfer", "flying")}, "modes[1]"),
        ({"progress_pattern": "no figure"}, "progress_pattern"),
        (
            {"conditions": (conditions.OnAcPower(), conditions.BatteryAbove(percent=400))},
            "conditions[1].percent",
        ),
        (
            {"conditions": (conditions.TimeWindow(start="9", end="10:00"),)},
            "conditions[0].start",
        ),
    ],
)
def test_what_is_refused_is_named(fields: dict[str, object], field: str) -> None:
    with pytest.raises(errors.InvalidField) as caught:
        checks.check_spec(make_spec(**fields), NOW)
    assert caught.value.field == field
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"payload": raw(10 * MIB)}, "payload"),
        ({"triggers": (raw(9), raw(10 * MIB))}, "triggers[1]"),
        ({"environment": {"A": "x" * (10 * MIB - 1)}}, "environment"),
    ],
)
def test_what_is_too_large_says_by_how_much(fields: dict[str, object], field: str) -> None:
    with pytest.raises(errors.TooLarge) as caught:
        checks.check_spec(make_spec(**fields), NOW)
    assert caught.value.field == field
    assert caught.value.message == (
        f"{field}: 10,485,760 bytes is more than the 1,048,576 a task may hold."
    )


def test_an_ordinary_task_is_not_warned_of() -> None:
    assert checks.warnings(make_spec()) == []
    limits = {"time_limit": MINUTE, "idle_limit": MINUTE / 2}
    retry = tasks.Retry(attempts=3)
    assert checks.warnings(make_spec(**limits, retry=retry)) == []


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        (
            {"conditions": (conditions.UserPresent(), conditions.UserNotPresent())},
            "both can never hold",
        ),
        ({"time_limit": MINUTE, "idle_limit": MINUTE}, "idle limit"),
        ({"overlap": tasks.Overlap(limit=2)}, "only with the policy parallel"),
        ({"retry": tasks.Retry(attempts=1, backoff=timedelta(hours=1))}, "longest retry delay"),
    ],
)
def test_what_is_hardly_meant_is_warned_of(fields: dict[str, object], word: str) -> None:
    (sentence,) = checks.warnings(make_spec(**fields))
    assert word in sentence
    assert sentence.endswith(".")


def test_a_parallel_limit_is_what_it_is_for() -> None:
    parallel = tasks.Overlap(policy=tasks.OverlapPolicy.PARALLEL, limit=4)
    assert checks.warnings(make_spec(overlap=parallel)) == []
