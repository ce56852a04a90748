"""Fields of several lines: long texts, command lines, and values written as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit

from bgtasks_gui.core import errors
from bgtasks_gui.gui.editor.fields.base import ABSENT, NEEDED, FieldWidget, Known, make_label
from bgtasks_gui.gui.editor.schema import texts, tree, words
from bgtasks_gui.gui.style import write_mono
from bgtasks_gui.wire import codec

_EXPECTED: Final = {
    "array": 'Write a list, as in ["one", 2].',
    "object": 'Write an object, as in {"name": "value"}.',
}
#: Border and padding above and below together, as the sheet has them.
_EDGES: Final = 10
_NEVER: Final = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
_AS_NEEDED: Final = Qt.ScrollBarPolicy.ScrollBarAsNeeded


class GrowingEdit(QPlainTextEdit):
    """As high as what it holds, between two numbers of lines. Tab leaves it."""

    def __init__(self, least: int, most: int) -> None:
        super().__init__()
        self._least, self._most = least, most
        self.setTabChangesFocus(True)
        write_mono(self)
        self.document().documentLayout().documentSizeChanged.connect(self._on_size_changed)
        self._on_size_changed()

    def _on_size_changed(self) -> None:
        # Of a plain text the height of the document is a number of lines.
        lines = round(self.document().size().height())
        shown = min(max(lines, self._least), self._most)
        self.setVerticalScrollBarPolicy(_NEVER if lines <= self._most else _AS_NEEDED)
        margins = 2 * round(self.document().documentMargin()) + _EDGES
        self.setFixedHeight(self.fontMetrics().lineSpacing() * shown + margins)


class MultilineField(FieldWidget):
    """A text that may have several lines."""

    least = 2

    def __init__(self, field: tree.Field, known: Known) -> None:
        super().__init__(field, known)
        self.edit = GrowingEdit(self.least, 12)
        self.edit.textChanged.connect(self._on_edited)
        self.edit.setPlaceholderText(self._placeholder())
        self._place(self.edit)

    @property
    def text(self) -> str:
        # Not as "plain text", which makes ordinary blanks of those that hold words together.
        return self.edit.document().toRawText().replace("\u2029", "\n")

    def problem(self) -> str | None:
        if not self.text.strip():
            is_needed = self.field.is_required and not self.field.is_nullable
            return NEEDED if is_needed else None
        return self._fault()

    def _fault(self) -> str | None:
        """What is wrong with a text that is there."""
        return None

    def _show(self, value: codec.JsonValue) -> None:
        self.edit.setPlainText("" if value is None else words.key(value))

    def _read(self) -> codec.JsonValue:
        return None if self.field.is_nullable and not self.text else self.text

    def _placeholder(self) -> str:
        if self.field.empty:
            return self.field.empty
        example = self.field.example
        return f"For example {words.key(example)}" if example is not None else ""


class CommandLineField(MultilineField):
    """A program and its arguments, as one would type them; or one line of shell."""

    least = 1

    def __init__(self, field: tree.CommandLine, known: Known) -> None:
        self._shell = field.shell
        #: Whether the shell reads it.
        self._is_shell = False
        #: Arguments handed to the line of shell; they have no place in its text.
        self._rest: list[codec.JsonValue] = []
        super().__init__(field, known)
        self._extra = make_label("", "second")
        self._box.insertWidget(2, self._extra)
        self._say_rest()

    def follow(self, siblings: Mapping[str, codec.JsonValue]) -> None:
        is_shell = bool(siblings.get(self._shell))
        if is_shell != self._is_shell:
            self._is_shell = is_shell
            # The text stays and now means something else.
            self.is_touched = self.is_touched or bool(self.text)
            self._say_rest()

    def _show(self, value: codec.JsonValue) -> None:
        argv = value if isinstance(value, list) else [] if value is None else [value]
        if self._is_shell:
            self._rest = argv[1:]
            self.edit.setPlainText(words.key(argv[0]) if argv else "")
        else:
            self.edit.setPlainText(texts.spell_argv([words.key(one) for one in argv]))
        self._say_rest()

    def _read(self) -> codec.JsonValue:
        if not self.text.strip():
            return ABSENT
        if self._is_shell:
            return [self.text, *self._rest]
        try:
            return texts.read_argv(self.text)
        except errors.InvalidField:
            return [self.text]

    def _fault(self) -> str | None:
        if self._is_shell:
            return None
        try:
            return None if any(texts.read_argv(self.text)) else NEEDED
        except errors.InvalidField as error:
            return error.message

    def show_error_at(self, path: tuple[str | int, ...], text: str) -> None:
        # Which argument it is says the sentence; the person sees one line.
        self.show_error(text)

    def _say_rest(self) -> None:
        has_rest = self._is_shell and bool(self._rest)
        said = texts.spell_argv([words.key(one) for one in self._rest])
        self._extra.setText(f"Handed to it as $1 and so on: {said}")
        self._extra.setVisible(has_rest)

    def _placeholder(self) -> str:
        example = self.field.example
        if not isinstance(example, list):
            return ""
        return f"For example {texts.spell_argv([words.key(one) for one in example])}"


class JsonField(MultilineField):
    """Any value, written as JSON."""

    least = 1

    def _show(self, value: codec.JsonValue) -> None:
        if value is None or value in ([], {}):
            self.edit.setPlainText("")
            return
        pretty = msgspec.json.format(codec.encode(value), indent=2)
        short = codec.encode(value).decode()
        self.edit.setPlainText(short if len(short) <= 60 else pretty.decode())

    def _read(self) -> codec.JsonValue:
        if not self.text.strip():
            default = self.field.default
            return default if default is not None or self.field.is_nullable else ABSENT
        try:
            return codec.plain(self.text.encode("utf-8", "surrogatepass"))
        except errors.InvalidField:
            return self.text

    def _fault(self) -> str | None:
        try:
            value = codec.plain(self.text.encode("utf-8", "surrogatepass"))
        except errors.InvalidField as error:
            return error.message
        field = self.field
        holds = field.holds if isinstance(field, tree.AnyJson) else "anything"
        wanted = {"array": list, "object": dict}.get(holds)
        return _EXPECTED[holds] if wanted and not isinstance(value, wanted) else None
