"""Fields as widgets: one for each type of field, all listed here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bgtasks_gui.gui.editor.fields.base import ABSENT, FieldWidget, Known
from bgtasks_gui.gui.editor.fields.choices import ChoiceField, SeveralField, SwitchField, TaskField
from bgtasks_gui.gui.editor.fields.lines import LINES
from bgtasks_gui.gui.editor.fields.moments import MomentField
from bgtasks_gui.gui.editor.fields.paths import PathField
from bgtasks_gui.gui.editor.fields.tables import TextListField, TextMapField
from bgtasks_gui.gui.editor.fields.texts import CommandLineField, JsonField, MultilineField
from bgtasks_gui.gui.editor.schema import tree

__all__ = ["ABSENT", "FIELDS", "FORMATS", "FieldWidget", "Known", "make"]

#: What draws each type of field. A type without a line here is edited as JSON.
FIELDS: Final[dict[type[tree.Field], Callable[..., FieldWidget]]] = {
    **dict(LINES),
    tree.Switch: SwitchField,
    tree.Choice: ChoiceField,
    tree.Several: SeveralField,
    tree.Path: PathField,
    tree.Moment: MomentField,
    tree.TextList: TextListField,
    tree.TextMap: TextMapField,
    tree.CommandLine: CommandLineField,
    tree.AnyJson: JsonField,
}
#: Texts whose format asks for a field of its own.
FORMATS: Final[dict[str, Callable[..., FieldWidget]]] = {
    "task-id": TaskField,
    "multi-line": MultilineField,
}


def make(field: tree.Field, known: Known) -> FieldWidget:
    """The widget of a field."""
    if isinstance(field, tree.Text) and field.format in FORMATS:
        return FORMATS[field.format](field, known)
    return FIELDS.get(type(field), JsonField)(field, known)
