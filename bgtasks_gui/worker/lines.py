"""Messages between processes: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Mapping


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse)
# What cannot be encoded in UTF-8 (half of a surrogate pair) would make the whole line unreadable.
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def encode(message: Mapping[str, object]) -> bytes:
    """The message as a line. ValueError or TypeError if it is not JSON (NaN is not)."""
    return _ENCODER.encode(message).encode("utf-8", "replace") + b"\n"


def decode(line: bytes) -> dict[str, object] | None:
    """The message of a line; None when the line is not one JSON object."""
    try:
        message = _DECODER.decode(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


class LineBuffer:
    """Cuts a stream into lines. A line longer than `limit` bytes comes out empty."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rest = b""
        self._is_dropping = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that this chunk completes, without their newline."""
        *lines, rest = (self._rest + chunk).split(b"\n")
        if lines and self._is_dropping:
            lines[0] = b""
            self._is_dropping = False
        self._is_dropping |= len(rest) > self._limit
        self._rest = b"" if self._is_dropping else rest
        return [line if len(line) <= self._limit else b"" for line in lines]
