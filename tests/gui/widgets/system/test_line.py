from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.widgets.shape import Shape
from bgtasks_gui.gui.widgets.system.line import Line


@pytest.fixture
def line(dressed: theme.Theme, qtbot: QtBot) -> Line:
    one = Line()
    qtbot.addWidget(one)
    one.resize(300, 60)
    one.show()
    return one


def seen(line: Line) -> list[str]:
    return [one.text() for one in line.findChildren(QLabel) if one.isVisible()]


def test_it_says_what_there_is(line: Line) -> None:
    line.say(("bell", "second"), "What", "Why", "since 14:02")
    assert sorted(seen(line)) == ["What", "Why", "since 14:02"]
    line.say(("bell", "second"), "What")
    assert seen(line) == ["What"]


def test_the_shape_is_beside_its_words_also_where_a_button_is(line: Line, qtbot: QtBot) -> None:
    line.right.addWidget(QPushButton("Cancel"))
    line.say(("bell", "second"), "What", "Why")
    [shape] = line.findChildren(Shape)
    lead = next(one for one in line.findChildren(QLabel) if one.text() == "What")
    qtbot.waitUntil(lambda: abs(shape.geometry().center().y() - lead.geometry().center().y()) <= 1)


def test_long_names_give_way(line: Line) -> None:
    line.say(("bell", "second"), "name " * 99, "why " * 99, "since 14:02")
    assert line.minimumSizeHint().width() < 200
