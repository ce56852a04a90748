from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core import progress
from bgtasks_gui.core.progress import Meter, Progress


def measure(meter: Meter, at_s: float, done: float, total: float | None = 100) -> Progress:
    return meter.measure(at_s, Progress(done=done, total=total, unit="files"))


def steady(meter: Meter, until_s: int, rate: float = 2.0, total: float = 1000) -> Progress:
    shown = measure(meter, 0, 0, total)
    for second in range(1, until_s + 1):
        shown = measure(meter, second, second * rate, total)
    return shown


def test_the_first_report_says_no_rate() -> None:
    shown = measure(Meter(), 3.0, 10)
    assert shown == Progress(done=10, total=100, unit="files")


def test_a_steady_run_shows_its_rate_and_what_remains() -> None:
    shown = steady(Meter(), 60)
    assert shown.rate == pytest.approx(2.0)
    assert shown.eta == pytest.approx((1000 - 120) / 2.0)


def test_the_remaining_time_is_hidden_for_the_first_seconds() -> None:
    meter = Meter()
    assert steady(meter, 4).eta is None
    assert measure(meter, 5, 10, 1000).eta == pytest.approx(495)


def test_the_remaining_time_is_redrawn_once_a_second() -> None:
    meter = Meter()
    first = steady(meter, 10).eta
    assert measure(meter, 10.9, 100, 1000).eta == first
    assert measure(meter, 11.0, 101, 1000).eta != first


def test_an_unknown_total_has_no_remaining_time() -> None:
    meter = Meter()
    for second in range(10):
        shown = measure(meter, second, second, None)
    assert shown.rate == pytest.approx(1.0)
    assert shown.eta is None


def test_a_change_of_pace_counts_half_after_twenty_seconds() -> None:
    meter = Meter()
    steady(meter, 400, rate=1.0, total=10_000)
    for second in range(1, 21):
        shown = measure(meter, 400 + second, 400 + 3 * second, 10_000)
    assert shown.rate == pytest.approx(2.0, rel=0.01)


def test_the_rate_does_not_depend_on_how_often_it_is_reported() -> None:
    often, seldom = Meter(), Meter()
    for step in range(401):
        shown = measure(often, step / 4, step / 2, 1000)
    for step in range(0, 101, 5):
        other = measure(seldom, step, step * 2, 1000)
    assert shown.rate == pytest.approx(other.rate)


def test_several_reports_at_one_moment_all_count() -> None:
    meter = Meter()
    measure(meter, 0, 0)
    assert measure(meter, 0, 5).rate is None
    for second in range(1, 200):
        shown = measure(meter, second, second * 0.1)
        shown = measure(meter, second, second * 0.1 + 0.05)
    assert shown.rate == pytest.approx(0.1, rel=0.1)


def test_a_run_without_an_advance_is_stalled() -> None:
    meter = Meter()
    steady(meter, 30)
    waiting = meter.read(50)
    assert waiting is not None
    assert waiting.eta is not None
    stalled = meter.read(50.1)
    assert stalled is not None
    assert (stalled.rate, stalled.eta, stalled.done) == (0.0, None, 60)
    # The same figure again is no advance.
    assert measure(meter, 51, 60, 1000).eta is None
    assert measure(meter, 52, 61, 1000).eta is not None


def test_a_run_that_always_advances_slowly_is_not_stalled() -> None:
    meter = Meter()
    for minute in range(10):
        measure(meter, minute * 60, minute)
    shown = meter.read(9 * 60 + 170)
    assert shown is not None
    assert shown.eta == pytest.approx(91 * 60)


def test_nothing_reported_is_nothing_shown() -> None:
    assert Meter().read(5) is None


def test_a_step_back_begins_anew_and_says_so() -> None:
    meter = Meter()
    steady(meter, 30)
    shown = measure(meter, 31, 5, 1000)
    assert (shown.done, shown.rate, shown.eta, shown.message) == (5, None, None, "restarted")
    said = meter.measure(32, Progress(done=6, total=1000, unit="files", message="second try"))
    assert said.message == "second try"
    assert measure(meter, 36, 7, 1000).message is None
    assert measure(meter, 37, 8, 1000).eta is not None


def test_another_unit_is_another_measure_and_no_step_back() -> None:
    meter = Meter()
    steady(meter, 30)
    shown = meter.measure(31, Progress(done=3, total=100, unit="%"))
    assert (shown.rate, shown.message) == (None, None)


@pytest.mark.parametrize(
    ("done", "total", "shown_done", "shown_total"),
    [
        (120, 100, 100, 100),
        (-3, 100, 0, 100),
        (5, -1, 5, None),
        (math.nan, 100, 0, 100),
        (math.inf, None, progress.LARGEST, None),
        (5, math.nan, 5, None),
        (5, math.inf, 5, None),
        (10**400, 10**401, progress.LARGEST, None),
        (0, 0, 0, 0),
    ],
)
def test_figures_that_cannot_be_are_put_right(
    done: float, total: float, shown_done: float, shown_total: float | None
) -> None:
    shown = measure(Meter(), 0, done, total)
    assert (shown.done, shown.total) == (shown_done, shown_total)


NUMBERS = st.integers(min_value=-(2**70), max_value=2**70) | st.floats()
REPORTS = st.tuples(
    st.floats(min_value=0, max_value=60),
    NUMBERS,
    st.none() | NUMBERS,
    st.sampled_from([None, "%", "bytes"]),
)


@given(st.lists(REPORTS, max_size=30))
def test_whatever_is_reported_what_is_shown_makes_sense(
    reports: list[tuple[float, float, float | None, str | None]],
) -> None:
    meter, at_s = Meter(), 0.0
    before: Progress | None = None
    for passed_s, done, total, unit in reports:
        at_s += passed_s
        shown = meter.measure(at_s, Progress(done=done, total=total, unit=unit))
        assert 0 <= shown.done <= (progress.LARGEST if shown.total is None else shown.total)
        assert shown.rate is None or shown.rate >= 0
        assert shown.eta is None or shown.eta >= 0
        if before is not None and before.unit == unit and shown.done < before.done:
            assert shown.message == "restarted"
        before = shown
