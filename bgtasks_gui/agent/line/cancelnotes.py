"""What the work of a run is told of its cancel, and the file in which every program finds that."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from bgtasks_gui import paths
from bgtasks_gui.core import reasons, runs
from bgtasks_gui.wire import codec, times
from bgtasks_gui.worker import lines

_log = logging.getLogger(__name__)

#: Seconds that the request to end waits for the file. A disk that hangs must not keep runs alive.
PATIENCE_S: Final = 0.3
#: For the person of the run alone.
_MODE: Final = 0o600


def path(home: paths.Home, run_id: str) -> str:
    """Where a run finds why it is cancelled.

    It is named after the log and lies beside it, so that it is forgotten together with it.
    """
    return f"{home.run_log_text(run_id)}.cancel"


def words(reason: reasons.Reason, grace_s: float) -> codec.JsonObject:
    """A reason as the run is told it, and the seconds that it has to clean up."""
    entry = reasons.CATALOGUE[reason.code]
    state = runs.RunState.CANCELED
    return {
        "code": reason.code.value,
        "actor": reason.actor,
        "sentence": reasons.sentence(reason, state),
        "remedy": reasons.remedy(reason, state)[0],
        "detail": reason.detail,
        "at": times.stamp(reason.at),
        "windows": entry.windows,
        "ohos": entry.ohos,
        "grace_s": grace_s,
    }


class CancelNotes:
    """Leaves a note for each run that is asked to end, by a thread that does nothing else."""

    def __init__(self, home: paths.Home) -> None:
        self._home = home
        self._thread: ThreadPoolExecutor | None = None

    async def leave(self, run_id: str, said: codec.JsonObject) -> None:
        """Return once the note is there, or cannot be: a full disk keeps no run from its end."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "cancel-notes")
        loop = asyncio.get_running_loop()
        writing = loop.run_in_executor(self._thread, _write, path(self._home, run_id), said)
        # One that takes longer is finished nevertheless.
        _, late = await asyncio.wait([writing], timeout=PATIENCE_S)
        error = "the disk does not answer" if late else writing.result()
        if error:
            _log.warning(
                "a run is not told why it is cancelled: %s", error,
                extra={"run_id": run_id, "action": "cancel"},
            )  # fmt: skip


def _write(name: str, said: codec.JsonObject) -> str | None:
    """All of it at once, so that nobody reads a half; what went wrong, in words."""
    unready = f"{name}.new"
    try:
        try:
            fd = _open(unready)
        except FileNotFoundError:
            # It has printed nothing yet.
            os.makedirs(os.path.dirname(name), paths.PRIVATE, exist_ok=True)
            fd = _open(unready)
        with open(fd, "wb") as file:
            file.write(lines.encode(said))
        os.replace(unready, name)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(unready)
        return error.strerror or str(error)
    return None


def _open(name: str) -> int:
    return os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _MODE)
