from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.widgets.system.words import Words


@pytest.fixture
def words(dressed: theme.Theme, qtbot: QtBot) -> Iterator[Words]:
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    one = Words()
    column.addWidget(one)
    column.addStretch(1)
    page.resize(200, 400)
    page.show()
    # The page keeps it.
    yield one
    page.hide()


def test_a_sentence_has_as_many_lines_as_it_needs(words: Words, qtbot: QtBot) -> None:
    words.say("Short.")
    qtbot.waitUntil(lambda: 0 < words.height() < 30)
    words.say("A long sentence that has no room on a single line of this width at all.")
    qtbot.waitUntil(lambda: words.height() >= words.heightForWidth(words.width()) > 30)
    assert words.window().width() == 200


def test_nothing_takes_no_room(words: Words) -> None:
    words.say("")
    assert words.isHidden()
    words.say("Something.")
    assert words.isVisible()


def test_markup_and_lines_of_others_are_words(words: Words) -> None:
    words.say("<b>not\nbold</b>")
    assert words.text() == "<b>not bold</b>"


def test_neither_a_long_word_nor_a_long_text_widens_it(words: Words, qtbot: QtBot) -> None:
    words.say("x" * 90)
    assert words.text() == "\u200b".join(["x" * 30] * 3)
    qtbot.waitUntil(lambda: words.height() > 30)
    words.say("word " * 1000)
    assert words.text().endswith("…")
    assert len(words.text()) < 500
    assert words.window().width() == 200
