"""The environment a run gets: what was captured at registration, and what it may know of itself."""

from __future__ import annotations

import os
from typing import Final

from bgtasks_gui import paths
from bgtasks_gui.agent.line import cancelnotes
from bgtasks_gui.core import runs, tasks
from bgtasks_gui.wire import codec
from bgtasks_gui.worker import cancellation

#: Variables of the agent's own process that no run should see.
_OWN: Final = ("BGTASKS_HOME", "BGTASKS_CHANNEL")


def for_run(
    extra: dict[str, str], task: tasks.Task, run: runs.Run, home: paths.Home
) -> dict[str, str]:
    """The whole environment of a run's process."""
    return base(task.environment) | extra | _about(task, run, home)


def base(captured: dict[str, str] | None) -> dict[str, str]:
    """The captured environment (wishes W29), or the agent's own where none was."""
    env = dict(os.environ if captured is None else captured)
    home = os.environ.get("BGTASKS_HOME")
    for name in _OWN:
        env.pop(name, None)
    if home is not None:
        # So that `bgtasks` called inside a run speaks to the agent that started it.
        env["BGTASKS_HOME"] = home
    # Output is followed live, so it must not sit in a buffer (wishes W28).
    env.setdefault("PYTHONUNBUFFERED", "1")
    return env


def _about(task: tasks.Task, run: runs.Run, home: paths.Home) -> dict[str, str]:
    firing = run.firing
    about = {
        "BGTASKS_RUN_ID": run.id,
        "BGTASKS_TASK": task.name,
        "BGTASKS_TASK_ID": task.id,
        "BGTASKS_TRIGGER": firing.type,
        "BGTASKS_ATTEMPT": str(run.attempt),
        "BGTASKS_ARGUMENTS": bytes(firing.arguments).decode(),
        cancellation.NOTE: cancelnotes.path(home, run.id),
    }
    if firing.planned_at is not None:
        about["BGTASKS_PLANNED_AT"] = firing.planned_at.isoformat()
    for name, value in codec.plain(firing.arguments).items():
        if name.isidentifier():
            text = value if isinstance(value, str) else codec.encode(value).decode()
            about[f"BGTASKS_ARG_{name.upper()}"] = text
    return about
