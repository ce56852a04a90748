"""Policies a person writes: "parallel(3)" for overlap, "all(5)" for missed times."""

from __future__ import annotations

import re
from typing import Final

from bgtasks_gui.core import errors, tasks

#: Brackets need quotes in a shell, so "parallel=3" and "parallel:3" are read too.
_COUNTED: Final = re.compile(r"(?P<word>[a-z]+)(?:\((?P<round>\d{1,9})\)|[=:](?P<plain>\d{1,9}))?")


def parse_overlap(text: str) -> tasks.Overlap:
    """Raises `errors.InvalidField` where the text is no overlap policy."""
    word, limit = _split(text)
    if word == tasks.OverlapPolicy.PARALLEL and limit is not None:
        return tasks.Overlap(policy=tasks.OverlapPolicy.PARALLEL, limit=limit)
    if word in set(tasks.OverlapPolicy) - {tasks.OverlapPolicy.PARALLEL} and limit is None:
        return tasks.Overlap(policy=tasks.OverlapPolicy(word))
    message = f'{text!r} is not an overlap policy: "skip", "queue", "parallel(3)" or "replace".'
    raise errors.InvalidField(message, field="overlap")


def parse_missed(text: str) -> tasks.Missed:
    """Raises `errors.InvalidField` where the text is no missed-run policy."""
    word, limit = _split(text)
    if word == tasks.MissedPolicy.ALL and limit is not None:
        return tasks.Missed(policy=tasks.MissedPolicy.ALL, limit=limit)
    if word in set(tasks.MissedPolicy) and limit is None:
        return tasks.Missed(policy=tasks.MissedPolicy(word))
    message = f'{text!r} is not a policy for missed times: "once", "skip", "all(10)" or "ask".'
    raise errors.InvalidField(message, field="missed")


def _split(text: str) -> tuple[str, int | None]:
    found = _COUNTED.fullmatch(text.strip().lower())
    if found is None:
        return "", None
    count = found["round"] or found["plain"]
    return found["word"], None if count is None else int(count)
