"""How long runs stay in the history: by age and by number (design 13)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec

from bgtasks_gui.core import ids

_MS: Final = timedelta(milliseconds=1)


class History(msgspec.Struct, frozen=True, kw_only=True):
    """How much history is kept; what is older, or beyond the number, is forgotten."""

    #: Seven days, as in seed 5 (concepts R118).
    age: timedelta = timedelta(days=7)
    rows: int = 100_000


def oldest_kept(now: datetime, history: History) -> datetime:
    """Runs triggered before this moment are forgotten."""
    try:
        return now - history.age
    except OverflowError:
        # An age longer than the calendar keeps everything.
        return datetime.min.replace(tzinfo=now.tzinfo)


def is_forgotten(run_id: str, now: datetime, history: History) -> bool:
    """Whether a run of this identifier is older than the history, whether or not it existed."""
    oldest = oldest_kept(now, history)
    epoch = datetime.fromtimestamp(0, now.tzinfo)
    return ids.made_at_ms(run_id) < (oldest - epoch) // _MS
