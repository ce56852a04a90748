"""Values as a person types them, and back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core import durations, errors
from bgtasks_gui.gui.editor.schema import texts
from bgtasks_gui.wire import times

lengths = st.timedeltas(timedelta(0), timedelta(days=3650))


@pytest.mark.parametrize(
    ("iso", "said"),
    [
        ("PT15M", "15 min"),
        ("PT900S", "15 min"),
        ("PT1H30M", "1 h 30 min"),
        ("P1DT1S", "1 d 1 s"),
        ("P2W", "14 d"),
        ("PT0.25S", "250 ms"),
        ("PT0.000001S", "0.000001 s"),
        ("P0D", "0 s"),
        ("whenever", "whenever"),
    ],
)
def test_a_duration_as_it_is_shown(iso: str, said: str) -> None:
    assert texts.spell_duration(iso) == said


@pytest.mark.parametrize("text", ["15m", "15 min", " PT15M ", "900", "0.25h"])
def test_a_duration_as_it_is_typed(text: str) -> None:
    assert texts.read_duration(text) == "PT15M"


@given(lengths)
def test_no_part_of_a_duration_is_lost(length: timedelta) -> None:
    said = texts.spell_duration(times.duration(length))
    assert durations.parse_duration(texts.read_duration(said)) == length


def test_what_is_no_duration() -> None:
    with pytest.raises(errors.InvalidField, match="is not a duration"):
        texts.read_duration("soon")


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 B"), (1000, "1000 B"), (1024, "1 KiB"), (524_288_000, "500 MiB"),
        (1_610_612_736, "1.5 GiB"), (1_000_000_001, "1000000001 B"), (2**70, "1024 EiB"),
    ],
)  # fmt: skip
def test_a_size_as_it_is_shown(size: int, said: str) -> None:
    assert texts.spell_size(size) == said


@given(st.integers(0, 2**62) | st.integers(0, 2**20).map(lambda count: count * 1024 * 128))
def test_no_byte_of_a_size_is_lost(size: int) -> None:
    assert texts.read_size(texts.spell_size(size)) == size


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("18:00", "18:00"), ("8:30", "08:30"), ("8.30", "08:30"), ("7", "07:00"),
        ("6pm", "18:00"), ("12 am", "00:00"), ("12:15 PM", "12:15"), (" 9:05 ", "09:05"),
        ("24:00", "24:00"), ("9:75", "9:75"), ("13 pm", "13 pm"), ("noon", "noon"), ("", ""),
    ],
)  # fmt: skip
def test_a_time_of_day_as_it_is_typed(text: str, clock: str) -> None:
    assert texts.read_clock(text) == clock


@given(st.lists(st.text(st.characters(exclude_characters="\0"), max_size=8), max_size=5))
def test_no_argument_is_lost(argv: list[str]) -> None:
    assert texts.read_argv(texts.spell_argv(argv)) == argv


@pytest.mark.parametrize(
    ("text", "why"), [('echo "a', "not closed"), ("it's", "not closed"), ("a \\", "backslash")]
)
def test_a_command_line_that_ends_too_early(text: str, why: str) -> None:
    with pytest.raises(errors.InvalidField, match=why):
        texts.read_argv(text)
