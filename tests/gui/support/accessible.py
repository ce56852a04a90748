"""What somebody needs who uses no mouse, or no eyes: names, and a way to everything by Tab."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)


def name(widget: QWidget) -> str:
    """What a screen reader calls it."""
    found = QAccessible.queryAccessibleInterface(widget)
    if found is None:
        return ""
    if not isinstance(widget, QComboBox):
        return found.text(QAccessible.Text.Name).strip()
    # Qt tells what is chosen in it as its name, and leaves what it is about to its label.
    labels = [one for one, kind in found.relations() if kind == QAccessible.RelationFlag.Label]
    said = [one.text(QAccessible.Text.Name) for one in labels]
    return widget.accessibleName().strip() or " ".join(said).strip()


def controls(root: QWidget) -> list[QWidget]:
    """Everything below that can be used now."""
    return [
        one
        for one in root.findChildren(QWidget)
        if one.isVisibleTo(root)
        and one.isEnabledTo(root)
        and one.focusProxy() is None
        # Within a field stand signs, and a button that does what Escape does.
        and not isinstance(one.parent(), QLineEdit)
        and (isinstance(one, QAbstractButton) or one.focusPolicy() != Qt.FocusPolicy.NoFocus)
        # Words that can be marked with the mouse are read like any others.
        and not isinstance(one, QLabel)
    ]


def reached(root: QWidget) -> list[QWidget]:
    """Everything below that Tab gets to, in this order; the window is shown for it."""
    window = root.window()
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    # What is put into a layout is shown by an event.
    QApplication.processEvents()
    window.setFocus()
    found: list[QWidget] = []
    seen: set[QWidget] = set()
    while True:
        QTest.keyClick(window, Qt.Key.Key_Tab)
        here = QApplication.focusWidget()
        if here is None or here in seen:
            return [one for one in found if root.isAncestorOf(one)]
        seen.add(here)
        found.append(here)


def faults(root: QWidget) -> list[str]:
    """What is wrong with the controls below; nothing where all can be used by everybody."""
    way = reached(root)
    unnamed = [f"{_said(one)} has no name" for one in controls(root) if not name(one)]
    apart = [f"{_said(one)} is not reached" for one in controls(root) if not _is_on(way, one)]
    return unnamed + apart


def _is_on(way: list[QWidget], one: QWidget) -> bool:
    if one in way:
        return True
    # Of buttons of which one is chosen Tab gets to one, and arrows to the others.
    group = one.group() if isinstance(one, QAbstractButton) else None
    return group is not None and group.exclusive() and any(each in way for each in group.buttons())


def _said(one: QWidget) -> str:
    return f"{type(one).__name__} {name(one)!r}"
