"""Modes of continuous tasks in words."""

from __future__ import annotations

from collections.abc import Iterable

from bgtasks_gui.client.phrases import text
from bgtasks_gui.core.background import modes as known


def label(name: str) -> str:
    """What a task of this mode does: "Plays sound"."""
    try:
        return known.CATALOGUE[known.Mode(name)].label
    except ValueError:
        # Of a newer agent.
        return text.one_line(name)


def labels(names: Iterable[str]) -> str:
    """The same of several: "Plays sound, uses Bluetooth"."""
    said = ", ".join(_uncapitalised(label(one)) for one in names)
    return f"{said[:1].upper()}{said[1:]}"


def _uncapitalised(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}"
