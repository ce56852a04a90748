"""How a run ended, and waiting for it."""

from __future__ import annotations

import collections
import contextlib
from collections.abc import AsyncGenerator, Generator
from typing import TYPE_CHECKING

import msgspec

from bgtasks_gui.client import commands
from bgtasks_gui.core import errors, runs
from bgtasks_gui.wire import shapes

if TYPE_CHECKING:
    from bgtasks_gui.client.blocking import BlockingClient
    from bgtasks_gui.client.client import Client


def check_result(run: shapes.RunView) -> None:
    """Return for a run that completed; raises `errors.RunFailed` for any other (concepts R74)."""
    if run.state is runs.RunState.COMPLETED:
        return
    if run.state not in runs.ENDED:
        raise errors.RunFailed(f"The run has not ended; it is {run.state}.")
    raise errors.RunFailed(run.reason.sentence if run.reason is not None else None)


async def watch_run(client: Client, run_id: str) -> AsyncGenerator[shapes.RunView, None]:
    """The run as it is, then at each change of it, to its end. Told by events, not by asking.

    Raises `errors.RunNotFound`, and `errors.AgentUnreachable` where the agent goes away.
    """
    seq = (await client(commands.show_health())).seq
    run = _found(await client(commands.show_run(run_id)))
    yield run
    if run.state in runs.ENDED:
        return
    async with contextlib.aclosing(client.events(after=seq)) as events:
        async for event in events:
            if event.type == "resync":
                newer = _found(await client(commands.show_run(run_id)))
            else:
                newer = _after(run, event)
            if newer != run:
                run = newer
                yield run
            if run.state in runs.ENDED:
                return


def watch_run_blocking(
    client: BlockingClient, run_id: str
) -> Generator[shapes.RunView, None, None]:
    """The same without an event loop."""
    seq = client(commands.show_health()).seq
    run = _found(client(commands.show_run(run_id)))
    yield run
    if run.state in runs.ENDED:
        return
    with contextlib.closing(client.events(after=seq)) as events:
        for event in events:
            if event.type == "resync":
                newer = _found(client(commands.show_run(run_id)))
            else:
                newer = _after(run, event)
            if newer != run:
                run = newer
                yield run
            if run.state in runs.ENDED:
                return


async def wait_for_run(client: Client, run_id: str) -> shapes.RunView:
    """The run once it has ended."""
    run = None
    async with contextlib.aclosing(watch_run(client, run_id)) as changes:
        async for latest in changes:
            run = latest
    return _found(run)


def wait_for_run_blocking(client: BlockingClient, run_id: str) -> shapes.RunView:
    """The same without an event loop."""
    [run] = collections.deque(watch_run_blocking(client, run_id), maxlen=1)
    return run


def _found(run: shapes.RunView | None) -> shapes.RunView:
    if run is None:
        raise errors.RunNotFound("This run is no longer in the history.")
    return run


def _after(run: shapes.RunView, event: shapes.EventView) -> shapes.RunView:
    """The run after an event, which may be about something else."""
    if event.run is not None and event.run.id == run.id:
        return event.run
    if event.type == "run_progressed" and event.run_id == run.id:
        return msgspec.structs.replace(run, progress=event.progress)
    return run
