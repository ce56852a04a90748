"""The environment of a run: captured at registration, with what it may know of itself."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from bgtasks_gui import paths
from bgtasks_gui.agent.line import environment
from tests.core import samples

CAPTURED = {"PATH": "/usr/bin", "LANG": "C", "BGTASKS_HOME": "/old", "BGTASKS_CHANNEL": "7"}
HOME = paths.Home(Path("/home/of/the/agent"), Path("/run/of/the/agent"))


@pytest.fixture(autouse=True)
def _own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BGTASKS_HOME", "/home/of/the/agent")
    monkeypatch.setenv("BGTASKS_CHANNEL", "9")
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)


def test_what_was_captured_is_used_and_nothing_of_the_agents_own() -> None:
    assert environment.base(CAPTURED) == {
        "PATH": "/usr/bin",
        "LANG": "C",
        "BGTASKS_HOME": "/home/of/the/agent",
        "PYTHONUNBUFFERED": "1",
    }


def test_a_task_without_one_gets_the_agents_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLOUR", "blue")
    own = environment.base(None)
    assert own["COLOUR"] == "blue"
    assert "BGTASKS_CHANNEL" not in own
    assert own["BGTASKS_HOME"] == "/home/of/the/agent"


def test_neither_the_captured_nor_the_agents_variables_are_changed() -> None:
    before = dict(os.environ)
    task = samples.make_task(environment=CAPTURED)
    environment.for_run({"A": "1"}, task, samples.make_run(), HOME)
    assert CAPTURED["BGTASKS_HOME"] == "/old"
    assert dict(os.environ) == before


def test_where_no_home_is_named_a_run_is_told_of_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BGTASKS_HOME")
    assert "BGTASKS_HOME" not in environment.base(CAPTURED)


def test_a_person_may_want_python_to_buffer() -> None:
    assert environment.base({"PYTHONUNBUFFERED": ""})["PYTHONUNBUFFERED"] == ""


def test_a_run_knows_what_it_is_and_what_asked_for_it() -> None:
    firing = samples.make_firing(type="cron", planned_at=samples.NOW)
    task, run = samples.make_task(environment={}), samples.make_run(7, firing=firing, attempt=2)
    found = environment.for_run({}, task, run, HOME)
    found.pop("PYTHONUNBUFFERED")
    assert found == {
        "BGTASKS_HOME": "/home/of/the/agent",
        "BGTASKS_RUN_ID": run.id,
        "BGTASKS_TASK": "backup",
        "BGTASKS_TASK_ID": task.id,
        "BGTASKS_TRIGGER": "cron",
        "BGTASKS_ATTEMPT": "2",
        "BGTASKS_ARGUMENTS": "{}",
        "BGTASKS_PLANNED_AT": "2026-11-24T13:00:00+00:00",
        "BGTASKS_CANCEL_REASON": f"/home/of/the/agent/runs/{run.id[:6]}/{run.id}.log.cancel",
    }


def test_arguments_come_one_by_one_and_as_a_whole() -> None:
    arguments = b'{"day":"Monday","count":3,"deep":{"a":[1]},"none":null,"not a name":1}'
    firing = samples.make_firing(type="manual", arguments=msgspec.Raw(arguments))
    found = environment.for_run({}, samples.make_task(), samples.make_run(firing=firing), HOME)
    named = {name: value for name, value in found.items() if name.startswith("BGTASKS_ARG_")}
    assert named == {
        "BGTASKS_ARG_DAY": "Monday",
        "BGTASKS_ARG_COUNT": "3",
        "BGTASKS_ARG_DEEP": '{"a":[1]}',
        "BGTASKS_ARG_NONE": "null",
    }
    assert found["BGTASKS_ARGUMENTS"] == arguments.decode()
    assert "BGTASKS_PLANNED_AT" not in found


def test_what_a_task_adds_wins_over_what_was_captured_but_not_over_the_run() -> None:
    extra = {"LANG": "de_DE.UTF-8", "BGTASKS_RUN_ID": "mine"}
    run = samples.make_run()
    found = environment.for_run(extra, samples.make_task(environment=CAPTURED), run, HOME)
    assert (found["LANG"], found["BGTASKS_RUN_ID"]) == ("de_DE.UTF-8", run.id)
