"""The colours of a terminal as they read well in the look in force.

Every text keeps a contrast of 4.5:1 to what lies behind it, whatever colours a program chose: they
are moved towards black or white as far as that needs, and no further.
"""

from __future__ import annotations

import functools
from typing import Final, NamedTuple

from bgtasks_gui.gui.detail.log.terminal import sgr
from bgtasks_gui.gui.style import palette

#: What normal text needs (WCAG 2.2, 1.4.3).
LEAST_CONTRAST: Final = 4.5
#: Steps from a colour to black or white that are tried.
_STEPS: Final = 32
#: The sixteen colours: a role of the look, or one of our own for light and for dark.
_NAMED: Final[tuple[str | tuple[str, str], ...]] = (
    "text", "failed", "done", "waiting", "running", "scheduled", ("#0B6B78", "#5CCAD6"), "second",
    ("#6A7280", "#8A93A3"), ("#D12F2F", "#FFAFA8"), ("#217F45", "#8FE0AC"),
    ("#96620A", "#F7D484"), ("#336FDE", "#A9CAFF"), ("#7E55CF", "#D3C4FF"),
    ("#12808E", "#96E2EA"), "text",
)  # fmt: skip
#: The same where something is painted with them: black and white are what they are called.
_GROUNDS: Final = {0: ("#3A404C", "#0B0D11"), 7: ("#D5D9E0", "#A1A9B7"), 15: ("#EDEFF3", "#E7E9EE")}
_LEVELS: Final = (0, 95, 135, 175, 215, 255)
_BLACK: Final = "#000000"
_WHITE: Final = "#FFFFFF"


class Shade(NamedTuple):
    """What a style is drawn with; None is the look's own."""

    foreground: str | None
    background: str | None


@functools.lru_cache(4096)
def shade(style: sgr.Style, look: palette.Palette) -> Shade:
    """The colours of a style in this look, each "#rrggbb"."""
    if style.inverse:
        behind = look.text if style.foreground is None else ground(style.foreground, look)
        front = look.surface if style.background is None else ground(style.background, look)
        return Shade(readable(front, behind), behind)
    background = None if style.background is None else ground(style.background, look)
    if style.foreground is None and background is None and not style.dim:
        return Shade(None, None)
    behind = background or look.surface
    if style.foreground is None:
        front = max(look.text, look.surface, key=lambda one: palette.contrast(one, behind))
    else:
        front = ink(style.foreground, look)
    if style.dim:
        front = _mix(front, behind, 0.35)
    return Shade(readable(front, behind), background)


def ink(colour: sgr.Colour, look: palette.Palette) -> str:
    """The colour that text of it has."""
    if isinstance(colour, int) and colour < 16:
        named = _NAMED[colour]
        found: str = getattr(look, named) if isinstance(named, str) else named[look.is_dark]
        return found
    return _hex(_rgb(colour))


def ground(colour: sgr.Colour, look: palette.Palette) -> str:
    """The colour that a ground of it has."""
    if isinstance(colour, int) and colour in _GROUNDS:
        return _GROUNDS[colour][look.is_dark]
    return ink(colour, look)


def readable(front: str, behind: str) -> str:
    """The nearest colour to `front` that can be read on `behind`."""
    if palette.contrast(front, behind) >= LEAST_CONTRAST:
        return front
    # One of the two always reaches 4.58:1.
    far = max(_BLACK, _WHITE, key=lambda end: palette.contrast(end, behind))
    for step in range(1, _STEPS):
        mixed = _mix(front, far, step / _STEPS)
        if palette.contrast(mixed, behind) >= LEAST_CONTRAST:
            return mixed
    return far


def _rgb(colour: sgr.Colour) -> sgr.Rgb:
    if isinstance(colour, tuple):
        return colour
    if colour >= 232:
        grey = 8 + 10 * (colour - 232)
        return grey, grey, grey
    cube = colour - 16
    return _LEVELS[cube // 36], _LEVELS[cube // 6 % 6], _LEVELS[cube % 6]


def _mix(one: str, other: str, share: float) -> str:
    """The first colour with this share of the other in it."""
    parts = zip(_parts(one), _parts(other), strict=True)
    red, green, blue = (round(mine + (its - mine) * share) for mine, its in parts)
    return _hex((red, green, blue))


def _parts(colour: str) -> sgr.Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(colour: sgr.Rgb) -> str:
    return "#{:02X}{:02X}{:02X}".format(*colour)
