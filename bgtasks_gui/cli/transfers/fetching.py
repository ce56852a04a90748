"""One run of a download that somebody watches: to its end, or until they stop it."""

from __future__ import annotations

import contextlib
from typing import Final

from bgtasks_gui.cli import bar, waiting
from bgtasks_gui.client import blocking, commands
from bgtasks_gui.client.phrases import runs
from bgtasks_gui.core import errors, reasons
from bgtasks_gui.core.runs import RunState
from bgtasks_gui.wire import shapes

#: Nothing but a person can let it go on.
_NEEDS_PERSON: Final = frozenset({reasons.Code.ADDRESS_EXPIRED})


def fetch(client: blocking.BlockingClient, run: shapes.RunView, shown: bar.Bar) -> shapes.RunView:
    """The run as it ended, or stands until a person does something for it.

    Raises `KeyboardInterrupt`, and what `waiting.changes` does.
    """
    with contextlib.closing(waiting.changes(client, run)) as changes:
        for latest in changes:
            run = latest
            if runs.has_ended(run) or needs_person(run):
                break
            shown.state(run)
            if run.progress is not None:
                shown.progress(run.progress)
    return run


def needs_person(run: shapes.RunView) -> bool:
    """Whether it stands still until it is given another address."""
    is_held = run.state is RunState.SUSPENDED and run.reason is not None
    return is_held and run.reason is not None and run.reason.code in _NEEDS_PERSON


def stop(client: blocking.BlockingClient, run: shapes.RunView) -> shapes.RunView:
    """Suspend it; interrupted once more, cancel it. It may have ended meanwhile."""
    try:
        return client(commands.suspend_run(run.id))
    except errors.NotPossibleNow:
        # It is being cancelled already.
        return run
    except KeyboardInterrupt:
        return give_up(client, run)


def give_up(client: blocking.BlockingClient, run: shapes.RunView) -> shapes.RunView:
    """Cancel it; the run as it ended."""
    run = client(commands.cancel_run(run.id))
    for latest in waiting.changes(client, run):
        run = latest
    return run
