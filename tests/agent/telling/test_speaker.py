"""One surface is spoken to beside all else: the newest of each notice, in order, at its pace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bgtasks_gui.agent.telling import speaker
from bgtasks_gui.core.notices import surface
from tests.agent.telling.fakes.recording import Messages
from tests.agent.telling.fakes.scenes import a_notice, others, take_turns, until

ONE, TWO = "failed:1", "failed:2"


class Scene:
    """A speaker over a surface."""

    def __init__(self, way: Messages, call_s: float = speaker.CALL_S) -> None:
        self.way = way
        self.speaker = speaker.Speaker(way, call_s=call_s)
        #: Whether it was there, each time that something changed.
        self.changes: list[bool] = []
        self.is_gone = asyncio.Event()
        self.speaker.on_changed = self._note

    async def start(self) -> Scene:
        self.speaker.start()
        await self.speaker.look()
        return self

    def _note(self) -> None:
        self.changes.append(self.speaker.is_available)
        if not self.speaker.is_available:
            self.is_gone.set()

    async def say(self, key: str = ONE, **fields: object) -> None:
        self.speaker.say(a_notice(key, **fields))
        await take_turns()


@pytest.fixture
async def one() -> AsyncIterator[Scene]:
    scene = await Scene(Messages()).start()
    yield scene
    scene.way.answer()
    await scene.speaker.close()
    assert not others()


@pytest.fixture
async def hasty() -> AsyncIterator[Scene]:
    """One that has no patience."""
    scene = await Scene(Messages(), call_s=0.01).start()
    yield scene
    scene.way.answer()
    await scene.speaker.close()
    assert not others()


# Saying


async def test_it_shows_and_takes_down(one: Scene) -> None:
    assert (one.speaker.name, one.speaker.sentence) == ("messages", "it is there")
    await one.say()
    assert set(one.way.up) == {ONE}
    one.speaker.unsay(ONE)
    await take_turns()
    assert not one.way.up


async def test_only_the_newest_of_each_key_is_said(one: Scene) -> None:
    one.way.hang("show")
    await one.say(TWO)
    for number in range(100):
        one.speaker.say(a_notice(ONE, body=str(number)))
    await take_turns()
    assert not one.way.up
    one.way.answer()
    await until(lambda: len(one.way.up) == 2)
    assert one.way.up[ONE].body == "99"
    assert one.way.count(f"show {ONE}") == 1


@pytest.mark.parametrize(("moves", "body"), [(True, "25 % of 8 MiB"), (False, "8 MiB")])
async def test_where_figures_do_not_move_none_are_said(one: Scene, moves: bool, body: str) -> None:
    one.way.shows_progress = moves
    await one.say(body="25 % of 8 MiB", still="8 MiB")
    assert one.way.up[ONE].body == body


async def test_what_is_taken_back_before_it_is_said_is_not_said(one: Scene) -> None:
    one.speaker.say(a_notice())
    one.speaker.unsay(ONE)
    await take_turns()
    assert one.way.calls == ["probe", f"withdraw {ONE}"]


async def test_what_somebody_else_shows_is_not_said(one: Scene) -> None:
    one.speaker.say(a_notice(ONE))
    one.speaker.unsay(TWO)
    one.speaker.forget()
    await take_turns()
    assert one.way.calls == ["probe", f"withdraw {TWO}"]


# Where a call fails


async def test_where_it_goes_away_nothing_more_is_said(one: Scene) -> None:
    one.way.is_away = True
    await one.say(ONE)
    await one.say(TWO)
    assert (one.changes, one.speaker.sentence) == ([True, False], "nobody is there")
    assert one.way.count(f"show {TWO}") == 0


async def test_what_was_taken_down_while_it_was_away_is_taken_down_when_it_is_back(
    one: Scene,
) -> None:
    await one.say(ONE)
    await one.say(TWO)
    one.way.is_away = True
    one.speaker.unsay(ONE)
    await take_turns()
    one.speaker.forget()
    one.speaker.unsay(TWO)
    await take_turns()
    assert one.way.count(f"withdraw {TWO}") == 0
    one.way.come_back()
    await until(lambda: not one.way.up)


async def test_one_that_hangs_is_given_up(hasty: Scene) -> None:
    hasty.way.hang()
    await hasty.say()
    async with asyncio.timeout(10):
        await hasty.is_gone.wait()
    assert hasty.speaker.sentence == "it does not answer"
    hasty.way.answer()
    await hasty.speaker.look()
    assert hasty.changes == [True, False, True]


@pytest.mark.parametrize("error", [surface.Unavailable("no"), ValueError("no")])
async def test_a_call_that_fails_once_is_made_again(one: Scene, error: Exception) -> None:
    one.way.hang("show")
    one.way.fail("show", error)
    await one.say()
    one.way.answer()
    one.way.hang("probe")
    await until(lambda: one.way.count("probe") == 2)
    one.way.fail("show", None)
    one.way.answer()
    await until(lambda: ONE in one.way.up)
    assert (one.changes, one.speaker.refused) == ([True], set())


async def test_what_it_cannot_show_is_refused_and_all_else_shown(one: Scene) -> None:
    one.way.fail(f"show {ONE}", ValueError("bad words"))
    one.speaker.say(a_notice(ONE))
    one.speaker.say(a_notice(TWO))
    await until(lambda: one.speaker.refused)
    await take_turns()
    assert (one.speaker.refused, set(one.way.up)) == ({ONE}, {TWO})
    assert one.way.count(f"show {ONE}") == 2
    assert one.changes == [True, True]


async def test_what_failed_before_it_went_away_is_tried_twice_when_it_is_back(
    one: Scene,
) -> None:
    one.way.fail("show", surface.Unavailable("no"))
    one.way.hang("probe")
    await one.say()
    one.way.hang("show")
    await until(lambda: one.way.count(f"show {ONE}") == 2)
    one.way.is_away = True
    one.way.answer()
    await take_turns()
    one.way.come_back()
    await until(lambda: one.speaker.is_available)
    one.speaker.say(a_notice())
    await until(lambda: one.speaker.refused)
    assert one.way.count(f"show {ONE}") == 4


async def test_another_service_refuses_nothing_yet(one: Scene) -> None:
    one.speaker.refused.add(ONE)
    one.way.restart()
    assert not one.speaker.refused


async def test_what_cannot_be_taken_down_is_given_up(one: Scene) -> None:
    one.way.fail("withdraw", surface.Unavailable("no"))
    one.speaker.unsay(ONE)
    await take_turns(200)
    assert one.way.count(f"withdraw {ONE}") == 2
    assert (one.speaker.is_available, one.speaker.refused) == (True, set())


async def test_what_it_cancels_itself_ends_nobody_else(one: Scene) -> None:
    one.way.fail(f"show {ONE}", asyncio.CancelledError())
    await one.say(ONE)
    await one.say(TWO)
    assert set(one.way.up) == {TWO}


# Looking


async def test_it_tells_when_it_comes_and_goes(one: Scene) -> None:
    one.way.go_away()
    await until(lambda: one.changes == [True, False])
    await one.speaker.look()
    assert one.changes == [True, False]
    one.way.come_back()
    await until(lambda: one.changes == [True, False, True])


async def test_another_service_is_told_though_it_stands_as_before(one: Scene) -> None:
    one.way.restart()
    await until(lambda: one.changes == [True, True])


async def test_one_look_at_a_time_and_one_more_where_something_changed(one: Scene) -> None:
    one.way.hang("probe")
    one.way.on_changed()
    await take_turns()
    for _ in range(5):
        one.way.on_changed()
    await take_turns()
    assert one.way.count("probe") == 2
    one.way.answer()
    await until(lambda: len(one.changes) == 2)
    assert one.way.count("probe") == 3


async def test_a_look_that_fails_finds_nobody(one: Scene) -> None:
    one.way.fail("probe", ValueError("a fault"))
    await one.speaker.look()
    assert (one.changes, one.speaker.is_available) == ([True, False], False)
    assert one.speaker.sentence == "it failed here; the log says how"


# The end


async def test_after_the_end_nothing_is_said_nor_looked_for() -> None:
    scene = await Scene(Messages()).start()
    scene.way.hang("show", "probe")
    await scene.say()
    scene.way.on_changed()
    await scene.speaker.close()
    assert scene.way.is_closed
    calls = len(scene.way.calls)
    scene.way.on_changed()
    await scene.speaker.look()
    scene.speaker.say(a_notice())
    await take_turns()
    assert (len(scene.way.calls), scene.changes) == (calls, [True])
    assert not others()


async def test_the_end_may_come_just_when_it_answers() -> None:
    scene = await Scene(Messages()).start()
    scene.way.hang("show")
    await scene.say()
    scene.way.answer()
    await scene.speaker.close()
    assert not others()


async def test_one_that_does_not_end_is_left_to_itself() -> None:
    scene = await Scene(Messages(), call_s=0.01).start()
    scene.way.hang("close")
    await scene.speaker.close()
    assert not scene.way.is_closed
    assert not others()
