"""The icon in the tray of a real panel: seen, clicked, its menu used, the panel killed under it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage

from bgtasks_gui.gui.style import palette
from bgtasks_gui.wire import shapes
from tests.desktop.session import Session
from tests.desktop.support.parts import TRAY
from tests.desktop.support.programs import Program
from tests.desktop.support.screen import Window
from tests.desktop.support.tray import TrayItem
from tests.flows import living

ROOT = Path(__file__).parents[2]
NAME = "bgtasks-gui"
#: Says at once how far it is, and goes on for longer than any test.
LONG = ("sh", "-c", "echo 30%; exec sleep 600")
#: A name with all that menus take for marks, and how it is shown.
ODD, SHOWN = "my_backup & co", "my_backup \N{FULLWIDTH AMPERSAND} co"


@pytest.fixture
def agent(home: Path) -> Iterator[living.Living]:
    one = living.Living(home)
    try:
        one.start()
        yield one
    finally:
        one.clear_away()


@pytest.fixture
def program(desktop: Session, agent: living.Living) -> Program:
    return spawn(desktop, agent)


def spawn(desktop: Session, agent: living.Living, **env: str) -> Program:
    """The icon, and nothing else, over this agent."""
    module = "tests.desktop.support.little_tray"
    about = {"BGTASKS_HOME": str(agent.home.root), **env}
    return desktop.spawn(sys.executable, "-m", module, env=about, cwd=ROOT)


def wait_for_line(desktop: Session, program: Program, line: str) -> None:
    desktop.wait_for(lambda: line in program.output().splitlines(), f"line {line!r}")


def wait_for_words(desktop: Session, tooltip: str) -> TrayItem:
    """The icon, once it says this."""
    desktop.wait_for(
        lambda: desktop.wait_for_tray_item(NAME).tooltip == tooltip, f"tooltip {tooltip!r}"
    )
    return desktop.wait_for_tray_item(NAME)


def labels(icon: TrayItem) -> list[str]:
    """What a person reads in the menu, with what is beneath its lines."""
    return [each.label for each in icon.menu() if each.is_visible and not each.is_separator]


def begin(agent: living.Living, name: str = "long") -> shapes.RunView:
    agent.add(name, *LONG)
    return agent.wait_until(agent.run(name).id, "running")


def count_of(shot: Path, colour: str, place: QRect) -> int:
    """How many pixels of a part of the screen have this colour."""
    image, wanted = QImage(str(shot)), QColor(colour)
    points = (
        (x, y)
        for x in range(place.left(), place.right() + 1)
        for y in range(place.top(), place.bottom() + 1)
    )
    return sum(image.pixelColor(x, y) == wanted for x, y in points)


def place_of(window: Window) -> QRect:
    return QRect(window.x, window.y, window.width, window.height)


def wait_for_plugged_in(desktop: Session) -> Window:
    """The icon's window, once it is where the panel wants it."""

    def is_in_tray() -> bool:
        trays, icons = desktop.windows(TRAY), desktop.windows(NAME)
        return any(place_of(tray).contains(place_of(icons[0])) for tray in trays if icons)

    desktop.wait_for(is_in_tray, "icon as a window in the tray")
    return desktop.windows(NAME)[0]


def test_the_icon_is_seen_and_follows_the_agent(
    desktop: Session, agent: living.Living, program: Program, tmp_path: Path
) -> None:
    icon = wait_for_words(desktop, "Background Tasks: nothing is running")
    assert (icon.pid, icon.status) == (program.pid, "Active")
    assert {width for width, _, _ in icon.pixmaps} == {16, 22, 24, 32, 44, 48}
    begin(agent)
    wait_for_words(desktop, "Background Tasks: 1 running (30 %)")
    tray = place_of(desktop.wait_for_window(TRAY))

    def is_blue() -> bool:
        shot = desktop.screenshot(tmp_path / "screen.png")
        return count_of(shot, palette.LIGHT.accent, tray) > 30

    desktop.wait_for(is_blue, "disc of a running task in the panel")
    agent.kill()
    wait_for_words(desktop, "Background Tasks: the agent is not reached")


def test_a_run_is_suspended_and_resumed_by_the_menu(
    desktop: Session, agent: living.Living, program: Program
) -> None:
    run = begin(agent, ODD)
    icon = wait_for_words(desktop, "Background Tasks: 1 running (30 %)")
    # A panel reads "__" as one underscore, as `labels` does.
    assert labels(icon) == [
        "1 running (30 %)",
        *(f"{SHOWN}: 30 %", "Suspend", "Cancel", "Show log"),
        *("Pause all", "For 1 hour", "Until 06:00 in the morning", "Until you resume"),
        *("Open Background Tasks", "Quit"),
    ]
    icon.choose("Suspend")
    agent.wait_until(run.id, "suspended")
    icon = wait_for_words(desktop, "Background Tasks: 1 suspended")
    assert f"{SHOWN}: suspended by you" in labels(icon)
    icon.choose("Show log")
    wait_for_line(desktop, program, "show logs")
    icon.choose("Resume")
    agent.wait_until(run.id, "running")
    icon.choose("Cancel")
    assert agent.wait(run.id).state == "canceled"


def test_everything_is_paused_by_the_menu(
    desktop: Session, agent: living.Living, program: Program
) -> None:
    run = begin(agent)
    icon = wait_for_words(desktop, "Background Tasks: 1 running (30 %)")
    icon.choose("Until you resume")
    icon = wait_for_words(desktop, "Everything is paused until you resume")
    agent.wait_until(run.id, "suspended")
    assert "Pause all" not in labels(icon)
    icon.choose("Resume all")
    agent.wait_until(run.id, "running")
    assert program.is_running


def test_a_failure_needs_the_person(
    desktop: Session, agent: living.Living, program: Program
) -> None:
    wait_for_words(desktop, "Background Tasks: nothing is running")
    agent.add("backup", "false")
    run = agent.wait(agent.run("backup").id)
    icon = wait_for_words(desktop, "Background Tasks: nothing is running\nNeeds you: backup failed")
    [line] = [label for label in labels(icon) if label.startswith("backup failed, ")]
    icon.choose(line)
    wait_for_line(desktop, program, f"open {run.id}")


@pytest.mark.usefixtures("agent")
def test_it_is_used_with_mouse_and_keyboard(desktop: Session, program: Program) -> None:
    wait_for_words(desktop, "Background Tasks: nothing is running")
    tray = desktop.wait_for_window(TRAY)
    desktop.click(*tray.centre)
    wait_for_line(desktop, program, "clicked")
    desktop.click(*tray.centre, button=3)
    desktop.wait_for(lambda: len(desktop.windows(TRAY)) > 1, "menu of the icon")
    # From below: the last line, and the one above it.
    desktop.keys("Up", "Up", "Return")
    wait_for_line(desktop, program, "open window")
    desktop.click(*tray.centre, button=3)
    desktop.wait_for(lambda: len(desktop.windows(TRAY)) > 1, "menu of the icon")
    desktop.keys("Up", "Return")
    assert program.wait() == 0
    assert program.output().splitlines()[-1] == "gone"
    desktop.wait_for(lambda: not desktop.tray_items(), "end of the icon")


def test_the_icon_comes_back_with_the_panel(
    desktop: Session, agent: living.Living, program: Program
) -> None:
    wait_for_words(desktop, "Background Tasks: nothing is running")
    for _ in range(2):
        desktop.stop_panel()
        desktop.wait_for(
            lambda: program.output().splitlines()[-1] == "tray False", "word that it has gone"
        )
        desktop.start_panel()
        wait_for_words(desktop, "Background Tasks: nothing is running")
        assert len(desktop.tray_items()) == 1
    begin(agent)
    icon = wait_for_words(desktop, "Background Tasks: 1 running (30 %)")
    assert "long: 30 %" in labels(icon)
    # Nothing went wrong on the way.
    came, went = "tray True", "tray False"
    assert program.output().splitlines() == ["started", came, went, came, went, came]


def test_a_panel_that_comes_late_gets_the_icon(desktop: Session, agent: living.Living) -> None:
    desktop.stop_panel()
    program = spawn(desktop, agent)
    wait_for_line(desktop, program, "started")
    desktop.start_panel()
    wait_for_words(desktop, "Background Tasks: nothing is running")
    assert program.output().splitlines() == ["started", "tray True"]


def test_without_a_session_bus_the_icon_is_a_window_in_the_panel(
    desktop: Session, agent: living.Living
) -> None:
    program = spawn(desktop, agent, DBUS_SESSION_BUS_ADDRESS="disabled:")
    desktop.click(*wait_for_plugged_in(desktop).centre)
    wait_for_line(desktop, program, "clicked")
    assert desktop.tray_items() == []
    desktop.stop_panel()
    desktop.wait_for(lambda: not desktop.windows(NAME), "end of the icon")
    desktop.start_panel()
    desktop.click(*wait_for_plugged_in(desktop).centre, button=3)
    desktop.wait_for(lambda: len(desktop.windows(NAME)) > 1, "menu of the icon")
    desktop.keys("Up", "Return")
    assert program.wait() == 0
