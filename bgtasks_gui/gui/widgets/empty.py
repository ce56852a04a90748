"""What stands where a list has nothing to show: why, and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bgtasks_gui.gui.style import mark, metrics
from bgtasks_gui.gui.widgets.shape import Shape

_WIDEST = 460


class EmptyState(QWidget):
    """An icon, a sentence, a second one, and perhaps one or two buttons.

    Signals: `acted` when the first button is pressed, `other_acted` for the second.
    """

    acted = Signal()
    other_acted = Signal()

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setSpacing(metrics.GAP)
        column.setContentsMargins(40, 24, 40, 24)
        self._usual_icon = icon
        self._icon = Shape(icon, "second", 36)
        self._lead = QLabel()
        mark(self._lead, role="heading")
        self._more = QLabel()
        mark(self._more, role="second")
        self._button, self._other = QPushButton(), QPushButton()
        mark(self._button, role="primary")
        self._button.clicked.connect(self.acted)
        self._other.clicked.connect(self.other_acted)
        column.addStretch(2)
        for widget in (self._icon, self._lead, self._more):
            if isinstance(widget, QLabel):
                widget.setAlignment(Qt.AlignmentFlag.AlignCenter)
                widget.setTextFormat(Qt.TextFormat.PlainText)
                widget.setWordWrap(True)
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 6, 0, 0)
        buttons.addStretch(1)
        buttons.addWidget(self._button)
        buttons.addWidget(self._other)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addStretch(3)

    def say(
        self, lead: str, more: str = "", button: str = "", other: str = "", *, icon: str = ""
    ) -> None:
        """Say why there is nothing, and what can be done."""
        self._icon.set_icon(icon or self._usual_icon, "second")
        _write(self._lead, lead)
        _write(self._more, more)
        self._button.setText(button)
        self._button.setVisible(bool(button))
        self._other.setText(other)
        self._other.setVisible(bool(other))

    def take_keyboard(self) -> None:
        """To the first button; where there is none, the keyboard waits here."""
        to = self._button if self._button.isVisibleTo(self) else self
        to.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _write(label: QLabel, words: str) -> None:
    label.setText(words)
    if words:
        label.ensurePolished()
        width = min(_WIDEST, label.fontMetrics().horizontalAdvance(words) + 8)
        label.setFixedWidth(width)
        # In the middle of a layout a label is not asked how high it is at its width.
        label.setMinimumHeight(label.heightForWidth(width))
    # Only now: what is shown is laid out at once, as wide as it wants to be.
    label.setVisible(bool(words))
