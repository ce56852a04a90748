from __future__ import annotations

import os

import pytest

from bgtasks_gui.core import errors
from tests.cli.conftest import Bgtasks
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import ScriptedAgent

POST = "POST /v1/tasks"
URL = "https://a.example/disc.iso"


@pytest.fixture(autouse=True)
def _known(agent: ScriptedAgent) -> None:
    agent.on(POST, views.task(name="disc", does="downloads disc.iso from a.example"))


def sent(agent: ScriptedAgent) -> dict[str, object]:
    body = agent.said_to(POST)[-1].body
    assert isinstance(body, dict)
    return body


def test_download(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    shown = bgtasks(
        "add", "download", "disc", URL, "--to", "discs/", "--every", "1d", "--if", "free_network",
        "--limit", "2M", "--header", "A: b", "--header", "A: c", "--resource-timeout", "1d",
        "--segments", "4", "--group", "home", "--retries", "2",
    )  # fmt: skip
    assert (shown.code, shown.out) == (0, f"{views.TASK_ID}\n")
    assert shown.err == "disc downloads disc.iso from a.example; by hand.\n"
    body = sent(agent)
    assert (body["name"], body["kind"], body["group"]) == ("disc", "download", "home")
    assert body["payload"] == {
        "url": URL, "to": f"{os.getcwd()}/discs/", "rate": 2_097_152, "headers": {"A": "b, c"},
        "resource_timeout": "P1D", "segments": 4,
    }  # fmt: skip
    assert body["environment"] is None
    assert body["triggers"] == [{"type": "interval", "every": "P1D"}]


def test_upload(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    shown = bgtasks(
        "add", "upload", "film", "a.mkv", URL, "--method", "POST", "--protocol", "tus",
        "--priority", "low", "--min-speed", "10", "--http2", "--cert", "/me.pem",
    )  # fmt: skip
    assert shown.code == 0, shown.err
    body = sent(agent)
    assert (body["name"], body["kind"]) == ("film", "upload")
    assert body["payload"] == {
        "file": f"{os.getcwd()}/a.mkv", "url": URL, "method": "POST", "protocol": "tus",
        "priority": "low", "floor": 10, "http2": True, "certificate": "/me.pem",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "option"),
    [
        ("payload.url", "URL"),
        ("payload.checksum", "--checksum"),
        ("payload.headers.X", "--header"),
        ("payload.to", "--to"),
        ("payload.rate", "--limit"),
    ],
)
def test_what_the_agent_refuses_names_the_option(
    field: str, option: str, bgtasks: Bgtasks, agent: ScriptedAgent
) -> None:
    agent.on(POST, errors.InvalidField("Not that.", field=field))
    said = bgtasks("add", "download", "disc", URL)
    assert (said.code, said.out, said.err) == (2, "", f"Error: {option}: Not that.\n")
    assert bgtasks("add", "download", "disc", URL, "--json").error["field"] == field


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("download", "disc"), "Missing argument 'URL'"),
        (("upload", "film", "a.mkv"), "Missing argument 'URL'"),
        (("download", "disc", URL, "--limit", "fast"), "--limit: 'fast' is no speed"),
        (("download", "disc", URL, "--replace", "--keep-both"), "either --replace or"),
        (("download", "disc", URL, "--cwd", "/tmp"), "--cwd"),
        (("upload", "film", "a.mkv", URL, "--segments", "2"), "--segments"),
    ],
)
def test_what_cannot_be_said(
    words: tuple[str, ...], said: str, bgtasks: Bgtasks, agent: ScriptedAgent
) -> None:
    told = bgtasks("add", *words)
    assert (told.code, told.out) == (2, "")
    assert said in told.err
    assert agent.asked == []


@pytest.mark.parametrize("words", [("download", "disc", URL), ("upload", "disc", "a.mkv", URL)])
def test_proxy_of_this_shell(
    words: tuple[str, ...], bgtasks: Bgtasks, agent: ScriptedAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://ada:love@proxy.example:3128")
    shown = bgtasks("add", *words)
    assert shown.code == 0
    assert "love" not in shown.out + shown.err
    payload = sent(agent)["payload"]
    assert isinstance(payload, dict)
    assert payload["proxy"] == "http://ada:love@proxy.example:3128"
    assert "HTTPS_PROXY" in bgtasks("add", words[0], "--help").out
