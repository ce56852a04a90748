"""Progress templates: where a command's output says how far it is, as "Copied {done} of {total}".

A template is no regular expression, so that no output can make it slow: it is cut at its gaps,
and each piece is looked for once, after the one before it.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from bgtasks_gui.core import durations, errors, progress

FIELD: Final = "progress_pattern"
#: A longer template is a mistake; it also bounds the work for each line.
LONGEST: Final = 200
#: A message is shown on one line.
LONGEST_MESSAGE: Final = 200

_PLACEHOLDERS: Final = ("done", "total", "percent", "unit", "message")
_TOKEN: Final = re.compile(r"\{([^{}]*)\}|(\*)")
#: Digits with separators, taken whole; it begins where no number goes on.
_NUMBER: Final = (
    rb"(?<![0-9.,])(?P<%b>(?>[0-9]{1,18}(?:(?:[.,'_]|\xc2\xa0|\xe2\x80\xaf)[0-9]{1,18}){0,8}))"
)
_SUFFIX: Final = rb"(?:[ \t]?(?P<%b_unit>[kKMGTPE](?:i?B|i)?|[Bb]ytes?|B)(?![0-9A-Za-z]))?"
_UNIT: Final = rb"(?P<unit>[A-Za-z%\x80-\xff]{1,16})"
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_SEPARATORS: Final = re.compile(r"['_\u00a0\u202f]")


class _Piece(NamedTuple):
    """A part of the template without gaps, and whether the gap before it is the message."""

    find: re.Pattern[bytes]
    is_message_before: bool


class Template:
    """A compiled template. Raises `errors.InvalidField` where the text is none."""

    def __init__(self, text: str) -> None:
        _check(text)
        self._pieces: list[_Piece] = []
        self._ends_with_message = False
        self._compile(text)

    def _compile(self, text: str) -> None:
        source, is_message, position = b"", False, 0
        for token in _TOKEN.finditer(text):
            source += _literal(text[position : token.start()])
            position = token.end()
            if token[2] or token[1] == "message":
                self._add(source, is_message)
                source, is_message = b"", token[1] == "message"
            else:
                source += _placeholder(token[1])
        source += _literal(text[position:])
        self._ends_with_message = is_message and not source
        self._add(source, is_message)

    def _add(self, source: bytes, is_message: bool) -> None:
        if source:
            self._pieces.append(_Piece(re.compile(source), is_message))

    def find(self, line: bytes) -> progress.Progress | None:
        """What a line of output says, or None where it does not match."""
        position, message = 0, None
        groups: dict[str, bytes] = {}
        for piece in self._pieces:
            found = piece.find.search(line, position)
            if found is None:
                return None
            if piece.is_message_before:
                message = line[position : found.start()]
            position = found.end()
            groups.update((name, value) for name, value in found.groupdict().items() if value)
        if self._ends_with_message:
            message = line[position:]
        return _figure(groups, message)


def check_pattern(text: str) -> None:
    """Raises `errors.InvalidField` (field `progress_pattern`) where this is no template."""
    Template(text)


def _check(text: str) -> None:
    names = [token[1] for token in _TOKEN.finditer(text) if token[1] is not None]
    problem = None
    if len(text) > LONGEST:
        problem = f"A progress pattern has at most {LONGEST} characters."
    elif _CONTROL.search(text):
        problem = "A progress pattern is one line, without control characters."
    elif unknown := [name for name in names if name not in _PLACEHOLDERS]:
        known = ", ".join(f"{{{name}}}" for name in _PLACEHOLDERS)
        problem = f"{{{unknown[0]}}} is no placeholder of a progress pattern; they are {known}."
    elif len(names) != len(set(names)):
        problem = "A placeholder may stand in a progress pattern only once."
    elif "done" not in names and "percent" not in names:
        problem = "A progress pattern needs {done} or {percent}."
    elif re.search(r"\{(?:done|total|percent)\}\{(?:done|total|percent)\}", text):
        problem = "Two numbers of a progress pattern need something between them."
    if problem is not None:
        raise errors.InvalidField(problem, field=FIELD)


def _literal(text: str) -> bytes:
    # Programs pad their numbers, so one space stands for any blanks.
    return re.sub(rb"(?:\\ )+", rb"[ \\t]{1,32}", re.escape(text.encode()))


def _placeholder(name: str) -> bytes:
    if name == "unit":
        return _UNIT
    number = _NUMBER % name.encode()
    return number if name == "percent" else number + _SUFFIX % name.encode()


def _figure(groups: dict[str, bytes], message: bytes | None) -> progress.Progress:
    said = clean_message(message.decode(errors="replace")) if message is not None else None
    if "percent" in groups and not ("done" in groups and "total" in groups):
        done = min(number(groups["percent"].decode()), 100)
        return progress.Progress(done=done, total=100, unit="%", message=said)
    suffixes = [groups[name] for name in ("done_unit", "total_unit") if name in groups]
    unit = groups["unit"].decode(errors="replace") if "unit" in groups else None
    # "3/10 MB": the unit of the one is that of the other.
    done = _amount(groups["done"], groups.get("done_unit") or b"".join(suffixes))
    total = None
    if "total" in groups:
        total = _amount(groups["total"], groups.get("total_unit") or b"".join(suffixes))
    if suffixes and unit is None:
        unit = "bytes"
    return progress.Progress(done=done, total=total, unit=unit, message=said)


def _amount(digits: bytes, suffix: bytes) -> int | float:
    plain, unit = number(digits.decode()), suffix.decode().lower()
    factor = 1 if unit.startswith("byte") else durations.SIZES[unit]
    return round(plain * factor) if factor > 1 else plain


def number(text: str) -> int | float:
    """The number of digits with separators: "1,234", "1'234.5", "12,5", "1.234.567".

    Of two kinds the last is the decimal one; a comma before exactly three digits, or a
    separator that comes twice, parts thousands.
    """
    text = _SEPARATORS.sub("", text)
    last = max(text.rfind("."), text.rfind(","))
    if last < 0:
        return int(text)
    mark = text[last]
    is_group = mark == "," and "." not in text and len(text) - last == 4 and text[0] != "0"
    is_thousands = is_group or text.count(mark) > 1
    if is_thousands:
        return int(re.sub("[.,]", "", text))
    value = float(re.sub("[.,]", "", text[:last]) + "." + text[last + 1 :])
    return int(value) if value.is_integer() else value


def clean_message(text: str) -> str | None:
    """A message as it is shown: one line, not too long; None where nothing is left."""
    return _CONTROL.sub(" ", text).strip()[:LONGEST_MESSAGE] or None
