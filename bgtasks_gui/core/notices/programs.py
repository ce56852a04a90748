"""A continuous task of a program in notices: what it says of itself, and that it was ended."""

from __future__ import annotations

from datetime import datetime

from bgtasks_gui.core import reasons, runs
from bgtasks_gui.core.background import continuous
from bgtasks_gui.core.notices import figures, notice


def told(
    task: continuous.ContinuousTask, now: datetime, run: runs.Run | None = None
) -> notice.Notice:
    """In the program's own words; a data transfer tells how far it is (concepts R109).

    Of the `run` it belongs to it takes the notice's place. What a program says is not trusted to
    be short, or to be on one line.
    """
    said = task.transferred
    title = figures.line(task.title if said is None else said.title)
    body, still, fraction = figures.line(task.text), "", None
    if said is not None:
        fraction = said.value / continuous.WHOLE
        still = figures.line(said.file_name)
        body = f"{still}, {figures.percent(fraction)}"
    return notice.Notice(
        key=f"continuous:{task.id}",
        kind=notice.Kind.LIVE,
        at=now,
        title=title,
        body=body,
        still=still,
        task_id=None if run is None else run.task_id,
        run_id=task.run_id,
        continuous_id=task.id,
        actions=(notice.Action.CANCEL,),
        fraction=fraction,
        urgency="low",
        is_resident=True,
        ends_work=True,
        category="transfer" if said is not None else "",
    )


def ended(task: continuous.ContinuousTask, reason: reasons.Reason, now: datetime) -> notice.Notice:
    """That somebody else than the person ended it, and why."""
    return notice.Notice(
        key=f"{notice.Kind.FAILED}:continuous:{task.id}",
        kind=notice.Kind.FAILED,
        at=now,
        title=f"{figures.line(task.title)} was ended",
        body=reasons.sentence(reason, runs.RunState.CANCELED),
        is_resident=True,
    )
