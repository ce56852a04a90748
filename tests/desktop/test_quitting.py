"""Quitting asks once what becomes of the tasks, and does as it was told."""

from __future__ import annotations

from tests.desktop.support.person import TITLE, Person
from tests.desktop.support.programs import Program
from tests.flows import living

NAME = "Copy pictures"


def open_with_a_run(person: Person) -> tuple[Program, str]:
    """The window over a run that goes on."""
    person.open()
    person.agent.add(NAME, "sleep", "600")
    run = person.agent.wait_until(person.agent.run(NAME).id, "running")
    person.wait_to_see("Activity, 1 running")
    return person.program, run.id


def wait_until_gone(person: Person, program: Program) -> None:
    assert program.wait() == 0
    person.wait_for(lambda: not person.desktop.tray_items(), "end of the icon")
    assert person.desktop.windows(TITLE) == []


def test_it_asks_once_and_keeps_tasks_running(person: Person) -> None:
    program, run_id = open_with_a_run(person)
    person.press("ctrl+q")
    person.wait_for_keyboard_on("Keep tasks running")
    person.wait_to_see("One run is under way.*", "label")
    person.picture("quit")
    person.press("Escape")
    person.wait_until_gone("Keep tasks running")
    assert program.is_running
    person.press("ctrl+q")
    person.wait_for_keyboard_on("Keep tasks running")
    person.press("Return")
    wait_until_gone(person, program)
    assert person.has_agent()
    assert person.agent.show(run_id).state == "running"

    person.open()
    person.press("ctrl+q")
    wait_until_gone(person, person.program)
    assert person.agent.show(run_id).state == "running"


def test_it_stops_the_tasks(person: Person) -> None:
    program, run_id = open_with_a_run(person)
    run = person.agent.show(run_id)
    person.press("ctrl+q")
    person.click("Stop the tasks", "push button")
    wait_until_gone(person, program)
    assert not person.has_agent()
    assert not living.is_alive(run)


def test_the_menu_of_the_tray_quits_a_hidden_window(person: Person) -> None:
    window = person.open()
    person.press("ctrl+w")
    person.wait_until_hidden(window)
    person.icon().choose("Quit")
    person.wait_for_keyboard_on("Keep tasks running")
    person.press("Return")
    wait_until_gone(person, person.program)
    assert person.has_agent()
