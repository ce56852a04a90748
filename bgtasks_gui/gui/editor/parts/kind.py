"""What a task does: the choice of a kind, and the form of its payload."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bgtasks_gui.gui.editor.fields import ABSENT, Known
from bgtasks_gui.gui.editor.fields.choices import ChoiceField
from bgtasks_gui.gui.editor.form.form import Form
from bgtasks_gui.gui.editor.form.nested import make_form
from bgtasks_gui.gui.editor.schema import paths, tree
from bgtasks_gui.wire import codec

_KIND: Final = "kind"
_PAYLOAD: Final = "payload"


class KindPart(QWidget):
    """The members `kind` and `payload` of a task. Each kind keeps what was typed for it.

    Signals: `changed` after the person changed a value; `rearranged` after fields came or went.
    """

    changed = Signal()
    rearranged = Signal()

    def __init__(self, label: str, branches: Sequence[tree.Branch], known: Known) -> None:
        super().__init__()
        options = tuple(tree.Option(value=one.tag, label=one.title) for one in branches)
        choice = tree.Choice(name=_KIND, label=label, is_required=True, options=options)
        self.choice = ChoiceField(choice, known)
        self._known = known
        self._branches = {one.tag: one for one in branches}
        #: Made when their kind is chosen for the first time: most never are.
        self.forms: dict[str, Form] = {}
        #: The payload of a kind that this agent does not know; it is kept as it is.
        self._unknown: codec.JsonValue = ABSENT
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(14)
        self._box.addWidget(self.choice)
        self.choice.changed.connect(self._on_chosen)
        self._turn()

    @property
    def current(self) -> Form | None:
        """The form of the chosen kind; None of one that is not known."""
        tag = str(self.choice.value())
        if tag in self._branches and tag not in self.forms:
            form = self.forms[tag] = make_form(self._branches[tag].form, self._known)
            form.changed.connect(self.changed)
            form.rearranged.connect(self.rearranged)
            self._box.addWidget(form)
        return self.forms.get(tag)

    def value(self) -> codec.JsonObject:
        payload = self._unknown if self.current is None else self.current.value()
        found = {_KIND: self.choice.value(), _PAYLOAD: payload}
        return {name: value for name, value in found.items() if value is not ABSENT}

    def set_value(self, value: codec.JsonObject) -> None:
        self.choice.set_value(value.get(_KIND, ABSENT))
        payload = value.get(_PAYLOAD, ABSENT)
        current = self.current
        self._unknown = payload if current is None else ABSENT
        for form in self.forms.values():
            form.set_value(payload if form is current else ABSENT)
        self._turn()

    def _on_chosen(self) -> None:
        self._turn()
        self.changed.emit()

    def _turn(self) -> None:
        current = self.current
        for form in self.forms.values():
            form.setVisible(form is current)
        self.rearranged.emit()

    # Errors, by place in the task

    def show_error_at(self, path: paths.Path, text: str) -> None:
        if path[0] == _PAYLOAD and self.current is not None:
            self.current.show_error_at(path[1:], text)
        else:
            self.choice.show_error(text)

    def clear_errors(self) -> None:
        self.choice.clear_errors()
        for form in self.forms.values():
            form.clear_errors()

    def is_touched_at(self, path: paths.Path) -> bool:
        if path[0] == _PAYLOAD and self.current is not None:
            return self.current.is_touched_at(path[1:])
        return self.choice.is_touched

    def problems(self) -> Iterator[tuple[paths.Path, str]]:
        if self.current is not None:
            for inner, text in self.current.problems():
                yield (_PAYLOAD, *inner), text

    def focus_at(self, path: paths.Path) -> None:
        if path[0] == _PAYLOAD and self.current is not None:
            self.current.focus_at(path[1:])
        else:
            self.choice.focus_at(())

    def label_at(self, path: paths.Path) -> str:
        inside = self.current.label_at(path[1:]) if self.current is not None else ""
        return inside or self.choice.field.label

    def widget_at(self, path: paths.Path) -> QWidget:
        is_inside = path[0] == _PAYLOAD and self.current is not None
        return self.current.widget_at(path[1:]) if self.current and is_inside else self.choice
