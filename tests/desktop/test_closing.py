"""Where the window goes when it is closed, and how it comes back."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from tests.desktop.support.person import TITLE, Person
from tests.desktop.support.screen import Window

#: The tray's own window in the panel.
TRAY = "wrapper-2.0"
COVER = Path(__file__).parent / "support" / "little_window.py"
NO_TRAY = "There is no tray here, .*"


def wait_until_hidden(person: Person, window: Window) -> None:
    person.wait_for(lambda: person.is_hidden(window), "end of the window on the screen")


def wait_until_minimised(person: Person, window: Window) -> None:
    person.wait_for(lambda: person.is_minimised(window), "minimised window")


def wait_until_back(person: Person, window: Window) -> None:
    person.wait_for(lambda: person.is_in_front(window), "window in front")
    person.wait_to_see("Agent running")


def click_icon(person: Person) -> None:
    person.desktop.click(*person.desktop.wait_for_window(TRAY).centre)


def open_windows(person: Person) -> list[Window]:
    """Those of the program that a person can bring up, minimised ones as well."""
    found = map(person.desktop.screen.window, person.desktop.screen.clients())
    return [window for window in found if window is not None and window.title == TITLE]


def test_it_waits_in_the_tray(person: Person) -> None:
    window = person.open()
    person.icon("nothing is running")
    person.desktop.screen.close_window(window)
    wait_until_hidden(person, window)
    person.picture("in-the-tray")
    click_icon(person)
    wait_until_back(person, window)
    person.press("ctrl+w")
    wait_until_hidden(person, window)
    person.icon().activate()
    wait_until_back(person, window)
    # Of a window that is in front, the same click hides it.
    click_icon(person)
    wait_until_hidden(person, window)
    person.icon().choose("Open Background Tasks")
    wait_until_back(person, window)


def test_without_a_tray_it_is_minimised_and_says_so(person: Person) -> None:
    person.desktop.stop_panel()
    window = person.open()
    person.desktop.screen.close_window(window)
    wait_until_minimised(person, window)
    person.desktop.screen.activate(window)
    wait_until_back(person, window)
    person.wait_to_see(NO_TRAY, "panel")
    person.picture("no-tray")
    person.desktop.start_panel()
    person.wait_until_gone(NO_TRAY, "panel")
    person.press("ctrl+w")
    wait_until_hidden(person, window)


def test_it_comes_back_when_the_panel_is_killed(person: Person) -> None:
    window = person.open()
    person.icon()
    person.press("ctrl+w")
    wait_until_hidden(person, window)
    panels = [one.pid for one in person.desktop.windows("xfce4-panel")]
    for pid in panels:
        os.kill(pid, signal.SIGKILL)
    wait_until_minimised(person, window)
    person.desktop.screen.activate(window)
    wait_until_back(person, window)


def test_it_starts_in_the_tray(person: Person) -> None:
    program = person.start("--minimized")
    person.icon("nothing is running")
    assert person.desktop.windows(TITLE) == []
    assert open_windows(person) == []
    # Somebody who starts it again wants to see it, unless they say otherwise.
    person.run("--minimized")
    assert open_windows(person) == []
    person.run()
    window = person.desktop.wait_for_window(TITLE)
    wait_until_back(person, window)
    assert window.pid == program.pid


def test_it_starts_minimised_where_there_is_no_tray(person: Person) -> None:
    person.desktop.stop_panel()
    person.start("--minimized")
    person.wait_for(lambda: open_windows(person), "window in the list of windows")
    [window] = open_windows(person)
    wait_until_minimised(person, window)
    # The tray of a desktop that is still coming up.
    person.desktop.start_panel()
    person.icon("nothing is running")
    wait_until_hidden(person, window)
    person.icon().activate()
    wait_until_back(person, window)


def test_a_second_start_raises_it(person: Person) -> None:
    window = person.open()
    person.desktop.spawn(sys.executable, COVER)
    person.desktop.focus(person.desktop.wait_for_window("Little window"))
    assert not person.is_in_front(window)
    person.run()
    wait_until_back(person, window)
    person.desktop.screen.minimise(window)
    wait_until_minimised(person, window)
    person.run()
    wait_until_back(person, window)
    person.press("ctrl+w")
    wait_until_hidden(person, window)
    person.run()
    wait_until_back(person, window)
    assert len(person.desktop.windows(TITLE)) == 1
