"""The end of a run: stored with its state and reason, or kept for another attempt."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

from bgtasks_gui.agent.running import activity
from bgtasks_gui.core import endings, errors, processes, reasons, retry, runs, tasks

_S = runs.RunState
#: What a shell reports for a program that cannot be started.
NOT_STARTED: Final = 127


class Host(activity.Host, Protocol):
    """What ending asks of the runner."""

    def find(self, run_id: str) -> activity.Activity | None: ...
    def release(self, found: activity.Activity) -> bool: ...
    def left(self, stored: asyncio.Future[runs.Run]) -> None: ...
    def aborted(self, task_id: str, why: str) -> None: ...


class Finishing:
    """Every end of a run goes through here, however it came."""

    def __init__(self, host: Host, draw: Callable[[], float] = random.random) -> None:
        self._host = host
        self._draw = draw

    def finish(self, found: activity.Activity, exit_: processes.Exit) -> None:
        """The process of a run is gone, and how is known."""
        if not self._host.release(found):
            return
        run = self._host.ledger.find(found.run_id)
        if run is None:
            return
        now = self._host.clock.now()
        end = endings.ending(run, exit_, now, ended_by_itself=not found.terminated)
        measured: dict[str, object] = {"cpu_s": exit_.cpu_s, "max_rss": exit_.max_rss}
        measured |= {"exit_code": exit_.exit_code, "process": None}
        measured |= {"lost": run.lost + found.output.lost}
        again = self._next_attempt(run, found.task, end)
        if again is None:
            self._move(
                run, end.state, reason=end.reason, result=end.result,
                forced=found.forced and end.state is _S.CANCELED, **measured,
            )  # fmt: skip
        else:
            self._host.left(self._host.ledger.move(
                run.id, _S.WAITING, reason=end.reason, retry_at=again, attempt=run.attempt + 1,
                **measured,
            ))  # fmt: skip
        if end.unschedules:
            self._host.aborted(found.task.id, reasons.because(end.reason) if end.reason else "")

    def not_started(self, found: activity.Activity, error: errors.UserError) -> None:
        """A run could not be started; trying again would change nothing."""
        self._host.release(found)
        run = self._host.ledger.find(found.run_id)
        if run is not None:
            reason = reasons.make(
                reasons.Code.CANNOT_START, self._host.clock.now(), error.message.rstrip(".")
            )
            self._move(run, _S.FAILED, reason=reason, exit_code=NOT_STARTED)

    def drop(self, run: runs.Run, reason: reasons.Reason) -> asyncio.Future[runs.Run]:
        """End a run that has no process; done once that is safe and told."""
        return self._move(run, _S.CANCELED, reason=reason)

    def decline(self, run: runs.Run, reason: reasons.Reason) -> asyncio.Future[runs.Run]:
        """A person does not want a missed time to be made up for."""
        return self._move(run, _S.MISSED, reason=reason)

    def vanish(self, run: runs.Run, why: str) -> None:
        """The process of a run is gone and nobody saw how it ended."""
        found = self._host.find(run.id)
        if found is not None:
            self._host.release(found)
        end = endings.vanished(self._host.clock.now(), why)
        self._move(run, end.state, reason=end.reason, process=None)

    def _move(
        self, run: runs.Run, to: runs.RunState, **changes: object
    ) -> asyncio.Future[runs.Run]:
        now = self._host.clock.now()
        stored = self._host.ledger.move(
            run.id, to, completed_at=now, waits_for=None, retry_at=None, cleaning_up=False,
            grace_ends_at=None, **changes,
        )  # fmt: skip
        self._host.left(stored)
        return stored

    def _next_attempt(
        self, run: runs.Run, task: tasks.Task, end: endings.Ending
    ) -> datetime | None:
        if end.state is not _S.FAILED or run.state is _S.CANCELING:
            return None
        return retry.next_attempt(task.retry, run.attempt, self._host.clock.now(), self._draw())
