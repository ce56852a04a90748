from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.cli.words import weekdays
from bgtasks_gui.core import errors


@pytest.mark.parametrize(("name", "day"), [("mon", 0), ("Sunday", 6), ("tues", 1), (" fri ", 4)])
def test_names(name: str, day: int) -> None:
    assert weekdays.parse(name) == day


@pytest.mark.parametrize("name", ["", "mo", "mondays", "x"])
def test_what_is_no_day(name: str) -> None:
    assert weekdays.parse(name) is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon", (0,)),
        ("sun,mon", (0, 6)),
        ("mon-fri", (0, 1, 2, 3, 4)),
        ("sat-mon", (0, 5, 6)),
        ("mon-wed,fri", (0, 1, 2, 4)),
        ("tue-tue", (1,)),
    ],
)
def test_lists(text: str, days: tuple[int, ...]) -> None:
    assert weekdays.parse_list(text, field="days") == days


@pytest.mark.parametrize("text", ["", "mon,", "mon-", "-fri", "never"])
def test_lists_that_are_none(text: str) -> None:
    with pytest.raises(errors.InvalidField, match="is no day") as caught:
        weekdays.parse_list(text, field="days")
    assert caught.value.field == "days"


@given(days=st.sets(st.integers(0, 6), min_size=1))
def test_every_set_of_days_can_be_written(days: set[int]) -> None:
    text = ",".join(weekdays.NAMES[day][:3] for day in days)
    assert set(weekdays.parse_list(text, field="days")) == days
