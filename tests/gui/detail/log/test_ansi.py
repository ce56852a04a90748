from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bgtasks_gui.gui.detail.log import ansi
from bgtasks_gui.gui.detail.log.terminal import sgr

ESC = "\x1b"
RED = sgr.Style(foreground=1)


def shown(*pieces: str) -> list[str]:
    """All lines, the open one last."""
    parser = ansi.Parser()
    lines = [line for piece in pieces for line in parser.feed(piece)]
    return [line.text for line in [*lines, parser.open_line]]


def styled(*pieces: str) -> list[ansi.Line]:
    parser = ansi.Parser()
    lines = [line for piece in pieces for line in parser.feed(piece)]
    return [*lines, parser.open_line]


def test_lines_and_the_one_that_has_no_end_yet() -> None:
    assert shown("one\ntwo\nthr") == ["one", "two", "thr"]
    assert shown("one\r\ntwo\r\n") == ["one", "two", ""]
    assert shown("") == [""]


def test_a_segment_for_each_style() -> None:
    [line] = styled(f"plain {ESC}[31mred{ESC}[0m plain")
    assert line.segments == (
        ansi.Segment("plain ", sgr.PLAIN),
        ansi.Segment("red", RED),
        ansi.Segment(" plain", sgr.PLAIN),
    )


def test_a_style_lasts_over_lines() -> None:
    first, second = styled(f"{ESC}[31mone\ntwo")
    assert first.segments == (ansi.Segment("one", RED),)
    assert second.segments == (ansi.Segment("two", RED),)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("10 %\r50 %\r100 %\n", ["100 %", ""]),
        ("long line\rshort", ["short"]),
        ("100 %\r", ["100 %"]),
        ("100 %\r\r\n", ["100 %", ""]),
        ("a\b", ["a"]),
        ("|\b/\b-\b\\", ["\\"]),
        ("N\bNA\bAM\bME\bE", ["NAME"]),
        ("abc\b\b\b\bx", ["xbc"]),
        ("ab\b \b", ["a "]),
        ("ab\r\bc", ["c"]),
        ("one\ttwo", ["one\ttwo"]),
    ],
)
def test_what_moves_within_a_line(text: str, lines: list[str]) -> None:
    assert shown(text) == lines


def test_writing_over_keeps_the_styles_of_the_rest() -> None:
    [line] = styled(f"{ESC}[31mred{ESC}[m\b\bX")
    assert line.segments == (
        ansi.Segment("r", RED), ansi.Segment("X", sgr.PLAIN), ansi.Segment("d", RED),
    )  # fmt: skip


@pytest.mark.parametrize(
    "escape",
    [
        f"{ESC}]9;4;1;50\x07",
        f"{ESC}]9;4;1;50{ESC}\\",
        f"{ESC}]8;;https://example.org/{ESC}\\",
        f"{ESC}]0;a title with é and ünïcode\x07",
        f"{ESC}[2K",
        f"{ESC}[1;1H",
        f"{ESC}[?25l",
        f"{ESC}[?2004h",
        f"{ESC}[>4;2m",
        f"{ESC}[4 q",
        f"{ESC}[!p",
        f"{ESC}(B",
        f"{ESC}(0",
        f"{ESC}#8",
        f"{ESC}7",
        f"{ESC}=",
        f"{ESC}c",
        f"{ESC}M",
        f'{ESC}Pq"1;1;30;30#0;2;0;0;0\n#0~~@@vv\n{ESC}\\',
        f"{ESC}_Ga=T,f=100;AAAA{ESC}\\",
        f"{ESC}^private{ESC}\\",
        f"{ESC}Xstring{ESC}\\",
        "\x9b31;1H",
        "\x9d0;title\x9c",
        f"{ESC}]0;broken off\x18",
        f"{ESC}[12\x18",
    ],
)
def test_nothing_of_an_escape_is_shown(escape: str) -> None:
    want = "before\ufffdafter" if escape == f"{ESC}[12\x18" else "beforeafter"
    whole = f"before{escape}after"
    assert shown(whole) == [want]
    for cut in range(len(whole)):
        assert shown(whole[:cut], whole[cut:]) == [want]


def test_what_no_sequence_ends_hides_no_further_line() -> None:
    assert shown(f"{ESC}]0;title\nnext") == ["", "next"]
    assert shown(f"{ESC}[12\nnext") == ["", "next"]
    assert shown(f"{ESC}{ESC}[31mred") == ["red"]
    assert shown(f"{ESC}énd") == ["énd"]


@pytest.mark.parametrize("code", [0, 1, 7, 11, 12, 14, 26, 28, 31, 127, 0x80, 0x85, 0x9C])
def test_other_control_characters_are_seen(code: int) -> None:
    assert shown(f"a{chr(code)}b") == ["a\ufffdb"]


@pytest.mark.parametrize("code", [0x2028, 0x2029, 0xFDD0, 0xFDD1, 0xFFFC])
def test_what_a_document_would_take_for_its_own_is_replaced(code: int) -> None:
    assert shown(f"a{chr(code)}b") == ["a\ufffdb"]


def test_a_very_long_line_goes_on_in_the_next() -> None:
    text = "x" * (2 * ansi.LONGEST_LINE + 5)
    *parts, last = styled(text + "\n")
    assert [len(part.text) for part in parts] == [ansi.LONGEST_LINE, ansi.LONGEST_LINE, 5]
    assert [part.goes_on for part in parts] == [True, True, False]
    assert last.text == ""
    assert len(styled("x" * ansi.LONGEST_LINE + "\n")) == 2


def test_writing_over_a_long_line_again_and_again_is_quick() -> None:
    # Each stroke costs its own length; a copy of the line for each would take minutes.
    assert shown("y" * 1999 + "\bz" * 200_000) == ["y" * 1998 + "z"]


WORDS = st.text("ab é\t😀", max_size=6)
ENDS = st.sampled_from([f"{ESC}\\", "\x07", "\x9c"])
ESCAPES = st.one_of(
    st.builds(lambda codes: f"{ESC}[{codes}m", st.text("0123457;:", max_size=8)),
    st.builds(
        lambda middle, last: f"{ESC}[{middle}{last}",
        st.text("0123456789;?><=! ", max_size=5),
        st.sampled_from("ABCDHJKhlpqrstu"),
    ),
    st.builds(
        lambda kind, text, end: f"{ESC}{kind}{text}{end}",
        st.sampled_from("]PX^_"),
        st.text("0123;:/abcé=#", max_size=10),
        ENDS,
    ),
    st.sampled_from([f"{ESC}(B", f"{ESC}(0", f"{ESC}=", f"{ESC}7", f"{ESC}%G", f"{ESC} F"]),
)
OUTPUT = st.lists(st.one_of(WORDS, ESCAPES, st.sampled_from("\n\r\b\x00")), max_size=25)


def pieces_of(text: str, cuts: list[int]) -> list[str]:
    edges = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(edges)]


@given(st.text(), st.lists(st.integers(min_value=0), max_size=20))
@example(f"{ESC}[31", [1, 2])
@example("a\r\n", [2])
def test_where_anything_is_cut_makes_no_difference(text: str, cuts: list[int]) -> None:
    assert styled(*pieces_of(text, cuts)) == styled(text)


@given(OUTPUT, st.lists(st.integers(min_value=0), max_size=20))
def test_where_output_is_cut_makes_no_difference(parts: list[str], cuts: list[int]) -> None:
    text = "".join(parts)
    assert styled(*pieces_of(text, cuts)) == styled(text)


@given(st.lists(st.one_of(WORDS, ESCAPES), max_size=25), st.lists(st.integers(0), max_size=20))
def test_what_is_shown_is_the_words_alone(parts: list[str], cuts: list[int]) -> None:
    words = "".join(part for part in parts if ESC not in part)
    assert shown(*pieces_of("".join(parts), cuts)) == [words]


@given(st.text())
def test_no_control_character_is_ever_shown(text: str) -> None:
    for line in shown(text):
        assert not any(ord(one) < 32 and one != "\t" for one in line)
        assert not any(0x7F <= ord(one) < 0xA0 for one in line)
