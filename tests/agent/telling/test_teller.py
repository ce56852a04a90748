"""What happens is told, kept, and followed by what the person answers; nothing waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import msgspec
import pytest

from bgtasks_gui.agent.telling import teller
from bgtasks_gui.core import events, progress, reasons, runs, tasks
from bgtasks_gui.core.background import continuous
from bgtasks_gui.core.notices import notice, orders, rules, surface
from tests.agent.telling.fakes.recording import Icon, JobView, Messages, OtherMessages
from tests.agent.telling.fakes.scenes import others, playing, take_turns, until
from tests.agent.telling.fakes.whole import S, Whole

_S, _A = runs.RunState, notice.Action
HOUR = timedelta(hours=1)
ALWAYS = rules.Rules(policy=tasks.NoticePolicy.ALWAYS)

Make = Callable[..., Whole]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """Builds all that tells; nothing of it is left when the test is over."""
    made: list[Whole] = []

    def build(*ways: Messages, **parts: object) -> Whole:
        made.append(Whole(*ways, **parts))
        return made[-1]

    yield build
    for whole in made:
        await whole.close()
        assert whole.clock.pending == 0
    assert not others()


@pytest.fixture
async def whole(make: Make) -> Whole:
    one = make()
    await one.start()
    return one


def quiet(whole: Whole, begin: timedelta, end: timedelta) -> rules.Rules:
    return rules.Rules(quiet_from=whole.local(begin), quiet_to=whole.local(end))


# What happens is told


async def test_what_fails_is_told_and_kept(whole: Whole) -> None:
    run = await whole.run(await whole.task())
    await whole.fail(run)
    await whole.after()
    assert whole.up == [f"failed:{run.id}"]
    (record,) = await whole.records()
    assert (record.outcome, record.surfaces) == ("added", ("messages",))
    assert [one.notice_id for one in whole.noted] == [record.id]


async def test_what_goes_on_is_told_while_it_does(whole: Whole) -> None:
    run = await whole.run(await whole.task(kind="download"))
    await whole.after(2 * S)
    key = f"live:{run.id}"
    assert whole.up == [key]
    await whole.complete(run)
    await take_turns()
    assert (whole.up, await whole.outcomes()) == ([], {key: "cleared"})


async def test_figures_move_where_that_is_shown_and_are_not_kept(make: Make) -> None:
    whole = make(Messages(), JobView(shows_progress=True), Icon())
    await whole.start()
    run = await whole.run(await whole.task(kind="download"))
    await whole.after(2 * S)
    figure = progress.Progress(done=5, total=10, unit="bytes")
    whole.ledger.tell_progress(run.id, figure)
    await whole.after()
    key = f"live:{run.id}"
    assert [way.up[key].fraction for way in whole.ways[1:]] == [0.5, None]
    assert len(whole.noted) == 1


async def test_who_takes_a_notice_over_is_kept(make: Make) -> None:
    whole = make(Messages(), OtherMessages())
    await whole.start()
    run = await whole.run(await whole.task())
    await whole.fail(run)
    await whole.after()
    whole.ways[0].go_away()
    await until(lambda: whole.ways[1].up)
    (record,) = await whole.records()
    assert record.surfaces == ("messages", "others")


async def test_what_goes_on_already_is_told_at_the_start(make: Make) -> None:
    whole = make()
    run = await whole.run(await whole.task(kind="download"))
    over = playing(2, ability="run:2")
    whole.teller.going = lambda: (playing(1), over)
    await whole.after(2 * S)
    await whole.start()
    assert whole.up == [f"live:{run.id}", "continuous:1"]


async def test_a_program_s_own_work_is_told_in_its_words(whole: Whole) -> None:
    def say(what: str, task: continuous.ContinuousTask) -> None:
        event = events.ContinuousChanged(at=whole.clock.now(), task=task, what=what)
        whole.bus.publish(event)

    say("started", playing())
    say("started", playing(2, ability="run:2"))
    await take_turns()
    assert [one.title for one in whole.ways[0].up.values()] == ["Playing"]
    say("canceled", playing())
    await take_turns()
    assert (whole.up, await whole.outcomes()) == ([], {"continuous:1": "cleared"})


async def test_five_hundred_ends_in_a_second_are_told_in_one(whole: Whole) -> None:
    task = await whole.task()
    found = [await whole.run(task) for _ in range(500)]
    for run in found:
        whole.clock.advance(timedelta(milliseconds=2))
        await whole.fail(run)
    assert whole.up == []
    await whole.after(2 * S)
    assert whole.up == ["digest:1"]
    assert whole.ways[0].up["digest:1"].title == "500 runs failed"
    shown = [call for call in whole.ways[0].calls if call.startswith("show")]
    assert (shown, await whole.outcomes()) == (["show digest:1"], {"digest:1": "added"})


# Nothing waits for it


async def test_who_publishes_does_not_wait_for_one_that_hangs(make: Make) -> None:
    whole = make(Messages(), Icon())
    await whole.start()
    whole.ways[0].hang()
    whole.store.hang()
    task = await whole.task(kind="download")
    found = [await whole.run(task) for _ in range(3)]
    await whole.after(2 * S)
    for run in found:
        await whole.fail(run)
    await whole.after()
    assert whole.ways[0].up == {}
    assert len(whole.ways[1].up) == 1
    assert await whole.records() == []


async def test_a_store_that_refuses_keeps_nothing_from_being_told(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    whole = make()
    whole.store.unreadable = OSError("no such disk")
    await whole.start()
    assert "the history of notices is not read" in caplog.text
    whole.store.unreadable, whole.store.refusal = None, OSError("no such disk")
    run = await whole.run(await whole.task())
    await whole.fail(run)
    await whole.after()
    assert whole.up == [f"failed:{run.id}"]


async def test_what_cannot_be_told_keeps_nothing_else_from_it(
    whole: Whole, caplog: pytest.LogCaptureFixture
) -> None:
    task = await whole.task()
    one, two = await whole.run(task), await whole.run(task)
    await take_turns()
    whole.store.unreadable = OSError("no such disk")
    await whole.fail(one)
    await take_turns()
    whole.store.unreadable = None
    await whole.fail(two)
    await whole.after()
    assert whole.up == [f"failed:{two.id}"]
    assert "something was not told" in caplog.text


async def test_where_much_was_missed_all_is_looked_at(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def say(what: str, number: int) -> None:
        at = whole.clock.now()
        event = events.ContinuousChanged(at=at, task=playing(number), what=what)
        whole.bus.publish(event)

    def flood(_: events.AnyEvent) -> None:
        for what, number in [("stopped", 1), *[("progressed", 2)] * 5]:
            say(what, number)

    monkeypatch.setattr(teller, "INBOX", 5)
    whole = make()
    await whole.start()
    whole.teller.going = lambda: (playing(2),)
    over = await whole.run(await whole.task(1, kind="download"))
    await whole.run(await whole.task(2, kind="upload"))
    say("started", 1)
    say("started", 2)
    await whole.after(2 * S)
    assert whole.ways[0].up["live:all"].title == "4 under way"
    # All of it comes before anybody reads.
    whole.bus.subscribe(flood, (events.RunFinished,))
    await whole.fail(over)
    await whole.after(20 * S)
    assert whole.up == ["live:all", f"failed:{over.id}"]
    assert whole.ways[0].up["live:all"].title == "2 under way"


async def test_a_run_that_nobody_knows_any_more_is_not_told(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teller, "INBOX", 1)
    whole = make()
    await whole.start()
    run = await whole.run(await whole.task())
    await take_turns()
    gone = msgspec.structs.replace(run, id="gone")
    for _ in range(2):
        whole.bus.publish(events.RunStarted(at=whole.clock.now(), run=gone))
        await take_turns()
    for _ in range(3):
        whole.bus.publish(events.RunStarted(at=whole.clock.now(), run=run))
    await whole.after(5 * S)
    assert whole.up == []


# What the person answers


async def test_to_dismiss_continuous_work_ends_it(whole: Whole) -> None:
    run = await whole.run(await whole.task(modes=("audioPlayback",)))
    await whole.after(2 * S)
    await whole.after()
    key = f"live:{run.id}"
    whole.ways[0].take_down(key, surface.Closed.DISMISSED)
    code = reasons.Code.USER_REMOVED_NOTICE
    wanted = orders.Act(action=_A.CANCEL, run_id=run.id, task_id=run.task_id, reason=code)
    assert whole.acts == [wanted]
    await whole.after(20 * S)
    assert (whole.up, await whole.outcomes()) == ([], {key: "removed"})


async def test_to_dismiss_a_download_only_hides_it(whole: Whole) -> None:
    run = await whole.run(await whole.task(kind="download"))
    await whole.after(2 * S)
    await whole.after()
    whole.ways[0].take_down(f"live:{run.id}", surface.Closed.DISMISSED)
    await whole.after(20 * S)
    assert (whole.acts, whole.up) == ([], [])
    assert await whole.outcomes() == {f"live:{run.id}": "removed"}


async def test_what_is_dismissed_at_one_is_taken_down_at_all(make: Make) -> None:
    whole = make(Messages(), Icon())
    await whole.start()
    run = await whole.run(await whole.task())
    await whole.fail(run)
    await whole.after()
    whole.ways[0].take_down(f"failed:{run.id}", surface.Closed.DISMISSED)
    await take_turns()
    assert [way.up for way in whole.ways] == [{}, {}]


async def test_what_the_desktop_takes_down_ends_nothing(whole: Whole) -> None:
    run = await whole.run(await whole.task(modes=("audioPlayback",)))
    await whole.after(2 * S)
    whole.ways[0].take_down(f"live:{run.id}", surface.Closed.EXPIRED)
    assert (whole.acts, await whole.outcomes()) == ([], {f"live:{run.id}": "expired"})


async def test_what_is_lost_or_withdrawn_ends_nothing_and_is_shown_again(whole: Whole) -> None:
    run = await whole.run(await whole.task(modes=("audioPlayback",)))
    await whole.after(2 * S)
    key = f"live:{run.id}"
    whole.ways[0].restart()
    await until(lambda: whole.up == [key])
    whole.ways[0].take_down(key, surface.Closed.WITHDRAWN)
    await until(lambda: whole.up == [key])
    assert (whole.acts, [one.outcome for one in await whole.records()]) == ([], ["added"])


async def test_a_button_that_fails_keeps_nothing_else_from_being_done(
    whole: Whole, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(asked: orders.Act) -> None:
        raise OSError(f"no {asked.action}")

    whole.on_act = fail
    run = await whole.run(await whole.task())
    await whole.fail(run)
    await whole.after()
    whole.ways[0].press(f"failed:{run.id}", _A.RETRY)
    await take_turns()
    assert "no retry" in caplog.text
    assert (whole.up, await whole.outcomes()) == ([], {f"failed:{run.id}": "removed"})


# Quiet hours and settings


async def test_quiet_hours_hold_back_and_tell_in_one_at_their_end(make: Make) -> None:
    whole = make()
    whole.rules = quiet(whole, -HOUR, HOUR)
    await whole.start()
    whole.teller.apply()
    assert whole.teller.is_quiet
    assert whole.teller.quiet_until == whole.clock.now() + HOUR
    task = await whole.task()
    for _ in range(3):
        await whole.fail(await whole.run(task))
    await whole.after(HOUR / 2)
    assert (whole.up, whole.teller.held_back) == ([], 3)
    assert [(one.outcome, one.held_because) for one in await whole.records()] == [
        ("held_back", "Quiet hours.")
    ] * 3
    await whole.after(HOUR / 2)
    assert (whole.up, whole.teller.is_quiet) == (["digest:1"], False)
    assert whole.teller.quiet_until is None
    told = whole.ways[0].up["digest:1"]
    assert (told.title, told.body) == ("3 runs failed", "During quiet hours: task 1 (3 times).")
    assert (await whole.outcomes())["digest:1"] == "added"


async def test_the_end_of_quiet_hours_is_seen_though_the_machine_slept(make: Make) -> None:
    whole = make()
    whole.rules = quiet(whole, -HOUR, HOUR)
    whole.teller.apply()
    await whole.start()
    await whole.fail(await whole.run(await whole.task()))
    await whole.after()
    whole.clock.jump_wall(HOUR)
    await whole.after(timedelta(seconds=teller.LONGEST_WAIT_S))
    assert len(whole.up) == 1


async def test_settings_take_effect_at_once(whole: Whole) -> None:
    run = await whole.run(await whole.task())
    await whole.after(5 * S)
    assert whole.up == []
    whole.rules = ALWAYS
    whole.teller.apply()
    await take_turns()
    assert whole.up == [f"live:{run.id}"]
    whole.rules = rules.Rules(policy=tasks.NoticePolicy.NEVER)
    whole.teller.apply()
    await take_turns()
    assert whole.up == []


# Beginning and end


async def test_what_the_last_agent_showed_of_running_work_is_cleared(make: Make) -> None:
    first = make()
    await first.start()
    run = await first.run(await first.task(kind="download"))
    await first.after(2 * S)
    # It breaks down: nobody closes anything.
    second = make(store=first.store)
    second.clock.advance(HOUR)
    await second.start()
    assert await second.outcomes() == {f"live:{run.id}": "cleared"}
    (record,) = await second.records()
    assert record.changed_at == second.clock.now()


async def test_after_the_end_nothing_is_heard_or_done(make: Make) -> None:
    whole = make()
    whole.rules = quiet(whole, HOUR, 2 * HOUR)
    await whole.start()
    whole.teller.apply()
    run = await whole.run(await whole.task(modes=("audioPlayback",)))
    await whole.after(2 * S)
    key = f"live:{run.id}"
    await whole.teller.close()
    whole.ways[0].take_down(key, surface.Closed.DISMISSED)
    whole.ways[0].restart()
    whole.teller.apply()
    await whole.fail(run)
    await whole.after(3 * HOUR)
    assert (whole.acts, await whole.outcomes()) == ([], {key: "cleared"})
    assert whole.clock.pending == 0


async def test_an_end_amid_the_start(make: Make) -> None:
    whole = make()
    starting = asyncio.create_task(whole.teller.start())
    await whole.teller.close()
    await starting
    assert not others()
