"""Hands files and programs to the desktop: opened there, by what the person has chosen for them."""

from __future__ import annotations

import asyncio
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

from bgtasks_gui.core import openable

_ANY_EXECUTE: Final = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH
_OPENERS: Final = {"darwin": "open"}
#: What shows a file or folder where nothing else is named.
_OPENER: Final = "xdg-open"
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class NotOpened(Exception):
    """The message says why."""


def choose(path: str, *, wants_folder: bool) -> Path:
    """What to open of a file that was fetched: its folder where opening it might run something.

    Looks at the disk. Raises `NotOpened` where neither is there.
    """
    file = Path(path)
    if not file.parent.is_dir():
        raise NotOpened(f"The folder {file.parent} is not there.")
    if wants_folder or not file.is_file() or _may_run(file):
        return file.parent
    return file


async def show(path: Path) -> None:
    """Have a file or folder shown. Raises `NotOpened`."""
    if sys.platform == "win32":
        await asyncio.to_thread(os.startfile, path)
        return
    opener = shutil.which(_OPENERS.get(sys.platform, _OPENER))
    if opener is None:
        raise NotOpened(f"Nothing here opens files; {_OPENER} is not installed.")
    await start([opener, os.fspath(path)])


async def start(argv: Sequence[str], more: Mapping[str, str] = NOTHING) -> None:
    """Start a program that goes on by itself; `more` is added to its environment.

    Raises `NotOpened`.
    """
    try:
        process = await asyncio.to_thread(_launch, argv, {**os.environ, **more})
    except OSError as error:
        raise NotOpened(f"{argv[0]} cannot be started: {error.strerror}.") from error
    # Its end is waited for by nobody, only taken note of: it may outlive us.
    threading.Thread(target=process.wait, name="opened", daemon=True).start()


def _launch(argv: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(
        argv, stdin=nowhere, stdout=nowhere, stderr=nowhere, env=environment,
        start_new_session=True,
    )  # fmt: skip


def _may_run(file: Path) -> bool:
    # Where a link leads counts as well: the desktop follows it.
    named = openable.is_dangerous(file) or openable.is_dangerous(file.resolve())
    return named or bool(file.stat().st_mode & _ANY_EXECUTE)
