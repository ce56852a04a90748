"""Whether a run was asked to stop, and why: told by a message and a file, then by SIGTERM."""

from __future__ import annotations

import os
import select
import threading
import time

from bgtasks_gui.worker import channel, lines

#: Environment variable with the name of the file that says why, once a run is cancelled.
NOTE = "BGTASKS_CANCEL_REASON"


class Cancellation:
    """Set once; by a signal handler too, at any moment, so setting never waits for a lock."""

    def __init__(self, source: channel.Channel, note: str | None = None) -> None:
        self._source = source
        #: Where the reason is found as well: no message comes once the supervisor has changed.
        self._note = note
        self._is_set = False
        self._reason: dict[str, object] | None = None
        self._opening = threading.Lock()
        # Readable for ever once the run is canceled, so that any number of threads can wait.
        self._pipe: tuple[int, int] | None = None

    @property
    def is_set(self) -> bool:
        self._read_messages()
        return self._is_set

    @property
    def reason(self) -> dict[str, object] | None:
        """What the agent told of the cancel; None where it told nothing."""
        self._read_messages()
        if self._is_set and self._reason is None:
            self._reason = self._read_note()
        return self._reason

    def set(self) -> None:
        self._is_set = True
        if self._pipe is not None:
            os.write(self._pipe[1], b"!")

    def wait(self, timeout_s: float | None) -> bool:
        """Wait until it is set, at most this long; says whether it is."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        wake = self._open_pipe()
        while not self.is_set:
            left_ms = None
            if deadline is not None:
                left_ms = (deadline - time.monotonic()) * 1000
                if left_ms <= 0:
                    return False
            waiting = select.poll()
            waiting.register(wake, select.POLLIN)
            if not self._source.is_silent:
                waiting.register(self._source.fileno(), select.POLLIN)
            waiting.poll(left_ms)
        return True

    def _open_pipe(self) -> int:
        with self._opening:
            if self._pipe is None:
                self._pipe = os.pipe()
            return self._pipe[0]

    def _read_messages(self) -> None:
        for message in self._source.receive():
            reason = message.get("canceled")
            if isinstance(reason, dict):
                self._reason = reason
                self.set()

    def _read_note(self) -> dict[str, object] | None:
        if self._note is None:
            return None
        try:
            with open(self._note, "rb") as file:
                found = lines.decode(file.read())
        except OSError:
            return None
        # The message has this word for it as well.
        return None if found is None else {**found, "text": found.get("detail")}
