"""Distances and heights, in logical pixels, on a grid of four."""

from __future__ import annotations

from typing import Final

#: From the edge of the content to what stands in it.
EDGE: Final = 20
#: Between blocks, and between things that belong together.
GAP: Final = 8
CELL: Final = 12
RADIUS: Final = 7
#: Heights.
ROW: Final = 54
HEADER: Final = 32
CONTROL: Final = 32
SMALL_CONTROL: Final = 28
NAV_ROW: Final = 34
STATUS_BAR: Final = 28
BANNER: Final = 48
SIDEBAR: Final = 216
#: Icons beside text, and those that stand for a state in a list.
ICON: Final = 16
STATE_ICON: Final = 20
SMALL_ICON: Final = 14
#: How much is seen of what may not be true any more.
FADED: Final = 0.55
#: Type sizes, in pixels.
TEXT: Final = 13
SMALL: Final = 12
HEADING: Final = 15
TITLE: Final = 20
