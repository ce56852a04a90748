"""How everything looks: colours, icons, fonts, distances, and the one sheet that applies them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def mark(widget: QWidget, *, role: str) -> None:
    """Dress a widget as the sheet describes for this role; also when it is shown already."""
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        # One that was not shown yet is dressed when it is.
        style = widget.style()
        style.unpolish(widget)
        style.polish(widget)


def write_mono(widget: QWidget, *, small: bool = False) -> None:
    """Let a widget write in the fixed-width font, as output and command lines are."""
    widget.setProperty("mono", "small" if small else "plain")
