from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bgtasks_gui import paths
from bgtasks_gui.client import asgi
from bgtasks_gui.client.client import Client
from bgtasks_gui.gui.actions import pausing
from bgtasks_gui.gui.actions.performer import Performer
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.wire import shapes
from tests.agent.support import embedded

HOUR, MORNING, NEVER = pausing.PAUSES


@pytest.fixture
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_an_hour_is_an_hour_also_when_the_clock_is_set_back() -> None:
    assert HOUR.until(at("2026-10-25T00:30:00")) == "2026-10-25T01:30:00.000Z"


@pytest.mark.usefixtures("_in_berlin")
@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-22T15:00:00", "2026-11-23T05:00:00.000Z"),
        # Past midnight it is the morning to come, not the one after.
        ("2026-11-23T00:30:00", "2026-11-23T05:00:00.000Z"),
        ("2026-11-23T04:59:59", "2026-11-23T05:00:00.000Z"),
        ("2026-11-23T05:00:00", "2026-11-24T05:00:00.000Z"),
        # The nights in which the clock is set, to summer and back.
        ("2026-03-28T20:00:00", "2026-03-29T04:00:00.000Z"),
        ("2026-10-24T20:00:00", "2026-10-25T05:00:00.000Z"),
        ("2026-12-31T20:00:00", "2027-01-01T05:00:00.000Z"),
    ],
)
def test_the_morning_is_the_next_six_on_this_clock(now: str, until: str) -> None:
    assert MORNING.until(at(now)) == until


def test_without_an_end_it_lasts_until_somebody_resumes() -> None:
    assert NEVER.until(at("2026-11-22T15:00:00")) is None


def test_every_choice_says_how_long() -> None:
    assert [choice.text for choice in pausing.PAUSES] == [
        "For 1 hour",
        "Until 06:00 in the morning",
        "Until you resume",
    ]


@pytest.mark.usefixtures("_in_berlin")
def test_resume_says_what_it_ends() -> None:
    now = at("2026-11-22T10:00:00")
    paused = shapes.PauseView(paused=True, until="2026-11-22T13:02:00.000Z")
    assert pausing.resume_text(paused, now) == "Resume all (paused until 14:02)"
    assert pausing.resume_text(shapes.PauseView(paused=True, until=None), now) == "Resume all"
    assert pausing.resume_text(shapes.PauseView(paused=False, until=None), now) == "Resume all"
    assert pausing.resume_text(None, now) == "Resume all"


async def test_the_agent_is_paused_and_resumed(home: Path) -> None:
    place = paths.find_home()
    agent = embedded.Embedded(place)
    try:
        await agent.start()
        way = asgi.AsgiTransport(agent.agent.app)
        performer = Performer(Client(way), Asked())
        pausing.pause(performer, NEVER)
        await agent.until(lambda: agent.agent.pause.state.paused)
        assert agent.agent.pause.state.until is None
        pausing.pause(performer, HOUR)
        await agent.until(lambda: agent.agent.pause.state.until is not None)
        pausing.resume(performer)
        await agent.until(lambda: not agent.agent.pause.state.paused)
        await performer.close()
        await way.close()
    finally:
        await agent.stop()
        embedded.clear_away(place)
