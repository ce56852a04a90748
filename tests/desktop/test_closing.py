"""Where the window goes when it is closed, and how it comes back."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from bgtasks_gui.core import ids
from tests.desktop.support.parts import TRAY
from tests.desktop.support.person import TITLE, Person

COVER = Path(__file__).parent / "support" / "little_window.py"
NO_TRAY = r"There is no tray here\. .*"


def click_icon(person: Person) -> None:
    person.desktop.click(*person.desktop.wait_for_window(TRAY).centre)


def test_it_waits_in_the_tray(person: Person) -> None:
    window = person.open()
    person.icon("nothing is running")
    person.desktop.screen.close_window(window)
    person.wait_until_hidden(window)
    person.picture("in-the-tray")
    click_icon(person)
    person.wait_until_back(window)
    person.press("ctrl+w")
    person.wait_until_hidden(window)
    person.icon().activate()
    person.wait_until_back(window)
    # Of a window that is in front, the same click hides it.
    click_icon(person)
    person.wait_until_hidden(window)
    person.icon().choose("Open Background Tasks")
    person.wait_until_back(window)


def test_without_a_tray_it_is_minimised_and_says_so(person: Person) -> None:
    person.desktop.stop_panel()
    window = person.open()
    person.desktop.screen.close_window(window)
    person.wait_until_minimised(window)
    person.desktop.screen.activate(window)
    person.wait_until_back(window)
    person.wait_to_see(NO_TRAY, "panel")
    person.picture("no-tray")
    person.desktop.start_panel()
    person.wait_until_gone(NO_TRAY, "panel")
    person.press("ctrl+w")
    person.wait_until_hidden(window)


def test_it_comes_back_when_the_panel_is_killed(person: Person) -> None:
    window = person.open()
    person.icon()
    person.press("ctrl+w")
    person.wait_until_hidden(window)
    panels = [one.pid for one in person.desktop.windows("xfce4-panel")]
    for pid in panels:
        os.kill(pid, signal.SIGKILL)
    person.wait_until_minimised(window)
    person.desktop.screen.activate(window)
    person.wait_until_back(window)


def test_it_starts_in_the_tray(person: Person) -> None:
    program = person.start("--minimized")
    person.icon("nothing is running")
    assert person.desktop.windows(TITLE) == []
    assert person.windows() == []
    # Somebody who starts it again wants to see it, unless they say otherwise.
    person.run("--minimized")
    assert person.windows() == []
    person.run()
    window = person.desktop.wait_for_window(TITLE)
    person.wait_until_back(window)
    assert window.pid == program.pid


def test_it_starts_minimised_where_there_is_no_tray(person: Person) -> None:
    person.desktop.stop_panel()
    person.start("--minimized")
    person.wait_for(person.windows, "window in the list of windows")
    [window] = person.windows()
    person.wait_until_minimised(window)
    # The tray of a desktop that is still coming up.
    person.desktop.start_panel()
    person.icon("nothing is running")
    person.wait_until_hidden(window)
    person.icon().activate()
    person.wait_until_back(window)


def test_a_second_start_raises_it(person: Person) -> None:
    window = person.open()
    person.desktop.spawn(sys.executable, COVER)
    person.desktop.focus(person.desktop.wait_for_window("Little window"))
    assert not person.is_in_front(window)
    person.run()
    person.wait_until_back(window)
    person.desktop.screen.minimise(window)
    person.wait_until_minimised(window)
    person.run()
    person.wait_until_back(window)
    person.press("ctrl+w")
    person.wait_until_hidden(window)
    person.run()
    person.wait_until_back(window)
    assert len(person.desktop.windows(TITLE)) == 1


def test_a_second_start_leads_it_to_a_run(person: Person) -> None:
    window = person.open()
    agent = person.agent
    failed = agent.wait(agent.run(agent.add("Tidy up", "false").id).id)
    moving = agent.run(agent.add("Copy pictures", "sleep", "600").id)
    person.desktop.spawn(sys.executable, COVER)
    person.desktop.focus(person.desktop.wait_for_window("Little window"))
    person.run("--run", failed.id)
    person.wait_until_back(window)
    person.wait_for_selected(r"Tidy up, Failed: .*", "cell")
    person.wait_for_keyboard_on("History", "table")
    person.wait_to_see("Overview", "page tab")
    person.press("ctrl+w")
    person.wait_until_hidden(window)
    person.run("--run", moving.id)
    person.wait_until_back(window)
    person.wait_for_selected(r"Copy pictures, .*", "cell")
    person.wait_for_keyboard_on("Activity", "table")
    person.picture("at-a-run")
    # One that is not known any more turns no page.
    person.run("--run", ids.make_id(0, 7))
    person.wait_to_see("This run is not known any more. .*", "panel")
    person.wait_for_selected(r"Copy pictures, .*", "cell")
    assert len(person.desktop.windows(TITLE)) == 1


def test_it_starts_at_a_run(person: Person) -> None:
    agent = person.agent
    agent.start()
    failed = agent.wait(agent.run(agent.add("Tidy up", "false").id).id)
    person.start("--run", failed.id)
    person.wait_for_selected(r"Tidy up, Failed: .*", "cell")
    person.wait_to_see("Overview", "page tab")
