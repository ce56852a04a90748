"""How long a server asks to be left alone (RFC 9110 10.2.3)."""

from __future__ import annotations

import email.utils
import re
from datetime import UTC, datetime
from typing import Final

#: Longer waits are not believed.
LONGEST_S: Final = 86_400.0


def read(value: str | None, now: datetime) -> float | None:
    """Seconds from now on; None where nothing that can be understood is asked for."""
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,12}", text):
        return min(float(text), LONGEST_S)
    try:
        at = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), LONGEST_S)
