"""The field of a path."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.editor.schema import tree
from tests.gui.editor.support.people import a_field, type_into

pytestmark = pytest.mark.usefixtures("dressed")


def test_a_path_is_typed(qtbot: QtBot) -> None:
    widget = a_field(tree.Path(label="Folder", empty="Your home folder"), "/home")
    qtbot.addWidget(widget)
    assert widget.edit.placeholderText() == "Your home folder"
    type_into(widget.edit, "~/Documents")
    assert widget.value() == "~/Documents"
    type_into(widget.edit, "")
    assert widget.value() == ""


def test_no_path_is_null_where_null_is_allowed(qtbot: QtBot) -> None:
    widget = a_field(tree.Path(label="Interpreter", is_nullable=True), "/usr/bin/python3")
    qtbot.addWidget(widget)
    type_into(widget.edit, "")
    assert widget.value() is None
    assert widget.problem() is None


def test_a_path_that_is_needed(qtbot: QtBot) -> None:
    widget = a_field(tree.Path(label="Folder", is_required=True, example="/home"))
    qtbot.addWidget(widget)
    assert widget.edit.placeholderText() == "For example /home"
    assert widget.problem() == "Fill this in."
    type_into(widget.edit, "/")
    assert widget.problem() is None


@pytest.mark.parametrize("is_folder", [True, False])
def test_a_path_is_chosen(qtbot: QtBot, tmp_path: Path, is_folder: bool) -> None:
    (tmp_path / "notes.txt").touch()
    (tmp_path / "inner").mkdir()
    name = "inner" if is_folder else "notes.txt"
    widget = a_field(tree.Path(label="Folder", is_folder=is_folder), str(tmp_path))
    qtbot.addWidget(widget)
    widget.button.click()
    dialog = widget.findChild(QFileDialog)
    assert dialog is not None
    mode = QFileDialog.FileMode.Directory if is_folder else QFileDialog.FileMode.AnyFile
    assert dialog.fileMode() == mode
    with qtbot.waitSignal(widget.changed):
        dialog.fileSelected.emit(str(tmp_path / name))
    assert widget.value() == str(tmp_path / name)
    dialog.reject()
