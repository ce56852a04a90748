from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.gui.detail.log.terminal import sgr, shades
from bgtasks_gui.gui.style import palette

LOOKS = pytest.mark.parametrize("look", palette.PALETTES, ids=lambda look: look.name)
BYTES = st.integers(0, 255)
COLOURS = st.one_of(st.none(), BYTES, st.tuples(BYTES, BYTES, BYTES))
STYLES = st.builds(sgr.Style, COLOURS, COLOURS, st.booleans(), st.booleans(), inverse=st.booleans())


@LOOKS
@pytest.mark.parametrize("colour", range(16))
def test_each_of_the_sixteen_colours_reads_well_as_it_is(
    colour: int, look: palette.Palette
) -> None:
    ink = shades.ink(colour, look)
    assert palette.contrast(ink, look.surface) >= shades.LEAST_CONTRAST
    # None had to be moved: they were chosen, not reached.
    assert shades.readable(ink, look.surface) == ink


@LOOKS
def test_the_colours_can_be_told_apart(look: palette.Palette) -> None:
    inks = [shades.ink(colour, look) for colour in range(15)]
    assert len(set(inks)) == 15


@LOOKS
@given(style=STYLES)
def test_every_style_reads_well(look: palette.Palette, style: sgr.Style) -> None:
    found = shades.shade(style, look)
    front, behind = found.foreground or look.text, found.background or look.surface
    assert palette.contrast(front, behind) >= shades.LEAST_CONTRAST


@LOOKS
def test_plain_text_has_the_colours_of_the_look(look: palette.Palette) -> None:
    assert shades.shade(sgr.PLAIN, look) == (None, None)
    assert shades.shade(sgr.Style(bold=True), look) == (None, None)


@LOOKS
def test_inverse_changes_the_two_for_one_another(look: palette.Palette) -> None:
    assert shades.shade(sgr.Style(inverse=True), look) == (look.surface, look.text)
    assert shades.shade(sgr.Style(foreground=1, inverse=True), look).background == look.failed


def test_colours_of_the_cube_and_the_greys_are_those_of_a_terminal() -> None:
    assert shades.ink(208, palette.DARK) == "#FF8700"
    assert shades.ink(16, palette.DARK) == "#000000"
    assert shades.ink(232, palette.DARK) == "#080808"
    assert shades.ink(255, palette.DARK) == "#EEEEEE"
    assert shades.ink((1, 2, 3), palette.DARK) == "#010203"


def test_what_reads_well_stays_and_what_does_not_is_moved_no_further_than_needed() -> None:
    assert shades.readable("#123456", "#FFFFFF") == "#123456"
    yellow = shades.readable("#FFFF00", "#FFFFFF")
    assert shades.LEAST_CONTRAST <= palette.contrast(yellow, "#FFFFFF") < 5.5
    assert yellow.endswith("00")


def test_dim_text_is_nearer_to_the_ground() -> None:
    look = palette.LIGHT
    dim = shades.shade(sgr.Style(dim=True), look).foreground
    assert dim is not None
    assert palette.contrast(dim, look.surface) < palette.contrast(look.text, look.surface)
