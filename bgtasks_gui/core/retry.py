"""When a failed run is tried again: exponential backoff with full jitter."""

from __future__ import annotations

from datetime import datetime, timedelta

from bgtasks_gui.core import tasks


def next_attempt(retry: tasks.Retry, attempt: int, now: datetime, draw: float) -> datetime | None:
    """When the attempt after number `attempt` (from 1) begins, or None where none is left.

    The wait doubles with each attempt up to `max_delay`; with jitter it is then drawn between
    zero and that, `draw` being the drawn number in [0, 1). Whole milliseconds.
    """
    if attempt > retry.attempts:
        return None
    wait = longest_wait(retry, attempt)
    if retry.jitter:
        wait *= draw
    return now + timedelta(milliseconds=wait // timedelta(milliseconds=1))


def longest_wait(retry: tasks.Retry, attempt: int) -> timedelta:
    """The backoff after attempt number `attempt`, before jitter."""
    wait = retry.backoff
    for _ in range(attempt - 1):
        if wait > retry.max_delay / 2:
            return retry.max_delay
        wait *= 2
    return min(wait, retry.max_delay)
