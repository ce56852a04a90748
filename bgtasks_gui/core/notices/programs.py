"""What a program says of its continuous task, as a live notice."""

from __future__ import annotations

from datetime import datetime

from bgtasks_gui.core.background import continuous
from bgtasks_gui.core.notices import notice


def told(task: continuous.ContinuousTask, now: datetime) -> notice.Notice:
    """In the program's own words; a data transfer tells how far it is (concepts R109)."""
    said = task.transferred
    body = task.text if said is None else f"{said.file_name}\n{said.value} %"
    return notice.Notice(
        key=f"continuous:{task.id}",
        kind=notice.Kind.LIVE,
        at=now,
        title=task.title if said is None else said.title,
        body=body,
        run_id=task.run_id,
        continuous_id=task.id,
        actions=(notice.Action.CANCEL,),
        fraction=None if said is None else said.value / continuous.WHOLE,
        urgency="low",
        is_resident=True,
        ends_work=True,
        category="transfer" if said is not None else "",
    )
