"""The panel of a test run."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.client.client import Client
from bgtasks_gui.gui.editor.parts.trial_panel import TrialPanel
from bgtasks_gui.wire import shapes
from tests.gui.editor.support.people import appear
from tests.gui.support import views


class Told(QLabel):
    """What is told to the part that shows the output."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self.runs: list[shapes.RunView | None] = []

    def show_run(self, run: shapes.RunView | None) -> None:
        self.runs.append(run)


@pytest.fixture
async def panel(
    qtbot: QtBot, window_loop: asyncio.AbstractEventLoop, agent_client: Client
) -> TrialPanel:
    one = TrialPanel(agent_client, Told)
    qtbot.addWidget(one)
    await appear(one)
    return one


def buttons(panel: TrialPanel) -> tuple[bool, bool]:
    return panel.cancel_button.isVisible(), panel.log.isVisible()


async def test_how_a_test_run_goes_on(panel: TrialPanel) -> None:
    panel.begin()
    assert panel.sentence.text() == "is being started…"
    assert buttons(panel) == (True, True)
    run = views.run(1, "waiting", waits_for="It waits for its turn.")
    panel.show_run(run)
    assert panel.sentence.text() == "waiting: It waits for its turn."
    panel.show_run(views.run(1, "running"))
    assert panel.sentence.text() == "running…"
    assert panel.accessibleName() == "Test run: running…"
    ended = views.run(1, "completed")
    panel.show_run(ended)
    assert panel.sentence.text() == "running…"
    panel.show_end(ended, "Completed now after 1 s.")
    assert panel.sentence.text() == "Completed now after 1 s."
    assert buttons(panel) == (False, True)
    assert isinstance(panel.log, Told)
    assert panel.log.runs[:2] == [None, run]
    assert panel.log.runs[-1] is ended


async def test_a_test_run_that_could_not_begin(panel: TrialPanel) -> None:
    panel.begin()
    panel.show_refusal("There is no such program.")
    assert panel.sentence.text() == "There is no such program."
    assert buttons(panel) == (False, False)
    panel.begin()
    assert buttons(panel) == (True, True)


@pytest.mark.parametrize(
    ("state", "icon"),
    [("completed", "circle-check"), ("failed", "circle-x"), ("canceled", "circle-slash")],
)
async def test_an_end_has_its_shape(panel: TrialPanel, state: str, icon: str) -> None:
    panel.show_end(views.run(1, state), "So it ended.")
    assert panel._shape._icon == icon


async def test_its_buttons(panel: TrialPanel, qtbot: QtBot) -> None:
    panel.begin()
    with qtbot.waitSignal(panel.cancel_wanted):
        panel.cancel_button.click()
    with qtbot.waitSignal(panel.closed):
        panel.close_button.click()
    assert isinstance(panel.findChild(Told), QWidget)
