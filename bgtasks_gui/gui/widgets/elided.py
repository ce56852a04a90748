"""Words on one line that end in an ellipsis where there is no room; the tooltip has the whole."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from bgtasks_gui.client.phrases import text as phrases
from bgtasks_gui.gui.style import mark, metrics, tips

_NARROWEST = 24


class ElidedLabel(QLabel):
    """A label that gives way.

    It takes all the width there is, or with `is_greedy=False` no more than its words need.
    """

    def __init__(
        self,
        text: str = "",
        role: str = "",
        *,
        is_greedy: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Ignored if is_greedy else policy.Maximum, policy.Preferred)
        if role:
            mark(self, role=role)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Say this; several lines become one."""
        line = phrases.one_line(text)
        if line != self.text():
            self.setText(line)
            self._explain()

    def sizeHint(self) -> QSize:
        return QSize(self._needed() + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(_NARROWEST, self._needed()), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, room = QPainter(self), self.contentsRect()
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setOpacity(1.0 if self.isEnabled() else metrics.FADED)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(room, int(side), shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._explain()

    def _needed(self) -> int:
        # Before it is shown it does not have the font of the sheet by itself.
        self.ensurePolished()
        margins = self.contentsMargins()
        words = self.fontMetrics().horizontalAdvance(self.text())
        return words + margins.left() + margins.right()

    def _explain(self) -> None:
        is_cut = self._needed() > self.width()
        self.setToolTip(tips.plain(self.text()) if is_cut else "")
