"""A real desktop for tests: screen, session bus, window manager, panel with a tray, notifications.

Everything is private to the session and lives in one temporary folder, so that sessions stand side
by side, and beside a person's own desktop. Parts can come late and go early, as they do in life.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.desktop.support import tray
from tests.desktop.support.parts import Parts
from tests.desktop.support.programs import PATIENCE_S, NotReady, Program, wait_until
from tests.desktop.support.screen import Window

_LOOK_S = 0.02


class Session(Parts):
    """A desktop and somebody who sits before it. Parts left out can be started later."""

    def __init__(
        self,
        *,
        size: tuple[int, int] = (1280, 800),
        bus: bool = True,
        window_manager: bool = True,
        panel: bool = True,
        notifier: str | None = None,
    ) -> None:
        super().__init__(size, with_bus=bus)
        self._wants_window_manager = window_manager
        self._wants_panel = panel and bus
        self._wanted_notifier = notifier if bus else None
        #: Programs that were spawned and not put away by `reset`.
        self.programs: list[Program] = []

    def __enter__(self) -> Self:
        try:
            self.begin()
            self.reset()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        try:
            self._stop_programs(0)
        finally:
            super().stop()

    def reset(self, keep: int = 0) -> None:
        """End what was spawned after the first so many programs; have the parts as at the start."""
        self._stop_programs(keep)
        self.start_window_manager() if self._wants_window_manager else self.stop_window_manager()
        self.start_panel() if self._wants_panel else self.stop_panel()
        if self._wanted_notifier is None:
            self.stop_notifier()
        else:
            self.start_notifier(self._wanted_notifier)

    # Programs

    def run(
        self,
        *argv: str | Path,
        env: Mapping[str, str] | None = None,
        within_s: float = PATIENCE_S,
    ) -> str:
        """What a program says that ends by itself, and well; what it leaves behind goes on."""
        program = self.spawn(*argv, env=env)
        status = program.wait(within_s)
        assert status == 0, f"{program} ended with {status}:\n{program.output()}"
        return program.output()

    def spawn(
        self, *argv: str | Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> Program:
        """A program that goes on; it ends with the test, and with it all that it started."""
        self.programs.append(self.launch(*argv, env=env, cwd=cwd))
        return self.programs[-1]

    # What a person sees

    def screenshot(self, path: Path) -> Path:
        """The whole screen, as a PNG file."""
        self._act("scrot", "--overwrite", str(path))
        return path

    def windows(self, name: str = "") -> list[Window]:
        """Windows on the screen with this text in their title, or of this program; lowest first."""
        wanted = name.lower()
        return [
            each
            for each in self.screen.windows()
            if each.is_shown and (wanted in each.title.lower() or wanted == each.program.lower())
        ]

    def tray_items(self) -> list[tray.TrayItem]:
        """Icons in the tray that are StatusNotifierItems."""
        return tray.items(self.bus)

    def wait_for_window(self, name: str, within_s: float = PATIENCE_S) -> Window:
        """The first window of this name, as soon as it is on the screen."""
        self.wait_for(lambda: self.windows(name), f"window {name!r}", within_s)
        return self.windows(name)[0]

    def wait_for_tray_item(self, name: str, within_s: float = PATIENCE_S) -> tray.TrayItem:
        """The first icon with this text in its id or title, as soon as the tray has it."""
        found: list[tray.TrayItem] = []

        def look() -> bool:
            wanted = name.lower()
            items = self.tray_items()
            found[:] = [each for each in items if wanted in f"{each.id}\n{each.title}".lower()]
            return bool(found)

        self.wait_for(look, f"icon {name!r} in the tray", within_s)
        return found[0]

    def wait_for(
        self, has_come: Callable[[], object], what: str, within_s: float = PATIENCE_S
    ) -> None:
        """Wait for what nobody tells; a failure shows what the programs said, and the screen."""
        try:
            wait_until(has_come, what, within_s, look_s=_LOOK_S)
        except NotReady as late:
            heard = [*self._running.values(), *self.programs]
            said = [f"{each} said:\n{each.output()[-2000:]}" for each in heard if each.output()]
            shown = [each.title or each.program for each in self.windows()]
            raise NotReady("\n".join([f"{late}; on the screen: {shown}", *said])) from None

    # What a person does

    def focus(self, window: Window) -> None:
        """Bring a window to the front, and wait until it has the keyboard."""
        self.screen.activate(window)
        self.wait_for(lambda: self.screen.active() == window.id, f"keyboard for {window.title!r}")

    def keys(self, *chords: str) -> None:
        """Press keys, one after the other: "ctrl+n", "Return"."""
        self._act("xdotool", "key", "--clearmodifiers", *chords)

    def type(self, text: str) -> None:
        """Type a text into what has the keyboard."""
        # Others are not on the keyboard, and lost while it is changed for them.
        assert text.isascii()
        self._act("xdotool", "type", "--delay", "2", "--", text)

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Click there with the left (1), middle (2) or right (3) button."""
        self._act("xdotool", "mousemove", str(x), str(y), "click", str(button))

    def move_pointer(self, x: int, y: int) -> None:
        self._act("xdotool", "mousemove", str(x), str(y))

    def _act(self, *argv: str) -> None:
        done = subprocess.run(
            argv, env=self.env, capture_output=True, text=True, check=False, timeout=PATIENCE_S
        )
        assert done.returncode == 0, f"{argv}: {done.stdout}{done.stderr}"

    def _stop_programs(self, keep: int) -> None:
        stopped: set[int] = set()
        while len(self.programs) > keep:
            program = self.programs.pop()
            program.stop()
            stopped.add(program.pid)
        if stopped:
            # The screen learns of an end a moment later; a window that is left is not to be taken
            # for the one of the next program.
            self.wait_for(
                lambda: not any(each.pid in stopped for each in self.screen.windows()),
                "end of the windows",
            )
