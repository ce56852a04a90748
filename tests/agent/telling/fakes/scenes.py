"""Turns of the loop, and notices to show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from bgtasks_gui.core.background import continuous, modes
from bgtasks_gui.core.notices import notice
from tests.fakes.samples import NOW

#: Far more than anything here needs.
_MOST_TURNS = 5000


async def take_turns(turns: int = 50) -> None:
    """Whatever is ready to go on goes on."""
    for _ in range(turns):
        await asyncio.sleep(0)


async def until(is_so: Callable[[], object]) -> None:
    """Take turns until this is so; it is only a matter of turns, never of time."""
    for _ in range(_MOST_TURNS):
        if is_so():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to that")


def a_notice(key: str = "failed:1", **fields: object) -> notice.Notice:
    kind = notice.Kind(key.partition(":")[0])
    told = notice.Notice(key=key, kind=kind, at=NOW, title=key, body="It is.")
    return msgspec.structs.replace(told, **fields)


def playing(number: int = 1, **fields: object) -> continuous.ContinuousTask:
    """What a program does for as long as it wishes."""
    one = continuous.ContinuousTask(
        id=number, owner="player", ability=f"part {number}", modes=(modes.Mode.AUDIO_PLAYBACK,),
        title="Playing", text="A song", started_at=NOW,
    )  # fmt: skip
    return msgspec.structs.replace(one, **fields)


def others() -> set[asyncio.Task[object]]:
    """Everything that runs beside the test."""
    return asyncio.all_tasks() - {asyncio.current_task()}
