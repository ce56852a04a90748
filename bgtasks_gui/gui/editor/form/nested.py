"""Fields that hold forms: an object inside an object, and one of several objects."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator

from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from bgtasks_gui.gui.editor import fields
from bgtasks_gui.gui.editor.fields import ABSENT, FieldWidget, Known
from bgtasks_gui.gui.editor.fields.base import NEEDED, keep_still
from bgtasks_gui.gui.editor.form.form import Form
from bgtasks_gui.gui.editor.schema import paths, tree
from bgtasks_gui.gui.style import mark
from bgtasks_gui.wire import codec


def make_field(field: tree.Field, known: Known) -> FieldWidget:
    """The widget of any field."""
    if isinstance(field, tree.Object) and not field.is_nullable:
        return InlineField(field, known) if field.is_inline else ObjectField(field, known)
    if isinstance(field, tree.Union):
        return UnionField(field, known)
    return fields.make(field, known)


def make_form(shape: tree.Object, known: Known) -> Form:
    """The form of an object, with everything that is inside it."""
    return Form(shape, functools.partial(make_field, known=known))


class ObjectField(FieldWidget):
    """An object with a form of its own."""

    def __init__(self, field: tree.Object, known: Known) -> None:
        # Its fields say what there is to say.
        super().__init__(dataclasses.replace(field, hint=""), known)
        mark(self.label, role="section")
        self.form = Form(
            field, functools.partial(make_field, known=known), is_host=not field.is_inline
        )
        self.form.changed.connect(self._on_edited)
        self._box.insertWidget(1, self.form)
        self._box.setSpacing(8)

    def _show(self, value: codec.JsonValue) -> None:
        self.form.set_value(value)

    def _read(self) -> codec.JsonValue:
        return self.form.value()

    def show_error_at(self, path: paths.Path, text: str) -> None:
        if path:
            self.form.show_error_at(path, text)
        else:
            self.show_error(text)

    def clear_errors(self) -> None:
        super().clear_errors()
        self.form.clear_errors()

    def is_touched_at(self, path: paths.Path) -> bool:
        return self.form.is_touched_at(path) if path else self.is_touched

    def problems(self) -> Iterator[tuple[paths.Path, str]]:
        return self.form.problems()

    def focus_at(self, path: paths.Path) -> None:
        self.form.focus_at(path)

    def label_at(self, path: paths.Path) -> str:
        return self.form.label_at(path) or self.field.label


class InlineField(ObjectField):
    """An object whose fields stand among its siblings."""

    def cells(self, *, shown: bool) -> Iterator[FieldWidget]:
        return self.form.cells(shown=shown)

    def show_error(self, text: str | None) -> None:
        super().show_error(text)
        # Nobody sees the object itself.
        for cell in list(self.cells(shown=True))[:1]:
            cell.show_error(text)


class UnionField(FieldWidget):
    """One of several objects. What was typed for another one is there when it is chosen again."""

    def __init__(self, field: tree.Union, known: Known) -> None:
        super().__init__(field, known)
        self._union = field
        self.list = QComboBox()
        self.list.addItems([one.title for one in field.branches])
        self.list.setPlaceholderText(field.empty or "Choose one")
        self.list.setCurrentIndex(-1)
        self.list.activated.connect(self._on_chosen)
        keep_still(self.list)
        self._place(self.list)
        self.forms = [make_form(one.form, known) for one in field.branches]
        pages = QWidget()
        self._pages = QVBoxLayout(pages)
        self._pages.setContentsMargins(0, 6, 0, 0)
        for form in self.forms:
            form.changed.connect(self._on_edited)
            self._pages.addWidget(form)
        self._box.insertWidget(2, pages)
        self._turn()

    @property
    def current(self) -> Form | None:
        index = self.list.currentIndex()
        return self.forms[index] if index >= 0 else None

    def problems(self) -> Iterator[tuple[paths.Path, str]]:
        if self.current is not None:
            yield from self.current.problems()
        elif self.field.is_required and not self.field.is_nullable:
            yield (), NEEDED

    def _show(self, value: codec.JsonValue) -> None:
        tag = value.get(self._union.tag_name) if isinstance(value, dict) else None
        branch = self._union.branch(tag)
        index = -1 if branch is None else self._union.branches.index(branch)
        self.list.setCurrentIndex(index)
        for form in self.forms:
            form.set_value(value if form is self.current else ABSENT)
        self._turn()

    def _read(self) -> codec.JsonValue:
        if self.current is not None:
            return self.current.value()
        return None if self.field.is_nullable else ABSENT

    def _on_chosen(self) -> None:
        self._turn()
        self._on_edited()

    def _turn(self) -> None:
        for form in self.forms:
            form.setVisible(form is self.current and not form.is_empty)

    def show_error_at(self, path: paths.Path, text: str) -> None:
        if path and self.current is not None:
            self.current.show_error_at(path, text)
        else:
            self.show_error(text)

    def clear_errors(self) -> None:
        super().clear_errors()
        for form in self.forms:
            form.clear_errors()

    def is_touched_at(self, path: paths.Path) -> bool:
        if path and self.current is not None:
            return self.current.is_touched_at(path)
        return self.is_touched

    def focus_at(self, path: paths.Path) -> None:
        if path and self.current is not None:
            self.current.focus_at(path)
        else:
            self.list.setFocus()

    def label_at(self, path: paths.Path) -> str:
        return (self.current.label_at(path) if self.current else "") or self.field.label
