"""The way a person goes first: add a task, run, suspend, resume, cancel, remove, take it back."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.desktop.support.person import Person

#: Says how far it is until it is to fail; asked to end, it goes on until it may leave.
WORK = (
    'sh -c \'trap "while [ ! -e {leave} ]; do sleep 0.1; done; exit 1" TERM; n=10; while'
    " [ ! -e {fail} ]; do [ $n -lt 90 ] && n=$((n+1)); echo $n%; sleep 0.3; done; exit 3'"
)
NAME, WHY = "Copy pictures", "The disk is needed"
CANCELED = f"Cancelled by you: {WHY}."
FAILED = "Failed: its program ended with exit status 3."


class Work(NamedTuple):
    """The command line of a task, and the files by which it is told what to do."""

    line: str
    leave: Path
    fail: Path


@pytest.fixture
def work(tmp_path: Path) -> Work:
    leave, fail = tmp_path / "leave", tmp_path / "fail"
    return Work(WORK.format(leave=leave, fail=fail), leave, fail)


def test_by_keyboard(person: Person, work: Work) -> None:
    person.open()
    add_by_keyboard(person, work)
    task = person.wait_for_task()
    person.wait_until_gone("New task.*", "dialog")
    person.wait_for_selected(f"{NAME}, Runs .*", "cell")
    person.wait_for_keyboard_on("Tasks", "table")

    person.press("ctrl+r")
    run = person.wait_for_run()
    assert run.task_id == task.id
    wait_for_progress(person)
    person.picture("running")
    person.press("ctrl+p")
    person.agent.wait_until(run.id, "suspended")
    person.wait_to_see(f"{NAME}, Suspended by you.", "cell")
    wait_for_line(person, f"{NAME}: suspended by you")
    person.picture("suspended")
    person.press("ctrl+u")
    person.agent.wait_until(run.id, "running")

    cancel_by_keyboard(person)
    wait_for_reason(person, run.id, work)
    run_again_by_keyboard(person)
    look_closer_by_keyboard(person)
    remove_by_keyboard(person, task.id)


def add_by_keyboard(person: Person, work: Work) -> None:
    person.wait_to_see("Add your first task")
    person.press("ctrl+n")
    person.wait_for_keyboard_on("Back up a folder with rsync")
    person.picture("templates")
    person.press("Right", "Down", "Down", "Down")
    person.wait_for_keyboard_on("Empty task")
    person.press("Return")
    person.wait_for_keyboard_on("Name")
    person.write(NAME)
    person.press("Tab", "Tab")
    person.wait_for_keyboard_on("Command line")
    person.write(work.line)
    person.wait_to_see(f"{NAME} runs .*")
    person.picture("editor")
    person.press("ctrl+Return")


def cancel_by_keyboard(person: Person) -> None:
    person.press("ctrl+shift+k")
    person.wait_for_keyboard_on("Reason", "text")
    person.write(WHY)
    person.picture("cancel")
    person.press("Return")


def run_again_by_keyboard(person: Person) -> None:
    """By the message: F6 goes there from the list, Tab on from there, and Shift+Tab back."""
    person.wait_for_keyboard_on("Tasks", "table")
    person.press("F6")
    again = person.wait_for_keyboard_on("Run again", "push button")
    person.press("Tab")
    person.wait_for_keyboard_on("Close this message")
    person.press("Tab")
    person.wait_for_keyboard_on("All  1")
    person.press("shift+Tab", "shift+Tab")
    assert person.wait_for_keyboard_on("Run again", "push button").centre == again.centre
    person.press("space")
    person.wait_for_run(2)
    person.wait_until_gone(f"{NAME}: {CANCELED}")
    person.wait_for_keyboard_on("Tasks", "table")


def look_closer_by_keyboard(person: Person) -> None:
    person.press("ctrl+l")
    person.wait_for_selected("Log", "page tab")
    person.wait_to_see("Follow")
    person.picture("log")
    person.press("ctrl+y")
    person.wait_for_selected("Why", "page tab")
    person.wait_to_see("Nothing is in its way: it runs.")
    person.picture("why")
    person.press("ctrl+k")
    person.wait_to_see(f"{NAME}, Cancelled by you.", "cell")


def remove_by_keyboard(person: Person, task_id: str) -> None:
    person.press("Delete")
    person.wait_to_see(f"“{NAME}” is removed..*", "panel")
    assert person.tasks() == ()
    person.picture("removed")
    person.press("F6")
    person.wait_for_keyboard_on("Undo")
    person.press("space")
    assert person.wait_for_task().id == task_id
    person.wait_to_see(f"{NAME}, Cancelled by you.", "cell")
    person.wait_until_gone(f"“{NAME}” is removed..*", "panel")


def test_by_mouse(person: Person, work: Work) -> None:
    person.open()
    add_by_mouse(person, work)
    task = person.wait_for_task()
    person.wait_for_selected(f"{NAME}, Runs .*", "cell")

    person.click("Run now", "push button")
    run = person.wait_for_run()
    wait_for_progress(person)
    person.click("Suspend", "push button")
    person.agent.wait_until(run.id, "suspended")
    person.wait_to_see(f"{NAME}, Suspended by you.", "cell")
    wait_for_line(person, f"{NAME}: suspended by you")
    person.click("Resume", "push button")
    person.agent.wait_until(run.id, "running")

    # Cancel, cancel with a reason, remove.
    person.choose_grave(f"{NAME}, .*", 1, 3)
    person.click("Reason", "text")
    person.write(WHY)
    person.click("Cancel it", "push button")
    wait_for_reason(person, run.id, work)
    person.click("Run again", "push button")
    person.wait_for_run(2)
    fail(person, work)
    look_closer_by_mouse(person)
    remove_by_mouse(person, task.id)


def add_by_mouse(person: Person, work: Work) -> None:
    person.click("Add your first task")
    person.click("Empty task")
    person.click("Name", "text")
    person.write(NAME)
    person.click("Command line", "text")
    person.write(work.line)
    person.click("Create task")


def look_closer_by_mouse(person: Person) -> None:
    person.click("Show log", "push button")
    person.wait_for_selected("Log", "page tab")
    person.wait_until_gone(f"{NAME}: {FAILED}")
    person.click("Why", "page tab")
    person.wait_to_see("Nothing is in its way. .*")
    person.click("History, 1 failed")
    person.wait_to_see(f"{NAME}, {CANCELED}", "cell")
    person.picture("history")
    person.click("Failed  1")
    person.wait_until_gone(f"{NAME}, {CANCELED}", "cell")
    person.wait_to_see(f"{NAME}, {FAILED}", "cell")
    person.click("Tasks, 1")
    person.wait_to_see("Tasks", "table")


def remove_by_mouse(person: Person, task_id: str) -> None:
    person.choose_grave(f"{NAME}, .*", 0, 1)
    person.wait_to_see(f"“{NAME}” is removed..*", "panel")
    assert person.tasks() == ()
    person.click("Undo")
    assert person.wait_for_task().id == task_id
    person.wait_to_see(f"{NAME}, {FAILED}", "cell")


# What is to be seen, however it was done


def wait_for_progress(person: Person) -> None:
    """In the row, and in the tray."""
    person.wait_to_see(r"(1[1-9]|[2-9]\d) %.*", "cell")
    person.icon(r"^Background Tasks: 1 running \(\d+ %\)$")


def wait_for_line(person: Person, line: str) -> None:
    """In the menu of the tray."""
    person.wait_for(
        lambda: line in [each.label for each in person.icon().menu()], f"line {line!r} in the menu"
    )


def wait_for_reason(person: Person, run_id: str, work: Work) -> None:
    """In the row and in the tray while it ends; then in the row, and in a message."""
    person.agent.wait_until(run_id, "canceling")
    person.wait_to_see(f"{NAME}, Cancelling, .* Being cancelled by you: {WHY}.", "cell")
    person.picture("canceling")
    wait_for_line(person, f"{NAME}: being cancelled by you: {WHY}")
    work.leave.touch()
    ended = person.agent.wait(run_id)
    assert ended.state == "canceled"
    assert ended.reason is not None
    assert ended.reason.sentence == CANCELED
    person.wait_to_see(f"{NAME}, {CANCELED}", "cell")
    person.wait_to_see(f"{NAME}: {CANCELED}", "panel")
    person.icon("^Background Tasks: nothing is running$")
    person.picture("canceled")


def fail(person: Person, work: Work) -> None:
    """Let the work fail, which is told in the row, in a message, and in the tray."""
    work.fail.touch()
    person.wait_to_see(f"{NAME}, {FAILED}", "cell")
    person.wait_to_see(f"{NAME}: {FAILED}", "panel")
    person.icon(f"Needs you: {NAME} failed")
    person.picture("failed")
    work.fail.unlink()
