"""An icon that is no button: it says with a shape what the words beside it say."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.style import icons, metrics


class Shape(QWidget):
    """An icon in the colour of a role, drawn for the theme and the screen it is on."""

    def __init__(
        self,
        icon: str = "",
        role: str = "second",
        size: int = metrics.ICON,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon, self._role, self._size = icon, role, size
        self.setFixedSize(size, size)

    def set_icon(self, icon: str, role: str) -> None:
        if (icon, role) != (self._icon, self._role):
            self._icon, self._role = icon, role
            self.update()

    def set_state(self, state: str) -> None:
        """The shape of a state of `states.APPEARANCES`."""
        look = states.APPEARANCES[state]
        self.set_icon(look.icon, look.role)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._icon:
            picture = icons.pixmap(self._icon, self._role, self._size, self.devicePixelRatioF())
            painter = QPainter(self)
            painter.setOpacity(1.0 if self.isEnabled() else metrics.FADED)
            painter.drawPixmap(QPointF(0, 0), picture)
