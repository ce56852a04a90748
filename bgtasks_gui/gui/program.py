"""The window's life: what it is made of, how it reaches the agent, and how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QMenu

from bgtasks_gui import paths
from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.client.phrases import times
from bgtasks_gui.client.transport import UnixTransport
from bgtasks_gui.core import errors
from bgtasks_gui.gui import prefs, sides, single
from bgtasks_gui.gui.actions import pausing
from bgtasks_gui.gui.actions.performer import APOLOGY, Performer
from bgtasks_gui.gui.bridge import Bridge
from bgtasks_gui.gui.frame.arriving.leading import Leading
from bgtasks_gui.gui.frame.garbage import Garbage
from bgtasks_gui.gui.frame.stopwatch import Stopwatch
from bgtasks_gui.gui.frame.window import Window
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.models.tally import Tally
from bgtasks_gui.gui.models.task_table import TaskTable
from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.views.page import Parts
from bgtasks_gui.gui.widgets.banner import Message

if TYPE_CHECKING:
    from bgtasks_gui.gui.furnishing import Furniture

#: Seconds that the first picture is waited for; a window that starts hidden has none.
_PICTURE_S: Final = 0.5
#: Seconds in which the list is full, so that what else there is does not keep it waiting.
_LIST_S: Final = 0.3
#: Seconds in which a desktop says whether it has a tray.
_TRAY_S: Final = 0.5
_UNREACHED: Final = "unreached"
#: Where Qt looks for the right to bring a window to the front.
_ACTIVATION: Final = "XDG_ACTIVATION_TOKEN"


class Program:
    """One window of one home."""

    def __init__(self, home: paths.Home, resources: Path) -> None:
        self._home = home
        self._resources = resources
        self._ended = asyncio.Event()
        keeper = prefs.Keeper(home.window_prefs)
        theme.current().choose(keeper.prefs.theme)
        self._client = Client(UnixTransport(home.agent_socket))
        bridge = Bridge(self._client)
        tally, asked = Tally(bridge.mirror), Asked()
        bridge.changed.connect(tally.take)
        performer = Performer(self._client, asked)
        tasks = TaskTable(bridge, tally, asked, times.now)
        self.parts = Parts(bridge, tally, asked, performer, tasks, keeper, times.now)
        self.window = Window(
            self.parts, sides.make_sides(self.parts, self._show_run), make_pauses(performer)
        )
        #: There once the first picture is.
        self.furniture: Furniture | None = None
        self._stopwatch = Stopwatch(self.window, bridge)
        self._garbage = Garbage(self.window)
        self._leading = Leading(self.window)
        bridge.changed.connect(self._garbage.look)
        self._connect()

    async def run(self, *, is_minimized: bool, run_id: str | None = None) -> int:
        """Show the window until it is quit; at first a run, where one is wanted.

        Raises `errors.WindowAlreadyOpen` where this home has one.
        """
        door = await single.Door.open(self._home, self._on_knocked)
        # A window is there before anything is asked for that may take long.
        if not is_minimized:
            self.window.come_forward()
        if run_id is not None:
            self._leading.lead_to(run_id)
        self._stopwatch.start()
        self._garbage.start()
        living = asyncio.ensure_future(self._live(is_minimized=is_minimized))
        living.add_done_callback(_tell_bug)
        try:
            await self._ended.wait()
        finally:
            living.cancel()
            await asyncio.gather(living, return_exceptions=True)
            await self._take_apart()
            await door.close()
        return 0

    def end(self) -> None:
        """Quit, leaving the tasks running."""
        self._ended.set()

    def apologise(self) -> None:
        """Say that something went wrong which nobody expected; once, however often it does."""
        self.window.telling.tell_refusal(APOLOGY)

    # Inside

    def _connect(self) -> None:
        window, performer = self.window, self.parts.performer
        window.telling.start_wanted.connect(lambda: performer.spawn(self._start_agent()))
        window.telling.resume_wanted.connect(lambda: pausing.resume(performer))
        window.header.resume_wanted.connect(lambda: pausing.resume(performer))
        window.telling.restore_wanted.connect(self._on_restore_wanted)
        self.parts.bridge.connection_changed.connect(self._on_connection_changed)

    async def _live(self, *, is_minimized: bool) -> None:
        await _first(self.window.painted, 0.0 if is_minimized else _PICTURE_S)
        following = asyncio.ensure_future(self.parts.bridge.run())
        try:
            self.parts.performer.spawn(self._start_agent())
            await _first(self.parts.bridge.connection_changed, 0.0 if is_minimized else _LIST_S)
            furniture = self._furnish()
            if is_minimized:
                # The desktop is asked whether it has a tray, and answers soon.
                await _first(furniture.tray.presence_changed, _TRAY_S)
                furniture.closing.start_minimized()
            await following
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    def _furnish(self) -> Furniture:
        # Loaded here: the first picture and the first list do without.
        from bgtasks_gui.gui.furnishing import Furniture

        furniture = self.furniture = Furniture(self.window, self._resources)
        furniture.tray.open_wanted.connect(self._on_open_wanted)
        furniture.tray.toggle_wanted.connect(self._on_toggle_wanted)
        furniture.closing.ended.connect(self._on_ended)
        furniture.tray.start()
        self.window.make_pages()
        return furniture

    async def _start_agent(self) -> None:
        """Start the agent where none runs; what keeps it from starting is told."""
        telling = self.window.telling
        try:
            await self._client(commands.show_health())
        except errors.AgentUnreachable:
            from bgtasks_gui.client import launching  # not needed where the agent runs

            try:
                await asyncio.to_thread(launching.start_agent, self._home)
            except errors.UserError as error:
                message = Message(
                    key=_UNREACHED, tone="alarm", lead="The agent does not start.",
                    text=error.message, remedy="Try again",
                    act=lambda: self.parts.performer.spawn(self._start_agent()),
                )  # fmt: skip
                telling.tell(message)
                return
        self.window.banners.take_down(_UNREACHED)

    def _show_run(self, run_id: str) -> None:
        self.window.show_run(run_id)

    def _on_knocked(self, activation: str | None, run_id: str | None) -> None:
        # Who started the program a second time may bring its window to the front; Qt looks here.
        if activation is not None:
            os.environ[_ACTIVATION] = activation
        self.window.come_forward()
        os.environ.pop(_ACTIVATION, None)
        if run_id is not None:
            self._leading.lead_to(run_id)

    def _on_toggle_wanted(self) -> None:
        is_looked_at = self.window.pacing.is_seen and self.window.isActiveWindow()
        if is_looked_at and self.furniture is not None:
            self.furniture.closing.hide()
        else:
            self.window.come_forward()

    def _on_open_wanted(self, run_id: str) -> None:
        self.window.come_forward()
        if run_id:
            self._leading.lead_to(run_id)

    def _on_connection_changed(self) -> None:
        if self.parts.bridge.is_connected:
            # However it was started.
            self.window.banners.take_down(_UNREACHED)

    def _on_restore_wanted(self, ids: list[str]) -> None:
        for task_id in ids:
            self.parts.performer.ask(commands.restore_task(task_id))

    def _on_ended(self, choice: str) -> None:
        if choice == "stop":
            self.parts.performer.spawn(self._stop_then_end())
        else:
            self.end()

    async def _stop_then_end(self) -> None:
        with contextlib.suppress(errors.AgentUnreachable):
            await self._client(commands.stop_agent(cancel=True))
        self.end()

    async def _take_apart(self) -> None:
        self.window.may_close = True
        if self.furniture is not None:
            await self.furniture.opening.close()
            self.furniture.tray.close()
        await self.window.pane.close_reading()
        self.parts.keeper.keep()
        await self.parts.keeper.close()
        self.window.close()
        await self.parts.performer.close()
        await self._client.close()
        self._garbage.stop()
        self.window.deleteLater()


def _tell_bug(living: asyncio.Task[None]) -> None:
    """The window goes on without what has ended, but never without a word."""
    if not living.cancelled() and (error := living.exception()) is not None:
        living.get_loop().call_exception_handler(
            {"message": "the window lost its agent by a bug", "exception": error, "task": living}
        )


async def _first(signal: SignalInstance, patience_s: float) -> None:
    """Until a signal is emitted for the first time, or for so long."""
    heard = asyncio.Event()
    connection = signal.connect(heard.set)
    try:
        # Not `wait_for`, which before Python 3.12 loses a cancel that comes with the answer.
        async with asyncio.timeout(patience_s):
            await heard.wait()
    except TimeoutError:
        return
    finally:
        signal.disconnect(connection)


def make_pauses(performer: Performer) -> QMenu:
    """For how long everything can be paused."""
    menu = QMenu()
    for choice in pausing.PAUSES:
        entry = menu.addAction(choice.text)
        entry.triggered.connect(lambda _=False, choice=choice: pausing.pause(performer, choice))
    return menu
