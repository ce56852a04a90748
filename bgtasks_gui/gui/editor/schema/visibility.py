"""Whether a field makes sense beside what its siblings hold."""

from __future__ import annotations

from collections.abc import Mapping

from bgtasks_gui.gui.editor.schema import tree, words
from bgtasks_gui.wire import codec


def is_shown(field: tree.Field, siblings: Mapping[str, codec.JsonValue]) -> bool:
    """Whether every sibling it depends on has a value of the kind it asks for."""
    return all(matches(schema, siblings.get(name)) for name, schema in field.shown_when)


def matches(schema: codec.JsonObject, value: codec.JsonValue) -> bool:
    """Whether a value is such: const, enum, minimum, maximum and not are understood."""
    for rule, wanted in schema.items():
        match rule:
            case "const":
                holds = words.is_same(value, wanted)
            case "enum":
                holds = any(words.is_same(value, one) for one in wanted)
            case "minimum":
                holds = _is_number(value) and value >= wanted
            case "maximum":
                holds = _is_number(value) and value <= wanted
            case "not":
                holds = not matches(wanted, value)
            case _:
                # A rule of a later version: better a field too many than one that is missed.
                holds = True
        if not holds:
            return False
    return True


def _is_number(value: codec.JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
