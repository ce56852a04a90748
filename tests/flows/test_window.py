"""The window and its agent: each may die at any moment, and what is shown is true afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bgtasks_gui import paths
from bgtasks_gui.client import commands, launching
from bgtasks_gui.gui import single
from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.program import Program
from bgtasks_gui.gui.views.list_page import ListPage
from bgtasks_gui.wire import shapes
from tests.flows import watched_window
from tests.flows.line import DONE, Line
from tests.flows.living import PATIENCE_S, Living
from tests.gui.support import looping, programs

# Offscreen there is no tray, and Qt is surprised to be asked for one.
pytestmark = pytest.mark.qt_log_ignore("systemTrayWindowChanged")
#: Says how far it is, some seconds long.
WORK = "i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo $i%; sleep 0.05; done"
RUNNING = ("running", "suspended", "waiting", "canceling", "pending")


@contextlib.contextmanager
def window_process(line: Line) -> Iterator[subprocess.Popen[bytes]]:
    """`bgtasks`, as a person starts it, once its window is there."""
    with subprocess.Popen(
        [sys.executable, "-m", "bgtasks_gui"], env=line.env, stdin=subprocess.DEVNULL
    ) as window:
        try:
            assert single.reach_soon(single.find_open, paths.find_home())
            yield window
        finally:
            window.kill()


@pytest.fixture
async def program(agent: Living, window_loop: object) -> AsyncIterator[Program]:
    """A window in this process over an agent with some of everything."""
    agent.add("fails", "false")
    agent.add("planned", "true", triggers=({"type": "interval", "every": "PT6H"},))
    agent.add("asleep", "true", enabled=False)
    for number in range(6):
        agent.add(f"work {number}", "sh", "-c", WORK)
    async with programs.running(agent.home) as one:
        await looping.until(lambda: len(one.parts.bridge.mirror.tasks) == 9)
        yield one


async def start_all(agent: Living, program: Program) -> list[str]:
    """Ids of runs, all of which the window knows."""
    names = ["fails", *(f"work {number}" for number in range(6))]
    ids = [(await asyncio.to_thread(agent.run, name)).id for name in names]
    await looping.until(lambda: set(ids) <= program.parts.bridge.mirror.runs.keys())
    return ids


def ask(agent: Living) -> tuple[dict[str, shapes.TaskView], dict[str, shapes.RunView]]:
    """Everything as the agent tells it."""
    with agent.client() as client:
        tasks = client(commands.list_tasks())
        runs = client(commands.list_runs(limit=200))
    return {one.id: one for one in tasks}, {one.id: one for one in runs}


def shown(program: Program) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """The state of every row of each list."""
    pages = {page.name: page for page in program.window.pages}
    tables = [pages[name].table for name in ("tasks", "activity", "history")]
    tasks, active, ended = ({row.id: row.state for row in table.all_rows()} for table in tables)
    return tasks, active, ended


async def check_truth(agent: Living, program: Program) -> None:
    """Every row says what the agent says."""
    tasks, runs = await asyncio.to_thread(ask, agent)
    assert not [run for run in runs.values() if run.state in RUNNING], "the agent is not at rest"
    mirror = program.parts.bridge.mirror

    expected = (
        {one.id: states.of_task(one, None) for one in tasks.values()},
        {},
        {one.id: str(one.state) for one in runs.values()},
    )
    # Lists hear of it a moment after the mirror does.
    await looping.until(
        lambda: (dict(mirror.tasks), dict(mirror.runs), shown(program)) == (tasks, runs, expected)
    )


async def end_all(agent: Living, ids: list[str]) -> None:
    for run_id in ids:
        with agent.client() as client:
            await asyncio.to_thread(client, commands.cancel_run(run_id))
    for run_id in ids:
        await asyncio.to_thread(agent.wait, run_id)


# The agent dies


@pytest.mark.parametrize("moment", ["at rest", "as runs begin", "while runs move", "as runs end"])
async def test_the_window_goes_on_without_its_agent_and_is_true_afterwards(
    agent: Living, program: Program, moment: str
) -> None:
    ids = [] if moment == "at rest" else await start_all(agent, program)
    runs = program.parts.bridge.mirror.runs
    if moment == "while runs move":
        await looping.until(lambda: any(run.progress is not None for run in runs.values()))
    if moment == "as runs end":
        with agent.client() as client:
            for run_id in ids[1:]:
                client(commands.cancel_run(run_id))
    await asyncio.to_thread(agent.kill)
    await programs.message(program, "The agent is away.")
    window = program.window
    assert window.status._agent.text() == "Agent away"
    for page in window.pages:
        window.show_page(page.name).focus_list()
        window.grab()
    lists = [page for page in window.pages if isinstance(page, ListPage)]
    assert [page.view.property("stale") for page in lists] == [True] * 5
    await asyncio.to_thread(agent.start)
    await programs.connected(program)
    await looping.until(lambda: "The agent is away." not in " ".join(programs.said(program)))
    assert [page.view.property("stale") for page in lists] == [False] * 5
    await end_all(agent, ids)
    await check_truth(agent, program)


async def test_the_window_starts_its_agent_again(agent: Living, program: Program) -> None:
    await asyncio.to_thread(agent.kill)
    await programs.message(program, "The agent is away.")
    programs.press(program, "Start it")
    await programs.connected(program)
    assert await asyncio.to_thread(launching.find_agent, agent.home) is not None
    await check_truth(agent, program)


# The window dies


async def test_runs_go_on_without_their_window_and_the_next_one_is_true(
    agent: Living, bgtasks: Line, window_loop: object
) -> None:
    agent.add("work", "sh", "-c", WORK)
    with window_process(bgtasks) as window:
        run = agent.run("work")
        agent.wait_for_text(run.id, "5%")
        window.kill()
        window.wait(PATIENCE_S)
    assert agent.show(run.id).state == "running"
    async with programs.running(agent.home) as program:
        await programs.connected(program)
        assert shown(program)[1] == {run.id: "running"}
        await end_all(agent, [run.id])
        await check_truth(agent, program)


def test_a_window_that_is_asked_to_end_leaves_the_agent(agent: Living, bgtasks: Line) -> None:
    with window_process(bgtasks) as window:
        window.send_signal(signal.SIGTERM)
        assert window.wait(PATIENCE_S) == 0
    assert launching.find_agent(agent.home) is not None


# The command


def test_bgtasks_starts_the_agent_and_a_second_one_raises_the_window(
    home: Path, bgtasks: Line
) -> None:
    living = Living(home)
    try:
        with window_process(bgtasks) as window:
            wait_for_agent(living)
            second = bgtasks()
            assert (second.code, second.raw) == (DONE, b"")
            assert window.poll() is None
            assert bgtasks("add", "command", "backup", "--", "true").code == DONE
    finally:
        living.clear_away()


def wait_for_agent(living: Living) -> None:
    until = time.monotonic() + PATIENCE_S
    while launching.find_agent(living.home) is None:
        assert time.monotonic() < until
        # Not a sleep: nobody tells of it but the agent itself.
        select.select([], [], [], 0.02)


# Nothing is waited for


def test_nothing_is_waited_for_on_the_thread_that_paints(
    agent: Living, record_property: object
) -> None:
    overlap = {"policy": "parallel", "limit": 16}
    tasks = [agent.add(f"task {number}", "true", overlap=overlap).id for number in range(30)]
    done = subprocess.run(
        [sys.executable, "-m", watched_window.__name__, *tasks],
        env=os.environ | {"BGTASKS_HOME": str(agent.home.root), "PYTHONPATH": os.getcwd()},
        capture_output=True, text=True, timeout=PATIENCE_S * 3, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["done"] == []
    # Other programs may take the processor away, so how long that was is only told.
    record_property("longest_s", found["longest_s"])
