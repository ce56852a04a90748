"""Deferrals of a run: each says "not finished yet" until it is completed."""

from __future__ import annotations

import os
import threading
from types import TracebackType

from bgtasks_gui.worker import channel


class Deferral:
    """A run's "not finished yet": it does not end before this is completed (concepts R69)."""

    def __init__(self, group: Deferrals, seconds: float | None) -> None:
        self._group = group
        #: Time asked for to clean up, in seconds.
        self.seconds = seconds

    def complete(self) -> None:
        """The work is done; a second call changes nothing."""
        self._group.close(self)

    def __enter__(self) -> Deferral:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.complete()


class Deferrals:
    """Those of one run that are still open; every change is told to the supervisor."""

    def __init__(self, to: channel.Channel) -> None:
        self._channel = to
        self._open: list[Deferral] = []
        self._changed = threading.Condition()
        os.register_at_fork(after_in_child=self._renew_lock)

    def _renew_lock(self) -> None:
        self._changed = threading.Condition()

    def open(self, seconds: float | None) -> Deferral:
        """A new deferral. ValueError for negative seconds."""
        if seconds is not None and not seconds >= 0:
            raise ValueError(f"deferral: seconds must be zero or more, not {seconds}")
        deferral = Deferral(self, seconds)
        with self._changed:
            self._open.append(deferral)
            self._tell()
        return deferral

    def close(self, deferral: Deferral) -> None:
        with self._changed:
            if deferral in self._open:
                self._open.remove(deferral)
                self._tell()
                self._changed.notify_all()

    def wait(self) -> None:
        """Wait until none is open, from whatever thread they are completed."""
        with self._changed:
            self._changed.wait_for(lambda: not self._open)

    def _tell(self) -> None:
        asked = [each.seconds for each in self._open if each.seconds is not None]
        longest = max(asked) if asked else None
        self._channel.send({"type": "deferral", "open": len(self._open), "seconds": longest})
