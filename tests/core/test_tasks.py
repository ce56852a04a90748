from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from bgtasks_gui.core import conditions, tasks
from tests.core import samples


def test_the_defaults_are_those_of_the_design() -> None:
    spec = samples.make_spec()
    assert spec.overlap.policy is tasks.OverlapPolicy.SKIP
    assert spec.missed.policy is tasks.MissedPolicy.ONCE
    assert spec.stop_on_condition_loss is tasks.ConditionLoss.SUSPEND
    assert spec.retry.attempts == 0
    assert (spec.time_limit, spec.idle_limit) == (None, None)
    assert spec.grace == timedelta(seconds=10)


@pytest.mark.parametrize(
    ("fields", "is_scheduled"),
    [
        ({}, True),
        ({"enabled": False}, False),
        ({"unscheduled": "its own program aborted"}, False),
    ],
)
def test_when_triggers_may_fire(fields: dict[str, object], is_scheduled: bool) -> None:
    assert samples.make_task(**fields).is_scheduled is is_scheduled


def test_a_task_expires_at_its_time_and_not_before() -> None:
    task = samples.make_task(expires_at=samples.NOW)
    assert not task.has_expired(samples.NOW - timedelta(milliseconds=1))
    assert task.has_expired(samples.NOW)
    assert not samples.make_task().has_expired(samples.NOW)


def test_a_task_survives_json() -> None:
    task = samples.make_task(
        triggers=(msgspec.Raw(b'{"type":"cron"}'),),
        conditions=(conditions.OnAcPower(), conditions.BatteryAbove(percent=40.0)),
        overlap=tasks.Overlap(policy=tasks.OverlapPolicy.PARALLEL, limit=3),
        time_limit=timedelta(hours=1),
        environment={"PATH": "/usr/bin"},
    )
    text = msgspec.json.encode(task)
    assert msgspec.json.encode(msgspec.json.decode(text, type=tasks.Task)) == text


def test_what_is_exported_is_the_task_without_its_registration() -> None:
    fields = set(tasks.Task.__struct_fields__) - set(tasks.TaskSpec.__struct_fields__)
    assert fields == {"id", "registered_at", "updated_at", "unscheduled", "is_twin"}


def test_a_plan_may_have_no_further_time() -> None:
    planned = tasks.Planned(task_id="t", position=0, next_at=None)
    assert planned.flex == timedelta(0)
    assert tasks.Listener(task_id="t", position=1, topic="startup").topic == "startup"
