from __future__ import annotations

import click
import msgspec
import pytest

from bgtasks_gui.cli import failures, registering
from bgtasks_gui.client import connect
from bgtasks_gui.core import errors, tasks
from bgtasks_gui.wire import codec
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import ScriptedAgent

SPEC = tasks.TaskSpec(name="unpack", kind="command", payload=msgspec.Raw(b"{}"))


def test_names_of_other_tasks_become_ids(agent: ScriptedAgent) -> None:
    agent.on("GET /v1/tasks/disc", views.task(id=views.RUN_ID))
    daily = {"type": "interval", "every": "P1D"}
    after = {"type": "after", "task": "disc", "outcomes": ["completed"]}
    triggers = (codec.raw(daily), codec.raw(after))
    with connect() as client:
        spec = registering.with_followed(client, msgspec.structs.replace(SPEC, triggers=triggers))
    assert [codec.plain(one) for one in spec.triggers] == [daily, after | {"task": views.RUN_ID}]


def test_what_is_wrong_is_told_by_its_option(capsys: pytest.CaptureFixture[str]) -> None:
    error = errors.InvalidField("No hour.", field="triggers[0].expression")
    with pytest.raises(click.exceptions.Exit) as caught:
        registering.refuse(error, ["--cron"], as_json=False)
    assert caught.value.exit_code == failures.USAGE
    assert capsys.readouterr().err == "Error: --cron: No hour.\n"
