"""A form over one object: its fields in a grid, and what has no field kept as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from bgtasks_gui.gui.editor.fields import ABSENT, FieldWidget
from bgtasks_gui.gui.editor.fields.base import make_label
from bgtasks_gui.gui.editor.schema import paths, summary, tree, visibility
from bgtasks_gui.gui.style import mark
from bgtasks_gui.wire import codec

#: Makes the widget of a field; also of fields that hold forms themselves.
Make = Callable[[tree.Field], FieldWidget]

_TOP: Final = Qt.AlignmentFlag.AlignTop


class Form(QWidget):
    """The fields of an object.

    Signals: `changed` after the person changed a value; `rearranged` after fields came or went.
    """

    changed = Signal()
    rearranged = Signal()

    def __init__(self, shape: tree.Object, make: Make, *, is_host: bool = True) -> None:
        super().__init__()
        self._shape = shape
        #: Whether its fields stand here, rather than among those of a form around it.
        self._is_host = is_host
        self._given: codec.JsonObject = {}
        self.fields: dict[str, FieldWidget] = {one.name: make(one) for one in shape.fields}
        #: What stands in the grid.
        self._placed: list[FieldWidget] = []
        #: Fields that are not shown beside the present values of the others.
        self._hidden: set[str] = set()
        #: The same when the value was set: those keep what they had.
        self._hidden_at_first: set[str] = set()
        #: Whether fields that few people need are shown as well.
        self._shows_rare = False
        self._error = make_label("", "error")
        self._error.hide()
        self.unfold_button = QPushButton("More options")
        mark(self.unfold_button, role="link")
        self.unfold_button.clicked.connect(self._on_unfold)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(14)
        for column in (0, 1):
            self._grid.setColumnStretch(column, 1)
            self._grid.setColumnMinimumWidth(column, 140)
        for widget in self.fields.values():
            widget.setParent(self)
            widget.hide()
            widget.changed.connect(self._on_changed)
        for cell in self.cells(shown=False):
            cell.setParent(self)
        self.set_value(ABSENT)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to fill in."""
        return not self.fields

    # The value

    def value(self) -> codec.JsonObject:
        found = dict(self._given)
        for name, widget in self.fields.items():
            was_hidden = name in self._hidden and name not in self._hidden_at_first
            value = self._unused(widget) if was_hidden else widget.value()
            if value is ABSENT:
                found.pop(name, None)
            else:
                found[name] = value
        return self._shape.fixed | found

    def set_value(self, value: codec.JsonValue) -> None:
        self._given = dict(value) if isinstance(value, dict) else {}
        siblings = self._siblings_of(self._given)
        for name, widget in self.fields.items():
            widget.follow(siblings)
            widget.set_value(self._given.get(name, ABSENT))
        self._hidden = self._hidden_at_first = self._hidden_beside(siblings)
        self._shows_rare = any(
            not summary.is_default(one, siblings[one.name])
            for one in self._shape.fields
            if one.is_rare
        )
        self._arrange()
        self.clear_errors()

    @staticmethod
    def _unused(widget: FieldWidget) -> codec.JsonValue:
        """What a field is that makes no sense any more: as if it had never been filled in."""
        field = widget.field
        return ABSENT if field.default is None and not field.is_nullable else field.default

    def _siblings_of(self, value: Mapping[str, codec.JsonValue]) -> dict[str, codec.JsonValue]:
        return {one.name: value.get(one.name, one.default) for one in self._shape.fields}

    def _hidden_beside(self, siblings: Mapping[str, codec.JsonValue]) -> set[str]:
        values, hidden = dict(siblings), set[str]()
        # Each round may hide what depends on what the last one hid.
        for _ in self._shape.fields:
            more = {one.name for one in self._shape.fields if not visibility.is_shown(one, values)}
            if more <= hidden:
                break
            hidden |= more
            values |= {one.name: one.default for one in self._shape.fields if one.name in hidden}
        return hidden

    def _on_changed(self) -> None:
        siblings = self._siblings_of(self.value())
        for widget in self.fields.values():
            widget.follow(siblings)
        hidden = self._hidden_beside(siblings)
        # What is shown once counts from then on like any other.
        self._hidden_at_first = self._hidden_at_first & hidden
        self._hidden = hidden
        if list(self.cells(shown=True)) != self._placed:
            self._arrange()
            self.rearranged.emit()
        self.changed.emit()

    # Errors, by place

    def show_error_at(self, path: paths.Path, text: str) -> None:
        """Show an error at the field it names, or here where there is none in sight."""
        widget = self._shown(path)
        if widget is not None and widget.field.is_rare:
            self._unfold()
        if widget is None:
            self._error.setText(text)
            self._error.show()
        else:
            widget.show_error_at(path[1:], text)

    def clear_errors(self) -> None:
        self._error.clear()
        self._error.hide()
        for widget in self.fields.values():
            widget.clear_errors()

    def is_touched_at(self, path: paths.Path) -> bool:
        widget = self._shown(path)
        if widget is not None:
            return widget.is_touched_at(path[1:])
        return any(one.is_touched for one in self.fields.values())

    def problems(self) -> Iterator[tuple[paths.Path, str]]:
        for name, widget in self.fields.items():
            if name not in self._hidden:
                for inner, text in widget.problems():
                    yield (name, *inner), text

    def focus_at(self, path: paths.Path) -> None:
        widget = self._shown(path) or next(iter(self.fields.values()), None)
        if widget is not None:
            if widget.field.is_rare:
                self._unfold()
            widget.focus_at(path[1:])

    def widget_at(self, path: paths.Path) -> QWidget:
        """What to scroll to, to see this place."""
        return self._shown(path) or self

    def label_at(self, path: paths.Path) -> str:
        """What a person calls this place; nothing where it has no field."""
        widget = self.fields.get(str(path[0])) if path else None
        return "" if widget is None else widget.label_at(path[1:])

    def _shown(self, path: paths.Path) -> FieldWidget | None:
        name = str(path[0]) if path else ""
        return None if name in self._hidden else self.fields.get(name)

    # Where it stands

    def _on_unfold(self) -> None:
        self._unfold()
        rare = [one for one in self.fields.values() if one.field.is_rare and one.isVisible()]
        for widget in rare[:1]:
            widget.focus_at(())
        self.rearranged.emit()

    def _unfold(self) -> None:
        if not self._shows_rare:
            self._shows_rare = True
            self._arrange()

    def cells(self, *, shown: bool) -> Iterator[FieldWidget]:
        """The widgets that stand in a grid, of objects inside as well; all, or those shown now."""
        for name, widget in self.fields.items():
            is_folded = widget.field.is_rare and not self._shows_rare
            if not shown or not (is_folded or name in self._hidden):
                yield from widget.cells(shown=shown)

    def _arrange(self) -> None:
        """Wide fields a line each, narrow ones two by two."""
        # Taken out by the layout itself: an item that Python holds would keep old heights.
        for widget in (*self._placed, self.unfold_button, self._error):
            self._grid.removeWidget(widget)
        self._placed = list(self.cells(shown=True))
        if not self._is_host:
            return
        row, column = 0, 0
        for widget in self._placed:
            if widget.is_wide and column:
                row, column = row + 1, 0
            self._grid.addWidget(widget, row, column, 1, 2 if widget.is_wide else 1, _TOP)
            row, column = (row + 1, 0) if widget.is_wide or column else (row, 1)
        for widget in self.cells(shown=False):
            widget.setVisible(widget in self._placed)
        self._grid.addWidget(self.unfold_button, row + 1, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(self._error, row + 2, 0, 1, 2)
        rare = (name for name, one in self.fields.items() if one.field.is_rare)
        has_folded = not self._shows_rare and any(name not in self._hidden for name in rare)
        self.unfold_button.setVisible(has_folded)
