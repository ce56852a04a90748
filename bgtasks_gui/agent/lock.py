"""The home: made when it is not there, and held so that two agents cannot share it."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from bgtasks_gui import paths
from bgtasks_gui.core import errors


def make_home(home: paths.Home) -> None:
    """Make the folders of a home; sockets and output are for this person alone.

    Raises `errors.HomeUnusable` with what is wrong.
    """
    try:
        home.root.mkdir(mode=paths.PRIVATE, parents=True, exist_ok=True)
    except OSError as error:
        raise errors.HomeUnusable(
            f"The folder {home.root} cannot be made: {error.strerror}. "
            "Choose another with BGTASKS_HOME."
        ) from error
    if not os.access(home.root, os.W_OK | os.X_OK):
        raise errors.HomeUnusable(
            f"The folder {home.root} cannot be written. "
            "Allow it, or choose another with BGTASKS_HOME."
        )
    for folder in (home.runtime, home.logs):
        paths.make_private(folder)


@contextlib.contextmanager
def hold(path: Path) -> Iterator[None]:
    """Hold the home. The system lets go of it when this process ends, however it ends.

    Raises `errors.AgentAlreadyRunning`.
    """
    try:
        file = path.open("a+")
    except OSError as error:
        raise errors.HomeUnusable(f"{path} cannot be written: {error.strerror}.") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            pid = file.read().strip() or "unknown"
            raise errors.AgentAlreadyRunning(
                f"An agent serves {path.parent} already (pid {pid})."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
