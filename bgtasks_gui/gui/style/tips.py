"""Tooltips with the text of others: it is shown as it is, and nothing in it counts as markup."""

from __future__ import annotations

import html
from typing import Final

from PySide6.QtGui import Qt

#: Characters that have room on one line.
_LONGEST: Final = 80


def plain(text: str) -> str:
    """The tooltip that says this; Qt breaks a long one into lines only where it is markup."""
    if len(text) <= _LONGEST and not Qt.mightBeRichText(text):
        return text
    return f"<qt>{html.escape(text)}</qt>"
