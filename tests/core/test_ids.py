from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core import ids

MS = st.integers(min_value=0, max_value=2**48 - 1)
BITS = st.integers(min_value=0, max_value=2**ids.RANDOM_BITS - 1)


@given(MS, BITS)
def test_an_identifier_is_a_uuid_of_version_7(unix_ms: int, randomness: int) -> None:
    made = ids.make_id(unix_ms, randomness)
    value = uuid.UUID(made)
    assert (value.version, value.variant) == (7, uuid.RFC_4122)
    assert ids.is_id(made)
    assert ids.made_at_ms(made) == unix_ms


@given(MS, BITS, MS, BITS)
def test_order_is_the_order_of_time_then_randomness(a: int, b: int, c: int, d: int) -> None:
    assert (ids.make_id(a, b) < ids.make_id(c, d)) == ((a, b) < (c, d))


@given(MS, BITS)
def test_the_lowest_of_a_moment_is_below_all_of_it(unix_ms: int, randomness: int) -> None:
    assert ids.lowest_at(unix_ms) <= ids.make_id(unix_ms, randomness)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("0192f0c1-2e4b-7abc-8def-0123456789ab", True),
        ("0192F0C1-2E4B-7ABC-8DEF-0123456789AB", True),
        ("0192f0c1-2e4b-4abc-8def-0123456789ab", False),
        ("{0192f0c1-2e4b-7abc-8def-0123456789ab}", False),
        ("backup", False),
        ("", False),
    ],
)
def test_what_is_an_identifier(text: str, is_one: bool) -> None:
    assert ids.is_id(text) is is_one


@given(st.lists(st.tuples(st.integers(min_value=0, max_value=2**40), BITS), max_size=50))
def test_a_sequence_never_goes_back(asked: list[tuple[int, int]]) -> None:
    sequence = ids.Sequence()
    made = [sequence.make(unix_ms, randomness) for unix_ms, randomness in asked]
    assert made == sorted(set(made))


def test_a_sequence_tells_the_time_it_was_asked_at() -> None:
    sequence = ids.Sequence()
    assert ids.made_at_ms(sequence.make(5, 2**ids.RANDOM_BITS - 1)) == 5
    assert ids.made_at_ms(sequence.make(5, 0)) == 5
    # The clock was set back: the order counts more than the time.
    assert ids.made_at_ms(sequence.make(3, 0)) == 5
    assert ids.made_at_ms(sequence.make(6, 0)) == 6
