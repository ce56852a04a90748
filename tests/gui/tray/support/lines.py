"""What a person reads in a menu, and what they click."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

RULE = "---"


def read(menu: QMenu) -> list[str]:
    """The lines that are seen, from top to bottom; "(…)" cannot be chosen."""
    return [_text(action) for action in menu.actions() if action.isVisible()]


def below(menu: QMenu, text: str) -> QMenu:
    """The menu beneath a line."""
    found = find(menu, text).menu()
    assert isinstance(found, QMenu)
    return found


def click(menu: QMenu, text: str) -> None:
    action = find(menu, text)
    assert action.isEnabled()
    action.trigger()


def find(menu: QMenu, text: str) -> QAction:
    [found] = [one for one in menu.actions() if one.isVisible() and _text(one) == text]
    return found


def _text(action: QAction) -> str:
    if action.isSeparator():
        return RULE
    text = action.text().replace("&&", "\0").replace("&", "").replace("\0", "&")
    return text if action.isEnabled() else f"({text})"
