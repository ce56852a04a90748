"""What tests of the window share: the program's look, Qt's own loop, and an agent to talk to."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QMenu

from bgtasks_gui import paths
from bgtasks_gui.client import asgi
from bgtasks_gui.client.client import Client
from bgtasks_gui.gui import sides
from bgtasks_gui.gui.frame.garbage import YOUNG
from bgtasks_gui.gui.frame.window import Window
from bgtasks_gui.gui.style import theme
from tests.agent.support import embedded
from tests.gui.support import clocks, looks, looping, stages

LoopFactory = Callable[[], asyncio.AbstractEventLoop]


@pytest.fixture(scope="session")
def _look(qapp: QApplication) -> theme.Theme:
    return looks.wear(qapp)


@pytest.fixture(scope="module", autouse=True)
def _no_garbage_elsewhere() -> Iterator[None]:
    """Look for garbage on Qt's thread alone, as the program does, and leave none to later files.

    Widgets may be among it, and other threads come upon it too, those of the test run itself.
    """
    gc.disable()
    yield
    if QApplication.instance() is not None:
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def _garbage_after_test(_no_garbage_elsewhere: None) -> Iterator[None]:
    yield
    gc.disable()  # a window that was quit has left it to Python again
    if gc.get_count()[0] > YOUNG:
        gc.collect()


@pytest.fixture
def dressed(_look: theme.Theme) -> theme.Theme:
    """The look, light at the start of every test."""
    # Widgets of earlier tests wait for a loop to delete them, and would be dressed along.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    _look.choose("light")
    return _look


@pytest.fixture
def now() -> clocks.ManualNow:
    """The time of day, ten minutes after what the views of `support.views` tell of."""
    return clocks.ManualNow()


@pytest.hookimpl(optionalhook=True)
def pytest_asyncio_loop_factories(item: pytest.Item) -> dict[str, LoopFactory]:
    """A test that asks for `window_loop` runs on Qt's loop, any other on a plain one."""
    is_on_qt = "window_loop" in getattr(item, "fixturenames", ())
    return {"loop": looping.make_qt_loop if is_on_qt else asyncio.new_event_loop}


@pytest.fixture
async def window_loop(dressed: theme.Theme) -> asyncio.AbstractEventLoop:
    """The loop of the application, on which the test and its fixtures run."""
    return asyncio.get_running_loop()


@pytest.fixture
def place(home: object) -> Iterator[paths.Home]:
    """A home of its own; nothing that carries its name outlives the test."""
    found = paths.find_home()
    yield found
    embedded.clear_away(found)


@pytest.fixture
def tidy_threads() -> None:
    """The threads of an agent in this process begin with none of the garbage of earlier tests."""
    gc.collect()


@pytest.fixture
async def agent(
    window_loop: asyncio.AbstractEventLoop, place: paths.Home, tidy_threads: None
) -> AsyncIterator[embedded.Embedded]:
    """A running agent in this process."""
    one = embedded.Embedded(place)
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def agent_client(agent: embedded.Embedded) -> AsyncIterator[Client]:
    """The way to it."""
    async with Client(asgi.AsgiTransport(agent.agent.app)) as client:
        yield client


@pytest.fixture
async def stage(
    window_loop: asyncio.AbstractEventLoop, tmp_path: Path, now: clocks.ManualNow
) -> AsyncIterator[stages.Stage]:
    """What pages are built on, over an agent that the test plays."""
    one = stages.Stage(tmp_path, now)
    yield one
    await one.close()


@pytest.fixture
async def window(stage: stages.Stage) -> AsyncIterator[Window]:
    """A whole window over the agent that the test plays, shown with the list of tasks."""
    stage.keeper.prefs.page = "tasks"
    one = Window(stage.parts, sides.make_sides(stage.parts, stage.shown_runs.append), QMenu())
    one.make_pages()
    one.show()
    one.activateWindow()
    yield one
    one.may_close = True
    await one.pane.close_reading()
    one.close()
    one.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
