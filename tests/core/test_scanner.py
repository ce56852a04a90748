from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core import errors
from bgtasks_gui.core.progress import Progress
from bgtasks_gui.core.scanner import LINE_BYTES, Scanner


def percent(done: float, message: str | None = None) -> Progress:
    return Progress(done=done, total=100, unit="%", message=message)


@pytest.mark.parametrize(
    ("output", "done"),
    [
        (b"45%\n", 45),
        (b"downloaded 45 %\r", 45),
        (b"12.5 %\n", 12.5),
        (b"12,5%\n", 12.5),
        (b"100%  \r\n", 100),
        (b"10%\r20%\r30%\n", 30),
        (b"10%\nfiles\n", 10),
        (b"\x1b[32m45%\x1b[0m\n", 45),
        (b"[####    ] 45%\x1b[K\r", 45),
        (b"4\x1b[1m5%\n", 45),
        (b"0%\n", 0),
        (b"x" * 9000 + b" 45%\n", 45),
        ("fertig 7\u00a0%\n 8 %\n".encode(), 8),
    ],
)
def test_a_percentage_at_the_end_of_a_line(output: bytes, done: float) -> None:
    assert Scanner().feed(output) == percent(done)


@pytest.mark.parametrize(
    "output",
    [
        b"45%", b"45% of it\n", b"101%\n", b"1000%\n", b"-5%\n", b"+5%\n", b"v5%\n", b"1.2.3%\n",
        b"%\n", b"a % b\n", b"\n\r\n", b"", b"\x1b]0;45%\x07\n",
    ],
)  # fmt: skip
def test_what_is_no_percentage(output: bytes) -> None:
    assert Scanner().feed(output) is None


def test_the_newest_figure_of_a_piece_counts_and_an_old_one_is_not_told_again() -> None:
    scanner = Scanner()
    assert scanner.feed(b"1%\n2%\n3") == percent(2)
    assert scanner.feed(b"%") is None
    assert scanner.peek() == percent(3)
    assert scanner.feed(b"\n") == percent(3)
    assert scanner.feed(b"more\n") is None
    assert scanner.peek() is None


@pytest.mark.parametrize("end", [b"\x07", b"\x1b\\"])
@pytest.mark.parametrize(
    ("sequence", "figure"),
    [
        (b"9;4;1;45", percent(45)),
        (b"9;4;1;45;", percent(45)),
        (b"9;4;1;", percent(0)),
        (b"9;4;1", percent(0)),
        (b"9;4;1;250", percent(100)),
        (b"9;4;2;45", percent(45, "reports an error")),
        (b"9;4;4;45", percent(45, "reports that it is paused")),
        (b"9;4;3", Progress(done=0)),
        (b"9;4;3;45", Progress(done=0)),
        (b"9;4;0;", Progress(done=0)),
        (b"9;4;5;45", None),
        (b"9;4;1;1000", None),
        (b"9;4", None),
        (b"9;9;/home", None),
        (b"0;9;4;1;45", None),
    ],
)
def test_progress_sequences_of_the_terminal(
    sequence: bytes, figure: Progress | None, end: bytes
) -> None:
    assert Scanner().feed(b"\x1b]" + sequence + end) == figure


def test_a_sequence_without_a_figure_keeps_the_last_one() -> None:
    scanner = Scanner()
    scanner.feed(b"\x1b]9;4;1;45\x07")
    assert scanner.feed(b"\x1b]9;4;2\x07") == percent(45, "reports an error")
    scanner.feed(b"\x1b]9;4;0\x07")
    assert scanner.feed(b"\x1b]9;4;1\x07") == percent(0)


def test_plain_percentages_are_ignored_once_something_better_was_seen() -> None:
    scanner = Scanner()
    assert scanner.feed(b"10%\n\x1b]9;4;1;20\x07 30%\n") == percent(20)
    assert scanner.feed(b"40%\n") is None
    own = Scanner("{done} of {total}")
    assert own.feed(b"10%\n") == percent(10)
    assert own.feed(b"3 of 9\n50%\n") == Progress(done=3, total=9)
    assert own.feed(b"60%\n") is None
    assert own.feed(b"\x1b]9;4;1;70\x07") == percent(70)
    assert own.feed(b"4 of 9\n") == Progress(done=4, total=9)


def test_a_line_that_is_not_over_is_shown_when_asked_for() -> None:
    scanner = Scanner("{done} of {total}")
    assert scanner.feed(b"4 of 9") is None
    assert scanner.peek() == Progress(done=4, total=9)


def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(errors.InvalidField):
        Scanner("nothing")


@pytest.mark.parametrize(
    "output",
    [
        b"\x1b]9;4;1;45\n50%\n",
        b"\x1b]" + b"x" * 600 + b"\n50%\n",
        b"\x1b[" + b"9" * 40 + b"\n50%\n",
        b"\x1b\n50%\n",
        b"\x1b]9;4;1;4\x1b[K\n50%\n",
        b"\x1b(B\x1b7\x1b=50%\n",
        b"\x1b]8;;http://example.org\x1b\\link\x1b]8;;\x1b\\ 50%\n",
    ],
)
def test_broken_and_other_sequences_do_no_harm(output: bytes) -> None:
    assert Scanner().feed(output) == percent(50)


PIECES = st.sampled_from(
    [
        *(b"45%", b"7", b"%", b"\n", b"\r", b"\r\n", b" ", b"3 of 9", b"done", b"x" * 300),
        *(b"\x1b", b"\x1b]", b"9;4;1;", b"\x1b]9;4;1;33\x07", b"\x1b]9;4;2;34\x1b\\"),
        *(b"\x1b]9;4;0\x07", b"\x07", b"\\", b"\x1b[K", b"[", b"]", b"\xff"),
        b"1,234 of 2,000 MB",
    ]
)
OUTPUT = st.lists(PIECES, max_size=30).map(b"".join) | st.binary(max_size=200)


@given(st.data(), OUTPUT, st.sampled_from([None, "{done} of {total}", "{message} {percent}%"]))
def test_where_output_is_cut_makes_no_difference(
    data: st.DataObject, output: bytes, pattern: str | None
) -> None:
    whole, pieces = Scanner(pattern), Scanner(pattern)
    expected = whole.feed(output)
    cuts = data.draw(st.lists(st.integers(0, len(output)), max_size=8).map(sorted))
    edges = [0, *cuts, len(output)]
    found = [pieces.feed(output[a:b]) for a, b in itertools.pairwise(edges)]
    newest = next((figure for figure in reversed(found) if figure is not None), None)
    assert newest == expected
    assert pieces.peek() == whole.peek()
    # And both go on alike.
    assert pieces.feed(b"\n\x1b]9;4;1;5\x07") == whole.feed(b"\n\x1b]9;4;1;5\x07")


def test_byte_by_byte() -> None:
    output = b"1%\r\x1b[2K2%\r" + b"y" * 5000 + b" 3%\n\x1b]9;4;1;44\x1b\\"
    scanner = Scanner()
    found = [scanner.feed(bytes([byte])) for byte in output]
    assert [one.done for one in found if one is not None] == [1, 2, 3, 44]


@pytest.mark.parametrize(
    "output",
    [
        b"x" * 1_000_000,
        b"\x1b" * 60_000,
        b"\x1b]" * 50_000,
        b"1" * 500_000 + b"%\n",
        b"%\n" * 30_000,
        b"\n" * 100_000,
        b"an ordinary line of output\n" * 30_000,
    ],
)
def test_hostile_output_takes_time_in_step_with_its_length(output: bytes) -> None:
    scanner = Scanner("{done} of {total} *files")
    began = time.process_time()
    for start in range(0, len(output), 65536):
        scanner.feed(output[start : start + 65536])
    assert time.process_time() - began < 3
    assert len(scanner._line) <= LINE_BYTES
