"""Places in a form, as errors name them: "triggers[0].expression"."""

from __future__ import annotations

import re
from typing import Final

Step = str | int
#: From the outermost member inwards.
Path = tuple[Step, ...]

_STEP: Final = re.compile(r"\[(\d+)\]|\[?([^.\[\]]+)\]?")


def parse(text: str) -> Path:
    """ "triggers[0].zone" is ("triggers", 0, "zone")."""
    return tuple(int(index) if index else name for index, name in _STEP.findall(text))


def spell(path: Path) -> str:
    """The other way."""
    said = ""
    for step in path:
        said += f"[{step}]" if isinstance(step, int) else f".{step}" if said else step
    return said


def is_under(path: Path, parent: Path) -> bool:
    """Whether a place is the parent itself or inside it."""
    return path[: len(parent)] == parent
