from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.gui.detail.log.terminal import sgr

RED_AND_BOLD = sgr.Style(foreground=1, bold=True)


@pytest.mark.parametrize(
    ("parameters", "fields"),
    [
        ("31", {"foreground": 1}),
        ("44", {"background": 4}),
        ("97", {"foreground": 15}),
        ("100", {"background": 8}),
        ("1;2;3;4;7", dict.fromkeys(("bold", "dim", "italic", "underline", "inverse"), True)),
        ("38;5;208", {"foreground": 208}),
        ("48;5;17", {"background": 17}),
        ("38:5:208", {"foreground": 208}),
        ("38;2;1;2;3", {"foreground": (1, 2, 3)}),
        ("38:2:1:2:3", {"foreground": (1, 2, 3)}),
        ("38:2::1:2:3", {"foreground": (1, 2, 3)}),
        ("48;2;0;0;255;1", {"background": (0, 0, 255), "bold": True}),
        ("4:3", {"underline": True}),
        ("58;5;1;3", {"italic": True}),
        ("58;2;1;2;3", {}),
        ("21", {"underline": True}),
    ],
)
def test_what_a_sequence_chooses(parameters: str, fields: dict[str, object]) -> None:
    assert sgr.apply(sgr.PLAIN, parameters) == sgr.PLAIN._replace(**fields)


@pytest.mark.parametrize("parameters", ["", "0", "00", "1;0", "38;5;9;"])
def test_nothing_and_zero_take_everything_back(parameters: str) -> None:
    assert sgr.apply(RED_AND_BOLD, parameters) == sgr.PLAIN


def test_each_switch_has_its_way_back() -> None:
    everything = sgr.Style(1, 2, True, True, True, True, True)
    assert sgr.apply(everything, "22;23;24;27;39;49") == sgr.PLAIN
    assert sgr.apply(everything, "4:0") == everything._replace(underline=False)


@pytest.mark.parametrize(
    "parameters",
    ["38", "38;5;256", "38;2;1;2;999", "38;9", "98", "6", "99999999", "38:5", "5:5:5", "x"],
)
def test_what_is_not_understood_changes_nothing(parameters: str) -> None:
    assert sgr.apply(RED_AND_BOLD, parameters) == RED_AND_BOLD


def test_too_long_a_sequence_is_none() -> None:
    assert sgr.apply(RED_AND_BOLD, "0;" * 200) == RED_AND_BOLD


@given(st.text("0123456789;:", max_size=40))
def test_any_sequence_gives_colours_that_exist(parameters: str) -> None:
    style = sgr.apply(sgr.PLAIN, parameters)
    for colour in (style.foreground, style.background):
        parts = colour if isinstance(colour, tuple) else (colour or 0,)
        assert all(0 <= part <= 255 for part in parts)
