"""JSON in and out: decoding errors become sentences that name the field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from bgtasks_gui.core import errors

#: Any JSON value, array, and object.
JsonValue = Any
JsonArray = list[Any]
JsonObject = dict[str, Any]

#: Levels of lists and objects that a request may have.
DEEPEST: Final = 100

_encoder: Final = msgspec.json.Encoder()
# Patterns are compiled when they are first used, which is when something is wrong.
_WHERE: Final = r" - at (?:`key` in )?`\$\.?(?P<path>[^`]*)`$"
_MISSING: Final = r"^Object missing required field `(?P<name>[^`]*)`"
_UNKNOWN: Final = r"^Object contains unknown field `(?P<name>[^`]*)`"
_INVALID: Final = r"(?s)^Invalid (?:enum )?value (?P<value>.*)"
_QUOTED: Final = r"`(\w+)`"
#: What people call the types that decoding errors name.
_WORDS: Final = {
    "array": "a list", "bool": "true or false", "date": "a date", "datetime": "a time",
    "duration": "a duration", "float": "a number", "int": "a whole number", "null": "null",
    "object": "an object", "str": "text",
}  # fmt: skip
#: What would have been right, where the message alone does not say it.
_HINTS: Final = {
    "Invalid ISO8601 duration": 'This is no duration; write it as in "PT15M"',
    "Expected `duration`": 'Expected a duration as in "PT15M"',
    "Invalid RFC3339": 'This is no time; write it as in "2026-11-22T15:00:00Z"',
}


def encode(value: object) -> bytes:
    """The JSON of any shape."""
    return _encoder.encode(value)


def decode(text: bytes | msgspec.Raw, type_: Any, *, at: str = "") -> Any:
    """The value of this type that a JSON text holds.

    Raises `errors.InvalidField`, its field below `at`, where the text is no such value; it is
    an `errors.Malformed` where the text is no JSON at all.
    """
    try:
        return msgspec.json.decode(text, type=type_)
    except msgspec.ValidationError as error:
        raise _translated(error, type_, at) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(error, at) from error


def decode_strictly(text: bytes | msgspec.Raw, type_: Any, *, at: str = "") -> Any:
    """The same, and a field that the type does not have is refused, at any depth."""
    value = decode(text, type_, at=at)
    # Parsed whole once more: a raw part was taken over without a look inside.
    given = plain(text, at=at)
    if bytes(text).count(b"[") + bytes(text).count(b"{") > DEEPEST:
        _refuse_depth(given, at)
    _refuse_unknown(value, given, at)
    return value


def convert(value: object, type_: Any, *, at: str = "") -> Any:
    """The value of this type that plain Python values (of a query string) spell.

    Raises `errors.InvalidField`, also for a name that the type does not have.
    """
    try:
        converted = msgspec.convert(value, type_, strict=False)
    except msgspec.ValidationError as error:
        raise _translated(error, type_, at) from error
    _refuse_unknown(converted, value, at)
    return converted


def raw(value: object) -> msgspec.Raw:
    """The canonical JSON of a value, to be kept as it is."""
    return msgspec.Raw(_encoder.encode(value))


def raw_object(text: bytes | msgspec.Raw, *, at: str) -> msgspec.Raw:
    """The canonical JSON of a text that must hold a JSON object.

    Raises `errors.InvalidField` with the field `at` where it holds something else.
    """
    value = plain(text, at=at)
    if not isinstance(value, dict):
        raise errors.InvalidField('Expected an object, as in {"name": "value"}.', field=at)
    return raw(value)


def plain(text: bytes | msgspec.Raw, *, at: str = "") -> Any:
    """Plain dicts, lists and values of a JSON text.

    Raises `errors.Malformed` where it is no JSON.
    """
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(error, at) from error


def _malformed(error: Exception, at: str) -> errors.Malformed:
    why = _split(str(error))[0].removeprefix("JSON is malformed: ")
    if isinstance(error, RecursionError):
        why = "it is nested too deeply"
    return errors.Malformed(f"This is not JSON: {why}.", field=at or "body")


def _translated(error: msgspec.ValidationError, type_: Any, at: str) -> errors.InvalidField:
    message, path = _split(str(error))
    if found := re.search(_MISSING, message):
        return errors.InvalidField("This field is required.", field=_join(at, path, found["name"]))
    if found := re.search(_UNKNOWN, message):
        from bgtasks_gui.wire import choices  # only an error needs it, and its import takes time

        return _unknown(found["name"], choices.field_names(type_, path), _join(at, path))
    return errors.InvalidField(f"{_say(message, type_, path)}.", field=_join(at, path) or "body")


def _split(message: str) -> tuple[str, str]:
    found = re.search(_WHERE, message)
    if found is None:
        return message, ""
    return message[: found.start()], found["path"]


def _say(message: str, type_: Any, path: str) -> str:
    for start, hint in _HINTS.items():
        if message.startswith(start):
            return hint
    if found := re.search(_INVALID, message):
        from bgtasks_gui.wire import choices

        known = ", ".join(choices.known_values(type_, path))
        return f"{found['value']} is not possible here; known are {known}"
    return re.sub(_QUOTED, lambda found: _WORDS.get(found[1], found[0]), message)


def _refuse_depth(given: object, at: str) -> None:
    """What is nested deeper than any purpose could exhaust whoever walks it later."""
    level = [given]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _parts(outer)]
    if level:
        raise errors.Malformed(f"Nested more than {DEEPEST} deep.", field=at or "body")


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _refuse_unknown(value: object, given: object, at: str) -> None:
    """Raise for the first name in `given` that the decoded `value` has no field for."""
    if isinstance(value, msgspec.Struct) and isinstance(given, Mapping):
        fields = _fields(value)
        for name, part in given.items():
            if name not in fields:
                raise _unknown(name, tuple(fields), at)
            _refuse_unknown(fields[name], part, _join(at, name))
    elif isinstance(value, dict) and isinstance(given, Mapping):
        for name, part in given.items():
            _refuse_unknown(value.get(name), part, _join(at, name))
    elif isinstance(value, list | tuple) and isinstance(given, list):
        for index, (inner, part) in enumerate(zip(value, given, strict=True)):
            _refuse_unknown(inner, part, f"{at}[{index}]")


def _fields(value: msgspec.Struct) -> dict[str, Any]:
    """What each name of the JSON stands for; the tag stands for nothing further."""
    names = zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True)
    fields = {encoded: getattr(value, name) for encoded, name in names}
    tag_field = value.__struct_config__.tag_field
    return fields if tag_field is None else {tag_field: None} | fields


def _unknown(name: str, known: tuple[str, ...], at: str) -> errors.InvalidField:
    message = f"There is no field {name!r} here"
    if known:
        message = f"{message}; known are {', '.join(known)}"
    return errors.InvalidField(f"{message}.", field=_join(at, name))


def _join(*parts: str) -> str:
    joined = ""
    for part in parts:
        dot = "." if joined and part and not part.startswith("[") else ""
        joined = f"{joined}{dot}{part}"
    return joined
