"""Where a task or run stands, as people see it: a shape, a word and a colour each."""

from __future__ import annotations

from typing import Final, NamedTuple

from bgtasks_gui.core import blockers, runs
from bgtasks_gui.wire import shapes

_S = runs.RunState


class Appearance(NamedTuple):
    """How a state looks. The shape alone says it too, for those who do not see the colour."""

    icon: str
    #: The colour's role in the palette.
    role: str
    word: str
    #: The role of its progress bar.
    bar: str = "bar_paused"


APPEARANCES: Final[dict[str, Appearance]] = {
    "pending": Appearance("circle-dashed", "waiting", "About to start", "bar_waiting"),
    "waiting": Appearance("hourglass", "waiting", "Waiting", "bar_waiting"),
    "running": Appearance("loader-circle", "running", "Running", "running"),
    "suspended": Appearance("circle-pause", "paused", "Suspended"),
    "canceling": Appearance("circle-stop", "waiting", "Cancelling", "bar_waiting"),
    "completed": Appearance("circle-check", "done", "Done", "done"),
    "failed": Appearance("circle-x", "failed", "Failed"),
    "canceled": Appearance("circle-slash", "paused", "Cancelled"),
    "skipped": Appearance("skip-forward", "paused", "Skipped"),
    "missed": Appearance("clock-alert", "waiting", "Missed"),
    "needs_you": Appearance("circle-alert", "waiting", "Needs you", "bar_waiting"),
    "disabled": Appearance("power-off", "paused", "Disabled"),
    "expired": Appearance("clock-alert", "paused", "Expired"),
    "scheduled": Appearance("calendar-clock", "scheduled", "Scheduled"),
    "idle": Appearance("circle-dashed", "paused", "No run yet"),
}
#: What else a notice can be about.
NOTICES: Final[dict[str, Appearance]] = {
    "warning": Appearance("triangle-alert", "waiting", "Near a limit"),
    "digest": Appearance("layers", "paused", "Several at once"),
    "told": Appearance("bell", "paused", "Notice"),
}
#: Every shape that can stand before a name.
SHAPES: Final = APPEARANCES | NOTICES

#: Which of several runs of one task is shown: the first that there is.
_PROMINENCE: Final = (_S.CANCELING, _S.RUNNING, _S.SUSPENDED, _S.WAITING, _S.PENDING)
#: Ends that leave something to be done, and are told where nothing newer is.
TROUBLE: Final = frozenset({_S.FAILED, _S.MISSED})


def of_task(task: shapes.TaskView, run: shapes.RunView | None) -> str:
    """The state a task is shown in; `run` is the one of its runs that has not ended."""
    if run is not None:
        return str(run.state)
    if not task.enabled or task.unscheduled is not None:
        return "disabled"
    if not task.registered:
        return "expired"
    if task.last_run is not None and task.last_run.state in runs.ENDED:
        return str(task.last_run.state)
    return "scheduled" if task.next_run_at is not None else "idle"


def of_transfer(run: shapes.RunView) -> str:
    """The state a download or upload is shown in: what the person must mend stands apart from what
    they suspended themselves."""
    if needs_you(run) and (run.reason is None or run.reason.actor != "user"):
        return "needs_you"
    return str(run.state)


def prominence(run: shapes.RunView) -> tuple[int, str]:
    """Sorts the runs of one task, the one to be shown first; the oldest of equals."""
    return _PROMINENCE.index(run.state), run.id


def needs_you(run: shapes.RunView) -> bool:
    """Whether this run goes on only when the person does something."""
    if run.state is _S.SUSPENDED:
        # Not by who did it: the pause of everything is the person's too, and ends by itself.
        return run.reason is None or run.reason.code not in blockers.PASSING
    return run.state is _S.WAITING and run.trigger.caught_up and _asks(run)


def _asks(run: shapes.RunView) -> bool:
    return run.waits_for is not None and "you decide" in run.waits_for
