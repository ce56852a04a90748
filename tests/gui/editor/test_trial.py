"""A test run of what is typed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from bgtasks_gui.client import asgi, commands, exchange
from bgtasks_gui.client.client import Client
from bgtasks_gui.gui.editor import trial
from bgtasks_gui.gui.editor.trial import Trial
from bgtasks_gui.wire import codec, shapes
from tests.agent.support import embedded
from tests.gui.support import looping

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)


def shell(line: str, **changes: object) -> codec.JsonObject:
    payload = {"argv": [line], "shell": True}
    return {"name": "n", "kind": "command", "payload": payload} | changes


class Heard:
    """What a test run told."""

    def __init__(self, tried: Trial) -> None:
        self.runs: list[shapes.RunView] = []
        self.end: str | None = None
        self.refusal: str | None = None
        self.is_over = False
        tried.changed.connect(self.runs.append)
        tried.ended.connect(self._on_ended)
        tried.refused.connect(self._on_refused)
        tried.finished.connect(self._on_finished)

    def _on_ended(self, run: shapes.RunView, sentence: str) -> None:
        self.end = sentence

    def _on_refused(self, error: Exception) -> None:
        self.refusal = str(error)

    def _on_finished(self) -> None:
        self.is_over = True


@pytest.fixture
def tried(agent_client: Client) -> Trial:
    return Trial(agent_client)


async def left(client: Client) -> list[str]:
    return [task.name for task in await client(commands.list_tasks())]


def test_what_of_a_task_is_tried() -> None:
    spec = shell(
        "x", triggers=[{"type": "manual"}], conditions=[{"type": "on_ac_power"}], group="mine",
        notice="always", retry={"attempts": 3}, time_limit="PT1M", environment={"A": "1"},
        resources={"nice": 5}, of_later=1, enabled=False,
    )  # fmt: skip
    assert trial.trial_of(spec, NOW) == {
        "name": "Test run of n", "kind": "command", "payload": spec["payload"],
        "time_limit": "PT1M", "resources": {"nice": 5}, "group": "test runs", "notice": "never",
        "expires_at": "2026-11-22T16:00:00.000Z",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("", "Test run of this task"),
        (" a ", "Test run of a"),
        ("x" * 300, f"Test run of {'x' * 188}"),
    ],
)
def test_what_it_is_called(name: str, called: str) -> None:
    assert trial.trial_of({"name": name}, NOW)["name"] == called


async def test_it_runs_and_leaves_nothing(tried: Trial, agent_client: Client) -> None:
    heard = Heard(tried)
    tried.start(shell("echo hello"))
    assert tried.is_running
    await looping.until(lambda: heard.is_over)
    assert heard.end is not None
    assert heard.end.startswith("Completed ")
    assert [run.state for run in heard.runs][-1] == "completed"
    assert heard.runs[0].task_name == "Test run of n"
    piece = await agent_client(commands.read_log(heard.runs[0].id))
    assert piece.text == "hello\n"
    assert await left(agent_client) == []
    assert not tried.is_running


async def test_it_runs_in_the_agents_own_environment(
    tried: Trial, agent_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHOSE", "the agent's")
    heard = Heard(tried)
    tried.start(shell("echo $WHOSE", environment={"WHOSE": "the task's"}))
    await looping.until(lambda: heard.is_over)
    piece = await agent_client(commands.read_log(heard.runs[0].id))
    assert piece.text == "the agent's\n"


async def test_a_failure_is_told_in_a_sentence(tried: Trial) -> None:
    heard = Heard(tried)
    tried.start(shell("exit 3"))
    await looping.until(lambda: heard.is_over)
    assert heard.end is not None
    assert "exit status 3" in heard.end


async def test_a_missing_program_is_explained_by_the_path(
    tried: Trial, agent_client: Client
) -> None:
    heard = Heard(tried)
    payload = {"argv": ["nothing-like-this"], "shell": True, "env": {"PATH": "/bin:/odd"}}
    tried.start(shell("", payload=payload))
    await looping.until(lambda: heard.is_over)
    assert heard.end == ("Its program was not found in the agent's environment: PATH is /bin:/odd")
    assert await left(agent_client) == []


async def test_what_is_refused_is_told(tried: Trial, agent_client: Client) -> None:
    heard = Heard(tried)
    tried.start({"name": "n", "kind": "command", "payload": {"argv": ["nothing-like-this"]}})
    await looping.until(lambda: heard.is_over)
    assert heard.refusal is not None
    assert heard.refusal.startswith("There is no program")
    assert heard.end is None
    assert await left(agent_client) == []


async def test_it_can_be_cancelled(tried: Trial, agent_client: Client, gate: embedded.Gate) -> None:
    heard = Heard(tried)
    tried.start(shell(gate.wait))
    await looping.until(lambda: heard.runs and heard.runs[-1].state == "running")
    tried.cancel()
    await looping.until(lambda: heard.is_over)
    assert heard.runs[-1].state == "canceled"
    assert heard.end is not None
    assert await left(agent_client) == []


async def test_closing_ends_it_and_removes_its_task(
    tried: Trial, agent: embedded.Embedded, agent_client: Client, gate: embedded.Gate
) -> None:
    heard = Heard(tried)
    tried.start(shell(gate.wait))
    await looping.until(lambda: heard.runs and heard.runs[-1].state == "running")
    tried.stop()
    await tried.settle()
    assert await left(agent_client) == []
    run = await agent.agent.office.find_run(heard.runs[0].id)
    assert run is not None
    ended = await agent.ended(run)
    assert ended.state == "canceled"
    assert heard.end is None


async def test_given_up_while_it_is_registered_it_is_removed_as_well(
    agent: embedded.Embedded, agent_client: Client
) -> None:
    way = _Held(agent.agent.app)
    tried = Trial(Client(way))
    tried.start(shell("true"))
    await looping.until(lambda: way.is_registering)
    tried.stop()
    await asyncio.sleep(0)
    way.open.set()
    await tried.settle()
    assert way.registered == 1
    assert await left(agent_client) == []


async def test_one_at_a_time(tried: Trial, agent_client: Client, gate: embedded.Gate) -> None:
    heard = Heard(tried)
    tried.start(shell(gate.wait))
    tried.start(shell("true"))
    await looping.until(lambda: heard.runs and heard.runs[-1].state == "running")
    assert len(await left(agent_client)) == 1
    gate.open()
    await looping.until(lambda: heard.is_over)


async def test_what_a_lost_window_left_is_removed(
    tried: Trial, agent: embedded.Embedded, agent_client: Client
) -> None:
    await agent.add("Test run of mine", "true", group="test runs")
    await agent.add("mine", "true", group="test runs", enabled=False)
    old = await agent.add("Test run of yours", "true", group="test runs", enabled=False)
    assert old.name in await left(agent_client)
    heard = Heard(tried)
    tried.start(shell("true"))
    await looping.until(lambda: heard.is_over)
    assert await left(agent_client) == ["Test run of mine", "mine"]


class _Held(asgi.AsgiTransport):
    """The way to an agent that takes its time with a registration."""

    def __init__(self, app: asgi.App) -> None:
        super().__init__(app)
        self.is_registering = False
        self.registered = 0
        self.open = asyncio.Event()

    async def ask(self, call: commands.Call[object]) -> exchange.Answer:
        if (call.method, call.path) != ("POST", "/v1/tasks"):
            return await super().ask(call)
        self.is_registering = True
        await self.open.wait()
        self.registered += 1
        return await super().ask(call)
