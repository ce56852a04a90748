"""What is up follows what the person changes: settings, a task, that a task is there at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bgtasks_gui.core import events, reasons, runs, tasks
from bgtasks_gui.core.notices import notice, rules
from tests.agent.telling.fakes.scenes import playing, take_turns
from tests.agent.telling.fakes.whole import S, Whole

_S, _P = runs.RunState, tasks.NoticePolicy
_USER = reasons.Code.USER_CANCEL
NEVER = rules.Rules(groups={"backups": _P.NEVER})
DAY = timedelta(days=1)


@pytest.fixture
async def whole() -> AsyncIterator[Whole]:
    one = Whole()
    await one.start()
    yield one
    await one.close()


async def needy(whole: Whole) -> runs.Run:
    """A run that stands still until the person does something, and says so."""
    run = await whole.run(await whole.task(group="backups"))
    reason = reasons.make(reasons.Code.ADDRESS_EXPIRED, whole.clock.now())
    run = await whole.ledger.move(run.id, _S.SUSPENDED, reason=reason)
    await whole.after(2 * S)
    assert whole.up == [f"needs_you:{run.id}"]
    return run


async def choose(whole: Whole, how: rules.Rules) -> None:
    whole.rules = how
    whole.teller.apply()
    await take_turns()


async def test_what_a_group_is_not_told_any_more_is_taken_down_and_comes_back(
    whole: Whole,
) -> None:
    run = await needy(whole)
    await choose(whole, NEVER)
    assert whole.up == []
    assert await whole.outcomes() == {f"needs_you:{run.id}": "cleared"}
    await choose(whole, rules.Rules())
    await whole.after(2 * S)
    assert whole.up == [f"needs_you:{run.id}"]


async def test_another_choice_changes_nothing_that_stays_as_it_is(whole: Whole) -> None:
    run = await needy(whole)
    await choose(whole, rules.Rules(policy=_P.ALWAYS))
    await whole.after(2 * S)
    assert [record.notice.key for record in await whole.records()] == [f"needs_you:{run.id}"]


async def test_a_question_is_not_put_again_where_the_person_wants_to_hear_nothing(
    whole: Whole,
) -> None:
    ask = tasks.Missed(policy=tasks.MissedPolicy.ASK)
    task = await whole.task(group="backups", missed=ask)
    firing = runs.Firing(type="manual", caught_up=True, planned_at=whole.clock.now() - DAY)
    run = whole.ledger.make_run(task, firing)
    await whole.ledger.add([run])
    await whole.ledger.move(run.id, _S.WAITING)
    await whole.after(2 * S)
    assert whole.up == [f"missed:{task.id}"]
    await choose(whole, NEVER)
    assert whole.up == []
    for _ in range(3):
        await whole.after(DAY)
    assert whole.up == []


async def test_a_task_s_own_choice_takes_effect_at_once(whole: Whole) -> None:
    await needy(whole)
    task = await whole.task(group="backups", notice=_P.NEVER)
    standing = await whole.store.standing(task.id)
    whole.bus.publish(events.TaskChanged(at=whole.clock.now(), standing=standing))
    await take_turns()
    assert whole.up == []


async def test_what_is_told_of_a_task_that_is_gone_does_not_offer_to_run_it(
    whole: Whole,
) -> None:
    run = await whole.run(await whole.task())
    await whole.fail(run)
    await whole.after(2 * S)
    [told] = whole.ways[0].up.values()
    assert told.actions == (notice.Action.RETRY,)
    standing = await whole.store.standing(run.task_id)
    await whole.ledger.remove_task(standing)
    await take_turns()
    [told] = whole.ways[0].up.values()
    assert (told.key, told.actions) == (f"failed:{run.id}", ())


@pytest.mark.parametrize("actor", ["agent", "user"])
async def test_a_program_s_work_that_others_end_is_told_as_such(whole: Whole, actor: str) -> None:
    def say(what: str, why: reasons.Reason | None = None) -> None:
        at = whole.clock.now()
        event = events.ContinuousChanged(at=at, task=playing(), what=what, reason=why)
        whole.bus.publish(event)

    say("started")
    await take_turns()
    code = reasons.Code.MODE_NOT_USED_AUDIO_PLAYBACK if actor == "agent" else _USER
    say("canceled", reasons.make(code, whole.clock.now()))
    await whole.after(2 * S)
    assert whole.up == (["failed:continuous:1"] if actor == "agent" else [])
