"""Hands files and programs to the desktop: opened there, by what the person has chosen for them."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from bgtasks_gui.core import transfers

_log = logging.getLogger(__name__)

_ANY_EXECUTE: Final = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH
_OPENERS: Final = {"darwin": "open"}
#: What shows a file or folder where nothing else is named.
_OPENER: Final = "xdg-open"
#: Where a program finds the screen, as far as it shows windows on this system.
_SCREENS: Final = ("WAYLAND_DISPLAY", "DISPLAY", "QT_QPA_PLATFORM")
#: Where a program finds what lets its window come to the front: on Wayland, and on X11.
_TOKENS: Final = ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class NotOpened(Exception):
    """The message says why."""


def choose(path: str, *, wants_folder: bool) -> Path:
    """What to open of a file that was fetched: its folder where opening it might run something.

    Looks at the disk. Raises `NotOpened` where neither is there.
    """
    file = Path(path)
    if not file.is_absolute():
        # It would be looked for wherever this process happens to be.
        raise NotOpened(f"{path!r} does not say which folder it is in.")
    try:
        return _choose(file, wants_folder)
    except OSError as error:
        raise NotOpened(f"{file} cannot be looked at: {error.strerror}.") from error


def _choose(file: Path, wants_folder: bool) -> Path:
    if not file.parent.is_dir():
        raise NotOpened(f"The folder {file.parent} is not there.")
    if wants_folder or not file.is_file() or _may_run(file):
        return file.parent
    return file


def check_screen(environ: Mapping[str, str]) -> None:
    """Raises `NotOpened` where a program that is started from here could show no window."""
    if sys.platform == "linux" and not any(map(environ.get, _SCREENS)):
        raise NotOpened(
            "No window can be opened: the agent was started without a screen (DISPLAY and "
            "WAYLAND_DISPLAY are not set). Start it anew on the desktop: "
            "bgtasks agent stop && bgtasks agent start"
        )


def activation(token: str | None) -> dict[str, str]:
    """What a program needs in its environment to come to the front with this token.

    Without one it must not take ours, which has been used.
    """
    return dict.fromkeys(_TOKENS, token or "")


async def show(path: Path, more: Mapping[str, str] = NOTHING) -> None:
    """Have a file or folder shown; `more` as in `start`. Raises `NotOpened`."""
    if sys.platform == "win32":
        try:
            await asyncio.to_thread(os.startfile, path)
        except OSError as error:
            raise NotOpened(f"{path} cannot be opened: {error.strerror}.") from error
        return
    name = _OPENERS.get(sys.platform, _OPENER)
    opener = shutil.which(name)
    if opener is None:
        raise NotOpened(f"Nothing here opens files; {name} is not installed.")
    await start([opener, os.fspath(path)], more)


async def start(argv: Sequence[str], more: Mapping[str, str] = NOTHING) -> None:
    """Start a program that goes on by itself; `more` is added to its environment.

    Raises `NotOpened`.
    """
    try:
        process = await asyncio.to_thread(_launch, argv, {**os.environ, **more})
    except OSError as error:
        raise NotOpened(f"{argv[0]} cannot be started: {error.strerror}.") from error
    # Its end is waited for by nobody, only taken note of: it may outlive us.
    threading.Thread(target=_note_end, args=(process, argv[0]), name="opened", daemon=True).start()


def _note_end(process: subprocess.Popen[bytes], name: str) -> None:
    status = process.wait()
    if status:
        # What opens files says so of one that nothing is chosen for.
        _log.warning("%s ended with status %s", name, status, extra={"action": "open"})


def _launch(argv: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(
        argv, stdin=nowhere, stdout=nowhere, stderr=nowhere, env=environment,
        start_new_session=True,
    )  # fmt: skip


def _may_run(file: Path) -> bool:
    # Where a link leads counts as well: the desktop follows it.
    named = transfers.is_dangerous(file) or transfers.is_dangerous(file.resolve())
    return named or bool(file.stat().st_mode & _ANY_EXECUTE)
