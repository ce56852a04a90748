from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bgtasks_gui.cli.words import specs
from bgtasks_gui.core import conditions, errors, tasks
from bgtasks_gui.wire import codec

NOTHING: dict[str, object] = {
    "every": (), "anchor": None, "once_after": (), "cron": (), "zone": None, "at": (),
    "calendar": (), "on": (), "conditions": (), "on_loss": None, "overlap": None, "missed": None,
    "flex": None, "retries": None, "backoff": None, "max_delay": None, "time_limit": None,
    "idle_limit": None, "grace": None, "nice": None, "io_priority": None, "memory_max": None,
    "progress_pattern": None, "group": None, "owner": None, "modes": (), "notice": None,
    "expires": None, "disabled": False, "cwd": None, "env": (), "no_environment": False,
}  # fmt: skip


def build(environ: dict[str, str] | None = None, **given: object) -> specs.Registration:
    chosen = specs.Chosen(**(NOTHING | given))  # type: ignore[arg-type]
    return specs.build(chosen, "command", "backup", {"argv": ["ls"]}, environ or {})


def test_without_options_everything_is_the_default_of_the_core() -> None:
    spec = build().spec
    payload = codec.raw({"argv": ["ls"], "cwd": os.getcwd(), "env": {}})
    assert spec == tasks.TaskSpec(name="backup", kind="command", payload=payload, environment={})


def test_every_option_reaches_its_field() -> None:
    later = datetime(2027, 1, 1, tzinfo=UTC)
    spec = build(
        conditions=[conditions.OnAcPower()], on_loss="cancel", notice="never",
        overlap=tasks.Overlap(policy=tasks.OverlapPolicy.QUEUE),
        missed=tasks.Missed(policy=tasks.MissedPolicy.ASK), flex=timedelta(seconds=30),
        retries=3, backoff=timedelta(seconds=1), max_delay=timedelta(minutes=1),
        time_limit=timedelta(hours=1), idle_limit=timedelta(minutes=5), grace=timedelta(seconds=2),
        nice=10, io_priority="idle", memory_max=500, progress_pattern="{percent}%", group="home",
        owner="me", modes=("dataTransfer",), expires=later, disabled=True,
    ).spec  # fmt: skip
    assert spec.conditions == (conditions.OnAcPower(),)
    assert spec.stop_on_condition_loss is tasks.ConditionLoss.CANCEL
    assert spec.notice is tasks.NoticePolicy.NEVER
    assert (spec.overlap.policy, spec.missed.policy) == ("queue", "ask")
    assert spec.retry == tasks.Retry(
        attempts=3, backoff=timedelta(seconds=1), max_delay=timedelta(minutes=1)
    )
    assert spec.resources == tasks.Resources(nice=10, io_priority="idle", memory_max=500)
    assert (spec.time_limit, spec.idle_limit) == (timedelta(hours=1), timedelta(minutes=5))
    assert (spec.grace, spec.flex) == (timedelta(seconds=2), timedelta(seconds=30))
    assert (spec.group, spec.owner, spec.modes) == ("home", "me", ("dataTransfer",))
    assert (spec.progress_pattern, spec.expires_at, spec.enabled) == ("{percent}%", later, False)


def test_environment_of_the_shell_is_stored_and_secrets_are_not() -> None:
    asked = build({"PATH": "/bin", "A_TOKEN": "1", "B_TOKEN": "2"}, env=("A_TOKEN=3", "X=y"))
    assert asked.spec.environment == {"PATH": "/bin"}
    assert codec.plain(asked.spec.payload)["env"] == {"A_TOKEN": "3", "X": "y"}
    # What was given by hand is not missing.
    assert asked.left_out == ["B_TOKEN"]


def test_no_environment_is_the_agents_own() -> None:
    asked = build({"PATH": "/bin", "A_TOKEN": "1"}, no_environment=True)
    assert asked.spec.environment is None
    assert not asked.left_out


@pytest.mark.parametrize("option", ["backoff", "max_delay"])
def test_options_of_retries_need_retries(option: str) -> None:
    with pytest.raises(errors.InvalidField, match="with --retries only") as caught:
        build(**{option: timedelta(seconds=1)})
    assert caught.value.field == f"retry.{option}"


def test_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert specs.folder(None) == str(tmp_path)
    assert specs.folder("sub/../other") == str(tmp_path / "other")
    assert specs.folder("~") == os.path.expanduser("~")


def test_a_folder_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(errors.InvalidField, match="does not exist any more"):
        specs.folder(None)
