"""What a run prints, as it comes."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors
from bgtasks_gui.gui.editor.parts.output import Output
from bgtasks_gui.wire import shapes
from tests.agent.support import embedded
from tests.gui.support import looping, views


@pytest.fixture
def output(qtbot: QtBot, agent_client: Client) -> Output:
    one = Output(agent_client)
    qtbot.addWidget(one)
    return one


async def started(agent: embedded.Embedded, client: Client, script: str) -> shapes.RunView:
    task = await agent.add("loud", script)
    run = await agent.run(task)
    await agent.reached(run, "running", "completed")
    view = await client(commands.show_run(run.id))
    assert view is not None
    return view


async def test_output_is_followed_to_its_end(
    agent: embedded.Embedded, agent_client: Client, output: Output, gate: embedded.Gate
) -> None:
    run = await started(agent, agent_client, f"echo one; {gate.wait}; printf 'two\\r\\nthree'")
    output.show_run(run)
    await looping.until(lambda: output.toPlainText() == "one\n")
    gate.open()
    output.show_run(run)
    await looping.until(lambda: output.toPlainText() == "one\ntwo\nthree")
    output.stop()


async def test_another_run_takes_its_place(
    agent: embedded.Embedded, agent_client: Client, output: Output
) -> None:
    output.show_run(await started(agent, agent_client, "echo first"))
    await looping.until(lambda: output.toPlainText() == "first\n")
    output.show_run(None)
    assert (output.toPlainText(), output.placeholderText()) == ("", "")


async def test_it_waits_for_a_run_that_has_not_begun(output: Output) -> None:
    output.show_run(views.run(1, "waiting"))
    assert output.placeholderText() == "Waiting for output…"


async def test_a_run_that_printed_nothing(
    agent: embedded.Embedded, agent_client: Client, output: Output
) -> None:
    task = await agent.add("still", "true")
    ended = await agent.ended(await agent.run(task))
    view = await agent_client(commands.show_run(ended.id))
    output.show_run(view)
    assert output.placeholderText() == "It printed nothing."


async def test_control_characters_do_no_harm(
    agent: embedded.Embedded, agent_client: Client, output: Output
) -> None:
    output.show_run(await started(agent, agent_client, "printf 'a\\033[31mb'"))
    await looping.until(lambda: output.toPlainText() == "a\ufffd[31mb")


async def test_what_cannot_be_read_is_said(output: Output) -> None:
    output._on_refused(errors.RunNotFound("There is no such run."))
    assert output.toPlainText().strip() == "There is no such run."
