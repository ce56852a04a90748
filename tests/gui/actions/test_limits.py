from __future__ import annotations

import pytest

from bgtasks_gui.core import errors
from bgtasks_gui.gui.actions import limits


def test_the_first_choice_is_no_limit_and_the_rest_grow() -> None:
    first, *others = limits.LIMITS
    assert (first.text, first.rate) == ("No limit", None)
    rates = [one.rate for one in others]
    assert rates == sorted(rates)
    assert others[0].text == "100 KiB/s"


@pytest.mark.parametrize("limit", limits.LIMITS[1:])
def test_a_choice_can_be_typed_as_it_is_said(limit: limits.Limit) -> None:
    assert limits.parse(limit.text) == limit.rate


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("500K", 512_000), ("2 MB/s", 2_000_000), (" 1.5M ", 1_572_864), ("1024", 1024),
        ("off", None), ("", None), ("None", None), ("0", None),
    ],
)  # fmt: skip
def test_a_speed_as_people_write_it(text: str, rate: int | None) -> None:
    assert limits.parse(text) == rate


@pytest.mark.parametrize(
    ("text", "part"), [("fast", "'fast' is no speed"), ("1000", "too slow"), ("-5", "no speed")]
)
def test_what_is_no_speed_is_said(text: str, part: str) -> None:
    with pytest.raises(errors.InvalidField, match=part) as raised:
        limits.parse(text)
    assert raised.value.field == "rate"
