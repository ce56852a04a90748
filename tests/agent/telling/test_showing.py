"""Each notice is where it belongs, whichever surfaces come, go, hang or lose what they showed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from bgtasks_gui.agent.telling import showing, speaker
from bgtasks_gui.core.notices import notice, surface
from tests.agent.telling.fakes.recording import Icon, JobView, Messages, OtherMessages
from tests.agent.telling.fakes.scenes import a_notice, others, take_turns, until
from tests.fakes.manual_clock import ManualClock

NEWS, LIVE = "failed:1", "live:1"
AGAIN = timedelta(seconds=showing.AGAIN_S)


class Scene:
    """What is up, over surfaces."""

    def __init__(self, *ways: Messages, call_s: float = speaker.CALL_S) -> None:
        self.ways = ways
        self.clock = ManualClock()
        self.showing = showing.Showing(ways, self.clock, call_s=call_s)
        self.heard: list[surface.Heard] = []
        self.moved: list[tuple[str, tuple[str, ...]]] = []
        self.changed = asyncio.Event()
        self.showing.on_heard = self.heard.append
        self.showing.on_moved = lambda told, names: self.moved.append((told.key, names))
        self.showing.on_changed = self.changed.set

    async def show(
        self, key: str = NEWS, moves_only: bool = False, **fields: object
    ) -> tuple[str, ...]:
        given = self.showing.show(a_notice(key, **fields), moves_only=moves_only)
        await take_turns()
        return given

    @property
    def up(self) -> list[set[str]]:
        return [set(way.up) for way in self.ways]

    @property
    def messenger(self) -> str | None:
        return None if self.showing.messenger is None else self.showing.messenger.name


Make = Callable[..., Scene]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """Builds scenes; nothing of them is left when the test is over."""
    made: list[Scene] = []

    def build(*ways: Messages, **parts: float) -> Scene:
        made.append(Scene(*ways, **parts))
        return made[-1]

    yield build
    for scene in made:
        for way in scene.ways:
            way.answer()
        await scene.showing.close()
        assert scene.clock.pending == 0
    assert not others()


# Who shows what


async def test_of_those_that_tell_everything_the_first_speaks(make: Make) -> None:
    scene = make(Messages(is_away=True), OtherMessages(), Messages())
    await scene.showing.start()
    assert await scene.show() == ("others",)
    assert scene.up == [set(), {NEWS}, set()]
    used = [scene.showing.uses(one) for one in scene.showing.speakers]
    assert (scene.messenger, used) == ("others", [False, True, False])


async def test_a_job_view_shows_what_goes_on_and_an_icon_everything(make: Make) -> None:
    scene = make(Messages(), JobView(), Icon())
    await scene.showing.start()
    assert await scene.show(NEWS) == ("messages", "icon")
    assert await scene.show(LIVE) == ("jobs", "icon")
    assert scene.up == [{NEWS}, {LIVE}, {NEWS, LIVE}]
    assert all(scene.showing.uses(one) for one in scene.showing.speakers)


async def test_a_job_view_takes_over_and_gives_back(make: Make) -> None:
    scene = make(Messages(), JobView(is_away=True), Icon())
    await scene.showing.start()
    await scene.show(NEWS)
    await scene.show(LIVE)
    assert scene.up == [{NEWS, LIVE}, set(), {NEWS, LIVE}]
    scene.ways[1].come_back()
    await until(lambda: scene.up == [{NEWS}, {LIVE}, {NEWS, LIVE}])
    scene.ways[1].go_away()
    await until(lambda: scene.up == [{NEWS, LIVE}, set(), {NEWS, LIVE}])
    assert scene.moved == [(LIVE, ("jobs",)), (LIVE, ("messages",))]
    # Where it stayed it was not shown again, which is a new pop-up on some desktops.
    assert (scene.ways[0].count(f"show {NEWS}"), scene.ways[2].count(f"show {LIVE}")) == (1, 1)


async def test_where_nobody_is_there_it_is_shown_by_the_first_that_comes(make: Make) -> None:
    scene = make(Messages(is_away=True))
    await scene.showing.start()
    assert await scene.show() == ()
    assert scene.messenger is None
    scene.ways[0].come_back()
    await until(lambda: scene.up == [{NEWS}])
    assert scene.moved == [(NEWS, ("messages",))]


async def test_what_is_shown_before_it_is_known_who_is_there_waits(make: Make) -> None:
    scene = make(Messages(), OtherMessages())
    scene.ways[0].hang("probe")
    starting = asyncio.create_task(scene.showing.start())
    await take_turns()
    assert await scene.show() == ()
    assert scene.up == [set(), set()]
    scene.ways[0].answer()
    await starting
    await until(lambda: scene.up == [{NEWS}, set()])


async def test_moves_are_for_those_that_show_progress(make: Make) -> None:
    scene = make(Messages(), Icon(shows_progress=True))
    await scene.showing.start()
    await scene.show(LIVE)
    assert await scene.show(LIVE, moves_only=True, body="50 %") == ("messages", "icon")
    assert [way.up[LIVE].body for way in scene.ways] == ["It is.", "50 %"]
    # One that comes is told how it stands now.
    scene.ways[0].restart()
    await until(lambda: scene.ways[0].up)
    assert scene.ways[0].up[LIVE].body == "50 %"


async def test_what_moved_before_it_was_ever_shown_is_shown(make: Make) -> None:
    scene = make(Messages())
    await scene.showing.start()
    assert await scene.show(LIVE, moves_only=True) == ("messages",)


async def test_what_is_withdrawn_is_nowhere(make: Make) -> None:
    scene = make(Messages(), JobView(), Icon())
    await scene.showing.start()
    await scene.show(LIVE)
    scene.showing.withdraw(LIVE)
    scene.showing.withdraw("live:2")
    await take_turns()
    assert scene.up == [set(), set(), set()]
    scene.ways[1].go_away()
    await take_turns()
    assert scene.up == [set(), set(), set()]


# Where one is in trouble


async def test_one_that_hangs_keeps_nobody_waiting(make: Make) -> None:
    scene = make(Messages(), JobView(), Icon())
    await scene.showing.start()
    scene.ways[1].hang()
    await scene.show(LIVE)
    await scene.show(NEWS)
    assert scene.up == [{NEWS}, set(), {NEWS, LIVE}]


async def test_one_that_hangs_for_too_long_gives_way(make: Make) -> None:
    scene = make(Messages(), OtherMessages(), call_s=0.01)
    await scene.showing.start()
    scene.changed.clear()
    scene.ways[0].hang()
    await scene.show()
    async with asyncio.timeout(10):
        await scene.changed.wait()
    await until(lambda: scene.up == [set(), {NEWS}])
    scene.ways[0].answer()
    await scene.clock.advance_async(AGAIN)
    await until(lambda: scene.up == [{NEWS}, set()])


async def test_what_one_cannot_show_the_next_shows(make: Make) -> None:
    scene = make(Messages(), OtherMessages())
    await scene.showing.start()
    scene.ways[0].fail(f"show {NEWS}", ValueError("bad words"))
    await scene.show("failed:2")
    await scene.show(NEWS)
    await until(lambda: scene.up == [{"failed:2"}, {NEWS}])
    assert scene.messenger == "messages"
    # And with that it is good: it is not tried again and again.
    assert await scene.show(NEWS, body="newer") == ("others",)
    await scene.clock.advance_async(AGAIN * 3)
    assert scene.ways[0].count(f"show {NEWS}") == 2
    scene.showing.withdraw(NEWS)
    assert await scene.show(NEWS) == ("messages",)


# What is lost


async def test_what_is_lost_is_shown_by_the_next(make: Make) -> None:
    scene = make(Messages(), OtherMessages())
    await scene.showing.start()
    await scene.show(NEWS)
    await scene.show(LIVE)
    scene.ways[0].go_away()
    await until(lambda: scene.up == [set(), {NEWS, LIVE}])
    scene.ways[0].come_back()
    await until(lambda: scene.up == [{NEWS, LIVE}, set()])
    # Nobody did anything to it.
    assert scene.heard == []


async def test_what_is_lost_is_shown_again_by_the_same_when_it_is_back(make: Make) -> None:
    scene = make(Messages())
    await scene.showing.start()
    await scene.show(NEWS)
    scene.ways[0].go_away()
    await until(lambda: scene.messenger is None)
    scene.ways[0].come_back()
    await until(lambda: scene.up == [{NEWS}])


async def test_what_is_lost_with_a_service_that_another_replaces_is_shown_again(
    make: Make,
) -> None:
    scene = make(Messages(), Icon())
    await scene.showing.start()
    await scene.show(NEWS)
    for way in scene.ways:
        way.restart()
        await until(lambda: scene.up == [{NEWS}, {NEWS}])
    assert [way.count(f"show {NEWS}") for way in scene.ways] == [2, 2]


async def test_what_is_lost_though_nothing_changed_is_shown_again(make: Make) -> None:
    scene = make(Messages())
    await scene.showing.start()
    await scene.show(NEWS)
    scene.ways[0].take_down(NEWS, surface.Closed.LOST)
    await until(lambda: scene.up == [{NEWS}])


async def test_what_was_withdrawn_while_it_was_away_is_not_left_there(make: Make) -> None:
    scene = make(Messages(), OtherMessages())
    await scene.showing.start()
    await scene.show(LIVE)
    scene.ways[0].is_away = True
    await scene.show(NEWS)
    await until(lambda: scene.up[1] == {LIVE, NEWS})
    scene.showing.withdraw(LIVE)
    await take_turns()
    assert scene.up == [{LIVE}, {NEWS}]
    scene.ways[0].come_back()
    await until(lambda: scene.up == [{NEWS}, set()])


# What is heard


async def test_what_the_person_does_is_heard(make: Make) -> None:
    scene = make(Messages())
    await scene.showing.start()
    await scene.show()
    scene.ways[0].press(NEWS, notice.Action.RETRY)
    scene.ways[0].take_down(NEWS, surface.Closed.DISMISSED)
    assert scene.heard == [
        surface.Heard(key=NEWS, action=notice.Action.RETRY),
        surface.Heard(key=NEWS, closed=surface.Closed.DISMISSED),
    ]


@pytest.mark.parametrize("shows_progress", [False, True])
async def test_nobody_dismisses_what_has_just_changed(make: Make, shows_progress: bool) -> None:
    """A service may tell so of a change while a button is held down."""
    dismissed, withdrawn = surface.Closed.DISMISSED, surface.Closed.WITHDRAWN
    scene = make(Messages(shows_progress=shows_progress))
    await scene.showing.start()
    await scene.show(LIVE)
    scene.ways[0].take_down(LIVE, dismissed)
    assert [one.closed for one in scene.heard] == [dismissed if shows_progress else withdrawn]
    await scene.show(LIVE)
    await scene.clock.advance_async(timedelta(seconds=2 * showing.REACTION_S))
    scene.ways[0].take_down(LIVE, dismissed)
    assert scene.heard[-1].closed is dismissed


async def test_of_one_that_shows_it_no_more_only_a_button_is_heard(make: Make) -> None:
    scene = make(Messages(), JobView(is_away=True))
    await scene.showing.start()
    await scene.show(LIVE)
    scene.ways[1].come_back()
    await until(lambda: scene.up == [set(), {LIVE}])
    scene.ways[0].take_down(LIVE, surface.Closed.DISMISSED)
    scene.ways[0].press(LIVE, notice.Action.SUSPEND)
    assert scene.heard == [surface.Heard(key=LIVE, action=notice.Action.SUSPEND)]


# Looking for those that are away


async def test_who_is_away_is_looked_for_again_and_nobody_else(make: Make) -> None:
    scene = make(Messages(), OtherMessages(is_away=True))
    await scene.showing.start()
    scene.changed.clear()
    # Less and less often.
    for rounds in (2, 3):
        await scene.clock.advance_async(AGAIN * (rounds - 1))
        assert [way.count("probe") for way in scene.ways] == [1, rounds]
    await scene.clock.advance_async(AGAIN * 3)
    assert scene.ways[1].count("probe") == 3
    assert not scene.changed.is_set()
    scene.ways[1].is_away = False
    await scene.clock.advance_async(AGAIN)
    assert scene.changed.is_set()
    assert scene.clock.pending == 0


async def test_what_nobody_can_show_makes_it_look_at_once(make: Make) -> None:
    scene = make(Messages(is_away=True))
    await scene.showing.start()
    for _ in range(10):
        await scene.clock.advance_async(AGAIN * 60)
    scene.ways[0].is_away = False
    await scene.clock.advance_async(AGAIN * 2)
    asked = scene.ways[0].count("probe")
    await scene.show()
    await until(lambda: scene.up == [{NEWS}])
    assert scene.ways[0].count("probe") == asked + 1


async def test_who_speaks_is_noted_once(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    scene = make(Messages(), JobView())
    await scene.showing.start()
    scene.ways[1].go_away()
    await take_turns()
    scene.ways[0].go_away()
    await take_turns()
    noted = [one.getMessage() for one in caplog.records if one.name == showing.__name__]
    assert noted == [
        "notices are shown by messages",
        "notices are shown by nobody: the window's tray icon is left",
    ]


# The end


async def test_the_end_leaves_what_tells_of_an_end(make: Make) -> None:
    scene = make(Messages(), JobView(is_away=True))
    await scene.showing.start()
    await scene.show(NEWS)
    await scene.show(LIVE)
    await scene.showing.close()
    assert scene.up == [{NEWS}, set()]
    assert (scene.clock.pending, others()) == (0, set())


async def test_after_the_end_nothing_is_looked_for_heard_or_shown(make: Make) -> None:
    scene = make(Messages(), OtherMessages(is_away=True))
    await scene.showing.start()
    await scene.show()
    scene.ways[1].hang("probe")
    await scene.clock.advance_async(AGAIN)
    scene.changed.clear()
    await scene.showing.close()
    for way in scene.ways:
        way.answer()
        way.come_back()
        way.restart()
    scene.ways[0].press(NEWS, notice.Action.RETRY)
    await scene.clock.advance_async(AGAIN * 3)
    assert (scene.clock.pending, others(), scene.heard) == (0, set(), [])
    assert not scene.changed.is_set()


async def test_an_end_amid_the_start(make: Make) -> None:
    scene = make(Messages())
    scene.ways[0].hang("probe")
    starting = asyncio.create_task(scene.showing.start())
    await take_turns()
    await scene.showing.close()
    await starting
    assert await scene.show() == ()
    assert scene.clock.pending == 0
