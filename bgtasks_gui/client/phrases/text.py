"""Text of others made safe to show, wherever it is shown."""

from __future__ import annotations

import re
from typing import Final

#: Control characters could move the cursor or recolour a terminal; a name has no right to that.
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def clean(text: str) -> str:
    """The text with control characters as the replacement character."""
    return _CONTROLS.sub("\ufffd", text)


def one_line(text: str) -> str:
    """The same on one line."""
    return clean(" ".join(text.split()))
