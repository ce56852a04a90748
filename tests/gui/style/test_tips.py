from __future__ import annotations

import pytest
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.style import tips


@pytest.mark.parametrize("text", ["", "backup", "a < b & c", "Waits: on battery, 62 %"])
def test_short_words_are_left_as_they_are(text: str) -> None:
    assert tips.plain(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "<b>bold</b>",
        '<img src="/etc/passwd"> and <a href="x">words</a>',
        "Failed: " + "cp: cannot stat 'a&lt;b': no such file; " * 10 + "end",
    ],
)
def test_nothing_counts_as_markup(qtbot: QtBot, text: str) -> None:
    shown = QTextDocument()
    shown.setHtml(tips.plain(text))
    assert shown.toPlainText() == text


def test_long_words_are_broken_into_lines() -> None:
    assert tips.plain("word " * 40).startswith("<qt>")
