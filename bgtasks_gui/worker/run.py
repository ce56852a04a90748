"""The run that a Python task is in: what it was given, and what it may say and ask."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from bgtasks_gui.worker import cancellation, channel, deferrals, progress


class Aborted(BaseException):
    """The task's own program ended the run. Not an Exception, so that no `except` keeps it."""


class CurrentRun:
    """The run this program is in; a task asks `current_run()` for it."""

    def __init__(
        self,
        spec: Mapping[str, object],
        line: channel.Channel,
        cancel: cancellation.Cancellation,
    ) -> None:
        #: Id of the run.
        self.id = str(spec.get("run", ""))
        #: The task it is a run of.
        self.task = str(spec.get("task", ""))
        #: What the run was started with, by name.
        self.arguments = _mapping(spec.get("arguments"))
        #: What asked for the run, with its details.
        self.trigger = _mapping(spec.get("trigger"))
        attempt = spec.get("attempt")
        #: 1 for the first try.
        self.attempt = attempt if isinstance(attempt, int) else 1
        #: Text of the abort that was asked for, from whatever thread.
        self.aborted: str | None = None
        self._cancellation = cancel
        self._deferrals = deferrals.Deferrals(line)
        self._progress = progress.ProgressSender(line)

    @property
    def canceled(self) -> bool:
        """Whether the run was asked to stop. It should clean up and return."""
        return self._cancellation.is_set

    @property
    def cancel_reason(self) -> dict[str, object] | None:
        """Why; None until it is cancelled, and where somebody else than the agent asked.

        `code`, `actor` and `detail` are the reason, `sentence` says it to people, with what they
        can do (`remedy`); `at` is when, `windows` and `ohos` are its numbers in those systems, and
        `grace_s` are the seconds to clean up in.
        """
        return self._cancellation.reason

    def wait_canceled(self, timeout: float | None = None) -> bool:
        """Wait until the run is asked to stop, at most `timeout` seconds; says whether it was."""
        return self._cancellation.wait(timeout)

    def progress(
        self,
        done: float,
        total: float | None = None,
        unit: str | None = None,
        message: str | None = None,
    ) -> None:
        """Tell how far the run is, in any unsigned numbers (concepts R72).

        Call it as often as you like: at most ten a second are sent, the latest always.
        ValueError for a negative number.
        """
        self._progress.report(progress.message_of(done, total, unit, message))

    def deferral(self, seconds: float | None = None) -> deferrals.Deferral:
        """Say "not finished yet": the run ends when the function returned and each is completed.

        Use it in a `with` statement or call `complete()`, from any thread. `seconds` asks for that
        much time to clean up after a cancel.
        """
        return self._deferrals.open(seconds)

    def abort(self, text: str = "") -> None:
        """End the run as aborted by its own program, with this text as the reason."""
        self.aborted = str(text)
        raise Aborted(self.aborted)

    def settle(self) -> None:
        """The function returned: wait for the deferrals. Called by the worker itself."""
        self._deferrals.wait()

    def close(self) -> None:
        """The function is over: send the last progress. Called by the worker itself."""
        self._progress.close()


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


class Presence:
    """The run that this process is in; it takes shape when its program asks for it."""

    #: Set by the worker; None outside of a run.
    make: Callable[[], CurrentRun] | None = None
    run: CurrentRun | None = None
    making = threading.Lock()


def current_run() -> CurrentRun:
    """The run this program is in. LookupError where there is none.

    After this call a SIGTERM no longer ends the program: it sets `canceled`.
    """
    if Presence.make is None:
        raise LookupError("current_run() works only in a Python task that Background Tasks runs.")
    with Presence.making:
        if Presence.run is None:
            Presence.run = Presence.make()
        return Presence.run
