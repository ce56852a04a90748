"""What of a form differs from what is usual, in a few words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from bgtasks_gui.core import durations
from bgtasks_gui.gui.editor.schema import texts, tree, visibility, words
from bgtasks_gui.wire import codec, times


def differences(form: tree.Object, value: Mapping[str, codec.JsonValue]) -> Iterator[str]:
    """ "Time limit: 1 h", for each field that is shown and has not its default."""
    known = {field.name: value.get(field.name, field.default) for field in form.fields}
    for field in form.fields:
        given = known[field.name]
        if isinstance(field, tree.Object) and isinstance(given, dict):
            yield from differences(field, given)
        elif not is_default(field, given) and visibility.is_shown(field, known):
            yield f"{field.label}: {say(field, given)}"


def is_default(field: tree.Field, value: codec.JsonValue) -> bool:
    """Whether a value means the same as leaving it out."""
    default = field.default
    if isinstance(field, tree.Duration) and isinstance(value, str) and isinstance(default, str):
        return texts.spell_duration(value) == texts.spell_duration(default)
    return bool(value == default) or (value in ("", None) and default in ("", None))


def say(field: tree.Field, value: codec.JsonValue) -> str:
    """A value in words, short enough for a line."""
    if value is None:
        return _small(field.empty) or "none"
    match field:
        case tree.Choice():
            return _small(words.label_of(field.options, value))
        case tree.Several() if isinstance(value, list):
            return ", ".join(words.label_of(field.options, one) for one in value)
        case tree.Switch():
            return "yes" if value else "no"
        case tree.Duration():
            return texts.spell_duration(str(value))
        case tree.Moment():
            return _say_moment(str(value))
        case tree.Size() if isinstance(value, int):
            return durations.say_size(value)
        case tree.Whole() | tree.Number():
            return f"{words.key(value)} {field.unit}".rstrip()
        case _:
            return _say_other(value)


def _say_other(value: codec.JsonValue) -> str:
    if isinstance(value, dict | list):
        noun = "entry" if len(value) == 1 else "entries"
        return f"{len(value)} {noun}"
    return _cut(words.key(value))


def _say_moment(stamp: str) -> str:
    try:
        return durations.say_time(times.parse(stamp), datetime.now(UTC))
    except ValueError:
        return stamp


def _small(label: str) -> str:
    return label[:1].lower() + label[1:]


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
