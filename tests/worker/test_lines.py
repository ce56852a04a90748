from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.worker import lines

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=10,
)


@given(value=VALUES)
def test_what_is_encoded_is_decoded(value: object) -> None:
    line = lines.encode({"value": value})
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert lines.decode(line[:-1]) == {"value": value}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), object(), {1j: 1}])
def test_what_is_not_json_is_refused(value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        lines.encode({"value": value})


def test_half_a_character_does_not_spoil_a_line() -> None:
    assert lines.decode(lines.encode({"value": "a\ud800b"})[:-1]) == {"value": "a?b"}


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"1",
        b"null",
        b"\xff",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b"[" * 99999,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_message(line: bytes) -> None:
    assert lines.decode(line) is None


@given(
    pieces=st.lists(
        st.binary(max_size=30).map(lambda piece: piece.replace(b"x", b"\n")), max_size=20
    ),
    limit=st.integers(1, 40),
)
def test_lines_do_not_depend_on_how_a_stream_is_cut(pieces: list[bytes], limit: int) -> None:
    buffer = lines.LineBuffer(limit)
    found = [line for piece in pieces for line in buffer.feed(piece)]
    whole = b"".join(pieces).split(b"\n")
    assert found == [line if len(line) <= limit else b"" for line in whole[:-1]]
