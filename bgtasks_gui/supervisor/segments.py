"""Reads the log of a run: its head, and the newest of the segments that follow it.

Offsets count the bytes of the whole stream. `<base>` holds [0, 256 KiB); `<base>.<k>` holds the
k-th 256 KiB after that; only the newest three segments are kept.
"""

from __future__ import annotations

import os

#: Bytes of the head and of each segment.
SEGMENT = 262144
#: Segments kept beside the head.
KEPT = 3


def locate(offset: int) -> tuple[int | None, int]:
    """The segment that holds this byte of the stream (None is the head), and where in its file."""
    if offset < SEGMENT:
        return None, offset
    number, position = divmod(offset - SEGMENT, SEGMENT)
    return number, position


def path(base: str, number: int | None) -> str:
    """The file of a segment; None is the head."""
    return base if number is None else f"{base}.{number}"


def extent(base: str) -> tuple[int, int, int]:
    """`(total, head_end, tail_start)` of the stream; all zero while there is no log.

    The bytes [head_end, tail_start) are left out.
    """
    head = _size(base)
    if head < SEGMENT:
        return head, head, head
    numbers = _numbers(base)
    if not numbers:
        return head, head, head
    total = SEGMENT + max(numbers) * SEGMENT + _size(path(base, max(numbers)))
    oldest = min(number for number in numbers if number > max(numbers) - KEPT)
    return total, SEGMENT, SEGMENT + oldest * SEGMENT


def read(base: str, offset: int, limit: int) -> tuple[int, bytes]:
    """At most `limit` bytes from this offset on, and the offset they really start at.

    Inside the part that is left out the answer starts at the tail, past the end at the end.
    """
    start = 0
    for _ in range(KEPT):
        total, head_end, tail_start = extent(base)
        start = min(max(0, offset), total)
        if head_end <= start < tail_start:
            start = tail_start
        end = head_end if start < head_end < tail_start else total
        found = _read_span(base, start, min(end, start + limit))
        if found is not None:
            return start, found
        # The writer took away the oldest segment meanwhile: what it held is left out now.
    return start, b""


def _read_span(base: str, start: int, end: int) -> bytes | None:
    """The bytes [start, end), or None when a file is no longer there."""
    pieces = []
    while start < end:
        number, position = locate(start)
        length = min(end - start, SEGMENT - position)
        try:
            fd = os.open(path(base, number), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            piece = os.pread(fd, length, position)
        finally:
            os.close(fd)
        pieces.append(piece)
        start += len(piece)
        if len(piece) < length:
            break
    return b"".join(pieces)


def _size(name: str) -> int:
    try:
        return os.stat(name).st_size
    except FileNotFoundError:
        return 0


def _numbers(base: str) -> list[int]:
    """Numbers of the segments that exist."""
    folder, name = os.path.split(base)
    start = name + "."
    with os.scandir(folder or ".") as entries:
        ends = [each.name[len(start) :] for each in entries if each.name.startswith(start)]
    return [int(end) for end in ends if end.isascii() and end.isdigit()]
