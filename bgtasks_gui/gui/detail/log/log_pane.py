"""A log and what belongs around it: older output, remarks, the way to the end, why it is empty."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bgtasks_gui.gui.detail.log.log_view import LogView
from bgtasks_gui.gui.style import icons, mark, metrics
from bgtasks_gui.gui.widgets.elided import ElidedLabel

#: Lines the view can scroll: below the first the strip is shown wherever the view stands, and above
#: the second only at its top. It takes two lines itself, so it never chases its own tail.
_FEW_LINES: Final = 3
_SOME_LINES: Final = 6
_MARGIN: Final = 12
_LOAD: Final = "Load earlier output"


class LogPane(QWidget):
    """The view, and everything that is shown only at times.

    Signals: `earlier_asked` when the person wants older output.
    """

    earlier_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = LogView()
        self._earlier = QWidget()
        self._extent = ElidedLabel(role="second")
        self._load = QPushButton(_LOAD)
        self._remark = QLabel()
        self._empty = QLabel(self)
        self._jump = QPushButton("Jump to end", self)
        self._has_earlier = False
        self._arrange()
        self._load.clicked.connect(lambda: self.earlier_asked.emit())
        self._jump.clicked.connect(self._on_jump_clicked)
        self.view.at_end_changed.connect(lambda is_at_end: self._place_jump())
        self.view.moved.connect(self._on_moved)
        self.view.viewport().installEventFilter(self)

    def show_earlier(self, extent: str, *, is_loading: bool = False) -> None:
        """Offer older output; `extent` says how much is shown, and is empty where that is all."""
        self._has_earlier = bool(extent)
        self._extent.set_text(extent)
        self._load.setEnabled(not is_loading)
        # With the space that every button has between its icon and its words.
        self._load.setText(" Loading…" if is_loading else f" {_LOAD}")
        self._place_earlier()

    def show_remark(self, text: str) -> None:
        """Say something about the output; nothing takes it away."""
        self._remark.setText(text)
        self._remark.setVisible(bool(text))

    def show_empty(self, text: str) -> None:
        """Say why there is no output; nothing where there is."""
        self._empty.setText(text)
        self._empty.setVisible(bool(text))
        self._place_empty()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show):
            self._place_jump()
            self._place_empty()
        return super().eventFilter(watched, event)

    def _arrange(self) -> None:
        self._jump.setProperty("small", "true")
        icons.bind(self._load, "chevron-up", size=14)
        icons.bind(self._jump, "arrow-down-to-line", size=14)
        mark(self._load, role="link")
        strip = QHBoxLayout(self._earlier)
        # The words of the button stand on the edge, not its invisible border.
        strip.setContentsMargins(metrics.EDGE - 5, 0, metrics.EDGE, 2)
        strip.setSpacing(metrics.GAP)
        strip.addWidget(self._load)
        strip.addWidget(self._extent, 1)
        mark(self._remark, role="waiting")
        self._remark.setContentsMargins(metrics.EDGE, 0, metrics.EDGE, 4)
        self._remark.setWordWrap(True)
        self._remark.setTextFormat(Qt.TextFormat.PlainText)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._remark)
        column.addWidget(self._earlier)
        column.addWidget(self.view, 1)
        mark(self._empty, role="second")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for widget in (self._earlier, self._remark, self._empty, self._jump):
            widget.hide()

    def _on_jump_clicked(self) -> None:
        self.view.jump_to_end()
        self.view.setFocus()

    def _on_moved(self) -> None:
        self._place_earlier()
        self._place_jump()

    def _place_earlier(self) -> None:
        bar = self.view.verticalScrollBar()
        few = _SOME_LINES if self._earlier.isVisible() else _FEW_LINES
        is_near = bar.value() == 0 or bar.maximum() <= few
        self._earlier.setVisible(self._has_earlier and is_near)

    def _place_jump(self) -> None:
        bar = self.view.verticalScrollBar()
        self._jump.setVisible(not self.view.is_at_end and bar.value() < bar.maximum())
        size, area = self._jump.sizeHint(), self._area()
        self._jump.setGeometry(
            area.right() - size.width() - _MARGIN, area.bottom() - size.height() - _MARGIN,
            size.width(), size.height(),
        )  # fmt: skip
        self._jump.raise_()

    def _place_empty(self) -> None:
        self._empty.setGeometry(self._area().adjusted(_MARGIN, 0, -_MARGIN, 0))
        self._empty.raise_()

    def _area(self) -> QRect:
        viewport = self.view.viewport()
        return viewport.rect().translated(viewport.mapTo(self, viewport.rect().topLeft()))
