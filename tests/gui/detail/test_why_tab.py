from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui import paths
from bgtasks_gui.client import asgi, commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.client.phrases import times
from bgtasks_gui.core import errors
from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.detail import why_tab
from bgtasks_gui.gui.detail.why_tab import WhyTab
from bgtasks_gui.wire import shapes
from tests.agent.support import embedded
from tests.fakes.scripted_machine import ScriptedMachine
from tests.gui.support import looping, views
from tests.gui.support.clocks import ManualNow
from tests.gui.support.stages import Stage


def said(tab: QWidget) -> list[str]:
    """Every word on it, from top to bottom."""
    tab.grab()
    found = [one for one in tab.findChildren(QLabel) if one.isVisible() and one.text()]
    found.sort(key=lambda one: (one.mapTo(tab, one.rect().topLeft()).y(), one.x()))
    return [one.text() for one in found]


def why(**changes: object) -> shapes.WhyView:
    known = {
        "task_id": views.task().id, "run_id": None, "can_start": True, "blockers": (),
        "checks": (), "next": (), "last": None,
    }  # fmt: skip
    return shapes.WhyView(**(known | changes))


def blocker(sentence: str, value: str = "x", lifts: str | None = None) -> shapes.BlockerView:
    return shapes.BlockerView(code="on_ac_power", sentence=sentence, value=value, lifts=lifts)


def check(sentence: str, holds: bool, code: str = "on_ac_power") -> shapes.CheckView:
    return shapes.CheckView(code=code, sentence=sentence, value="now so", holds=holds)


@pytest.fixture
def tab(stage: Stage, qtbot: QtBot) -> WhyTab:
    one = WhyTab(stage.bridge.client, stage.now, lambda: not stage.way.is_away)
    qtbot.addWidget(one)
    one.resize(800, 300)
    one.show()
    return one


def route(number: int) -> str:
    return f"GET /v1/tasks/{views.task(number).id}/why"


# The checklist


def test_what_is_in_the_way_comes_first_then_what_holds_then_what_comes() -> None:
    answer = why(
        can_start=False,
        blockers=(blocker("On mains power.", "on battery", "plug it in"),),
        checks=(check("On mains power.", holds=False), check("Internet.", holds=True)),
        next=(shapes.ChanceView(at=views.stamp(900), local="", note="in quiet hours"),),
        last="Failed: exit status 3.",
    )
    found = [(line.lead, line.rest) for line in why_tab.lines(answer, ManualNow()())]
    assert found == [
        ("On mains power.", "now on battery; plug it in"),
        ("Internet.", "now now so"),
        ("In 5 min", "in quiet hours"),
        ("Last run", "Failed: exit status 3."),
    ]


def test_of_two_conditions_of_a_kind_the_one_that_holds_is_told_too() -> None:
    answer = why(
        blockers=(blocker("1 GB free in /a."),),
        checks=(check("1 GB free in /a.", holds=False), check("1 GB free in /b.", holds=True)),
    )
    leads = [line.lead for line in why_tab.lines(answer, ManualNow()())]
    assert leads == ["1 GB free in /a.", "1 GB free in /b."]


@pytest.mark.parametrize(
    ("answer", "run", "sentence"),
    [
        (
            why(),
            None,
            "Nothing is in its way. It starts when you run it, or when its event happens.",
        ),
        (
            why(next=(shapes.ChanceView(at=views.stamp(900), local="", note=None),)),
            None,
            "Nothing is in its way. It starts by itself at its next time:",
        ),
        (
            why(blockers=(blocker("On mains power."),)),
            None,
            "It does not start while this is in the way:",
        ),
        (
            why(blockers=(blocker("On mains power."), blocker("Internet."))),
            views.run(1, "suspended"),
            "It does not go on while these 2 are in the way:",
        ),
        (why(), views.run(1), "Nothing is in its way: it runs."),
        (why(), views.run(1, "pending"), "It is about to start."),
    ],
)
async def test_the_sentence_on_top_says_what_will_happen(
    stage: Stage, tab: WhyTab, answer: shapes.WhyView, run: shapes.RunView | None, sentence: str
) -> None:
    stage.way.on(route(1), answer)
    stage.way.on(f"GET /v1/runs/{views.run(1).id}/why", answer)
    tab.show_subject(Subject(views.task(1), run))
    await tab.read()
    assert said(tab)[0] == sentence


async def test_of_a_run_that_has_ended_its_task_is_asked(stage: Stage, tab: WhyTab) -> None:
    stage.way.on(route(1), why())
    tab.show_subject(Subject(views.task(1), views.run(1, "failed")))
    await tab.read()
    assert stage.way.asked == [route(1)]


# Whose answer it is


async def test_a_late_answer_is_not_told_of_another_task(stage: Stage, tab: WhyTab) -> None:
    stage.way.on(route(1), why(blockers=(blocker("On mains power."),)))
    stage.way.on(route(2), why(last="It went well."))
    stage.way.gate.clear()
    tab.show_subject(Subject(views.task(1), None))
    first = asyncio.ensure_future(tab.read())
    await looping.until(lambda: stage.way.asked)
    tab.show_subject(Subject(views.task(2), None))
    assert said(tab) == []
    second = asyncio.ensure_future(tab.read())
    stage.way.gate.set()
    await first
    await second
    assert said(tab)[-1] == "It went well."
    assert "On mains power." not in said(tab)


async def test_a_late_refusal_is_not_told_of_another_task(stage: Stage, tab: WhyTab) -> None:
    stage.way.on(route(1), errors.TaskNotFound("There is no such task."))
    stage.way.gate.clear()
    tab.show_subject(Subject(views.task(1), None))
    late = asyncio.ensure_future(tab.read())
    await looping.until(lambda: stage.way.asked)
    tab.show_subject(Subject(views.task(2), None))
    stage.way.gate.set()
    await late
    assert said(tab) == []


async def test_what_cannot_be_known_is_said(stage: Stage, tab: WhyTab) -> None:
    stage.way.on(route(1), errors.TaskNotFound("There is no such task."))
    tab.show_subject(Subject(views.task(1), None))
    await tab.read()
    assert said(tab) == ["There is no such task."]
    stage.way.is_away = True
    await tab.read()
    assert said(tab) == ["Not known while the agent is away."]
    tab.show_subject(Subject(views.task(2), None))
    assert said(tab) == ["Not known while the agent is away."]
    tab.show_subject(Subject(None, views.run(1, "failed")))
    await tab.read()
    assert said(tab) == ["The task of this run was removed, so nothing starts it again."]


async def test_text_of_others_is_shown_as_it_is(stage: Stage, tab: WhyTab) -> None:
    stage.way.on(route(1), why(blockers=(blocker("<b>On</b> mains power.", "<i>x</i>"),)))
    tab.show_subject(Subject(views.task(1), None))
    await tab.read()
    assert said(tab)[1:] == ["<b>On</b> mains power.", "now <i>x</i>"]
    assert not any(one.textFormat().name == "AutoText" for one in tab.findChildren(QLabel))


async def test_long_words_stand_below_one_another(stage: Stage, tab: WhyTab) -> None:
    stage.way.on(route(1), why(blockers=(blocker("a long condition " * 12),)))
    tab.show_subject(Subject(views.task(1), None))
    await tab.read()
    await looping.until(lambda: tab.widget().minimumSizeHint().width() < 560)
    assert tab.widget().width() <= tab.viewport().width()


# With an agent


@pytest.fixture
async def computer(window_loop: object) -> ScriptedMachine:
    return ScriptedMachine(on_ac_power=False)


@pytest.fixture
async def agent(
    place: paths.Home, computer: ScriptedMachine, tidy_threads: None
) -> AsyncIterator[embedded.Embedded]:
    one = embedded.Embedded(place, computer=computer)
    await one.start()
    yield one
    await one.stop()


async def test_a_condition_is_told_with_its_live_value(
    agent: embedded.Embedded, computer: ScriptedMachine, qtbot: QtBot
) -> None:
    client = Client(asgi.AsgiTransport(agent.agent.app))
    tab = WhyTab(client, times.now, lambda: True)
    qtbot.addWidget(tab)
    tab.resize(800, 300)
    tab.show()
    task = await agent.add("backup", "sleep 60", conditions=({"type": "on_ac_power"},))
    run = await agent.run(task)
    await agent.reached(run, "waiting")
    view = await client(commands.show_task(task.id))
    tab.show_subject(Subject(view, await client(commands.show_run(run.id))))
    await tab.read()
    assert said(tab)[:1] == ["It does not start while this is in the way:"]
    assert said(tab)[1].startswith("It runs only on mains power")
    computer.say(on_ac_power=True)
    await agent.reached(run, "running")
    tab.show_subject(Subject(view, await client(commands.show_run(run.id))))
    await tab.read()
    assert said(tab)[0] == "Nothing is in its way: it runs."
    await agent.cancel(run)
    await agent.ended(run)
    await client.close()
