"""How an attempt ends whose request the server refuses."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bgtasks_gui.core import reasons, transfers
from bgtasks_gui.transfers.web import retry_after

#: Refusals that may pass by themselves, beside those that are the server's own fault.
_PASSING: Final = frozenset({408, 425, 429})
#: What a server says of an address that was good for a while.
_EXPIRED: Final = frozenset({401, 403, 404, 410})


def outcome(
    status: int, phrase: str, wait: str | None, now: datetime, *, has_bytes: bool
) -> transfers.Outcome:
    """`wait` is the Retry-After of the answer."""
    said = f"{status} {phrase}".rstrip()
    if status in _EXPIRED and has_bytes:
        return transfers.Held(
            code=reasons.Code.ADDRESS_EXPIRED, detail=f"the server answered {said}"
        )
    return transfers.Failed(
        code=reasons.Code.SERVER_ANSWER,
        detail=said,
        is_passing=status >= 500 or status in _PASSING,
        wait_s=retry_after.read(wait, now),
    )
