from __future__ import annotations

import os
from pathlib import Path

import pytest

from bgtasks_gui.core import errors
from tests.cli.conftest import Bgtasks
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import ScriptedAgent

POST = "POST /v1/tasks"


@pytest.fixture(autouse=True)
def _known(agent: ScriptedAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    agent.on(POST, views.task(when=("every 15 minutes",), next_run_at="2026-11-22T15:15:00.000Z"))
    for name in list(os.environ):
        if name not in ("BGTASKS_HOME", "TZ", "PATH"):
            monkeypatch.delenv(name)


def sent(agent: ScriptedAgent) -> dict[str, object]:
    body = agent.said_to(POST)[-1].body
    assert isinstance(body, dict)
    return body


def test_command(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    shown = bgtasks("add", "command", "backup", "--every", "15m", "--", "./backup.sh", "--json")
    assert (shown.code, shown.out) == (0, f"{views.TASK_ID}\n")
    assert shown.err == "backup runs `./backup.sh`, every 15 minutes; next in 5 min.\n"
    body = sent(agent)
    assert (body["name"], body["kind"]) == ("backup", "command")
    assert body["payload"] == {
        "argv": ["./backup.sh", "--json"], "shell": False, "cwd": os.getcwd(), "env": {},
    }  # fmt: skip
    assert body["triggers"] == [{"type": "interval", "every": "PT900S"}]
    assert agent.said_to(POST)[-1].query == {"if_exists": "refuse"}


def test_json_is_the_task(bgtasks: Bgtasks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", "x")
    shown = bgtasks("add", "command", "backup", "--json", "--", "ls")
    assert isinstance(shown.json, dict)
    assert shown.json["id"] == views.TASK_ID
    assert shown.err.startswith("Not stored with the task, since they look secret: MY_TOKEN.")


def test_the_environment_is_captured_but_for_secrets(
    bgtasks: Bgtasks, agent: ScriptedAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    monkeypatch.setenv("MY_TOKEN", "x")
    bgtasks("add", "command", "backup", "--env", "MODE=fast", "--", "ls")
    environment = sent(agent)["environment"]
    assert isinstance(environment, dict)
    assert environment["LANG"] == "de_DE.UTF-8"
    assert "MY_TOKEN" not in environment
    shown = bgtasks("add", "command", "backup", "--no-environment", "--", "ls")
    assert sent(agent)["environment"] is None
    assert "MY_TOKEN" not in shown.err


def test_shell_and_folder(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    bgtasks("add", "command", "x", "--shell", "--cwd", "/tmp", "--env", "A=1", "--", "echo $A | wc")
    assert sent(agent)["payload"] == {
        "argv": ["echo $A | wc"], "shell": True, "cwd": "/tmp", "env": {"A": "1"},
    }  # fmt: skip


def test_python(bgtasks: Bgtasks, agent: ScriptedAgent, tmp_path: Path) -> None:
    arguments = tmp_path / "kwargs.json"
    arguments.write_text('{"keep": 3}')
    bgtasks(
        "add", "python", "thin", "photos:thin", "--args", "[1]", "--kwargs", f"@{arguments}",
        "--path", "/opt/scripts", "--python", "/opt/python/bin/python", "--disabled",
    )  # fmt: skip
    body = sent(agent)
    assert body["payload"] == {
        "callable": "photos:thin", "args": [1], "kwargs": {"keep": 3}, "path": ["/opt/scripts"],
        "interpreter": "/opt/python/bin/python", "cwd": os.getcwd(), "env": {},
    }  # fmt: skip
    assert (body["kind"], body["enabled"]) == ("python", False)


def test_python_searches_the_folder_it_runs_in(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    bgtasks("add", "python", "thin", "photos:thin", "--cwd", "/opt", "--python", "python3.12")
    payload = sent(agent)["payload"]
    assert isinstance(payload, dict)
    assert (payload["path"], payload["interpreter"]) == (["/opt"], "python3.12")


def test_every_option_is_read(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    shown = bgtasks(
        "add", "command", "backup", "--cron", "0 18 * * 1-5", "--zone", "Asia/Tokyo",
        "--calendar", "last fri 17:30", "--at", "18:00", "--on", "startup", "--once-after", "10m",
        "--every", "1h", "--anchor", "9:00", "--if", "on_ac_power", "--if", "battery_above=40",
        "--on-loss", "cancel", "--overlap", "parallel(3)", "--missed", "all(5)", "--flex", "30s",
        "--retries", "2", "--backoff", "1s", "--max-delay", "1m", "--notice", "always",
        "--progress-pattern", "{percent}%", "--time-limit", "1h", "--idle-limit", "5m",
        "--grace", "2s", "--nice", "5", "--io-priority", "low", "--memory-max", "500M",
        "--expires", "fri 9:00", "--group", "home", "--owner", "me", "--mode", "dataTransfer",
        "--replace", "--", "ls",
    )  # fmt: skip
    assert shown.code == 0, shown.err
    body = sent(agent)
    assert [one["type"] for one in body["triggers"]] == [  # type: ignore[attr-defined]
        "interval", "interval", "cron", "date", "calendar", "startup",
    ]  # fmt: skip
    assert body["conditions"] == [
        {"type": "on_ac_power"},
        {"type": "battery_above", "percent": 40.0},
    ]
    assert body["overlap"] == {"policy": "parallel", "limit": 3}
    assert body["expires_at"] == "2026-11-27T08:00:00Z"
    assert agent.said_to(POST)[-1].query == {"if_exists": "replace"}


def test_following_another_task(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/tasks/download", views.task(id=views.RUN_ID))
    bgtasks("add", "command", "unpack", "--on", "after:download=completed", "--", "ls")
    after = {"type": "after", "task": views.RUN_ID, "outcomes": ["completed"]}
    assert sent(agent)["triggers"] == [after]
    bgtasks("add", "command", "unpack", "--on", f"after:{views.RUN_ID}", "--", "ls")
    assert len(agent.said_to("GET /v1/tasks/download")) == 1


def test_following_a_task_that_is_not_there(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/tasks/x", errors.TaskNotFound("There is no task 'x'."))
    said = bgtasks("add", "command", "unpack", "--every", "1h", "--on", "after:x", "--", "ls")
    assert (said.code, said.err) == (2, "Error: --on: There is no task 'x'.\n")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (errors.InvalidField("No zone.", field="triggers[1].zone"), "--zone: No zone."),
        (errors.InvalidField("No hour.", field="triggers[1].expression"), "--cron: No hour."),
        (errors.InvalidField("Too short.", field="triggers[0].every"), "--every: Too short."),
        (errors.InvalidField("No program.", field="payload.argv[0]"), "ARGV: No program."),
        (errors.InvalidField("Odd.", field="body"), "Odd."),
        (
            errors.DuplicateName("It exists.", field="name"),
            "NAME: It exists. --replace takes its place, --keep-both adds another.",
        ),
    ],
)
def test_what_the_agent_refuses_names_the_option(
    error: errors.UserError, told: str, bgtasks: Bgtasks, agent: ScriptedAgent
) -> None:
    agent.on(POST, error)
    arguments = ("add", "command", "backup", "--every", "1h", "--cron", "x")
    said = bgtasks(*arguments, "--", "ls")
    assert (said.code, said.out, said.err) == (2, "", f"Error: {told}\n")
    assert bgtasks(*arguments, "--json", "--", "ls").error["field"] == error.field


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("x", "ls", "-l"), "There is no option -l. Put -- between"),
        (("x", "--replace", "--keep-both", "--", "ls"), "either --replace or --keep-both"),
        (("x", "--every", "soon", "--", "ls"), "--every: 'soon' is not a duration"),
        (("x", "--if", "on_ac", "--", "ls"), '--if: There is no condition "on_ac"'),
        (("x", "--anchor", "9:00", "--", "ls"), "--anchor: It goes with --every only."),
        (("x", "--zone", "Asia/Tokyo", "--", "ls"), "--zone: It goes with --cron and --calendar"),
        (("x", "--backoff", "1s", "--", "ls"), "--backoff: It goes with --retries only."),
        (("x", "--env", "A", "--", "ls"), "--env: 'A' is not written as NAME=VALUE."),
        (("x", "--on-loss", "explode", "--", "ls"), "--on-loss: 'explode' is not one of"),
        (("x", "--nosuch", "--", "ls"), "--nosuch"),
        (("x",), "Missing argument 'ARGV...'"),
    ],
)
def test_what_cannot_be_said(
    arguments: tuple[str, ...], told: str, bgtasks: Bgtasks, agent: ScriptedAgent
) -> None:
    said = bgtasks("add", "command", *arguments)
    assert (said.code, said.out) == (2, "")
    assert told in said.err
    assert len(said.err.splitlines()) == 1
    assert agent.said_to(POST) == []
