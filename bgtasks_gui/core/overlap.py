"""What a run does while other runs of its task are not over."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from bgtasks_gui.core import runs, tasks


class Answer(enum.Enum):
    """What the overlap policy says to one more run."""

    START = enum.auto()
    QUEUE = enum.auto()
    SKIP = enum.auto()
    REPLACE = enum.auto()


def is_unanswered(task: tasks.Task, run: runs.Run) -> bool:
    """Whether this run makes up for a missed time and a person has yet to say whether it shall."""
    return (
        run.firing.caught_up
        and task.missed.policy is tasks.MissedPolicy.ASK
        and not run.asked
        and not has_begun(run)
    )


def has_begun(run: runs.Run) -> bool:
    """Whether this run holds its place: it was started, and goes on or stands still."""
    return run.is_alive or run.state in (runs.RunState.RUNNING, runs.RunState.CANCELING)


def ahead(
    task: tasks.Task, run: runs.Run | None, active: Iterable[runs.Run]
) -> tuple[runs.Run, ...]:
    """The runs this one has to mind: those that began, and those that were asked for before it.

    Identifiers order by time. A run that waits for a person's answer is in nobody's way: it may
    wait for days. `run` is None for one that would be asked for now.
    """
    return tuple(
        sorted(
            (
                other
                for other in active
                if not other.has_ended
                and not is_unanswered(task, other)
                and (run is None or other.id < run.id or (has_begun(other) and other.id != run.id))
            ),
            key=lambda other: other.id,
        )
    )


def answer(task: tasks.Task, run: runs.Run | None, others: tuple[runs.Run, ...]) -> Answer:
    """What the task's policy says, `others` being the runs `ahead`."""
    policy = task.overlap.policy
    room = task.overlap.limit if policy is tasks.OverlapPolicy.PARALLEL else 1
    if len(others) < room:
        return Answer.START
    if policy is tasks.OverlapPolicy.QUEUE or _makes_up_in_turn(task, run):
        return Answer.QUEUE
    return Answer.REPLACE if policy is tasks.OverlapPolicy.REPLACE else Answer.SKIP


def _makes_up_in_turn(task: tasks.Task, run: runs.Run | None) -> bool:
    # Several missed times are made up for one after another: they all come at once, so any
    # other answer would leave out what `all` promises.
    catches_up = run is not None and run.firing.caught_up
    return catches_up and task.missed.policy is tasks.MissedPolicy.ALL


def to_replace(others: Iterable[runs.Run], *, is_ready: bool) -> tuple[str, ...]:
    """Which runs a new one takes the place of now, under the policy `replace`.

    Those that have not begun at once; those that have only when the new one could start, so
    that work under way is not given up for a run that then waits for a condition.
    """
    return tuple(
        other.id
        for other in others
        if other.state is not runs.RunState.CANCELING and (is_ready or not has_begun(other))
    )
