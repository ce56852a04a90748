"""Fields of many texts: lists and maps."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.editor.fields import ABSENT
from bgtasks_gui.gui.editor.schema import tree
from tests.gui.editor.support.people import a_field, press, type_into

pytestmark = pytest.mark.usefixtures("dressed")
VARIABLES = tree.TextMap(label="Variables")


def write(widget: object, row: int, column: int, text: str) -> None:
    """Edit a cell as a person does: F2, letters, Enter."""
    widget.table.setCurrentCell(row, column)
    press(widget.table, Qt.Key.Key_F2)
    # Those of earlier cells go with the next turn of the loop.
    editor = widget.table.findChildren(QLineEdit)[-1]
    type_into(editor, text)
    press(editor, Qt.Key.Key_Return)
    # The table takes it over with the next turn of the loop.
    QApplication.processEvents()


@pytest.mark.parametrize(
    "value", [{"A": "1", "B": "two\nlines", "": "x"}, {}, None, ["no map"], "text"]
)
def test_whatever_was_set_comes_back(qtbot: QtBot, value: object) -> None:
    widget = a_field(VARIABLES)
    qtbot.addWidget(widget)
    widget.set_value(value)
    assert widget.value() == value


def test_what_is_added_is_called_as_the_schema_says() -> None:
    assert a_field(tree.TextMap(label="Headers", entry="header")).add.text() == "Add a header"


def test_a_variable_is_added_and_changed(qtbot: QtBot) -> None:
    widget = a_field(VARIABLES)
    qtbot.addWidget(widget)
    assert not widget.table.isVisible()
    assert widget.value() is ABSENT
    widget.add.click()
    assert widget.table.isVisible()
    write(widget, 0, 0, "LANG")
    write(widget, 0, 1, "C")
    assert widget.value() == {"LANG": "C"}
    assert widget.add.accessibleName() == "Add a variable: Variables"


def test_one_change_leaves_the_others_as_they_were(qtbot: QtBot) -> None:
    widget = a_field(VARIABLES, {"A": "two\nlines", "B": "2"})
    qtbot.addWidget(widget)
    write(widget, 1, 1, "3")
    assert widget.value() == {"A": "two\nlines", "B": "3"}


def test_rows_are_removed(qtbot: QtBot) -> None:
    widget = a_field(VARIABLES, {"A": "1", "B": "2", "C": "3"})
    qtbot.addWidget(widget)
    assert not widget.remove.isEnabled()
    widget.table.selectRow(0)
    assert widget.remove.isEnabled()
    with qtbot.waitSignal(widget.changed):
        widget.remove.click()
    assert widget.value() == {"B": "2", "C": "3"}
    widget.table.selectRow(0)
    press(widget.table, Qt.Key.Key_Delete)
    assert widget.value() == {"C": "3"}


def test_empty_is_null_where_null_is_allowed(qtbot: QtBot) -> None:
    widget = a_field(tree.TextMap(label="Environment", is_nullable=True), {"A": "1"})
    qtbot.addWidget(widget)
    widget.table.selectRow(0)
    widget.remove.click()
    assert widget.value() is None
    widget.set_value({})
    assert widget.value() == {}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"A": "1"}, None),
        ({"": "1"}, "A value has no name."),
        ({}, None),
    ],
)
def test_what_is_wrong_with_variables(qtbot: QtBot, rows: dict[str, str], said: str | None) -> None:
    widget = a_field(VARIABLES, rows)
    qtbot.addWidget(widget)
    assert widget.problem() == said


def test_no_name_is_given_twice(qtbot: QtBot) -> None:
    widget = a_field(VARIABLES, {"A": "1", "B": "2"})
    qtbot.addWidget(widget)
    write(widget, 1, 0, "A")
    assert widget.problem() == "A is there twice."


def test_a_list_of_texts(qtbot: QtBot) -> None:
    widget = a_field(tree.TextList(label="Filters"), ["red", "blue"])
    qtbot.addWidget(widget)
    write(widget, 1, 0, "green")
    assert widget.value() == ["red", "green"]
    widget.add.click()
    assert widget.value() == ["red", "green"]
    write(widget, 2, 0, "ha")
    assert widget.value() == ["red", "green", "ha"]


def test_a_list_that_is_needed(qtbot: QtBot) -> None:
    widget = a_field(tree.TextList(label="Filters", is_required=True))
    qtbot.addWidget(widget)
    assert widget.problem() == "Fill this in."
    widget.set_value(["x"])
    assert widget.problem() is None


def test_folders_are_chosen(qtbot: QtBot) -> None:
    widget = a_field(tree.TextList(label="Folders", format="folder"), ["/a"])
    qtbot.addWidget(widget)
    assert widget.add.text() == "Add a folder…"
    widget.add.click()
    dialog = widget.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit("/b")
    dialog.reject()
    assert widget.value() == ["/a", "/b"]
