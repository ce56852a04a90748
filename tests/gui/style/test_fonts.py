from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QFontMetricsF

from bgtasks_gui.gui.style import fonts, metrics, theme


def test_words_are_written_in_the_font_of_the_program(dressed: theme.Theme) -> None:
    assert fonts.FAMILY in QFontDatabase.families()
    assert QFontInfo(fonts.text()).family() == fonts.FAMILY
    assert QFontInfo(fonts.text()).pixelSize() == metrics.TEXT
    assert QFontInfo(fonts.text(metrics.TITLE)).pixelSize() == metrics.TITLE


@pytest.mark.parametrize(
    "weight", [QFont.Weight.Normal, QFont.Weight.Medium, QFont.Weight.DemiBold]
)
def test_every_weight_in_use_is_there(dressed: theme.Theme, weight: QFont.Weight) -> None:
    assert QFontInfo(fonts.text(weight=weight)).weight() == weight
    assert {"Regular", "Medium", "SemiBold"} <= set(QFontDatabase.styles(fonts.FAMILY))


def test_tabular_figures_are_all_equally_wide(dressed: theme.Theme) -> None:
    measure = QFontMetricsF(fonts.text(tabular=True))
    assert len({measure.horizontalAdvance(figure) for figure in "0123456789"}) == 1
    narrow = QFontMetricsF(fonts.text())
    assert narrow.horizontalAdvance("1") < narrow.horizontalAdvance("0")


def test_output_is_written_in_a_font_of_one_width(dressed: theme.Theme) -> None:
    font = fonts.mono(15)
    assert font.pixelSize() == 15
    assert QFontInfo(font).fixedPitch()


def test_without_its_own_font_the_program_uses_the_systems(
    dressed: theme.Theme, tmp_path: Path
) -> None:
    fonts.load(tmp_path)
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    fonts.load(tmp_path)
    assert QFontInfo(QFont("a font that nobody has")).family() != ""
