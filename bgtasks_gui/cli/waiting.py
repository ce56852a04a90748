"""Waiting for a run to end, also over a restart of the agent."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Final

from bgtasks_gui.cli import bar
from bgtasks_gui.cli.show import outlet
from bgtasks_gui.client import blocking, results
from bgtasks_gui.client.phrases import runs, transfers
from bgtasks_gui.core import errors
from bgtasks_gui.wire import shapes

#: Seconds an agent may be away; the run itself goes on without it.
PATIENCE_S: Final = 60.0
AGAIN_S: Final = 0.25


def wait_for(
    client: blocking.BlockingClient, run: shapes.RunView, shown: bar.Bar
) -> shapes.RunView:
    """The run as it ended; raises what `changes` does."""
    for latest in changes(client, run):
        run = latest
        _show(run, shown)
    return run


def changes(
    client: blocking.BlockingClient, run: shapes.RunView
) -> Generator[shapes.RunView, None, None]:
    """The run at each change of it, to its end; nothing where it has ended.

    Raises `errors.AgentUnreachable` where the agent stays away, `errors.RunNotFound` where the
    run is in no history any more.
    """
    lost_at: float | None = None
    while not runs.has_ended(run):
        try:
            for latest in results.watch_run_blocking(client, run.id):
                run, lost_at = latest, None
                yield run
        except errors.AgentUnreachable as error:
            now = time.monotonic()
            if lost_at is None:
                outlet.remark(f"{error.message} {_meanwhile(run)}")
                lost_at = now
            elif now - lost_at > PATIENCE_S:
                raise
            time.sleep(AGAIN_S)


def _meanwhile(run: shapes.RunView) -> str:
    if run.kind in transfers.KINDS:
        return "Waiting for the agent, which then goes on with it."
    return "The run goes on; waiting for the agent."


def _show(run: shapes.RunView, shown: bar.Bar) -> None:
    """How it ended is for the caller to tell."""
    if runs.has_ended(run):
        return
    shown.state(run)
    if run.progress is not None:
        shown.progress(run.progress)
