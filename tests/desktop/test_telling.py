"""What the agent tells by itself, whatever becomes of the service that shows it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from tests.desktop.notifiers.agents import DesktopAgent
from tests.desktop.notifiers.dunst import Dunst
from tests.desktop.session import Session
from tests.desktop.support import accessible
from tests.desktop.support.person import SCREENS, TITLE, Person

#: Says how far it is, and goes on for longer than any test.
COUNTING = ("sh", "-c", "i=0; while sleep 0.5; do i=$((i+1)); echo $i%; done")
#: How far apart the same short runs may seem: the stream of events gathers what it tells for half
#: as long. One that waited for the service would take two seconds.
PACE_S = 0.1
NOBODY = "no notification service on the session bus"
NO_BUS = "there is no session bus"
MANY = 500
MUCH = ("Tidy up", "Sync", "Fetch mail", "Back up", "Index")


@pytest.fixture
def dunst(desktop: Session) -> Iterator[Dunst]:
    one = Dunst(desktop)
    with one.configured():
        yield one


@pytest.fixture
def agent(desktop: Session, home: Path) -> Iterator[DesktopAgent]:
    """It can open a window in which a screen reader finds its way."""
    one = DesktopAgent(home, desktop, **accessible.SPEAKING)
    try:
        yield one
        one.check_log()
    finally:
        one.clear_away()


def count_on(agent: DesktopAgent) -> str:
    """A run that is told of as long as it goes on."""
    agent.add("Count", *COUNTING, modes=["taskKeeping"])
    return agent.run("Count").id


def test_much_that_fails_at_once_is_one_notice(
    desktop: Session, dunst: Dunst, agent: DesktopAgent
) -> None:
    dunst.start()
    agent.start()
    for name in MUCH:
        agent.add(name, "false", overlap={"policy": "parallel", "limit": MANY})
    for name in MUCH:
        agent.run_many(name, MANY // len(MUCH))
    agent.wait_until_told(f"{MANY} runs failed")
    assert dunst.count() == 1
    SCREENS.mkdir(parents=True, exist_ok=True)
    desktop.screenshot(SCREENS / "desktop-digest.png")
    [digest] = agent.told()
    assert digest.kind == "digest"
    assert digest.body == "Tidy up (100 times), Sync (100 times) and 3 other tasks."
    assert dunst.history() == []


def test_a_service_that_dies_takes_nothing_with_it(
    dunst: Dunst, agent: DesktopAgent, desktop: Session
) -> None:
    dunst.start()
    agent.start()
    run_id = count_on(agent)
    dunst.wait_for(1)
    dunst.crash()
    desktop.wait_for(lambda: not agent.has_speaker(), "word that nobody is there")
    assert agent.wait_for_percent(run_id, more=2).state == "running"
    dunst.start()
    dunst.wait_for(1)
    assert agent.show(run_id).state == "running"
    agent.wait_for_outcomes("added")
    # It is the same notice, with the same buttons.
    dunst.choose("Cancel")
    assert agent.wait(run_id).state == "canceled"
    dunst.wait_for(0)


def test_what_an_agent_that_died_showed_is_replaced(
    desktop: Session, dunst: Dunst, agent: DesktopAgent
) -> None:
    dunst.start()
    agent.start()
    count_on(agent)
    dunst.wait_for(1)
    agent.kill()
    # Nobody is there to take it down, and its buttons do nothing.
    assert dunst.count() == 1
    agent.start()
    agent.wait_for_outcomes("cleared", "added")
    desktop.wait_for(lambda: len(dunst.history()) == 1, "end of the old one")
    dunst.wait_for(1)
    dunst.choose("Cancel")
    dunst.wait_for(0)


def test_a_service_that_hangs_delays_nothing(
    dunst: Dunst, agent: DesktopAgent, desktop: Session
) -> None:
    dunst.start()
    agent.start()
    run_id = count_on(agent)
    agent.add("Fail", "false")
    dunst.wait_for(1)
    before = run_times(agent)
    shot = SCREENS / "desktop-after-a-hang.png"
    with dunst.hanging():
        first = run_times(agent)
        desktop.wait_for(lambda: not agent.has_speaker(), "word that it hangs")
        second = run_times(agent)
    # As soon as it answers, it is told what there is now.
    desktop.wait_for(lambda: agent.has_speaker(), "word that it is back")
    agent.wait_for_percent(run_id, more=1)
    progress = agent.show(run_id).progress
    assert progress is not None
    assert progress.done is not None
    wanted = progress.done / 100 - 0.03
    desktop.wait_for(lambda: dunst.bar(shot) >= wanted, "bar as it is now", within_s=5)
    assert agent.show(run_id).state == "running"
    # Nothing of what happened meanwhile is lost.
    agent.wait_until_told("60 runs failed")
    dunst.wait_for(2)
    assert max(first, second) < 2 * before + PACE_S, (before, first, second)


def run_times(agent: DesktopAgent) -> float:
    """Seconds that a short run takes, from the wish to its end, in the middle of 20."""
    found = []
    for _ in range(20):
        began = time.monotonic()
        agent.wait(agent.run("Fail").id)
        found.append(time.monotonic() - began)
    return median(found)


def test_the_agent_ends_in_time_while_a_service_hangs(dunst: Dunst, agent: DesktopAgent) -> None:
    dunst.start()
    agent.start()
    count_on(agent)
    dunst.wait_for(1)
    with dunst.hanging():
        began = time.monotonic()
        assert agent.stop() == 0
        assert time.monotonic() - began < 5


def test_where_nobody_shows_notices_all_else_goes_on(desktop: Session, agent: DesktopAgent) -> None:
    agent.start()
    desktop.wait_for(lambda: agent.told_by() == NOBODY, "word that nobody is there")
    run_id = count_on(agent)
    agent.add("Fail", "false")
    assert agent.wait(agent.run("Fail").id).state == "failed"
    assert agent.wait_for_percent(run_id, more=2).state == "running"
    assert not agent.has_speaker()
    assert agent.stop() == 0


def test_without_a_session_bus_all_else_goes_on(home: Path, desktop: Session) -> None:
    agent = DesktopAgent(home, desktop, DBUS_SESSION_BUS_ADDRESS="unix:path=/nowhere")
    try:
        agent.start()
        desktop.wait_for(lambda: agent.told_by() == NO_BUS, "word that nobody is there")
        run_id = count_on(agent)
        assert agent.wait_for_percent(run_id, more=5).state == "running"
        assert agent.stop() == 0
        agent.check_log()
    finally:
        agent.clear_away()


def test_a_click_opens_the_window_at_the_run(
    person: Person, dunst: Dunst, agent: DesktopAgent
) -> None:
    dunst.start()
    agent.start()
    agent.add("Tidy up", "false")
    agent.wait(agent.run("Tidy up").id)
    dunst.wait_for(1)
    dunst.click()
    window = person.desktop.wait_for_window(TITLE)
    person.wait_for_selected(r"Tidy up, Failed: .*", "cell")
    person.wait_for_keyboard_on("History", "table")
    # What was clicked on has done its work.
    dunst.wait_for(0)
    agent.wait_for_outcomes("removed")
    count_on(agent)
    dunst.wait_for(1)
    person.press("ctrl+w")
    person.wait_until_hidden(window)
    dunst.click()
    person.wait_for_selected(r"Count, .*", "cell")
    person.wait_for_keyboard_on("Activity", "table")
    person.picture("led-by-a-notice")
    # As long as it goes on, it is told.
    dunst.wait_for(1)
