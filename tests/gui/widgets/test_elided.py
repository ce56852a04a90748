from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.widgets import elided
from bgtasks_gui.gui.widgets.elided import ElidedLabel
from tests.gui.support import accessible, drawing

LONG = "The network became metered at 14:02, and this task runs only on free networks"


@pytest.fixture
def row(dressed: theme.Theme, qtbot: QtBot) -> QWidget:
    """A line for widgets, without distances."""
    made = QWidget()
    qtbot.addWidget(made)
    QHBoxLayout(made).setContentsMargins(0, 0, 0, 0)
    made.resize(300, 40)
    return made


def put(row: QWidget, *widgets: QWidget) -> None:
    for widget in widgets:
        row.layout().addWidget(widget)
    row.show()


def written(label: ElidedLabel, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is seen of its words."""
    return "".join(drawing.draw(label, elided, monkeypatch).texts)


def test_words_that_have_room_are_whole(row: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    label = ElidedLabel("Done")
    put(row, label)
    assert written(label, monkeypatch) == "Done"
    assert label.toolTip() == ""


def test_words_without_room_end_in_an_ellipsis(
    row: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    label = ElidedLabel(LONG)
    put(row, label)
    seen = written(label, monkeypatch)
    assert seen.endswith("…")
    assert LONG.startswith(seen[:-1])
    assert label.fontMetrics().horizontalAdvance(seen) <= label.width()
    assert label.toolTip() == LONG
    assert accessible.name(label) == LONG


def test_the_tooltip_comes_and_goes_with_the_room_and_the_words(row: QWidget) -> None:
    label = ElidedLabel(LONG)
    put(row, label)
    assert label.toolTip() == LONG
    row.resize(800, 40)
    assert label.toolTip() == ""
    row.resize(300, 40)
    assert label.toolTip() == LONG
    label.set_text("Done")
    assert label.toolTip() == ""
    label.set_text(LONG)
    assert label.toolTip() == LONG


def test_it_is_cut_where_its_margins_leave_no_room(row: QWidget) -> None:
    label = ElidedLabel("0123456789")
    put(row, label)
    row.resize(label.fontMetrics().horizontalAdvance(label.text()) + 4, 40)
    assert label.toolTip() == ""
    label.setContentsMargins(6, 0, 6, 0)
    label.set_text("9876543210")
    assert label.toolTip() == "9876543210"


@pytest.mark.parametrize("role", ["", "heading", "second", "strong"])
def test_it_asks_for_as_much_as_its_words_need(row: QWidget, role: str) -> None:
    label, plain = ElidedLabel("Backup of the photos", role, is_greedy=False), QLabel("x")
    asked = label.sizeHint().width()
    put(row, label, plain)
    assert label.width() == asked
    assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width()
    assert label.toolTip() == ""


def test_one_that_is_greedy_takes_all_there_is(row: QWidget) -> None:
    greedy, other = ElidedLabel("Done"), QLabel("x")
    put(row, greedy, other)
    assert greedy.width() + other.width() + row.layout().spacing() == row.width()


@pytest.mark.parametrize("is_greedy", [True, False])
def test_words_force_no_width_on_what_they_stand_in(row: QWidget, *, is_greedy: bool) -> None:
    label = ElidedLabel("x" * 5000, is_greedy=is_greedy)
    put(row, label)
    assert label.width() == row.width() == 300
    assert row.minimumSizeHint().width() < 60


def test_markup_is_shown_as_it_is(row: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(["<b>bold</b>"] * 20)
    label = ElidedLabel(text)
    put(row, label)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert written(label, monkeypatch).startswith("<b>bold</b>")
    assert label.toolTip() == f"<qt>{text.replace('<', '&lt;').replace('>', '&gt;')}</qt>"


def test_several_lines_are_one(row: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    label = ElidedLabel("one\ntwo\tthree")
    put(row, label)
    assert written(label, monkeypatch) == "one two three"
    assert label.height() == row.height()


def test_it_writes_in_the_colour_of_its_role(
    row: QWidget, dressed: theme.Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    label = ElidedLabel("Done", "second")
    put(row, label)
    choices: list[theme.Choice] = ["light", "dark"]
    for choice in choices:
        dressed.choose(choice)
        line = drawing.draw(label, elided, monkeypatch).line("Done")
        assert line.colour == dressed.color("second").name()
