from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from bgtasks_gui.core import ports
from bgtasks_gui.triggers import startup


def signal(*, first: bool, topic: str = "startup") -> ports.Signal:
    details = msgspec.json.encode(startup.Started(first_since_boot=first))
    return ports.Signal(topic=topic, details=msgspec.Raw(details))


def test_listens_for_starts_every_time() -> None:
    trigger = startup.StartupTrigger().prepared(datetime(2026, 3, 1, tzinfo=UTC))
    assert isinstance(trigger, ports.EventTrigger)
    assert trigger.topics() == ("startup",)
    assert not trigger.fires_once


@pytest.mark.parametrize(
    ("per", "first", "fires"),
    [
        ("agent_start", False, True),
        ("agent_start", True, True),
        ("boot", False, False),
        ("boot", True, True),
    ],
)
def test_matches(per: str, first: bool, fires: bool) -> None:
    trigger = startup.StartupTrigger(per=per)
    assert trigger.matches(signal(first=first)) is fires
    assert not trigger.matches(signal(first=True, topic="event:startup"))


def test_describe() -> None:
    assert startup.StartupTrigger().describe() == "when Background Tasks starts"
    assert startup.StartupTrigger(per="boot").describe() == "when the computer has started"
