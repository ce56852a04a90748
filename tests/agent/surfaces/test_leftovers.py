from __future__ import annotations

import asyncio

import pytest

from bgtasks_gui.agent.surfaces.leftovers import Leftovers
from tests.agent.surfaces.fakes.memories import KeptMemory

DUNST, OTHER = "f00 :1.4", "f00 :1.9"


def over(memory: KeptMemory) -> Leftovers:
    """Those of an agent that has just started."""
    made = Leftovers()
    made.memory = memory
    return made


async def test_what_is_up_is_known_to_the_next_agent() -> None:
    memory = KeptMemory()
    first = over(memory)
    assert await first.find(DUNST) == ()
    first.note(DUNST, [7, 3])
    await first.close()
    assert await over(memory).find(DUNST) == (3, 7)
    first.note(DUNST, [])
    await first.close()
    assert await over(memory).find(DUNST) == ()


async def test_another_service_shows_nothing_of_it() -> None:
    memory = KeptMemory()
    first = over(memory)
    first.note(DUNST, [3])
    await first.close()
    assert await over(memory).find(OTHER) == ()


async def test_only_what_is_new_is_written_and_only_the_newest() -> None:
    memory = KeptMemory()
    first = over(memory)
    memory.hang()
    for number in range(5):
        first.note(DUNST, [number])
        await asyncio.sleep(0)
    memory.answer()
    await first.close()
    assert len(memory.kept) == 2
    first.note(DUNST, [4])
    await first.close()
    assert len(memory.kept) == 2
    assert await first.find(DUNST) == (4,)


@pytest.mark.parametrize("text", ["", "no JSON", '{"service": 3}'])
async def test_what_cannot_be_read_is_nothing(text: str) -> None:
    assert await over(KeptMemory(text)).find(DUNST) == ()


async def test_without_a_memory_nothing_is_left() -> None:
    forgetful = Leftovers()
    forgetful.note(DUNST, [1])
    await forgetful.close()
    assert await forgetful.find(DUNST) == ()
