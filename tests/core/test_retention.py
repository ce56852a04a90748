from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bgtasks_gui.core import ids, retention
from tests.core.samples import NOW

WEEK = retention.History()
MS = timedelta(milliseconds=1)


def made_at(moment: datetime) -> str:
    return ids.lowest_at((moment - datetime.fromtimestamp(0, UTC)) // MS)


def test_history_is_kept_a_week_and_a_hundred_thousand_runs() -> None:
    assert retention.History(age=timedelta(days=7), rows=100_000) == WEEK
    assert retention.oldest_kept(NOW, WEEK) == NOW - timedelta(days=7)


@pytest.mark.parametrize(("late", "is_forgotten"), [(-MS, True), (0 * MS, False), (MS, False)])
def test_a_run_is_forgotten_once_it_is_older(late: timedelta, is_forgotten: bool) -> None:
    run_id = made_at(NOW - timedelta(days=7) + late)
    assert retention.is_forgotten(run_id, NOW, WEEK) is is_forgotten


def test_an_age_beyond_the_calendar_keeps_everything() -> None:
    history = retention.History(age=timedelta(days=999_999))
    assert retention.oldest_kept(NOW, history) == datetime.min.replace(tzinfo=UTC)
    assert not retention.is_forgotten(ids.lowest_at(0), NOW, history)
