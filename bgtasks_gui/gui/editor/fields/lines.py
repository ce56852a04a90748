"""Fields of one line of text that stands for something: words, numbers, durations, sizes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit

from bgtasks_gui.core import errors
from bgtasks_gui.gui.editor.fields.base import ABSENT, NEEDED, FieldWidget, Known, make_label
from bgtasks_gui.gui.editor.schema import texts, tree, words
from bgtasks_gui.gui.style import write_mono
from bgtasks_gui.wire import codec

#: Formats that people read letter by letter.
_MONO: Final = frozenset({"cron", "callable"})
#: Formats whose texts are short.
_SHORT: Final = frozenset({"cron", "zone", "time-of-day"})
_WHOLE: Final = re.compile(r"[+-]?\d{1,30}")


class LineField(FieldWidget):
    """A value with a spelling: what is typed is read when it is asked for."""

    is_wide = False

    def __init__(self, field: tree.Field, known: Known, unit: str = "") -> None:
        super().__init__(field, known)
        self.edit = _StepEdit()
        self.edit.setPlaceholderText(self._placeholder())
        self.edit.textEdited.connect(self._on_edited)
        self._place(self.edit, *([make_label(unit, "second")] if unit else []))

    def problem(self) -> str | None:
        text = self.edit.text().strip()
        if not text:
            return NEEDED if self._is_needed() else None
        try:
            return self._fault(self._parse(text))
        except errors.InvalidField as error:
            return error.message

    def _show(self, value: codec.JsonValue) -> None:
        self.edit.setText(self._spell_any(value))
        self.edit.setCursorPosition(0)

    def _read(self) -> codec.JsonValue:
        text = self.edit.text().strip()
        if not text:
            return self._empty()
        try:
            return self._parse(text)
        except errors.InvalidField:
            return text

    def _empty(self) -> codec.JsonValue:
        """What no text means."""
        if self.field.is_nullable:
            return None
        return ABSENT if self.field.default is None else self.field.default

    def _is_needed(self) -> bool:
        return self.field.is_required and not self.field.is_nullable

    def _spell_any(self, value: codec.JsonValue) -> str:
        if value is None:
            return ""
        try:
            return self._spell(value)
        except (TypeError, ValueError):
            return words.key(value)

    def _placeholder(self) -> str:
        if self.field.empty:
            return self.field.empty
        example = self._spell_any(self.field.example)
        return f"For example {example}" if example else ""

    def _spell(self, value: codec.JsonValue) -> str:
        return words.key(value)

    def _parse(self, text: str) -> codec.JsonValue:
        return text

    def _fault(self, value: codec.JsonValue) -> str | None:
        """What is wrong with a value that could be read."""
        return None


class TextField(LineField):
    """A text; its format brings what is known of it."""

    def __init__(self, field: tree.Text, known: Known) -> None:
        super().__init__(field, known)
        self._format = field.format
        self.is_wide = field.is_required and field.format not in _SHORT
        if field.format in _MONO:
            write_mono(self.edit)
        if field.format == "zone":
            self.edit.textEdited.connect(self._on_zone_typed)

    def _on_zone_typed(self) -> None:
        """Offer the zones there are, from the first letter on."""
        if self.edit.completer() is not None or not self.known.zones:
            return
        completer = QCompleter(list(self.known.zones), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.edit.setCompleter(completer)
        completer.activated.connect(self._on_edited)

    def _read(self) -> codec.JsonValue:
        # Blanks at its ends are the agent's to judge.
        text = self.edit.text()
        return self._parse(text) if text.strip() else self._empty()

    def _empty(self) -> codec.JsonValue:
        return None if self.field.is_nullable else self.edit.text()

    def _parse(self, text: str) -> codec.JsonValue:
        return texts.read_clock(text) if self._format == "time-of-day" else text


class WholeField(LineField):
    """A whole number, also stepped by the arrow keys."""

    def __init__(self, field: tree.Whole, known: Known) -> None:
        super().__init__(field, known, field.unit)
        self._least, self._most = field.least, field.most
        self.edit.stepped.connect(self._on_stepped)

    def _parse(self, text: str) -> codec.JsonValue:
        if not _WHOLE.fullmatch(text):
            raise errors.InvalidField("Write a whole number.", field=self.field.name)
        return int(text)

    def _fault(self, value: codec.JsonValue) -> str | None:
        return _out_of_bounds(value, self._least, self._most)

    def _on_stepped(self, step: int) -> None:
        text = self.edit.text().strip() or words.key(self.field.default or 0)
        if _WHOLE.fullmatch(text) and self._fault(int(text) + step) is None:
            self.edit.setText(str(int(text) + step))
            self._on_edited()


class NumberField(LineField):
    """Any number."""

    def __init__(self, field: tree.Number, known: Known) -> None:
        super().__init__(field, known, field.unit)
        self._least, self._most = field.least, field.most

    def _parse(self, text: str) -> codec.JsonValue:
        try:
            number = float(text.replace(",", "."))
        except ValueError as error:
            raise errors.InvalidField("Write a number.", field=self.field.name) from error
        if not math.isfinite(number):
            raise errors.InvalidField("Write a number that has an end.", field=self.field.name)
        return int(number) if number == int(number) else number

    def _fault(self, value: codec.JsonValue) -> str | None:
        return _out_of_bounds(value, self._least, self._most)


class DurationField(LineField):
    """A length of time, typed as "15m", shown as "15 min"."""

    def _spell(self, value: codec.JsonValue) -> str:
        return texts.spell_duration(value) if isinstance(value, str) else words.key(value)

    def _parse(self, text: str) -> codec.JsonValue:
        return texts.read_duration(text)


class SizeField(LineField):
    """A number of bytes, typed as "500M", shown as "500 MiB"."""

    def _spell(self, value: codec.JsonValue) -> str:
        return texts.spell_size(value) if type(value) is int and value >= 0 else words.key(value)

    def _parse(self, text: str) -> codec.JsonValue:
        return texts.read_size(text)


class _StepEdit(QLineEdit):
    """Signals: `stepped` with 1 or -1 when an arrow key was pressed."""

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()), 0)
        if step:
            self.stepped.emit(step)
        else:
            super().keyPressEvent(event)


def _out_of_bounds(number: codec.JsonValue, least: float | None, most: float | None) -> str | None:
    if (least is None or number >= least) and (most is None or number <= most):
        return None
    if least is None:
        return f"It must be {most:g} or less."
    if most is None:
        return f"It must be {least:g} or more."
    return f"It must be from {least:g} to {most:g}."


LINES: Final[tuple[tuple[type[tree.Field], Callable[..., LineField]], ...]] = (
    (tree.Text, TextField),
    (tree.Whole, WholeField),
    (tree.Number, NumberField),
    (tree.Duration, DurationField),
    (tree.Size, SizeField),
)
