"""Reads the fields of a request; what is missing or wrong is refused by name."""

from __future__ import annotations

from collections.abc import Mapping

from bgtasks_gui.supervisor.children import refusals
from bgtasks_gui.worker import child

Message = Mapping[str, object]


def text(message: Message, name: str) -> str:
    """A text that says something."""
    value = message.get(name)
    if not isinstance(value, str) or not value:
        raise _wrong(name, "a text")
    return value


def optional_text(message: Message, name: str) -> str | None:
    return None if message.get(name) is None else text(message, name)


def texts(message: Message, name: str) -> list[str]:
    value = message.get(name)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _wrong(name, "a list of texts")
    return value


def whole(message: Message, name: str, default: int | None = None) -> int:
    value = message.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong(name, "a whole number")
    return value


def seconds(message: Message, name: str, default: float) -> float:
    value = message.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise _wrong(name, "a number of seconds")
    return float(value)


def mapping(message: Message, name: str) -> dict[str, object]:
    value = message.get(name)
    if not isinstance(value, dict):
        raise _wrong(name, "an object")
    return value


def surroundings(message: Message) -> child.Surroundings:
    """Where and how gently to run: `cwd`, `env`, `nice`, `io_priority`."""
    env = {key: value for key, value in mapping(message, "env").items() if isinstance(value, str)}
    if len(env) != len(mapping(message, "env")):
        raise _wrong("env", "an object of texts")
    return child.Surroundings(
        text(message, "cwd"),
        env,
        0 if message.get("nice") is None else whole(message, "nice"),
        optional_text(message, "io_priority") or "normal",
    )


def _wrong(name: str, wanted: str) -> refusals.Refused:
    return refusals.Refused("invalid_request", name, f"{name} must be {wanted}.")
