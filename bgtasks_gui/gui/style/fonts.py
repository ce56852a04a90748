"""The fonts: Inter for words, the system's own fixed-width font for output."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase

from bgtasks_gui.gui.style import metrics

FAMILY: Final = "Inter"


def load(folder: Path) -> None:
    """Make the program's own font known to Qt; where it cannot be, the system's serves."""
    for file in sorted(folder.glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(file))


def text(
    size: int = metrics.TEXT, weight: QFont.Weight = QFont.Weight.Normal, *, tabular: bool = False
) -> QFont:
    """Words of a size in pixels; `tabular` figures keep their place while they change."""
    font = QFont(FAMILY)
    font.setPixelSize(size)
    font.setWeight(weight)
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    if tabular:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


def mono(size: int = metrics.TEXT) -> QFont:
    """Output of programs and command lines."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(size)
    return font
