from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core.notices import figures
from bgtasks_gui.core.progress import Progress

GIB = 1024**3


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (Progress(done=0.65 * 1.2 * GIB, total=1.2 * GIB, unit="bytes", rate=38 * 1024**2,
                  eta=125), "65 % of 1.2 GiB, 38 MiB/s, 2 min 5 s left"),
        (Progress(done=9, total=20, unit="files", rate=0.05), "45 % (9 of 20 files), 3 files/min"),
        (Progress(done=2.5, total=3), "83 % (2.5 of 3)"),
        (Progress(done=45, unit="%", rate=3.0), "45 %"),
        (Progress(done=1024, unit="bytes", rate=0.0), "1 KiB"),
        (Progress(done=3, unit="files", eta=0.2), "3 files, 1 s left"),
        (Progress(done=0, total=0, unit="files"), "0 files"),
    ],
)  # fmt: skip
def test_progress_in_words(known: Progress, said: str) -> None:
    assert figures.moving(known) == said


def test_a_hundred_percent_is_all_of_it() -> None:
    said = [figures.percent(share) for share in (0.0, 0.994, 0.9999, 1.0)]
    assert said == ["0 %", "99 %", "99 %", "100 %"]


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.0, "1 s"), (7260, "2 h 1 min"), (math.inf, "500000000 d")]
)
def test_a_length_is_never_nothing(seconds: float, said: str) -> None:
    assert figures.length(seconds) == said


def test_text_of_others_is_one_short_line() -> None:
    assert figures.line(" a\n\tb\x1b[31m ") == "a b\ufffd[31m"
    assert figures.line("a\u202e<b>\u2066c 👩\u200d💻") == "a\ufffd<b>\ufffdc 👩\u200d💻"
    assert figures.line("x" * 500) == "x" * 119 + "…"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ("A", "A"),
        ("AB", "A, B"),
        ("ABC", "A, B and 1 other task"),
        ("AAABCD", "A (3 times), B and 2 other tasks"),
    ],
)
def test_names_are_said_once(found: str, said: str) -> None:
    assert figures.names(figures.count_names(found)) == said


@given(
    st.floats(min_value=0, max_value=2.0**63),
    st.none() | st.floats(min_value=0, max_value=2.0**63),
    st.sampled_from([None, "%", "bytes", "files"]),
    st.none() | st.floats(min_value=0, max_value=2.0**63),
    st.none() | st.floats(min_value=0),
)
def test_there_are_always_words(
    done: float, total: float | None, unit: str | None, rate: float | None, eta: float | None
) -> None:
    said = figures.moving(Progress(done=done, total=total, unit=unit, rate=rate, eta=eta))
    assert said
    assert "\n" not in said
