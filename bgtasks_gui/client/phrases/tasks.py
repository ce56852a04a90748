"""A task in words: when it runs next, what it is, and how it is set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.core import durations, tasks
from bgtasks_gui.wire import codec, shapes
from bgtasks_gui.wire import times as stamps

_EVENTS: Final = frozenset({"startup", "after", "custom_event"})


def following(task: shapes.TaskView, now: datetime, pause: shapes.PauseView | None = None) -> str:
    """When it runs next, or what keeps it from being planned (wishes W6)."""
    if task.unscheduled is not None:
        return f"unscheduled: {task.unscheduled}"
    if not task.enabled:
        return "disabled"
    if not task.registered or _has_expired(task, now):
        return (
            "expired" if task.expires_at is None else f"expired {times.when(task.expires_at, now)}"
        )
    if pause is not None and _keeps(pause, task.next_run_at):
        return f"paused {until(pause, now)}"
    if task.next_run_at is not None:
        return times.when(task.next_run_at, now)
    return "on an event" if _listens(task) else "by hand"


def _keeps(pause: shapes.PauseView, next_run_at: str | None) -> bool:
    """Whether a pause keeps what is planned then from starting; what comes after its end starts."""
    if not pause.paused or pause.until is None or next_run_at is None:
        return pause.paused
    # Stamps sort as the times they stand for.
    return next_run_at < pause.until


def until(pause: shapes.PauseView, now: datetime) -> str:
    return "until you resume" if pause.until is None else f"until {times.clock(pause.until, now)}"


def sentence(task: shapes.TaskView, now: datetime) -> str:
    """ "backup runs `./backup.sh` every day at 18:00, only on mains power; next in 5 min."."""
    first = f"{text.one_line(task.name)} {text.one_line(task.does)}"
    parts = [", ".join([first, *_when_and_if(task.when, task.only_if)])]
    parts.append(f"next {following(task, now)}" if task.next_run_at else following(task, now))
    return f"{'; '.join(parts)}."


def check_sentence(name: str, checked: shapes.CheckedView) -> str:
    """The same of a registration that is not stored."""
    first = f"{text.one_line(name)} {text.one_line(checked.does)}"
    return f"{', '.join([first, *_when_and_if(checked.when, checked.only_if)])}."


def policy(task: shapes.TaskView) -> str:
    """ "overlap: skip; missed: once; up to 3 retries; notice: auto"."""
    overlap, missed = str(task.overlap.policy), str(task.missed.policy)
    if task.overlap.policy is tasks.OverlapPolicy.PARALLEL:
        overlap += f"({task.overlap.limit})"
    if task.missed.policy is tasks.MissedPolicy.ALL:
        missed += f"({task.missed.limit})"
    parts = [f"overlap: {overlap}", f"missed: {missed}"]
    if task.retry.attempts:
        backoff = durations.say_duration(task.retry.backoff)
        parts.append(f"up to {task.retry.attempts} retries, first after {backoff}")
    if task.only_if:
        parts.append(f"when a condition is lost: {task.stop_on_condition_loss}")
    return "; ".join([*parts, f"notice: {task.notice}"])


def limits(task: shapes.TaskView) -> str:
    """ "time limit 1 h; 10 s to clean up; niceness 10"; only what is set."""
    use = task.resources
    parts = [
        task.time_limit and f"time limit {times.iso_length(task.time_limit)}",
        task.idle_limit and f"idle limit {times.iso_length(task.idle_limit)}",
        f"{times.iso_length(task.grace)} to clean up after a cancel",
        use.nice and f"niceness {use.nice}",
        use.io_priority != "normal" and f"disk priority {use.io_priority}",
        use.memory_max and f"memory at most {durations.say_size(use.memory_max)}",
        f"starts up to {times.iso_length(task.flex)} late" if _is_some(task.flex) else None,
    ]
    return "; ".join(part for part in parts if part)


def belongs(task: shapes.TaskView) -> str:
    """ "group home; owner backup-tool; modes dataTransfer"; only what is set."""
    parts = (("group", task.group), ("owner", task.owner), ("modes", " ".join(task.modes)))
    return "; ".join(f"{word} {text.one_line(named)}" for word, named in parts if named)


def _when_and_if(when: tuple[str, ...], only_if: tuple[str, ...]) -> Iterator[str]:
    if when:
        yield text.one_line(" and ".join(when))
    if only_if:
        yield f"only {text.one_line(' and '.join(only_if))}"


def _has_expired(task: shapes.TaskView, now: datetime) -> bool:
    """Also where nothing has been told of the task since it did."""
    return task.expires_at is not None and stamps.parse(task.expires_at) <= now


def _is_some(length: str) -> bool:
    return bool(durations.parse_duration(length))


def _listens(task: shapes.TaskView) -> bool:
    """Whether some trigger waits for an event, rather than for a person."""
    return any(codec.plain(trigger).get("type") in _EVENTS for trigger in task.triggers)
