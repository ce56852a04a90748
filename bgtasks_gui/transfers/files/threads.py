"""Work that takes the time of the disk, done apart from the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")


async def apart(call: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """What the call gives. Cancelled, this ends only when the call has: it may hold a file."""
    work = asyncio.ensure_future(asyncio.to_thread(call, *args, **kwargs))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        if not work.cancelled():
            work.exception()
        raise


async def to_the_end(call: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """The same for what cannot be left undone: a wish to stop comes too late."""
    work = asyncio.ensure_future(asyncio.to_thread(call, *args, **kwargs))
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError:
            continue
    return work.result()


async def kept(call: Callable[[], _R], keep: Callable[[_R], object]) -> _R:
    """As `apart`; what the call gives is kept before anything else, even a wish to stop."""
    work = asyncio.ensure_future(asyncio.to_thread(call))
    try:
        await asyncio.shield(asyncio.wait([work]))
    except asyncio.CancelledError:
        await asyncio.wait([work])
        if work.exception() is None:
            keep(work.result())
        raise
    keep(work.result())
    return work.result()


async def finished(steps: Coroutine[object, object, _R]) -> _R:
    """What several steps give, of which none is left out: a wish to stop counts behind the last."""
    work = asyncio.ensure_future(steps)
    is_stopped = False
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError:
            is_stopped = True
    if is_stopped:
        work.exception()
        raise asyncio.CancelledError
    return work.result()
