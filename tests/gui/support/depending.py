"""Which fields of a task or run the cells of a list depend on, found by changing each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from bgtasks_gui.core import tasks
from bgtasks_gui.gui.models.columns import Column
from bgtasks_gui.wire import codec, shapes
from tests.gui.support import views
from tests.gui.support.clocks import ManualNow

#: Other values of the fields of a run that something could be said of.
RUN_FIELDS: dict[str, tuple[object, ...]] = {
    "task_name": ("other",),
    "started_at": (None, views.stamp(-3600)),
    "completed_at": (None, views.stamp(-1800)),
    "attempt": (2,),
    "retry_at": (views.stamp(900),),
    "waits_for": ("On battery.",),
    "exit_code": (3,),
    "forced": (True,),
    "reason": (None, views.reason("Metered.", actor="system")),
    "grace_ends_at": (views.stamp(606),),
    "cleaning_up": (True,),
    "progress": (
        None, views.progress(5, 20), views.progress(5, None, message="b.txt"),
        views.progress(5, 20, rate=3.0), views.progress(5, 20, rate=3.0, eta=4.0),
    ),
    "suspended_s": (5.0,),
    "suspended_count": (1,),
    "cpu_s": (1.0,),
    "can_suspend": (False,),
    "log_path": ("/tmp/log",),
}  # fmt: skip
#: And of a task.
TASK_FIELDS: dict[str, tuple[object, ...]] = {
    "name": ("other",),
    "does": ("runs `other`",),
    "group": ("home",),
    "owner": ("tool",),
    "triggers": ((codec.raw({"type": "custom_event", "event": "x"}),),),
    "when": (("every day",),),
    "only_if": (("on mains power",),),
    "enabled": (False,),
    "registered": (False,),
    "expires_at": (views.stamp(-60), views.stamp(3600)),
    "unscheduled": ("there is no such zone",),
    "next_run_at": (views.stamp(900),),
    "last_run": (
        None, views.run(9, "failed", reason=views.reason("Failed: exit status 3.")),
        views.run(9, "completed"), views.run(9, "running"),
    ),
    "can_suspend": (False,),
    "notice": (tasks.NoticePolicy.NEVER,),
}  # fmt: skip


def undeclared(
    columns: Sequence[Column[Any]],
    view: shapes.TaskView | shapes.RunView,
    fields: dict[str, tuple[object, ...]],
    make_row: Callable[[Any], object],
) -> Iterator[tuple[str, str]]:
    """Each column that says something else after a field changed, and does not say so itself."""
    now = ManualNow()()
    for field, values in fields.items():
        changed = [make_row(msgspec.structs.replace(view, **{field: value})) for value in values]
        for column in columns:
            said = {column.words(row, now) for row in (make_row(view), *changed)}
            if len(said) > 1 and field not in column.depends_on:
                yield column.name, field
