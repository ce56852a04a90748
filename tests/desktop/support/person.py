"""Somebody who uses the real program: by keyboard and mouse, and by what is to be seen of it."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bgtasks_gui.client import commands
from bgtasks_gui.core import errors
from bgtasks_gui.gui.style.palette import LIGHT
from bgtasks_gui.wire import shapes
from tests.desktop.session import Session
from tests.desktop.support import accessible, tray
from tests.desktop.support.accessible import Part, Reader
from tests.desktop.support.pictures import find_rows
from tests.desktop.support.programs import NotReady, Program
from tests.desktop.support.screen import Window
from tests.flows.living import Living

ROOT = Path(__file__).parents[3]
#: Where pictures of decisive moments are left, to be looked at.
SCREENS = ROOT / "build" / "screens"
TITLE = "Background Tasks"
ICON = "bgtasks"
#: Seconds that Qt takes to believe that a window has lost the keyboard. One that is shown again
#: within them stays without, by Qt's account; nobody is so quick.
_MOMENT_S = 0.2
#: Screenshots that may differ before the window is taken to move all the time.
_LOOKS = 8


class Person:
    """Before one desktop, with the window of one home. `agent` is the other side, to be asked."""

    def __init__(self, desktop: Session, reader: Reader, agent: Living) -> None:
        self.desktop = desktop
        self.agent = agent
        self._reader = reader
        self._started: list[Program] = []

    def start(self, *arguments: str) -> Program:
        """Start the program as a person does, and return at once."""
        home = {"BGTASKS_HOME": str(self.agent.home.root)}
        # Away from what explains itself where the pointer rests.
        self.desktop.move_pointer(0, 0)
        program = self.desktop.spawn(
            *(sys.executable, "-m", "bgtasks_gui", *arguments),
            env={**home, **accessible.SPEAKING},
            cwd=ROOT,
        )
        self._started.append(program)
        return program

    def open(self) -> Window:
        """The window, with the keyboard and its list."""
        self.start().wait_for(lambda: self.desktop.windows(TITLE), "window")
        window = self.desktop.wait_for_window(TITLE)
        self.desktop.focus(window)
        self.wait_to_see("Agent running")
        return window

    @property
    def program(self) -> Program:
        """What was started last."""
        return self._started[-1]

    def run(self, *arguments: str) -> str:
        """What the command line says."""
        home = {"BGTASKS_HOME": str(self.agent.home.root)}
        return self.desktop.run(sys.executable, "-m", "bgtasks_gui", *arguments, env=home)

    def leave(self) -> None:
        """End the window as the end of a session does; it must have had no bug."""
        for program in self._started:
            program.stop()
            assert program.output() == ""
        log = self.agent.home.window_log
        assert not log.exists() or "ERROR" not in log.read_text(), log.read_text()

    # Seeing

    def look_for(self, name: str, role: str = "") -> list[Part]:
        """Parts on the screen whose name is, from its start to its end, this expression."""
        return [
            part
            for part in self._reader.parts()
            if re.fullmatch(name, part.name) and role in ("", part.role)
        ]

    def wait_to_see(self, name: str, role: str = "") -> Part:
        """The first such part, once it is there."""
        return self._wait(name, role, lambda part: True, "to be seen")

    def wait_for_keyboard_on(self, name: str, role: str = "") -> Part:
        return self._wait(name, role, lambda part: part.has_keyboard, "to have the keyboard")

    def wait_for_selected(self, name: str, role: str = "") -> Part:
        return self._wait(name, role, lambda part: part.is_selected, "to be selected")

    def wait_until_gone(self, name: str, role: str = "") -> None:
        self.wait_for(lambda: not self.look_for(name, role), f"end of {name!r}")

    def wait_for(self, has_come: Callable[[], object], what: str) -> None:
        """Wait for what nobody tells; a failure says what was to be seen."""
        try:
            self.desktop.wait_for(has_come, what)
        except NotReady as late:
            seen = [(one.role, one.name, one.state) for one in self._reader.parts() if one.name]
            raise NotReady(f"{late}\n\nto be seen: {seen}") from None

    def icon(self, tooltip: str = "") -> tray.TrayItem:
        """The icon in the tray, once it says this (an expression)."""
        self.wait_for(
            lambda: re.search(tooltip, self.desktop.wait_for_tray_item(ICON).tooltip),
            f"tooltip {tooltip!r}",
        )
        return self.desktop.wait_for_tray_item(ICON)

    def picture(self, name: str) -> Path:
        """Leave a picture of this moment, once everything is painted."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        path, before = SCREENS / f"desktop-{name}.png", b""
        for _ in range(_LOOKS):
            now = self.desktop.screenshot(path).read_bytes()
            if now == before:
                break
            before = now
        return path

    # Doing

    def press(self, *chords: str) -> None:
        self.desktop.keys(*chords)

    def write(self, text: str) -> None:
        self.desktop.type(text)

    def click(self, name: str, role: str = "", button: int = 1) -> None:
        """Click on the first such part, once it is there."""
        self.desktop.click(*self.wait_to_see(name, role).centre, button)

    def choose_grave(self, name: str, place: int, count: int) -> None:
        """In the menu of a cell, one of so many red entries: menus are told to nobody."""
        known = {window.id for window in self.desktop.windows(ICON)}
        self.click(name, "cell", button=3)
        found: list[int] = []

        def look() -> bool:
            menus = [one for one in self.desktop.windows(ICON) if one.id not in known]
            if menus:
                red = find_rows(self.picture("menu"), LIGHT.failed, menus[0])
                found[:] = [menus[0].centre[0], *red]
            return len(found) == count + 1

        self.wait_for(look, f"menu with {count} red entries")
        self.desktop.click(found[0], found[place + 1])

    # Asking the agent

    def has_agent(self) -> bool:
        with self.agent.client() as ask:
            try:
                ask(commands.show_health())
            except errors.AgentUnreachable:
                return False
        return True

    def tasks(self) -> tuple[shapes.TaskView, ...]:
        """All tasks; none while no agent answers."""
        try:
            with self.agent.client() as ask:
                return ask(commands.list_tasks())
        except errors.AgentUnreachable:
            return ()

    def runs(self) -> tuple[shapes.RunView, ...]:
        """All runs, the newest first."""
        with self.agent.client() as ask:
            return ask(commands.list_runs())

    def wait_for_task(self, count: int = 1) -> shapes.TaskView:
        """The first task, once there are so many."""
        self.wait_for(lambda: len(self.tasks()) == count, f"{count} tasks")
        return self.tasks()[0]

    def wait_for_run(self, count: int = 1) -> shapes.RunView:
        """The newest run, once there are so many and it runs."""
        self.wait_for(lambda: len(self.runs()) == count, f"{count} runs")
        return self.agent.wait_until(self.runs()[0].id, "running")

    # The window as a whole

    def windows(self) -> list[Window]:
        """Those of the program that can be brought up, minimised ones as well."""
        screen = self.desktop.screen
        found = map(screen.window, screen.clients())
        return [window for window in found if window is not None and window.title == TITLE]

    def is_in_front(self, window: Window) -> bool:
        """If it has the keyboard, and knows it."""
        is_first = self.desktop.screen.active() == window.id
        return is_first and any(part.is_active for part in self.look_for(TITLE))

    def wait_until_hidden(self, window: Window) -> None:
        """Until it is on no screen and in no list of windows."""
        clients = self.desktop.screen.clients
        self.wait_for(lambda: window.id not in clients(), "end of the window on the screen")
        until = time.monotonic() + _MOMENT_S
        self.wait_for(lambda: time.monotonic() > until, "moment")

    def wait_until_minimised(self, window: Window) -> None:
        screen = self.desktop.screen
        self.wait_for(
            lambda: window.id in screen.clients() and not screen.is_shown(window.id),
            "minimised window",
        )

    def wait_until_back(self, window: Window) -> None:
        self.wait_for(lambda: self.is_in_front(window), "window in front")
        self.wait_to_see("Agent running")

    # Inside

    def _wait(self, name: str, role: str, suits: Callable[[Part], bool], what: str) -> Part:
        found: list[Part] = []

        def look() -> bool:
            found[:] = [part for part in self.look_for(name, role) if suits(part)]
            return bool(found)

        self.wait_for(look, f"{role or 'part'} {name!r} {what}")
        return found[0]
