"""The supervisor's process, as far as this agent is the one who started it."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from typing import Final

from bgtasks_gui import paths
from bgtasks_gui.core import errors

#: Exit status of a supervisor that finds another one serving.
SERVED: Final = 3
#: Seconds that one which has nothing left to do gets to end.
PATIENCE_S: Final = 2.0


class Launch:
    """Starts a supervisor, says why it did not come up, and lets go of it: it may outlive us."""

    def __init__(self, home: paths.Home) -> None:
        self._home = home
        self._child: subprocess.Popen[bytes] | None = None
        #: Where in its log the words of the child begin.
        self._words_from = 0

    def begin(self) -> None:
        """Start one, unless one that was started is still coming up."""
        if self._child is None:
            self._child = self._spawn()

    def check(self) -> None:
        """Raises `errors.SupervisorLost` with its last words where the one started has failed."""
        status = None if self._child is None else self._child.poll()
        if status is not None:
            self._child = None
        if status not in (None, 0, SERVED):
            raise errors.SupervisorLost(
                f"The process that starts runs cannot start: {self._last_words()}"
            )

    def take_back(self) -> None:
        """Nobody has spoken to the one started, and nobody will."""
        if self._child is not None:
            self._child.terminate()

    async def end(self, *, is_ending: bool) -> None:
        """Take leave; of one that is about to end, wait for it."""
        child, self._child = self._child, None
        if child is None:
            return
        if is_ending:
            with contextlib.suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(child.wait, PATIENCE_S)
        if child.poll() is None:
            # Nobody waits for its end any more; without a status that counts as forgotten.
            child.returncode = 0

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = [
            sys.executable, "-I", "-m", "bgtasks_gui.supervisor",
            "--socket", str(self._home.supervisor_socket), "--journal", str(self._home.exits),
        ]  # fmt: skip
        with self._home.supervisor_log.open("ab") as faults:
            self._words_from = faults.tell()
            return subprocess.Popen(
                command, start_new_session=True, cwd="/", close_fds=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=faults,
            )  # fmt: skip

    def _last_words(self) -> str:
        said = self._home.supervisor_log.read_bytes()[self._words_from :]
        lines = said.decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"
