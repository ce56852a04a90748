"""What an agent heard and did not come to tell is told by the next one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from bgtasks_gui.core import tasks
from bgtasks_gui.core.notices import rules
from tests.agent.telling.fakes.scenes import take_turns
from tests.agent.telling.fakes.troubled_store import TroubledStore
from tests.agent.telling.fakes.whole import S, Whole

HOUR = timedelta(hours=1)

Next = Callable[[rules.Rules | None], Awaitable[Whole]]


@pytest.fixture
async def following() -> AsyncIterator[Next]:
    """Starts one agent after another over one store; the one before broke down."""
    store, made = TroubledStore(), list[Whole]()

    async def start(how: rules.Rules | None = None) -> Whole:
        one = Whole(how=how, store=store)
        if made:
            one.clock.advance(made[-1].clock.now() - one.clock.now())
        made.append(one)
        await one.start()
        return one

    yield start
    for one in made:
        await one.close()


def quiet(whole: Whole, hours: int) -> rules.Rules:
    return rules.Rules(quiet_from=whole.local(-HOUR), quiet_to=whole.local(hours * HOUR))


async def fail(whole: Whole, number: int = 1, **fields: object) -> str:
    run = await whole.run(await whole.task(number, **fields))
    await whole.fail(run)
    await take_turns()
    return f"failed:{run.id}"


async def test_what_failed_just_before_the_end_is_told_by_the_next(following: Next) -> None:
    first = await following(None)
    key = await fail(first)
    assert first.up == []
    second = await following(None)
    await second.after(2 * S)
    assert second.up == [key]
    await take_turns()
    third = await following(None)
    await third.after(2 * S)
    assert third.up == []


async def test_much_that_failed_just_before_the_end_is_one_digest(following: Next) -> None:
    first = await following(None)
    for number in range(1, 8):
        await fail(first, number)
    second = await following(None)
    await second.after(2 * S)
    [digest] = second.ways[0].up.values()
    assert digest.title == "7 runs failed"


async def test_what_a_night_held_back_is_told_in_the_morning_by_the_next(following: Next) -> None:
    first = await following(None)
    how = first.rules = quiet(first, 8)
    first.teller.apply()
    for number in (1, 2):
        await fail(first, number)
    await first.after(2 * S)
    second = await following(how)
    await second.after(HOUR)
    await fail(second, 3)
    await second.after(2 * S)
    assert second.up == []
    held = [one for one in await second.records() if one.outcome == "held_back"]
    assert len(held) == 3
    await second.after(8 * HOUR)
    [digest] = second.ways[0].up.values()
    assert digest.title == "3 runs failed"
    assert digest.body.startswith("During quiet hours: ")
    third = await following(how)
    await third.after(2 * S)
    assert third.up == []


async def test_what_the_person_wants_to_hear_no_more_is_not_told_late(following: Next) -> None:
    key = await fail(await following(None), group="backups")
    never = rules.Rules(groups={"backups": tasks.NoticePolicy.NEVER})
    second = await following(never)
    await second.after(2 * S)
    assert second.up == []
    third = await following(None)
    await third.after(2 * S)
    assert key not in third.up
