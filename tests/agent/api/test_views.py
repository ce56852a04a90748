"""Core values as shapes: times, words, secrets."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from bgtasks_gui import paths
from bgtasks_gui.agent.api import views
from bgtasks_gui.agent.catalog import Catalog
from bgtasks_gui.core import (
    admission,
    blockers,
    conditions,
    events,
    ports,
    processes,
    progress,
    reasons,
    runs,
    tasks,
    verdicts,
)
from bgtasks_gui.core.background import budgets, continuous, modes
from bgtasks_gui.kinds import KINDS
from bgtasks_gui.triggers import TRIGGERS
from bgtasks_gui.wire import codec, shapes
from tests.fakes import samples

NOW = samples.NOW
HOME = paths.Home(root=Path("/home/ada/tasks"), runtime=Path("/run/ada"))
CATALOG = Catalog(TRIGGERS, KINDS)
S = runs.RunState


def show_run(run: runs.Run) -> shapes.RunView:
    return views.run_view(run, log_path=None, can_suspend=True)


def show_task(
    task: tasks.Task, *, with_environment: bool = False, **known: object
) -> shapes.TaskView:
    standing = ports.Standing(task=task, **known)
    return views.task_view(standing, CATALOG, NOW, HOME, with_environment=with_environment)


# Runs


def test_a_pending_run() -> None:
    view = show_run(samples.a_run())
    assert (view.state, view.status) == ("pending", "pending")
    assert view.triggered_at == "2026-11-22T15:00:01.000Z"
    assert view.trigger.planned_at == "2026-11-22T15:00:01.000Z"
    assert (view.started_at, view.completed_at, view.reason, view.progress) == (None,) * 4
    assert (view.log_path, view.receipt, view.pid) == (None,) * 3
    assert json.loads(codec.encode(view))["result"] is None


def test_every_state_has_its_coarse_word() -> None:
    told = {state: show_run(samples.a_run(state=state)).status for state in S}
    assert told[S.WAITING] == "pending"
    assert told[S.CANCELING] == "processing"
    assert told[S.COMPLETED] == "completed"
    assert told[S.MISSED] == "errors"


def test_a_run_keeps_every_value() -> None:
    identity = processes.Identity(pid=77, start_ticks=5, boot_id="b")
    run = samples.a_run(
        state=S.SUSPENDED, started_at=NOW, attempt=2, retry_at=NOW, process=identity,
        suspended_s=1.5, suspended_count=3, cpu_s=0.5, max_rss=1024, forced=True,
        grace_ends_at=NOW, cleaning_up=True, waits_for="It waits.",
        progress=progress.Progress(done=3, total=10, unit="files", eta=2.0),
        result=msgspec.Raw(b'{"a":1}'),
    )  # fmt: skip
    view = views.run_view(run, log_path="/log", can_suspend=False)
    told = json.loads(codec.encode(view))
    assert told["progress"] == {
        "done": 3, "total": 10, "unit": "files", "message": None, "rate": None, "eta": 2.0,
    }  # fmt: skip
    assert (view.pid, view.log_path, view.can_suspend) == (77, "/log", False)
    assert (view.suspended_s, view.suspended_count, view.cpu_s, view.max_rss) == (1.5, 3, 0.5, 1024)
    assert (view.attempt, view.retry_at, view.grace_ends_at) == (
        2, "2026-11-22T15:00:00.000Z", "2026-11-22T15:00:00.000Z",
    )  # fmt: skip
    assert (view.forced, view.cleaning_up, view.waits_for) == (True, True, "It waits.")
    assert told["result"] == {"a": 1}
    assert set(told) == set(shapes.RunView.__struct_fields__)


def test_a_run_that_ended_has_no_process() -> None:
    identity = processes.Identity(pid=77, start_ticks=5, boot_id="b")
    assert show_run(samples.ended(samples.a_run(process=identity))).pid is None


def test_a_reason_is_a_sentence_for_the_state() -> None:
    reason = reasons.make(reasons.Code.EXIT_STATUS, NOW, "3")
    view = show_run(samples.ended(samples.a_run(), S.FAILED, reason=reason)).reason
    assert view is not None
    assert view.sentence == "Failed: its program ended with exit status 3."
    assert (view.code, view.actor, view.detail) == ("exit_status", "task", "3")
    assert (view.remedy, view.remedy_action) == ("Show log", "logs")
    assert view.at == "2026-11-22T15:00:00.000Z"
    other = views.reason_view(reasons.make(reasons.Code.USER_CANCEL, NOW), S.CANCELING)
    assert (other.sentence, other.windows, other.ohos) == ("Being cancelled by you.", 0, 1)


def test_arguments_hide_secrets() -> None:
    arguments = msgspec.Raw(b'{"token":"t0p","url":"ftp://a:b@c/","n":1}')
    firing = runs.Firing(type="manual", arguments=arguments, details=arguments)
    view = show_run(samples.a_run(firing=firing)).trigger
    hidden = {"token": "***", "url": "ftp://a:***@c/", "n": 1}
    assert codec.plain(view.arguments) == codec.plain(view.details) == hidden


# Tasks


def test_a_task_in_full() -> None:
    task = samples.a_task(
        flex=timedelta(minutes=1), time_limit=timedelta(hours=2), environment={"A": "1"},
        conditions=(conditions.OnAcPower(),), expires_at=NOW + timedelta(days=1),
        group="g", owner="o", modes=("dataTransfer",), progress_pattern="{percent} %",
    )  # fmt: skip
    view = show_task(task, next_run_at=samples.at(60), last_scheduled_at=NOW)
    assert (view.flex, view.time_limit, view.idle_limit, view.grace) == (
        "PT1M",
        "PT2H",
        None,
        "PT10S",
    )
    assert (view.next_run_at, view.last_scheduled_at) == (
        "2026-11-22T15:01:00.000Z", "2026-11-22T15:00:00.000Z",
    )  # fmt: skip
    assert view.last_scheduled_local is not None
    assert datetime.fromisoformat(view.last_scheduled_local) == NOW
    assert (view.does, view.when, view.only_if) == (
        "runs `true`", ("every 15 minutes",), ("on mains power",),
    )  # fmt: skip
    assert (view.registered, view.can_suspend, view.environment) == (True, True, None)
    assert (view.group, view.owner, view.modes) == ("g", "o", ("dataTransfer",))
    assert view.expires_at == "2026-11-23T15:00:00.000Z"
    told = json.loads(codec.encode(view))
    assert set(told) == set(shapes.TaskView.__struct_fields__)
    assert told["payload"] == {"argv": ["true"]}
    assert told["triggers"] == [{"type": "interval", "every": "PT15M"}]
    assert msgspec.json.decode(codec.encode(view), type=shapes.TaskView).conditions == (
        conditions.OnAcPower(),
    )


@pytest.mark.parametrize(
    ("changes", "registered"),
    [
        ({}, True),
        ({"enabled": False}, False),
        ({"unscheduled": "it gave up"}, False),
        ({"expires_at": NOW}, False),
    ],
)
def test_whether_its_triggers_may_fire(changes: dict[str, object], registered: bool) -> None:
    assert show_task(samples.a_task(**changes)).registered is registered


def test_the_last_run_has_its_log_once_it_began() -> None:
    run = samples.ended(samples.a_run(2))
    view = show_task(samples.a_task(), last_run=run).last_run
    assert view is not None
    assert view.log_path == f"/home/ada/tasks/runs/{run.id[:6]}/{run.id}.log"
    skipped = show_task(samples.a_task(), last_run=samples.a_run(state=S.SKIPPED)).last_run
    assert skipped is not None
    assert skipped.log_path is None


def test_a_tasks_secrets_are_hidden() -> None:
    payload = codec.raw({"argv": ["curl", "http://a:b@c"], "env": {"API_KEY": "k", "LANG": "C"}})
    task = samples.a_task(payload=payload, environment={"MY_TOKEN": "t", "PATH": "/bin"})
    view = show_task(task, with_environment=True)
    assert codec.plain(view.payload) == {
        "argv": ["curl", "http://a:***@c"], "env": {"API_KEY": "***", "LANG": "C"},
    }  # fmt: skip
    assert view.environment == {"MY_TOKEN": "***", "PATH": "/bin"}


def test_warnings_are_told() -> None:
    both = (conditions.UserPresent(), conditions.UserNotPresent())
    (warning,) = show_task(samples.a_task(conditions=both)).warnings
    assert "both can never hold" in warning


# Why


def test_why() -> None:
    explanation = admission.Explanation(
        task_id="t", can_start=False,
        blockers=(blockers.Blocker(code="paused", sentence="All stand still.", value="paused"),),
        checks=(
            verdicts.Verdict(code="on_ac_power", sentence="s", holds=True, value="on mains"),
        ),
        next=(admission.Chance(NOW, "runs twice"),),
    )  # fmt: skip
    run = samples.a_run(3)
    view = views.why_view(explanation, run=run, last=samples.ended(samples.a_run()))
    assert (view.task_id, view.run_id, view.can_start) == ("t", run.id, False)
    assert view.blockers == (
        shapes.BlockerView(code="paused", sentence="All stand still.", value="paused", lifts=None),
    )
    assert view.checks[0] == shapes.CheckView(
        code="on_ac_power", sentence="s", value="on mains", holds=True
    )
    (chance,) = view.next
    assert (chance.at, chance.note) == ("2026-11-22T15:00:00.000Z", "runs twice")
    assert datetime.fromisoformat(chance.local) == NOW


def test_how_the_last_run_ended() -> None:
    explanation = admission.Explanation(
        task_id="t", can_start=True, blockers=(), checks=(), next=()
    )
    reason = reasons.make(reasons.Code.KILLED, NOW, "SIGKILL")
    at = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
    local = at.astimezone()

    def told(last: runs.Run | None) -> str | None:
        return views.why_view(explanation, run=None, last=last).last

    when = f"on {local.day} {local:%b %Y at %H:%M}."
    completed = samples.ended(samples.a_run(), completed_at=at)
    failed = samples.ended(samples.a_run(), S.FAILED, reason=reason, completed_at=at)
    assert told(completed) == f"Completed, {when}"
    assert told(failed) == f"Failed: its process was killed by SIGKILL, {when}"
    assert told(samples.started(samples.a_run())) is None
    assert told(None) is None


# Events

A_CONTINUOUS = continuous.ContinuousTask(
    id=3, owner="player", ability="main", modes=(modes.Mode.AUDIO_PLAYBACK,), title="Playing",
    text="A song", started_at=NOW,
)  # fmt: skip
A_DELAY = budgets.Delay(
    id=4, owner="player", reason="saving", callback="c", run_id="r7", requested_at=NOW,
    granted=timedelta(minutes=3), left=timedelta(minutes=2),
)  # fmt: skip


def an_event(kind: type[events.Event]) -> events.AnyEvent:
    about: dict[str, object] = {
        "at": NOW, "run": samples.started(samples.a_run()),
        "standing": ports.Standing(task=samples.a_task(environment={"A": "1"})),
        "run_id": "r", "task_id": "t", "progress": progress.Progress(done=1), "total": 7,
        "warning": "nearly over", "task": A_CONTINUOUS, "delay": A_DELAY, "what": "canceled",
        "notice_id": "n1",
        "reason": reasons.make(reasons.Code.USER_CANCEL, NOW),
    }  # fmt: skip
    event = kind(**{name: about[name] for name in kind.__struct_fields__})
    assert isinstance(event, get_args(events.AnyEvent))
    return event


@pytest.mark.parametrize("kind", get_args(events.AnyEvent), ids=lambda kind: kind.__name__)
def test_every_event_is_shown(kind: type[events.Event]) -> None:
    event = an_event(kind)
    view = views.event_view(event, 12, catalog=CATALOG, home=HOME)
    assert (view.seq, view.at) == (12, "2026-11-22T15:00:00.000Z")
    assert view.type == kind.__struct_config__.tag
    assert (view.run is not None) == issubclass(kind, events.RunEvent)
    assert (view.task is not None) == issubclass(kind, events.TaskEvent)
    assert (view.progress is not None) == (kind is events.RunProgressed)
    assert view.total == (7 if kind is events.RunPrinted else None)
    assert view.warning == ("nearly over" if kind is events.RunWarned else None)
    programs = (events.ContinuousChanged, events.DelayChanged)
    assert (view.task_id is None) == (
        kind in (events.SystemChanged, events.NoticeChanged, *programs)
    )
    assert (view.continuous is not None) == (kind is events.ContinuousChanged)
    assert (view.delay is not None) == (kind is events.DelayChanged)
    assert view.what == ("canceled" if kind in programs else None)
    assert (view.reason is not None) == (kind is events.ContinuousChanged)
    has_run = issubclass(kind, events.RunEvent | events.RunProgressed | events.RunPrinted)
    assert (view.run_id is not None) == (has_run or kind is events.DelayChanged)
    if view.task is not None:
        assert view.task.environment is None
    assert codec.decode(codec.encode(view), shapes.EventView) is not None


def test_a_cancel_of_a_continuous_task_says_why_and_by_whom() -> None:
    reason = reasons.make(reasons.Code.SYSTEM_POLICY, NOW, "access taken back")
    event = events.ContinuousChanged(at=NOW, task=A_CONTINUOUS, what="canceled", reason=reason)
    view = views.event_view(event, 12, catalog=CATALOG, home=HOME)
    assert view.reason is not None
    assert view.reason.ohos == 14
    assert view.reason.sentence.startswith("Cancelled by the system: refused by a rule")
    begun = events.ContinuousChanged(at=NOW, task=A_CONTINUOUS, what="started")
    assert views.event_view(begun, 13, catalog=CATALOG, home=HOME).reason is None
