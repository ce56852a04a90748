"""What a desktop session needs of this machine, and what to do where it is not there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

SESSION = ("Xvfb", "dbus-daemon", "openbox", "xfce4-panel", "xdotool", "scrot")
#: Each way of showing notifications, by the name that tests use.
NOTIFIERS = {"dunst": "dunst", "xfce": "xfce4-notifyd"}
#: Programs that are on nobody's PATH are in one of these, below `/usr`.
_HIDDEN = ("libexec", "lib/at-spi2-core", "lib/*/xfce4/*")


def find(program: str) -> str | None:
    """The path of a program."""
    found = shutil.which(program)
    if found is None:
        hidden = (path for folder in _HIDDEN for path in Path("/usr").glob(f"{folder}/{program}"))
        found = next(map(str, hidden), None)
    return found


def require(*programs: str) -> None:
    """Skip the test where one of these is missing; fail it where nothing may be missing."""
    missing = [each for each in programs if find(each) is None]
    if missing:
        _give_up(
            f"not on this machine: {', '.join(missing)}"
            " (sh packaging/debian/install-needs tests installs what is needed)"
        )


def _give_up(why: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)
