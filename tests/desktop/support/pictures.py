"""What can be told from a picture of the screen alone."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QColor, QImage

from tests.desktop.support.screen import Window

#: How far a dot may be from a colour: thin lines are mixed with what is behind them.
_NEAR = 60


def find_rows(shot: Path, colour: str, window: Window) -> list[int]:
    """The middle of each band of lines of a window that has dots of this colour, from its top."""
    image, wanted = QImage(str(shot)), QColor(colour)
    lines = [
        y
        for y in range(window.y, window.y + window.height)
        if any(_is_near(image.pixelColor(window.x + x, y), wanted) for x in range(window.width))
    ]
    bands: list[list[int]] = []
    for y in lines:
        # Between two lines of text there are more than a few without it; within an icon are not.
        if bands and y - bands[-1][-1] < 8:
            bands[-1].append(y)
        else:
            bands.append([y])
    return [(band[0] + band[-1]) // 2 for band in bands]


def longest_line(shot: Path, colour: str, window: Window) -> int:
    """How many dots of this colour the line of a window has that has most of them."""
    image, wanted = QImage(str(shot)), QColor(colour)
    return max(
        sum(_is_near(image.pixelColor(window.x + x, y), wanted) for x in range(window.width))
        for y in range(window.y, window.y + window.height)
    )


def _is_near(one: QColor, other: QColor) -> bool:
    pairs = zip(one.getRgb(), other.getRgb(), strict=True)
    return all(abs(mine - yours) <= _NEAR for mine, yours in pairs)
