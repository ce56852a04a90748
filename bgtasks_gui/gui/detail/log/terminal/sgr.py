"""How text of a terminal looks: the style that SGR sequences (ECMA-48) choose."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

Rgb: TypeAlias = tuple[int, int, int]
#: One of the 256 colours of a terminal by its number, or a true colour.
Colour: TypeAlias = int | Rgb


class Style(NamedTuple):
    """What the last sequences asked for; a colour of None is the theme's own."""

    foreground: Colour | None = None
    background: Colour | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    inverse: bool = False


PLAIN: Final = Style()
#: A sequence longer than this is none that a program means.
LONGEST: Final = 256

_SWITCHES: Final[dict[int, dict[str, bool]]] = {
    1: {"bold": True},
    2: {"dim": True},
    3: {"italic": True},
    4: {"underline": True},
    7: {"inverse": True},
    21: {"underline": True},
    22: {"bold": False, "dim": False},
    23: {"italic": False},
    24: {"underline": False},
    27: {"inverse": False},
}
#: First number of each row of eight colours: which of the two it sets, and from where.
_ROWS: Final = {
    30: ("foreground", 0),
    40: ("background", 0),
    90: ("foreground", 8),
    100: ("background", 8),
}
_EXTENDED: Final = {38: "foreground", 48: "background", 58: "underline"}
_DEFAULT: Final = {39: "foreground", 49: "background"}


@functools.lru_cache(1024)  # a program uses a few, again and again
def apply(style: Style, parameters: str) -> Style:
    """The style after a sequence with these parameters; what is not understood changes nothing."""
    if len(parameters) > LONGEST:
        return style
    fields = iter(parameters.split(";"))
    for field in fields:
        numbers = _numbers(field)
        code = numbers[0]
        if code == 0:
            style = PLAIN
        elif code in _EXTENDED:
            colour = _colour(numbers[1:], fields)
            if colour is not None:
                style = _coloured(style, _EXTENDED[code], colour)
        else:
            style = _simple(style, numbers)
    return style


def _simple(style: Style, numbers: list[int]) -> Style:
    code = numbers[0]
    if code == 4 and len(numbers) > 1:
        # 4:0 is no line, 4:1 to 4:5 are its shapes.
        return style._replace(underline=numbers[1] > 0)
    if code in _SWITCHES:
        return style._replace(**_SWITCHES[code])
    if code in _DEFAULT:
        return _coloured(style, _DEFAULT[code], None)
    row = _ROWS.get(code - code % 10)
    if row is not None and code % 10 < 8:
        return _coloured(style, row[0], row[1] + code % 10)
    return style


def _coloured(style: Style, which: str, colour: Colour | None) -> Style:
    if which == "foreground":
        return style._replace(foreground=colour)
    return style._replace(background=colour) if which == "background" else style


def _colour(inside: list[int], following: Iterator[str]) -> Colour | None:
    """A colour written `38:2::r:g:b` in one field, or over the following ones as `38;2;r;g;b`."""
    if inside:
        kind, *values = inside
        # The colour space, which nobody uses, stands before three of four values.
        return _made(kind, values[1:4] if len(values) > 3 else values)
    kind = _numbers(next(following, ""))[0]
    count = {5: 1, 2: 3}.get(kind, 0)
    return _made(kind, [_numbers(next(following, ""))[0] for _ in range(count)])


def _made(kind: int, values: Sequence[int]) -> Colour | None:
    if any(not 0 <= value <= 255 for value in values):
        return None
    if kind == 5 and len(values) == 1:
        return values[0]
    if kind == 2 and len(values) == 3:
        return values[0], values[1], values[2]
    return None


def _numbers(field: str) -> list[int]:
    """The numbers between colons; an empty one is 0, and no number is one that means nothing."""
    return [_number(part) for part in field.split(":")]


def _number(part: str) -> int:
    if not part:
        return 0
    return int(part) if part.isascii() and part.isdigit() and len(part) < 6 else -1
