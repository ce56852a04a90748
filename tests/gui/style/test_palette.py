from __future__ import annotations

import itertools
import re

import pytest

from bgtasks_gui.gui.style import palette

#: What words are written in, and shapes drawn in.
INKS = (
    *("text", "second", "accent"),
    *("running", "waiting", "done", "failed", "paused", "scheduled"),
)
#: What they stand on.
GROUNDS = (
    *("window", "surface", "raised", "selection", "hover"),
    *("banner", "alarm", "praise"),
)
#: Pairs that never occur: what a search has found in a log is written in `text` alone, and nothing
#: is written on the rail of a bar.
ENOUGH = 4.5
Look = palette.Palette


@pytest.fixture(params=palette.PALETTES, ids=lambda look: look.name)
def look(request: pytest.FixtureRequest) -> Look:
    return request.param


@pytest.mark.parametrize(("ink", "ground"), list(itertools.product(INKS, GROUNDS)))
def test_everything_that_is_read_stands_out(look: Look, ink: str, ground: str) -> None:
    assert palette.contrast(getattr(look, ink), getattr(look, ground)) >= ENOUGH


@pytest.mark.parametrize(
    ("ink", "ground"), [("on_accent", "accent"), ("on_accent", "accent_hover"), ("text", "hit")]
)
def test_so_does_what_has_one_ground_only(look: Look, ink: str, ground: str) -> None:
    assert palette.contrast(getattr(look, ink), getattr(look, ground)) >= ENOUGH


@pytest.mark.parametrize("ground", ["window", "surface", "raised"])
def test_where_the_keyboard_is_stands_out(look: Look, ground: str) -> None:
    assert palette.contrast(look.accent, getattr(look, ground)) >= 3


def test_every_role_of_both_looks_is_a_colour(look: Look) -> None:
    assert set(INKS) | set(GROUNDS) <= set(palette.ROLES)
    for role in palette.ROLES:
        assert re.fullmatch("#[0-9A-F]{6}", getattr(look, role)), role


def test_the_looks_are_what_they_are_called() -> None:
    assert [look.name for look in palette.PALETTES] == ["light", "dark"]
    assert [look.is_dark for look in palette.PALETTES] == [False, True]
    for look in palette.PALETTES:
        is_dark = palette.contrast(look.surface, "#000000") < palette.contrast(
            look.surface, "#FFFFFF"
        )
        assert is_dark is look.is_dark


def test_contrast() -> None:
    assert palette.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert palette.contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert palette.contrast("#2F5BD0", "#2F5BD0") == 1
    # The usual example of a grey that just misses.
    assert palette.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)
