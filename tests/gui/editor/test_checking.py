"""Asking the agent about what is typed."""

from __future__ import annotations

import asyncio

import pytest

from bgtasks_gui.client import asgi, commands, exchange
from bgtasks_gui.client.client import Client
from bgtasks_gui.gui.editor import checking
from bgtasks_gui.gui.editor.checking import Checking
from bgtasks_gui.wire import codec
from tests.agent.support import embedded
from tests.gui.support import looping


def task(program: str, **changes: object) -> codec.JsonObject:
    return {"name": "n", "kind": "command", "payload": {"argv": [program]}} | changes


class SlowWay(asgi.AsgiTransport):
    """The way to an agent whose answers wait for the test."""

    def __init__(self, app: asgi.App) -> None:
        super().__init__(app)
        self.asked = 0
        self.is_cut = False
        self.open = asyncio.Event()
        self.open.set()

    async def ask(self, call: commands.Call[object]) -> exchange.Answer:
        self.asked += 1
        if self.is_cut:
            raise exchange.gone()
        await self.open.wait()
        return await super().ask(call)


class Heard:
    """What a question led to."""

    def __init__(self, asked: Checking) -> None:
        self.told: list[str] = []
        asked.answered.connect(lambda checked: self.told.append(checked.does))
        asked.refused.connect(lambda error: self.told.append(error.field))
        asked.lost.connect(lambda sentence: self.told.append("lost"))


@pytest.fixture
def way(agent: embedded.Embedded) -> SlowWay:
    return SlowWay(agent.agent.app)


@pytest.fixture
def asked(way: SlowWay, monkeypatch: pytest.MonkeyPatch) -> Checking:
    monkeypatch.setattr(checking, "QUIET_MS", 1)
    monkeypatch.setattr(checking, "AWAY_MS", 1)
    return Checking(Client(way))


async def test_an_answer_comes_once_it_is_quiet(asked: Checking, way: SlowWay) -> None:
    heard = Heard(asked)
    for program in ("echo", "cat", "true"):
        asked.want(task(program), None)
    await looping.until(lambda: heard.told)
    await asked.settle()
    assert heard.told == ["runs `true`"]
    assert way.asked == 1


async def test_a_refusal_names_its_field(asked: Checking) -> None:
    heard = Heard(asked)
    asked.want(task("nothing-like-this"), None)
    await looping.until(lambda: heard.told)
    assert heard.told == ["payload.argv[0]"]


async def test_one_question_at_a_time_and_no_stale_answer(asked: Checking, way: SlowWay) -> None:
    heard = Heard(asked)
    way.open.clear()
    asked.want(task("true"), None)
    await looping.until(lambda: way.asked == 1)
    asked.want(task("echo"), None)
    asked.want(task("cat"), None)
    await looping.until(lambda: not asked._timer.isActive())
    assert way.asked == 1
    way.open.set()
    await looping.until(lambda: heard.told)
    await asked.settle()
    assert heard.told == ["runs `cat`"]
    assert way.asked == 2


async def test_what_is_dropped_is_not_answered(asked: Checking, way: SlowWay) -> None:
    heard = Heard(asked)
    way.open.clear()
    asked.want(task("true"), None)
    await looping.until(lambda: way.asked == 1)
    asked.drop()
    way.open.set()
    await asked.settle()
    assert heard.told == []


async def test_an_agent_that_is_away_is_asked_again(asked: Checking, way: SlowWay) -> None:
    heard = Heard(asked)
    way.is_cut = True
    asked.want(task("true"), None)
    await looping.until(lambda: len(heard.told) > 1)
    assert set(heard.told) == {"lost"}
    way.is_cut = False
    await looping.until(lambda: heard.told[-1] != "lost")
    assert heard.told[-1] == "runs `true`"


async def test_it_can_be_stopped_in_the_middle(asked: Checking, way: SlowWay) -> None:
    heard = Heard(asked)
    way.open.clear()
    asked.want(task("true"), None)
    await looping.until(lambda: way.asked == 1)
    asked.stop()
    await asked.settle()
    way.open.set()
    assert heard.told == []
    assert not asked._timer.isActive()
