"""The field of a path, typed or chosen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QWidget

from bgtasks_gui.gui.editor.fields.base import NEEDED, FieldWidget, Known
from bgtasks_gui.gui.editor.schema import tree, words
from bgtasks_gui.wire import codec


class PathField(FieldWidget):
    """The path of a folder or a file."""

    def __init__(self, field: tree.Path, known: Known) -> None:
        super().__init__(field, known)
        self._is_folder = field.is_folder
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(self._placeholder())
        self.edit.textEdited.connect(self._on_edited)
        self.button = QPushButton("Choose…")
        self.button.setAccessibleName(f"Choose: {field.label}")
        self.button.clicked.connect(self._on_choose)
        self._place(self.edit, self.button)

    def problem(self) -> str | None:
        is_needed = self.field.is_required and not self.field.is_nullable
        return NEEDED if is_needed and not self.edit.text().strip() else None

    def _show(self, value: codec.JsonValue) -> None:
        self.edit.setText("" if value is None else words.key(value))

    def _read(self) -> codec.JsonValue:
        text = self.edit.text()
        return None if self.field.is_nullable and not text.strip() else text

    def _placeholder(self) -> str:
        if self.field.empty:
            return self.field.empty
        return f"For example {self.field.example}" if self.field.example else ""

    def _on_choose(self) -> None:
        choose_path(
            self, self.field.label, self.edit.text(), self._on_chosen, is_folder=self._is_folder
        )

    def _on_chosen(self, path: str) -> None:
        self.edit.setText(path)
        self._on_edited()


def choose_path(
    parent: QWidget, title: str, before: str, then: Callable[[str], None], *, is_folder: bool
) -> None:
    """Let the person look for a path; `then` is given the one that was chosen."""
    dialog = QFileDialog(parent, title, before)
    mode = QFileDialog.FileMode.Directory if is_folder else QFileDialog.FileMode.AnyFile
    dialog.setFileMode(mode)
    if is_folder:
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.finished.connect(dialog.deleteLater)
    dialog.fileSelected.connect(then)
    dialog.open()
