from __future__ import annotations

import pytest

from bgtasks_gui.core import durations
from bgtasks_gui.gui.actions import limits


def test_the_first_choice_is_no_limit_and_the_rest_grow() -> None:
    first, *others = limits.LIMITS
    assert (first.text, first.rate) == ("No limit", None)
    rates = [one.rate for one in others]
    assert rates == sorted(rates)
    assert others[0].text == "100 KiB/s"


@pytest.mark.parametrize("limit", limits.LIMITS[1:])
def test_a_choice_can_be_typed_as_it_is_said(limit: limits.Limit) -> None:
    assert durations.parse_rate(limit.text) == limit.rate
