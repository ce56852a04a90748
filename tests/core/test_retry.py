from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core import retry, tasks
from tests.core.samples import NOW

FIVE = timedelta(seconds=5)
DRAWS = st.floats(min_value=0, max_value=1, exclude_max=True)
WAITS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3650))


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 5), (2, 10), (3, 20), (7, 320), (8, 640), (9, 900), (99, 900)]
)
def test_the_wait_doubles_up_to_the_longest(attempt: int, seconds: int) -> None:
    plan = tasks.Retry(attempts=100, jitter=False)
    assert retry.next_attempt(plan, attempt, NOW, 0.5) == NOW + timedelta(seconds=seconds)


def test_there_are_as_many_further_attempts_as_asked_for() -> None:
    plan = tasks.Retry(attempts=2)
    assert retry.next_attempt(plan, 2, NOW, 0.0) is not None
    assert retry.next_attempt(plan, 3, NOW, 0.0) is None
    assert retry.next_attempt(tasks.Retry(), 1, NOW, 0.0) is None


def test_jitter_draws_from_zero_to_the_whole_wait() -> None:
    plan = tasks.Retry(attempts=3)
    assert retry.next_attempt(plan, 2, NOW, 0.0) == NOW
    assert retry.next_attempt(plan, 2, NOW, 0.5) == NOW + FIVE
    assert retry.next_attempt(plan, 2, NOW, 0.12345678) == NOW + timedelta(milliseconds=1234)


def test_a_first_wait_above_the_longest_is_the_longest() -> None:
    plan = tasks.Retry(attempts=1, backoff=timedelta(hours=1), jitter=False)
    assert retry.next_attempt(plan, 1, NOW, 0.0) == NOW + timedelta(minutes=15)


@given(st.integers(min_value=1, max_value=100), WAITS, WAITS, st.booleans(), DRAWS)
def test_a_wait_is_never_above_the_longest(
    attempt: int, backoff: timedelta, longest: timedelta, jitter: bool, draw: float
) -> None:
    plan = tasks.Retry(attempts=100, backoff=backoff, max_delay=longest, jitter=jitter)
    at = retry.next_attempt(plan, attempt, NOW, draw)
    assert at is not None
    assert timedelta(0) <= at - NOW <= longest
    assert retry.longest_wait(plan, attempt + 1) >= retry.longest_wait(plan, attempt)
