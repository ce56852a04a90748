from __future__ import annotations

from datetime import UTC, datetime

from bgtasks_gui.core import ports
from bgtasks_gui.triggers import manual


def test_never_fires_by_itself() -> None:
    trigger = manual.ManualTrigger()
    assert isinstance(trigger, ports.Trigger)
    assert not isinstance(trigger, ports.TimeTrigger | ports.EventTrigger)


def test_says_so() -> None:
    trigger = manual.ManualTrigger()
    assert trigger.prepared(datetime(2026, 3, 1, tzinfo=UTC)) is trigger
    assert trigger.describe() == "by hand"
