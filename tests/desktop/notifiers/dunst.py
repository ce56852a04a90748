"""dunst as a person meets it: what it shows, and what is done to what it shows."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.desktop.session import Session
from tests.desktop.support import needs
from tests.desktop.support.parts import NOTIFICATIONS
from tests.desktop.support.pictures import longest_line
from tests.desktop.support.screen import Window

_CONTROL = "org.dunstproject.cmd0"
_PATH = "/org/freedesktop/Notifications"
#: The part of a bar that is reached, of a notice of little weight.
_REACHED = "#7f7fff"
#: Dots of a whole bar.
_BAR = 300
_SETTINGS = """[global]
    progress_bar_max_width = {bar}
    dmenu = /bin/sh {menu}
"""
#: Whoever is shown the menu chooses the line with the words of one file, and says so in another.
_MENU = """cd {folder}
line=$(grep --max-count=1 --fixed-strings --file=wish) && echo "$line" || line=
echo "<$line>" >found
"""
_NOTHING = "<>\n"
#: Seconds until a menu is asked for again that has not come.
_AGAIN_S = 1.0


class Dunst:
    """One dunst on a desktop, from `start` on; it may die, hang and come back."""

    def __init__(self, desktop: Session, settings: str = "") -> None:
        self._desktop = desktop
        self._wish, self._found = desktop.folder / "wish", desktop.folder / "found"
        menu = desktop.folder / "menu"
        menu.write_text(_MENU.format(folder=desktop.folder))
        self._settings = _SETTINGS.format(menu=menu, bar=_BAR) + settings

    @contextlib.contextmanager
    def configured(self) -> Iterator[None]:
        """Its settings are there, for whenever it starts."""
        written = self._desktop.folder / "config" / "dunst" / "dunstrc.d" / "further.conf"
        written.parent.mkdir()
        written.write_text(self._settings)
        try:
            yield
        finally:
            written.unlink()
            written.parent.rmdir()

    def start(self) -> None:
        needs.require(needs.NOTIFIERS["dunst"])
        self._desktop.start_notifier("dunst")

    # Seeing

    def count(self) -> int:
        """How many notices are shown, or wait until there is room."""
        said = self._desktop.bus.properties(NOTIFICATIONS, _PATH, _CONTROL)
        return int(said["displayedLength"]) + int(said["waitingLength"])

    def wait_for(self, count: int) -> None:
        self._desktop.wait_for(lambda: self.count() == count, f"{count} notices")

    def window(self) -> Window:
        """Where all notices are."""
        return self._desktop.wait_for_window("dunst")

    def bar(self, shot: Path) -> float:
        """How much of the bar is reached, from 0 to 1; leaves a picture of the screen."""
        window = self.window()
        return longest_line(self._desktop.screenshot(shot), _REACHED, window) / _BAR

    def history(self) -> list[dict[str, Any]]:
        """What was shown and is gone, the latest first."""
        found: list[dict[str, Any]] = self._tell("NotificationListHistory")[0]
        return found

    # Doing

    def choose(self, words: str) -> float:
        """Choose the line with these words from the menu, once it is there; the time of that."""
        self._wish.write_text(words)
        self._found.unlink(missing_ok=True)
        asked = float("-inf")

        def is_found() -> bool:
            nonlocal asked
            answer = self._found.read_text() if self._found.exists() else ""
            # It does not open a menu while it puts away the one before.
            if answer == _NOTHING or time.monotonic() > asked + _AGAIN_S:
                asked = time.monotonic()
                self._found.unlink(missing_ok=True)
                self._tell("ContextMenuCall")
                return False
            return answer.endswith("\n")

        self._desktop.wait_for(is_found, f"{words!r} in the menu")
        return asked

    def click(self) -> None:
        self._desktop.click(*self.window().centre)

    def dismiss(self) -> None:
        self._desktop.click(*self.window().centre, button=3)

    # What happens to it

    def crash(self) -> None:
        os.kill(self._pid(), signal.SIGKILL)
        bus = self._desktop.bus
        self._desktop.wait_for(lambda: not bus.has_owner(NOTIFICATIONS), "end of dunst")

    @contextlib.contextmanager
    def hanging(self) -> Iterator[None]:
        """It is there, and does nothing."""
        pid = self._pid()
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def _pid(self) -> int:
        return self._desktop.bus.pid_of(NOTIFICATIONS)

    def _tell(self, member: str) -> list[Any]:
        return self._desktop.bus.call(NOTIFICATIONS, _PATH, _CONTROL, member)
