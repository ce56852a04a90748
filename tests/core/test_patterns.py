from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core import errors, patterns
from bgtasks_gui.core.progress import Progress


def find(pattern: str, line: str | bytes) -> Progress | None:
    output = line.encode() if isinstance(line, str) else line
    return patterns.Template(pattern).find(output)


@pytest.mark.parametrize(
    ("pattern", "line", "figure"),
    [
        ("Copied {done} of {total} files", "Copied 3 of 10 files", Progress(done=3, total=10)),
        ("Copied {done} of {total}", "I: Copied  3 of   10!", Progress(done=3, total=10)),
        ("{done}/{total}", "[1,234/5,678]", Progress(done=1234, total=5678)),
        ("{done} of {total}", "1.5 GiB of 2 GiB",
         Progress(done=1610612736, total=2147483648, unit="bytes")),
        ("{done}/{total}", "3/10 MB", Progress(done=3_000_000, total=10_000_000, unit="bytes")),
        ("{done} of {total}", "7 bytes of 12 bytes", Progress(done=7, total=12, unit="bytes")),
        ("{done}M of {total}M", "5M of 9M", Progress(done=5, total=9)),
        ("{done} {unit} done", "12 files done", Progress(done=12, unit="files")),
        ("{done} {unit} done", "12 Stück done", Progress(done=12, unit="Stück")),
        ("{done}{unit}", "12MB", Progress(done=12, unit="MB")),
        ("{percent}%", "at 45.5% now", Progress(done=45.5, total=100, unit="%")),
        ("{percent}%", "at 450% now", Progress(done=100, total=100, unit="%")),
        ("{percent} {done}/{total}", "50 2/4", Progress(done=2, total=4)),
        ("{percent} {done}", "50 2", Progress(done=50, total=100, unit="%")),
        ("{message}: {percent} %", "Copying a file: 12,5 %",
         Progress(done=12.5, total=100, unit="%", message="Copying a file")),
        ("{done}/{total} {message}", "2/4  a  b ",
         Progress(done=2, total=4, message="a  b")),
        ("{done}/{total} ({message})", "2/4 (big.iso) 2/4 (b)",
         Progress(done=2, total=4, message="big.iso")),
        ("{message}{done}", "5", Progress(done=5)),
        ("step {done} * of * {total}", "step 2 (abc) of about 9", Progress(done=2, total=9)),
        ("**{done}**", "7", Progress(done=7)),
        ("a.b(c) {done}", "a.b(c) 4", Progress(done=4)),
        ("{done} of {total}", "1'234'567 of 2_000_000", Progress(done=1234567, total=2000000)),
        ("{done} of {total}", "1\u00a0234 of 5\u202f678", Progress(done=1234, total=5678)),
        ("é {done}", "é 4", Progress(done=4)),
    ],
)  # fmt: skip
def test_what_a_pattern_finds(pattern: str, line: str, figure: Progress) -> None:
    assert find(pattern, line) == figure


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        ("Copied {done}", "Moved 3"),
        ("Copied {done}", "Copied three"),
        ("{done} of {total}", "3 of"),
        ("a {done} * b", "b a 3"),
        ("aXb {done}", "a.b 3"),
        ("a.b {done}", "aXb 3"),
        ("{done} x", "1" * 19 + " x"),
        ("{done} x", "1" * 4000 + " x"),
    ],
)
def test_what_a_pattern_does_not_find(pattern: str, line: str) -> None:
    assert find(pattern, line) is None


def test_a_message_is_one_line_and_not_too_long() -> None:
    figure = find("{done} {message}", b"3 a\tb\x07\xff" + b"c" * 900)
    assert figure is not None
    assert figure.message is not None
    assert figure.message.startswith("a b \ufffdcc")
    assert len(figure.message) == patterns.LONGEST_MESSAGE
    assert patterns.clean_message(" \n ") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("12.5", 12.5),
        ("12,5", 12.5),
        ("12.0", 12),
        ("1,234", 1234),
        ("1.234", 1.234),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1.234.567", 1234567),
        ("1,234,567.25", 1234567.25),
        ("1'234.5", 1234.5),
        ("0,001", 0.001),
    ],
)
def test_numbers_as_people_and_programs_write_them(text: str, value: float) -> None:
    number = patterns.number(text)
    assert number == value
    assert isinstance(number, type(value))


@pytest.mark.parametrize(
    "pattern",
    [
        "Copied {done} of {total} files",
        "{percent}",
        "{percent} %",
        "{message}{percent}",
        "}{ {done}",
    ],
)
def test_what_is_a_pattern(pattern: str) -> None:
    patterns.check_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "word"),
    [
        ("", "needs {done} or {percent}"),
        ("{total} {unit}", "needs {done} or {percent}"),
        ("{done", "needs {done} or {percent}"),
        ("{done} {eta}", "{eta} is no placeholder"),
        ("{} {done}", "{} is no placeholder"),
        ("{done} {done}", "only once"),
        ("{done}{total}", "something between"),
        ("{done}\n", "one line"),
        ("{done}" + "x" * 200, "at most 200"),
    ],
)
def test_what_is_no_pattern_is_explained(pattern: str, word: str) -> None:
    with pytest.raises(errors.InvalidField) as caught:
        patterns.check_pattern(pattern)
    assert caught.value.field == "progress_pattern"
    assert word in caught.value.message


PIECES = st.sampled_from(
    ["{done}", "{total}", "{percent}", "{unit}", "{message}", "*", " ", "a", "."]
)
HOSTILE = st.sampled_from([b"1", b",", b" ", b"a", b".", b"1 of ", b"%", b"\xff", b"M"])


@given(st.lists(PIECES, max_size=8).map("".join), st.lists(HOSTILE, max_size=60).map(b"".join))
def test_no_line_breaks_a_pattern(pattern: str, line: bytes) -> None:
    try:
        template = patterns.Template(pattern)
    except errors.InvalidField:
        return
    figure = template.find(line)
    assert figure is None or figure.done >= 0


@pytest.mark.parametrize("piece", [b"1", b"1,1", b"a", b"1 of ", b" ", b"1a"])
@pytest.mark.parametrize(
    "pattern", ["{done} of {total} files", "*a*{done}*a*b*", "{message} {done} {unit} of {total}x"]
)
def test_a_hostile_line_takes_little_time(pattern: str, piece: bytes) -> None:
    line = piece * (4096 // len(piece))
    template = patterns.Template(pattern)
    began = time.process_time()
    for _ in range(10):
        template.find(line)
    assert (time.process_time() - began) / 10 < 0.02
