"""The home held, so that two agents cannot share it."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from bgtasks_gui.core import errors


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
