"""Names of fields and values in words, where a schema has none for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from bgtasks_gui.gui.editor.schema import tree
from bgtasks_gui.wire import codec

#: Where a name of several words is joined: "time_limit", "time-limit", "timeLimit".
_JOINT: Final = re.compile(r"[_\-\s]+|(?<=[a-z0-9])(?=[A-Z])")


def in_words(name: str) -> str:
    """ "stop_on_loss" and "stopOnLoss" become "Stop on loss"."""
    parts = [part if part.isupper() else part.lower() for part in _JOINT.split(name) if part]
    said = " ".join(parts)
    return said[:1].upper() + said[1:]


def key(value: codec.JsonValue) -> str:
    """The name `x-labels` has for a value: a text is its own, anything else its JSON."""
    return value if isinstance(value, str) else codec.encode(value).decode()


def options(
    values: Iterable[codec.JsonValue], labels: Mapping[str, str], *, is_text: bool
) -> tuple[tree.Option, ...]:
    """Choices in the order of the labels; what has none comes after them, in words.

    Without values the labels themselves say what there is.
    """
    by_key = {key(one): one for one in values}
    if not by_key:
        by_key = {name: name if is_text else codec.plain(name.encode()) for name in labels}
    ordered = [name for name in labels if name in by_key]
    ordered += [name for name in by_key if name not in labels]
    return tuple(
        tree.Option(value=by_key[name], label=labels.get(name) or in_words(name))
        for name in ordered
    )


def label_of(options: Iterable[tree.Option], value: codec.JsonValue) -> str:
    """What a value is called; one that is not among the options is named as it is."""
    found = (one.label for one in options if is_same(one.value, value))
    return next(found, key(value))


def is_same(one: codec.JsonValue, other: codec.JsonValue) -> bool:
    """Whether two values are the same JSON: for Python true is 1, for JSON it is not."""
    return type(one) is type(other) and bool(one == other)
