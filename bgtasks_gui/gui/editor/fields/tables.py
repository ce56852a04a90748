"""Fields of many texts: a list of them, and texts by name, a row each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bgtasks_gui.gui.editor.fields import paths
from bgtasks_gui.gui.editor.fields.base import NEEDED, FieldWidget, Known
from bgtasks_gui.gui.editor.schema import tree, words
from bgtasks_gui.gui.style import metrics, theme
from bgtasks_gui.wire import codec

_ROW: Final = 30
#: Rows shown at once; more are scrolled.
_MOST_ROWS: Final = 6
_EDIT: Final = (
    QAbstractItemView.EditTrigger.DoubleClicked
    | QAbstractItemView.EditTrigger.EditKeyPressed
    | QAbstractItemView.EditTrigger.AnyKeyPressed
)


class RowsField(FieldWidget):
    """Rows of one or more texts. Enter, F2 or any letter edits, Delete removes."""

    titles: tuple[str, ...] = ("",)
    add_label = "Add"

    def __init__(self, field: tree.Field, known: Known) -> None:
        super().__init__(field, known)
        self.table = _Table(0, len(self.titles))
        self.table.setHorizontalHeaderLabels(list(self.titles))
        self.table.horizontalHeader().hide()
        self.table.itemChanged.connect(self._on_edited)
        self.table.itemSelectionChanged.connect(self._on_selected)
        self.add = QPushButton(self.add_label)
        self.remove = QPushButton("Remove")
        self.add.clicked.connect(self._on_add)
        self.remove.clicked.connect(self._on_remove)
        self.table.removal_wanted = self._on_remove
        frame = _Frame()
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(8, 4, 8, 4)
        inside.addWidget(self.table)
        self._frame = frame
        self._box.insertWidget(1, frame)
        self._box.insertLayout(2, self._buttons())
        self._controls = [self.table]
        self.label.setBuddy(self.table)
        self.table.setAccessibleName(field.label)
        self._say_note()
        self._fit()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.add, self.remove):
            button.setProperty("small", True)
            button.setAccessibleName(f"{button.text()}: {self.field.label}")
            row.addWidget(button)
        row.addStretch()
        return row

    def problem(self) -> str | None:
        is_needed = self.field.is_required and not self.field.is_nullable
        return NEEDED if is_needed and not self.rows() else None

    def rows(self) -> list[tuple[str, ...]]:
        """The texts of each row that has any."""
        columns = range(len(self.titles))
        found = [
            tuple(self._text(row, column) for column in columns)
            for row in range(self.table.rowCount())
        ]
        return [texts for texts in found if any(texts)]

    def _text(self, row: int, column: int) -> str:
        cell = self.table.item(row, column)
        return "" if cell is None else cell.text()

    def _fill(self, rows: list[tuple[str, ...]]) -> None:
        self.table.blockSignals(True)
        self.table.setRowCount(0)
        for texts in rows:
            self._append(texts)
        self.table.blockSignals(False)
        self._fit()

    def _append(self, texts: tuple[str, ...]) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        for column, text in enumerate(texts):
            self.table.setItem(row, column, QTableWidgetItem(text))

    def _fit(self) -> None:
        count = self.table.rowCount()
        self.table.setFixedHeight(_ROW * min(count, _MOST_ROWS))
        self._frame.setVisible(count > 0)
        self.remove.setVisible(count > 0)
        self._on_selected()

    def _on_selected(self) -> None:
        self.remove.setEnabled(bool(self.table.selectedIndexes()))

    def _on_add(self) -> None:
        self.table.blockSignals(True)
        self._append(("",) * len(self.titles))
        self.table.blockSignals(False)
        self._fit()
        self.table.setCurrentCell(self.table.rowCount() - 1, 0)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.table.edit(self.table.currentIndex())

    def _on_remove(self) -> None:
        rows = sorted({index.row() for index in self.table.selectedIndexes()}, reverse=True)
        for row in rows:
            self.table.removeRow(row)
        if rows:
            self._fit()
            self._on_edited()


class TextListField(RowsField):
    """A list of texts; of paths, when its format says so."""

    def __init__(self, field: tree.TextList, known: Known) -> None:
        self._format = field.format
        self._is_of_paths = field.format in ("folder", "file")
        self.add_label = "Add a folder…" if field.format == "folder" else "Add"
        super().__init__(field, known)

    def _show(self, value: codec.JsonValue) -> None:
        texts = value if isinstance(value, list) else []
        self._fill([(words.key(one),) for one in texts])

    def _read(self) -> codec.JsonValue:
        texts = [text for (text,) in self.rows()]
        return None if self.field.is_nullable and not texts else texts

    def _on_add(self) -> None:
        if not self._is_of_paths:
            super()._on_add()
            return
        paths.choose_path(
            self, self.field.label, "", self._on_chosen, is_folder=self._format == "folder"
        )

    def _on_chosen(self, path: str) -> None:
        self._append((path,))
        self._fit()
        self._on_edited()


class TextMapField(RowsField):
    """Texts by name."""

    titles = ("Name", "Value")

    def __init__(self, field: tree.TextMap, known: Known) -> None:
        self.add_label = f"Add a {field.entry}"
        super().__init__(field, known)

    def problem(self) -> str | None:
        names = [name for name, _ in self.rows()]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            return f"{twice} is there twice." if twice else "A value has no name."
        return "A value has no name." if "" in names else super().problem()

    def _show(self, value: codec.JsonValue) -> None:
        pairs = value if isinstance(value, dict) else {}
        self._fill([(name, words.key(text)) for name, text in pairs.items()])

    def _read(self) -> codec.JsonValue:
        pairs = {row[0]: row[1] for row in self.rows()}
        return None if self.field.is_nullable and not pairs else pairs


class _Frame(QWidget):
    """The border that fields have, around rows."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.current().color("control_border"))
        painter.setBrush(theme.current().color("surface"))
        edge = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(edge, metrics.RADIUS, metrics.RADIUS)


class _Table(QTableWidget):
    def __init__(self, rows: int, columns: int) -> None:
        super().__init__(rows, columns)
        #: What to do when Delete is pressed.
        self.removal_wanted: Callable[[], None] = lambda: None
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(_EDIT)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_ROW)
        header = self.horizontalHeader()
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setDefaultSectionSize(180)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_editing = self.state() == QAbstractItemView.State.EditingState
        if event.key() == Qt.Key.Key_Delete and not is_editing:
            self.removal_wanted()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not is_editing:
            # Enter is for the cell, not for the button of the dialog.
            self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)
