"""The supervisor's process, as far as this agent is the one who started it."""

from __future__ import annotations

import os
import signal

import pytest

from bgtasks_gui import paths
from bgtasks_gui.agent.line import launch
from bgtasks_gui.core import errors
from tests.agent.support.embedded import gone, living, settles


@pytest.fixture
def ready(place: paths.Home) -> paths.Home:
    """A home in which a supervisor can serve."""
    paths.make_home(place)
    return place


async def up(home: paths.Home) -> int:
    """The pid of the supervisor once it serves."""
    await settles(home.supervisor_socket.exists)
    (pid,) = living(home)
    return pid


async def test_one_is_started_however_often_it_is_asked_for(ready: paths.Home) -> None:
    one = launch.Launch(ready)
    one.check()
    for _ in range(3):
        one.begin()
    await up(ready)
    one.check()
    await one.end(is_ending=False)


async def test_one_that_may_outlive_us_is_let_go(ready: paths.Home) -> None:
    one = launch.Launch(ready)
    one.begin()
    pid = await up(ready)
    await one.end(is_ending=False)
    await one.end(is_ending=True)
    assert pid in living(ready)
    assert ready.supervisor_log.read_bytes() == b""


async def test_one_that_nobody_has_spoken_to_is_taken_back(ready: paths.Home) -> None:
    one = launch.Launch(ready)
    one.take_back()
    one.begin()
    await up(ready)
    one.take_back()
    await one.end(is_ending=True)
    assert living(ready) == {}


async def test_why_it_cannot_start_is_told_in_its_own_words(ready: paths.Home) -> None:
    ready.supervisor_log.write_text("what an earlier one said\n")
    ready.supervisor_socket.mkdir()
    one = launch.Launch(ready)
    one.begin()
    (pid,) = living(ready)
    await gone(pid)
    with pytest.raises(errors.SupervisorLost) as caught:
        one.check()
    assert "cannot start: The supervisor cannot serve" in caught.value.message
    assert "earlier" not in caught.value.message


async def test_one_that_was_killed_said_nothing(ready: paths.Home) -> None:
    one = launch.Launch(ready)
    one.begin()
    pid = await up(ready)
    os.kill(pid, signal.SIGKILL)
    await gone(pid)
    with pytest.raises(errors.SupervisorLost, match="it said nothing"):
        one.check()


async def test_where_another_serves_already_nothing_is_wrong(ready: paths.Home) -> None:
    first, second = launch.Launch(ready), launch.Launch(ready)
    first.begin()
    serving = await up(ready)
    second.begin()
    await settles(lambda: set(living(ready)) == {serving})
    second.check()
    second.check()
    await second.end(is_ending=True)
    await first.end(is_ending=False)
