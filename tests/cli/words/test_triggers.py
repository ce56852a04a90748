from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.agent.catalog import Catalog
from bgtasks_gui.cli.words import triggers
from bgtasks_gui.core import errors
from bgtasks_gui.kinds import KINDS
from bgtasks_gui.triggers import TRIGGERS
from bgtasks_gui.wire import codec

NOW = datetime(2026, 11, 22, 15, 10, tzinfo=UTC)
TASK = "019a8f3c-0000-7000-8000-000000000001"
_PROGRAM_TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


def plain(asked: triggers.Asked) -> list[dict[str, object]]:
    return [codec.plain(trigger) for trigger in asked.triggers]


def test_every_sort_of_trigger_and_the_option_it_came_from() -> None:
    asked = triggers.build(
        triggers.Times(
            every=[timedelta(minutes=15)], anchor=NOW, once_after=[timedelta(hours=2)],
            cron=["0 18 * * *"], zone="Asia/Tokyo", at=[NOW],
            calendar=[{"time": "17:30", "weekday": "friday", "nth": -1}], on=["startup"],
        )
    )  # fmt: skip
    assert plain(asked) == [
        {"type": "interval", "every": "PT900S", "anchor": "2026-11-22T15:10:00.000Z"},
        {"type": "interval", "every": "PT7200S", "once": True},
        {"type": "cron", "expression": "0 18 * * *", "zone": "Asia/Tokyo"},
        {"type": "date", "at": "2026-11-22T15:10:00.000Z"},
        {"type": "calendar", "time": "17:30", "weekday": "friday", "nth": -1, "zone": "Asia/Tokyo"},
        {"type": "startup"},
    ]
    assert asked.origins == ["--every", "--once-after", "--cron", "--at", "--calendar", "--on"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("startup", {"type": "startup"}),
        ("startup:boot", {"type": "startup", "per": "boot"}),
        ("disk-mounted", {"type": "custom_event", "name": "disk-mounted"}),
        ("event:startup", {"type": "custom_event", "name": "startup"}),
        ("after:backup", {"type": "after", "task": "backup", "outcomes": []}),
        (
            "after:a=b=failed,cancelled",
            {"type": "after", "task": "a=b", "outcomes": ["failed", "canceled"]},
        ),
        ("after:", {"type": "custom_event", "name": "after:"}),
    ],
)
def test_events(text: str, expected: dict[str, object]) -> None:
    assert plain(triggers.build(triggers.Times(on=[text]))) == [expected]


def test_an_outcome_that_is_none() -> None:
    with pytest.raises(errors.InvalidField, match='does not end as "lost", but canceled') as caught:
        triggers.build(triggers.Times(on=["after:backup=lost"]))
    assert caught.value.field == "on"


def test_options_that_need_another() -> None:
    with pytest.raises(errors.InvalidField, match="with --every only"):
        triggers.build(triggers.Times(anchor=NOW))
    with pytest.raises(errors.InvalidField, match="with --cron and --calendar only"):
        triggers.build(triggers.Times(zone="Asia/Tokyo", at=[NOW]))


@given(
    every=st.lists(st.timedeltas(timedelta(seconds=1), timedelta(days=30)), max_size=2),
    at=st.lists(st.datetimes(datetime(2027, 1, 1), datetime(2099, 1, 1)), max_size=2),
    on=st.sampled_from([(), ("startup",), ("disk",), (f"after:{TASK}=failed,missed",)]),
)
def test_the_agent_reads_what_is_built(
    every: list[timedelta], at: list[datetime], on: tuple[str, ...]
) -> None:
    known = Catalog(TRIGGERS, KINDS)
    asked = triggers.build(
        triggers.Times(every=every, at=[one.replace(tzinfo=UTC) for one in at], on=on)
    )
    read = [known.trigger(trigger) for trigger in asked.triggers]
    assert len(read) == len(asked.origins)


@given(text=_PROGRAM_TEXT)
def test_any_event_is_a_trigger_or_a_sentence(text: str) -> None:
    try:
        [found] = plain(triggers.build(triggers.Times(on=[text])))
    except errors.InvalidField as error:
        message = error.message
    else:
        assert found["type"] in ("startup", "after", "custom_event")
        return
    assert message.endswith(".")
