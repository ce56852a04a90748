"""The file of a transfer: where it is, and whether it may be opened by a click.

Nothing is ever run. What the desktop might run instead of showing it is shown in its folder.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bgtasks_gui.client.phrases import transfers
from bgtasks_gui.core import errors
from bgtasks_gui.core import transfers as core_transfers
from bgtasks_gui.gui.models.transfers import transfer_rows
from bgtasks_gui.wire import codec, shapes

_ANY_EXECUTE: Final = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What is handed to the desktop."""

    path: Path
    #: Why it is the folder although the file was asked for; "" where it is what was asked for.
    note: str = ""


def path_of(task: shapes.TaskView | None, run: shapes.RunView | None) -> str:
    """Where the file of a transfer is or will be; "" where that is not known (yet)."""
    if run is None or run.kind not in transfer_rows.WAYS:
        return ""
    told = transfers.path_of(run)
    if not told and run.receipt is not None:
        told = run.receipt.path or ""
    return told or transfer_rows.place_of(task).path


def address_of(task: shapes.TaskView | None, run: shapes.RunView | None) -> str:
    """The address in force; the receipt knows of one that took another's place."""
    if run is None or run.kind not in transfer_rows.WAYS:
        return ""
    registered = transfer_rows.place_of(task).url
    told = "" if run.receipt is None else run.receipt.url
    # Receipts leave out what follows the path; the registration has it.
    is_same = registered.partition("?")[0].partition("#")[0] == told
    return registered if is_same or not told else told


def rate_of(task: shapes.TaskView | None) -> int | None:
    """The limit that its task was registered with."""
    payload = {} if task is None else codec.plain(task.payload)
    rate = payload.get("rate") if isinstance(payload, dict) else None
    return rate if isinstance(rate, int) else None


def choose(path: str, *, wants_folder: bool) -> Opening:
    """What to open. Looks at the disk: not on the Qt thread.

    Raises `errors.NotFound` where neither file nor folder is there.
    """
    file = Path(os.path.expanduser(path))
    # A folder that was named as the target is its own folder.
    folder = file if path.endswith("/") or file.is_dir() else file.parent
    if not folder.is_dir():
        raise errors.NotFound(f"The folder {folder} is not there.")
    if wants_folder:
        return Opening(path=folder)
    if file == folder or not file.is_file():
        raise errors.NotFound(f"The file {file} is not there (any more).")
    if danger := _danger(file):
        note = f"{file.name} {danger}, so its folder is shown; nothing is run."
        return Opening(path=folder, note=note)
    return Opening(path=file)


def _danger(file: Path) -> str:
    """Why opening it might run something; "" where it does not."""
    # Where a link leads counts as well: the desktop follows it.
    names = (file, file.resolve())
    if any(map(core_transfers.is_dangerous, names)):
        return "is of a kind that can be run"
    if file.stat().st_mode & _ANY_EXECUTE:
        return "is a program"
    return ""
