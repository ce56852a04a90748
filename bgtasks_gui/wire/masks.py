"""What is never shown: values of variables and headers that look secret, passwords in addresses.

A value that was hidden comes back as it was when a task is edited, and is refused when a task is
registered anew, so that three stars never take the place of a secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from bgtasks_gui.core import errors, tasks
from bgtasks_gui.wire import codec

HIDDEN: Final = "***"
_HIDDEN_SAID: Final = "This secret was hidden when it was shown; write it."

#: Names whose value is a secret; "keyboard" and "author" only look so.
_SECRET_NAME: Final = re.compile(
    r"TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|COOKIE|KEY(?!BOARD|MAP)|AUTH(?!OR(?!IZ))",
    re.IGNORECASE,
)
#: Maps whose every name is looked at. Elsewhere a bare "key" is an ordinary word.
_NAMED: Final = frozenset({"env", "environment", "headers"})
_URL_PASSWORD: Final = re.compile(
    r"(?P<head>\b[a-zA-Z][a-zA-Z0-9+.-]{0,30}://[^\s/?#:@]*:)[^\s/?#]*@"
)
_ASSIGNED: Final = re.compile(r"(?P<name>-{0,2}[A-Za-z_][\w-]*)=(?P<value>.+)", re.DOTALL)
#: A text without any of these holds nothing to hide; most payloads are through here.
_SUSPECT: Final = re.compile(rb"://|TOKEN|SECRET|PASSW|CREDENTIAL|COOKIE|KEY|AUTH", re.IGNORECASE)


def is_secret(name: str) -> bool:
    """Whether the value of a variable or header of this name is a secret."""
    return _SECRET_NAME.search(name) is not None


def text(value: str) -> str:
    """A text, as an argument of a program, without passwords in addresses and assignments."""
    masked = _URL_PASSWORD.sub(rf"\g<head>{HIDDEN}@", value)
    found = _ASSIGNED.fullmatch(masked)
    if found is not None and is_secret(found["name"]):
        return f"{found['name']}={HIDDEN}"
    return masked


def environment(variables: Mapping[str, str] | None) -> dict[str, str] | None:
    """The variables with their secrets hidden."""
    if variables is None:
        return None
    return {name: _named_text(name, value) for name, value in variables.items()}


def payload(raw: msgspec.Raw) -> msgspec.Raw:
    """The JSON of a payload or of arguments with its secrets hidden."""
    if _SUSPECT.search(raw) is None:
        return raw
    return codec.raw(_masked(codec.plain(raw), ""))


def restored(fresh: tasks.TaskSpec, before: tasks.TaskSpec) -> tasks.TaskSpec:
    """An edited registration whose hidden values are again those of the one before."""
    changes: dict[str, object] = {}
    if HIDDEN.encode() in bytes(fresh.payload):
        kept = codec.plain(before.payload)
        changes["payload"] = codec.raw(_restored(codec.plain(fresh.payload), kept, ""))
    if fresh.environment is not None and before.environment is not None:
        changes["environment"] = _restored(fresh.environment, before.environment, "environment")
    return msgspec.structs.replace(fresh, **changes)


def check(spec: tasks.TaskSpec) -> None:
    """Raises `errors.InvalidField` for the first value that is hidden instead of given."""
    found = _hidden(codec.plain(spec.payload), "payload", "")
    found = found or _hidden(spec.environment, "environment", "environment")
    if found is not None:
        raise errors.InvalidField(_HIDDEN_SAID, field=found)


def check_text(value: str, field: str) -> None:
    """Raises `errors.InvalidField` where a text is hidden instead of given."""
    if _is_hidden(value):
        raise errors.InvalidField(_HIDDEN_SAID, field=field)


def _named_text(name: str, value: str) -> str:
    return HIDDEN if value and is_secret(name) else text(value)


def _is_named(name: str, inside: str) -> bool:
    """Whether a name of an object tells of a secret."""
    return is_secret(name) and (inside in _NAMED or name.lower() not in ("key", "keys"))


def _masked(value: object, inside: str) -> object:
    match value:
        case dict():
            return {name: _masked_member(name, part, inside) for name, part in value.items()}
        case list():
            return [_masked(part, inside) for part in value]
        case str():
            return text(value)
        case _:
            return value


def _masked_member(name: str, part: object, inside: str) -> object:
    if isinstance(part, str) and part and _is_named(name, inside):
        return HIDDEN
    return _masked(part, name)


def _restored(fresh: object, kept: object, inside: str) -> object:
    """`fresh` with every hidden text replaced by the kept one that would be shown like it."""
    match fresh, kept:
        case dict(), dict():
            return {
                name: _restored_member(name, part, kept[name], inside) if name in kept else part
                for name, part in fresh.items()
            }
        case list(), list():
            shown = {text(one): one for one in kept if isinstance(one, str)}
            return [shown.get(part, part) if isinstance(part, str) else part for part in fresh]
        case _:
            return fresh


def _restored_member(name: str, part: object, kept: object, inside: str) -> object:
    if part == _masked_member(name, kept, inside):
        return kept
    return _restored(part, kept, name)


def _hidden(value: object, path: str, inside: str) -> str | None:
    """Where the first text is that only hiding can have made."""
    if isinstance(value, str):
        return path if _is_hidden(value) else None
    if isinstance(value, list):
        places = (_hidden(part, f"{path}[{index}]", "") for index, part in enumerate(value))
        return next(filter(None, places), None)
    if isinstance(value, dict):
        for name, part in value.items():
            at = f"{path}.{name}"
            if part == HIDDEN and _is_named(name, inside):
                return at
            if found := _hidden(part, at, name):
                return found
    return None


def _is_hidden(value: str) -> bool:
    assigned = _ASSIGNED.fullmatch(value)
    if assigned is not None and assigned["value"] == HIDDEN and is_secret(assigned["name"]):
        return True
    return any(found[0].endswith(f":{HIDDEN}@") for found in _URL_PASSWORD.finditer(value))
