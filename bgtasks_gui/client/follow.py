"""Keeps a mirror in step with the agent, through every loss of it (wishes W30)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from typing import Final

from bgtasks_gui.client import commands
from bgtasks_gui.client.changes import Changes, merge
from bgtasks_gui.client.client import Client
from bgtasks_gui.client.mirror import Mirror
from bgtasks_gui.core import errors
from bgtasks_gui.wire import shapes

#: Events that wait to be taken in before the agent is made to wait.
_AHEAD: Final = 10_000
_TASKS_A_PAGE: Final = 1000
_RUNS_A_PAGE: Final = 200
#: The words for all states before the end, and for all ends.
_ACTIVE: Final = "active"
_ENDED: Final = "ended"

_Arrived = asyncio.Queue[shapes.EventView | Exception]


def backoff() -> Iterator[float]:
    """Seconds to wait before each further attempt: 0.2, 0.4, ... 5, 5, ..."""
    delay = 0.2
    while True:
        yield delay
        delay = min(5.0, delay * 2)


async def follow(
    client: Client,
    mirror: Mirror,
    *,
    delays: Callable[[], Iterator[float]] = backoff,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncGenerator[Changes, None]:
    """Every change, for as long as it is asked for; what came in the meantime comes as one.

    The first of each connection says `connected=True` and holds all that differs from what
    the mirror had. While the agent is away one says `connected=False` and why.
    """
    waits = delays()
    told: str | None = None
    #: What the mirror has taken in and nobody was told of.
    steps: list[Changes] = []
    while True:
        trouble = ""
        try:
            async with contextlib.aclosing(_stay(client, mirror, steps)) as connection:
                async for _ in connection:
                    changes = _told(steps)
                    if changes.connected:
                        waits, told = delays(), None
                    if changes:
                        yield changes
        except errors.UserError as error:
            trouble = error.message
        if steps or trouble != told:
            told = trouble
            steps.append(Changes(connected=False, trouble=trouble))
            yield _told(steps)
        await sleep(next(waits))


def _told(steps: list[Changes]) -> Changes:
    changes = merge(steps)
    steps.clear()
    return changes


async def _stay(client: Client, mirror: Mirror, steps: list[Changes]) -> AsyncGenerator[None, None]:
    """Yields whenever a connection has added to `steps`. Ends by the error that ended it."""
    seq = (await client(commands.show_health())).seq
    arrived: _Arrived = asyncio.Queue(_AHEAD)
    # Whatever happens after `seq` comes by the stream, so nothing is lost while the rest is read.
    reading = asyncio.create_task(_read(client, seq, arrived))
    try:
        steps.append(await _load(client, mirror, seq))
        steps.append(Changes(connected=True))
        await _take(client, mirror, _waiting(arrived), steps)
        yield
        while True:
            first = await arrived.get()
            await _take(client, mirror, [first, *_waiting(arrived)], steps)
            if steps:
                yield
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _read(client: Client, seq: int, arrived: _Arrived) -> None:
    """Hand on events, and at the end the error: whoever takes them in has to know."""
    try:
        async with contextlib.aclosing(client.events(after=seq)) as events:
            async for event in events:
                await arrived.put(event)
    except Exception as error:
        await arrived.put(error)


def _waiting(arrived: _Arrived) -> list[shapes.EventView | Exception]:
    return [arrived.get_nowait() for _ in range(arrived.qsize())]


async def _take(
    client: Client,
    mirror: Mirror,
    batch: list[shapes.EventView | Exception],
    steps: list[Changes],
) -> None:
    for event in batch:
        if isinstance(event, Exception):
            raise event
        step = mirror.apply(event)
        if step.resync:
            seq = (await client(commands.show_health())).seq
            step = await _load(client, mirror, seq)
        if step:
            steps.append(step)


async def _load(client: Client, mirror: Mirror, seq: int) -> Changes:
    # Runs that end while this is read are met in both lists or in the second, never in none.
    tasks = await _all_tasks(client)
    active = await _all_runs(client, _ACTIVE, None)
    ended = await _all_runs(client, _ENDED, mirror.ended_kept)
    return mirror.load(tasks, active + ended, seq)


async def _all_tasks(client: Client) -> list[shapes.TaskView]:
    found: list[shapes.TaskView] = []
    while True:
        after = found[-1].name if found else None
        page = await client(commands.list_tasks(limit=_TASKS_A_PAGE, after=after))
        if len(page) < _TASKS_A_PAGE:
            return [*found, *page]
        # Other owners' tasks may share the last name; they are read together, with the next page.
        last = page[-1].name
        found += [task for task in page if task.name != last] or page


async def _all_runs(client: Client, states: str, most: int | None) -> list[shapes.RunView]:
    found: list[shapes.RunView] = []
    while most is None or len(found) < most:
        limit = _RUNS_A_PAGE if most is None else min(_RUNS_A_PAGE, most - len(found))
        cursor = found[-1].id if found else None
        page = await client(commands.list_runs(state=states, limit=limit, cursor=cursor))
        found += page
        if len(page) < limit:
            break
    return found
