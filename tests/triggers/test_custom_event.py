from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bgtasks_gui.core import errors, ports
from bgtasks_gui.triggers import custom_event

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def make(name: str = "disk-mounted", recurrence: str = "always") -> custom_event.CustomEventTrigger:
    return custom_event.CustomEventTrigger(name=name, recurrence=recurrence)


def test_fires_on_its_own_event() -> None:
    trigger = make().prepared(NOW)
    assert isinstance(trigger, ports.EventTrigger)
    assert trigger.topics() == ("event:disk-mounted",)
    assert trigger.matches(ports.Signal(topic="event:disk-mounted"))
    assert not trigger.matches(ports.Signal(topic="event:other"))


def test_once_and_always() -> None:
    always, once = make(), make(recurrence="once")
    assert (always.fires_once, once.fires_once) == (False, True)
    assert always.describe() == 'when the event "disk-mounted" is raised'
    assert once.describe() == 'the first time the event "disk-mounted" is raised'


@pytest.mark.parametrize("name", ["", "a" * 101, "a b", "a/b", "a?b", "a#b", "a\nb"])
def test_prepared_refuses_names_that_cannot_be_raised(name: str) -> None:
    with pytest.raises(errors.InvalidField, match="name of an event has") as caught:
        make(name).prepared(NOW)
    assert caught.value.field == "name"


@pytest.mark.parametrize("name", ["a", "Büro:an", "org.example.Done", "a" * 100])
def test_prepared_accepts_other_names(name: str) -> None:
    assert make(name).prepared(NOW).name == name
