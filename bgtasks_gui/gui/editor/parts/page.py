"""The page of the editor: a whole task as sections, made from the agent's catalogue."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from typing import Final, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bgtasks_gui.gui.editor.fields import Known
from bgtasks_gui.gui.editor.form.cards import Cards
from bgtasks_gui.gui.editor.form.nested import make_form
from bgtasks_gui.gui.editor.parts.kind import KindPart
from bgtasks_gui.gui.editor.parts.section import Fold, Section
from bgtasks_gui.gui.editor.schema import paths, reading, summary, tree
from bgtasks_gui.wire import codec, shapes

_LOSS: Final = "stop_on_condition_loss"
#: Members of a task that have a section of their own; all others are under "More".
_PLACED: Final = ("name", "kind", "payload", "triggers", "conditions", _LOSS)
_USUAL: Final = "Everything as usual: policies, limits, retries, notices."


class Part(Protocol):
    """Some members of a task, with errors by their place in it."""

    def show_error_at(self, path: paths.Path, text: str) -> None: ...

    def clear_errors(self) -> None: ...

    def is_touched_at(self, path: paths.Path) -> bool: ...

    def problems(self) -> Iterator[tuple[paths.Path, str]]: ...

    def focus_at(self, path: paths.Path) -> None: ...

    def label_at(self, path: paths.Path) -> str: ...

    def widget_at(self, path: paths.Path) -> QWidget: ...


class Page(QWidget):
    """A task as plain JSON, to be changed. What has no field here keeps its value.

    Signals: `changed` after the person changed a value; `rearranged` after fields came or went;
    `revealed` with what a person has just asked for, to be brought into sight.
    """

    changed = Signal()
    rearranged = Signal()
    revealed = Signal(QWidget)

    def __init__(self, catalog: shapes.CatalogView, known: Known) -> None:
        super().__init__()
        self._given: codec.JsonObject = {}
        self._task = _object(reading.read(codec.plain(catalog.task)))
        labels = {field.name: field.label for field in self._task.fields}
        triggers, conditions, kinds = (
            [reading.read_entry(one) for one in entries]
            for entries in (catalog.triggers, catalog.conditions, catalog.kinds)
        )
        form = functools.partial(make_form, known=known)
        self.head = form(self._only("name"))
        self.kind = KindPart(labels.get("kind", "What it does"), kinds, known)
        self.triggers = Cards(triggers, known, "Add a time or an event")
        self.conditions = Cards(conditions, known, "Add a condition")
        self.loss = form(self._only(_LOSS))
        self.more = form(self._except(*_PLACED))
        self.fold = Fold("More", self.more)
        self._arrange()
        self._connect()

    def _only(self, name: str) -> tree.Object:
        fields = tuple(field for field in self._task.fields if field.name == name)
        return dataclasses.replace(self._task, fields=fields)

    def _except(self, *names: str) -> tree.Object:
        fields = tuple(field for field in self._task.fields if field.name not in names)
        return dataclasses.replace(self._task, fields=fields)

    def _arrange(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(28)
        for title, sentence, parts in (
            ("What", "", (self.head, self.kind)),
            ("When", "Without any it runs only when you start it.", (self.triggers,)),
            ("Only if", "All of them must hold.", (self.conditions, self.loss)),
        ):
            section = Section(title, sentence)
            for part in parts:
                section.add(part)
            box.addWidget(section)
        box.addWidget(self.fold)
        box.addStretch(1)

    def _connect(self) -> None:
        for part in (self.head, self.kind, self.triggers, self.conditions, self.loss, self.more):
            part.changed.connect(self._on_changed)
        for part in (self.kind, self.triggers, self.conditions, self.more):
            part.rearranged.connect(self.rearranged)
        for cards in (self.triggers, self.conditions):
            cards.added.connect(self.revealed)
        self.fold.opened.connect(self._on_unfolded)

    # The value

    def value(self) -> codec.JsonObject:
        found = self._given | self.head.value() | self.kind.value()
        found |= self.loss.value() | self.more.value()
        for name, cards in (("triggers", self.triggers), ("conditions", self.conditions)):
            if cards.cards or name in self._given:
                found[name] = cards.value()
        return found

    def set_value(self, value: codec.JsonObject) -> None:
        self._given = dict(value)
        self.head.set_value(_members(value, "name"))
        self.kind.set_value(value)
        self.triggers.set_value(value.get("triggers"))
        self.conditions.set_value(value.get("conditions"))
        self.loss.set_value(_members(value, _LOSS))
        self.more.set_value({name: one for name, one in value.items() if name not in _PLACED})
        self._note_changes()

    def _on_unfolded(self) -> None:
        self.rearranged.emit()
        self.revealed.emit(next(self.more.cells(shown=True)))

    def _on_changed(self) -> None:
        self._note_changes()
        self.changed.emit()

    def _note_changes(self) -> None:
        self.loss.setVisible(bool(self.conditions.cards))
        shape = self._except(*_PLACED)
        said = list(summary.differences(shape, self.more.value()))
        self.fold.say("  ·  ".join(said) or _USUAL)

    def say(self, checked: shapes.CheckedView | None) -> None:
        """Put the agent's words for each trigger and condition on its card."""
        self.triggers.say(() if checked is None else checked.when)
        self.conditions.say(() if checked is None else checked.only_if)

    # Errors, by place

    def show_error_at(self, path: paths.Path, text: str) -> None:
        part, inner = self._part(path)
        part.show_error_at(inner, text)

    def clear_errors(self) -> None:
        for part in self._parts():
            part.clear_errors()

    def is_touched_at(self, path: paths.Path) -> bool:
        part, inner = self._part(path)
        return part.is_touched_at(inner)

    def problems(self) -> Iterator[tuple[paths.Path, str]]:
        """Everything that is wrong as far as it can be seen here, from top to bottom."""
        for name, part in (
            ("", self.head),
            ("", self.kind),
            ("triggers", self.triggers),
            ("conditions", self.conditions),
            ("", self.loss),
            ("", self.more),
        ):
            for inner, text in part.problems():
                yield ((name, *inner) if name else inner), text

    def focus_at(self, path: paths.Path) -> QWidget:
        """Put the cursor where a place is edited; what to scroll to."""
        part, inner = self._part(path)
        if part is self.more:
            self.fold.unfold()
        part.focus_at(inner)
        return part.widget_at(inner)

    def label_at(self, path: paths.Path) -> str:
        """What a person calls a place."""
        part, inner = self._part(path)
        return part.label_at(inner)

    def _parts(self) -> tuple[Part, ...]:
        return (self.head, self.kind, self.triggers, self.conditions, self.loss, self.more)

    def _part(self, path: paths.Path) -> tuple[Part, paths.Path]:
        """Who shows a place, and the place as it is called there."""
        match path[0] if path else "":
            case "triggers":
                return self.triggers, path[1:]
            case "conditions":
                return self.conditions, path[1:]
            case "kind" | "payload":
                return self.kind, path
            case "name" | "":
                return self.head, path
            case "stop_on_condition_loss":
                return self.loss, path
            case _:
                return self.more, path


def _object(field: tree.Field) -> tree.Object:
    assert isinstance(field, tree.Object)
    return field


def _members(value: codec.JsonObject, *names: str) -> codec.JsonObject:
    return {name: value[name] for name in names if name in value}
