from __future__ import annotations

import inspect
from datetime import datetime
from typing import Self

import msgspec

from bgtasks_gui.core import ports, runs
from tests.core import samples


class Daily(msgspec.Struct, frozen=True, tag="daily"):
    def prepared(self, now: datetime) -> Self:
        return self

    def describe(self) -> str:
        return "every day"

    def next(self, after: datetime) -> datetime | None:
        return None

    def note(self, at: datetime) -> str | None:
        return None


class Doorbell(msgspec.Struct, frozen=True, tag="doorbell"):
    fires_once = False

    def prepared(self, now: datetime) -> Self:
        return self

    def describe(self) -> str:
        return "when the bell rings"

    def topics(self) -> tuple[str, ...]:
        return ("event:bell",)

    def matches(self, signal: ports.Signal) -> bool:
        return signal.topic in self.topics()


def test_triggers_are_told_apart_by_what_they_can() -> None:
    assert isinstance(Daily(), ports.Trigger)
    assert isinstance(Daily(), ports.TimeTrigger)
    assert not isinstance(Daily(), ports.EventTrigger)
    assert isinstance(Doorbell(), ports.EventTrigger)
    assert not isinstance(Doorbell(), ports.TimeTrigger)


def test_a_signal_carries_details_or_the_run_that_ended() -> None:
    signal = ports.Signal(topic="event:bell")
    assert (bytes(signal.details), signal.run) == (b"{}", None)
    ended = ports.Signal(topic="after:t", run=samples.make_run(state="completed"))
    assert ended.run is not None
    assert ended.run.has_ended


def test_a_change_is_empty_until_something_changes() -> None:
    change = ports.Change()
    assert not any(getattr(change, name) for name in change.__struct_fields__)
    assert ports.Change().facts is not change.facts


def test_a_query_asks_for_the_newest_of_all_runs() -> None:
    query = ports.RunQuery(states=(runs.RunState.RUNNING,))
    assert (query.task_id, query.since, query.before_id, query.limit) == (None, None, None, 200)


def test_what_is_known_of_a_new_task() -> None:
    standing = ports.Standing(task=samples.make_task())
    assert (standing.next_run_at, standing.last_run, standing.last_scheduled_at) == (None,) * 3
    assert standing.last_exit_reason == "None"


def test_the_store_is_asked_without_blocking() -> None:
    methods = [one for name, one in vars(ports.Store).items() if not name.startswith("_")]
    assert methods
    assert all(inspect.iscoroutinefunction(method) for method in methods)
