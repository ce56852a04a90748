"""What every field of a form is: its label, its control, and the line below for hint or error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from bgtasks_gui.gui.editor.schema import paths, tree, words
from bgtasks_gui.gui.style import mark
from bgtasks_gui.wire import codec, shapes


class _Absent:
    """Stands where a form has no value: the key is left out."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
#: What is said of a field that must not stay empty.
NEEDED: Final = "Fill this in."


def _no_tasks() -> Sequence[shapes.TaskView]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Known:
    """What fields offer to choose from besides their own values."""

    tasks: Callable[[], Sequence[shapes.TaskView]] = _no_tasks
    zones: Sequence[str] = ()


class FieldWidget(QWidget):
    """One value. Whoever did not touch it gets back what was set, to the last character.

    Signals: `changed` after the person changed the value.
    """

    changed = Signal()
    #: Whether it wants the whole width; others stand side by side.
    is_wide: bool = True

    def __init__(self, field: tree.Field, known: Known) -> None:
        super().__init__()
        self.field = field
        self.known = known
        #: Whether the person changed it since it was set.
        self.is_touched = False
        self.error: str | None = None
        self._given: codec.JsonValue = ABSENT
        self._controls: list[QWidget] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(4)
        self.label = make_label(escaped(field.label), "strong")
        self.label.setTextFormat(Qt.TextFormat.AutoText)
        self.note = make_label("", "second")
        self._box.addWidget(self.label)
        self._box.addWidget(self.note)
        self._say_note()

    # The value

    def value(self) -> codec.JsonValue:
        """Plain JSON, or `ABSENT`. What cannot be understood is given as it was typed."""
        if not self.is_touched and self._given is not ABSENT:
            return self._given
        if not self.is_touched and not self.field.is_required:
            return ABSENT
        return self._read()

    def set_value(self, value: codec.JsonValue) -> None:
        self._given = value
        self.is_touched = False
        self.show_error(None)
        shown = self.field.default if value is ABSENT else value
        # Nobody typed this, so it is no change.
        self.blockSignals(True)
        self._show(shown)
        self.blockSignals(False)
        self.is_touched = False

    def problem(self) -> str | None:
        """What is wrong with the value, as far as it can be seen without the agent."""
        return None

    def follow(self, siblings: Mapping[str, codec.JsonValue]) -> None:
        """Take note of what the other fields of the same object hold."""

    def cells(self, *, shown: bool) -> Iterator[FieldWidget]:
        """What stands for it in the grid of a form: itself, or what it holds."""
        yield self

    def _show(self, value: codec.JsonValue) -> None:
        raise NotImplementedError

    def _read(self) -> codec.JsonValue:
        raise NotImplementedError

    # Errors, by place

    def show_error(self, text: str | None) -> None:
        if text == self.error:
            return
        self.error = text
        self._say_note()
        for control in self._controls:
            _set_wrong(control, text is not None)

    def show_error_at(self, path: paths.Path, text: str) -> None:
        """Show what is wrong at a place inside this value, as near to it as there is a field."""
        self.show_error(text if not path else f"{_inside(path)}{text}")

    def clear_errors(self) -> None:
        self.show_error(None)

    def is_touched_at(self, path: paths.Path) -> bool:
        return self.is_touched

    def problems(self) -> Iterator[tuple[paths.Path, str]]:
        """Every place with what is wrong there."""
        found = self.problem()
        if found is not None:
            yield (), found

    def focus_at(self, path: paths.Path) -> None:
        """Put the cursor where this place is edited."""
        if self._controls:
            self._controls[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def label_at(self, path: paths.Path) -> str:
        """What a person calls this place."""
        return self.field.label

    # For those that draw it

    def _place(self, control: QWidget, *beside: QWidget) -> None:
        """Put the control between label and note, with what stands to its right."""
        control.setAccessibleName(self.field.label)
        self.label.setBuddy(control)
        self._controls.append(control)
        if beside:
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(control, 1)
            for one in beside:
                row.addWidget(one)
            self._box.insertLayout(1, row)
        else:
            self._box.insertWidget(1, control)
        self._say_note()

    def _on_edited(self) -> None:
        self.is_touched = True
        self.changed.emit()

    def _say_note(self) -> None:
        said = self.error or self.field.hint
        self.note.setText(said)
        mark(self.note, role="error" if self.error else "second")
        self.note.setVisible(bool(said))
        for control in self._controls:
            control.setAccessibleDescription(said)


def make_label(text: str, role: str = "") -> QLabel:
    """Words that are shown as they are, whatever marks they hold."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if role:
        mark(label, role=role)
    return label


def escaped(text: str) -> str:
    """A text for where Qt would take "&" for the mark of a key."""
    return text.replace("&", "&&")


class WheelGuard(QObject):
    """Lets the page scroll under a wheel, instead of a control that only lies in its way."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QWheelEvent) and isinstance(watched, QWidget):
            if watched.hasFocus():
                return False
            event.ignore()
            return True
        return False


def keep_still(control: QWidget) -> None:
    """Let a wheel change this control only while it has the focus."""
    control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    control.installEventFilter(WheelGuard(control))


def _set_wrong(control: QWidget, is_wrong: bool) -> None:
    control.setProperty("wrong", is_wrong)
    style = control.style()
    style.unpolish(control)
    style.polish(control)


def _inside(path: paths.Path) -> str:
    """Where in a value that has one control for all of it: "Entry 2: "."""
    first = path[0]
    return f"Entry {first + 1}: " if isinstance(first, int) else f"{words.key(first)}: "
