"""The pages of notices and of the machine over a real agent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from bgtasks_gui.client import commands
from bgtasks_gui.client.calls import background
from bgtasks_gui.client.client import Client
from bgtasks_gui.gui import prefs
from bgtasks_gui.gui.actions.performer import Performer
from bgtasks_gui.gui.bridge import Bridge
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.models.tally import Tally
from bgtasks_gui.gui.models.task_table import TaskTable
from bgtasks_gui.gui.views.notices_page import NoticesPage
from bgtasks_gui.gui.views.page import Parts
from bgtasks_gui.gui.views.system_page import SystemPage
from bgtasks_gui.wire import shapes
from tests.agent.support import embedded
from tests.gui.support import looping
from tests.gui.support.clocks import ManualNow


@pytest.fixture
async def parts(
    agent: embedded.Embedded, agent_client: Client, tmp_path: Path
) -> AsyncIterator[Parts]:
    """What pages are built on, over that agent."""
    bridge, asked, now = Bridge(agent_client), Asked(), ManualNow()
    tally = Tally(bridge.mirror)
    bridge.changed.connect(tally.take)
    performer = Performer(agent_client, asked)
    tasks = TaskTable(bridge, tally, asked, now)
    keeper = prefs.Keeper(tmp_path / "window.json")
    following = asyncio.create_task(bridge.run())
    yield Parts(bridge, tally, asked, performer, tasks, keeper, now)
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    await performer.close()
    await keeper.close()


async def test_a_failure_is_listed_with_what_became_of_it(
    agent: embedded.Embedded, parts: Parts, qtbot: QtBot
) -> None:
    page = NoticesPage(parts)
    qtbot.addWidget(page)
    page.show()
    await looping.until(lambda: parts.bridge.is_connected)
    await agent.add("backup", "exit 3")
    await parts.bridge.client(commands.run_task("backup"))
    await looping.until(lambda: page.table.rowCount() == 1)
    [row] = page.table.all_rows()
    assert row.notice.kind == "failed"
    assert "backup" in row.notice.title
    assert row.notice.outcome in ("added", "held_back")
    assert page.bar.isVisible()
    page.hide()


async def test_a_program_is_shown_and_its_work_is_cancelled(
    agent: embedded.Embedded, parts: Parts, qtbot: QtBot
) -> None:
    page = SystemPage(parts)
    qtbot.addWidget(page)
    page.show()
    client = parts.bridge.client
    await looping.until(lambda: parts.bridge.is_connected)
    await client(background.grant_access("radio", ["audioRecording"]))
    wanted = shapes.ContinuousRequest(
        owner="radio", modes=("audioRecording",), title="Concert", text="Until ten"
    )
    started = await client(background.start_continuous(wanted))
    assert started is not None
    await looping.until(lambda: page.board.continuous.entries.find(started.id))
    await looping.until(lambda: page.board.telling.entries.all())
    page.board.continuous.entries.find(started.id).button.click()
    await looping.until(lambda: page.board.continuous.entries.all() == [])
    [line] = page.board.access.entries.all()
    line.switch.click()
    await looping.until(lambda: not line.switch.isChecked() and line.switch.isEnabled())
    page.hide()
