"""Time-ordered identifiers: UUID version 7 (RFC 9562 section 5.7)."""

from __future__ import annotations

import uuid

#: Bits of randomness beside the 48-bit time: 12 in `rand_a`, 62 in `rand_b`.
RANDOM_BITS = 74


def make_id(unix_ms: int, randomness: int) -> str:
    """The identifier for this Unix time in milliseconds and `RANDOM_BITS` random bits."""
    rand_a, rand_b = (randomness >> 62) & 0xFFF, randomness & ((1 << 62) - 1)
    value = (unix_ms & ((1 << 48) - 1)) << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b
    return str(uuid.UUID(int=value))


def lowest_at(unix_ms: int) -> str:
    """The smallest identifier that could have been made at this time: the edge of a range."""
    return make_id(unix_ms, 0)


def is_id(text: str) -> bool:
    """Whether this text is a version 7 identifier in its usual spelling."""
    try:
        value = uuid.UUID(text)
    except ValueError:
        return False
    return value.version == 7 and str(value) == text.lower()


def made_at_ms(identifier: str) -> int:
    """The Unix time in milliseconds at which a version 7 identifier was made."""
    return uuid.UUID(identifier).int >> 80


class Sequence:
    """Identifiers that never go back, also when several are made in one millisecond.

    The caller hands in the time and the randomness, so that tests repeat exactly.
    """

    def __init__(self) -> None:
        self._last = (0, 0)

    def make(self, unix_ms: int, randomness: int) -> str:
        """The next identifier: larger than every one this sequence made before."""
        last_ms, last_random = self._last
        if unix_ms > last_ms:
            # The top bit stays free, so that counting up within the millisecond has room.
            self._last = (unix_ms, randomness & ((1 << (RANDOM_BITS - 1)) - 1))
        else:
            self._last = (last_ms, last_random + 1 + (randomness & 0xFFFF))
        return make_id(*self._last)
