"""The agent dies under the open window, and comes back."""

from __future__ import annotations

import os
import re
import signal
import statistics
import time

from bgtasks_gui.client import commands
from tests.desktop.support.person import Person

NAME = "Copy pictures"
AWAY = "The agent is away..*"
#: Says how far it is, for longer than any test takes.
LONG = "n=10; while :; do [ $n -lt 90 ] && n=$((n+1)); echo $n%; sleep 0.3; done"
#: Seconds from a key to the page it turns to, the way to the keyboard and the look included.
SOON_S = 1.0


def kill_agent(person: Person) -> None:
    with person.agent.client() as ask:
        pid = ask(commands.show_health()).pid
    os.kill(pid, signal.SIGKILL)


def turn(person: Person, key: str, title: str) -> float:
    """Seconds until a key turned to a page."""
    began = time.monotonic()
    person.press(key)
    person.wait_to_see(title, "label")
    return time.monotonic() - began


def percent(person: Person) -> int:
    """How far the row says that the run is."""
    said = person.wait_to_see(r"\d+ %.*", "cell").name
    return int(re.match(r"\d+", said)[0])


def test_it_lives_on_without_the_agent(person: Person) -> None:
    person.open()
    person.agent.add(NAME, "sh", "-c", LONG)
    run = person.agent.wait_until(person.agent.run(NAME).id, "running")
    person.press("ctrl+2")
    person.wait_for_selected(f"{NAME}, Running .*", "cell")
    kill_agent(person)
    turns = (("ctrl+5", "History"), ("ctrl+1", "Overview"), ("ctrl+2", "Tasks"))
    assert statistics.median(turn(person, *one) for one in turns) < SOON_S
    person.wait_to_see(AWAY, "panel")
    person.wait_to_see("Agent away", "label")
    person.icon("the agent is not reached")
    person.picture("agent-away")

    known = percent(person)
    person.run("agent", "start")
    person.wait_until_gone(AWAY, "panel")
    person.wait_to_see("Agent running", "label")
    person.wait_for(lambda: percent(person) > known, "more of the run that went on meanwhile")
    person.icon("1 running")
    person.press("ctrl+k")
    assert person.agent.wait(run.id).state == "canceled"
    person.wait_to_see(f"{NAME}, Cancelled by you..*", "cell")


def test_it_starts_the_agent_again(person: Person) -> None:
    person.open()
    kill_agent(person)
    person.click("Start it", "push button")
    person.wait_until_gone(AWAY, "panel")
    person.wait_to_see("Agent running", "label")
    assert person.has_agent()


def test_what_ended_with_the_agent_is_told(person: Person) -> None:
    person.open()
    person.agent.add(NAME, "sleep", "600")
    person.agent.wait_until(person.agent.run(NAME).id, "running")
    person.run("agent", "stop", "--cancel")
    person.wait_to_see(AWAY, "panel")
    person.run("agent", "start")
    person.wait_to_see(f"{NAME}: Cancelled by the system: the agent was stopped..*", "panel")
    person.picture("stopped")
    person.click("Run again", "push button")
    person.wait_for_run(2)
