"""Messages across the top of the content: what happened, why, and one verb to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bgtasks_gui.gui.style import icons, mark, metrics
from bgtasks_gui.gui.widgets.elided import ElidedLabel
from bgtasks_gui.gui.widgets.shape import Shape

Tone = Literal["banner", "alarm", "praise"]
#: Messages on the screen at the same time; older ones make room.
MOST: Final = 3
_ICONS: Final[dict[Tone, tuple[str, str]]] = {
    "banner": ("triangle-alert", "waiting"),
    "alarm": ("circle-x", "failed"),
    "praise": ("circle-check", "done"),
}


@dataclass(frozen=True, kw_only=True)
class Message:
    """Something to be told."""

    #: A message with the same key takes the other's place.
    key: str
    tone: Tone = "banner"
    lead: str
    text: str = ""
    #: The verb on the button, and what it does.
    remedy: str = ""
    act: Callable[[], object] | None = None
    can_close: bool = True
    #: Seconds until it goes by itself; 0 is not at all.
    lasts_s: float = 0


class BannerArea(QWidget):
    """The messages that are up, the newest on top.

    Signals: `closed` with the key of a message that the person closed.
    """

    closed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(metrics.EDGE, 0, metrics.EDGE, 0)
        self._column.setSpacing(metrics.GAP)
        self._banners: dict[str, Banner] = {}
        self.setVisible(False)

    def messages(self) -> list[Message]:
        """What is up, the oldest first."""
        return [banner.message for banner in self._banners.values()]

    def show_message(self, message: Message) -> None:
        """Put a message up."""
        self.take_down(message.key)
        banner = Banner(message, self)
        banner.closed.connect(self._on_closed)
        self._banners[message.key] = banner
        self._column.insertWidget(0, banner)
        passing = [key for key, one in self._banners.items() if one.message.can_close]
        for key in passing[: max(0, len(self._banners) - MOST)]:
            self.take_down(key)
        self.setVisible(True)

    def take_down(self, key: str) -> None:
        """Take a message away, if it is up."""
        banner = self._banners.pop(key, None)
        if banner is not None:
            self._column.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
            self.setVisible(bool(self._banners))

    def _on_closed(self, key: str) -> None:
        self.take_down(key)
        self.closed.emit(key)


class Banner(QFrame):
    """One message.

    Signals: `closed` with its key, when the person or its time takes it away.
    """

    closed = Signal(str)

    def __init__(self, message: Message, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = message
        mark(self, role=message.tone)
        self.setFixedHeight(metrics.BANNER)
        self.setAccessibleName(f"{message.lead} {message.text}".strip())
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(10)
        row.addWidget(Shape(*_ICONS[message.tone], 18))
        lead = QLabel(message.lead)
        lead.setTextFormat(Qt.TextFormat.PlainText)
        mark(lead, role="strong")
        lead.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        row.addWidget(lead)
        row.addWidget(ElidedLabel(message.text), 1)
        if message.remedy and message.act is not None:
            row.addWidget(self._make_remedy(message.remedy, message.act))
        if message.can_close:
            row.addWidget(self._make_close())
        if message.lasts_s:
            QTimer.singleShot(round(message.lasts_s * 1000), self, self._on_close)

    def _make_remedy(self, words: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(words)
        button.setProperty("small", True)
        button.clicked.connect(lambda: act())
        button.clicked.connect(self._on_close)
        return button

    def _make_close(self) -> QToolButton:
        button = QToolButton()
        mark(button, role="quiet")
        icons.bind(button, "x", "second")
        button.setAccessibleName("Close this message")
        button.setToolTip("Close")
        button.clicked.connect(self._on_close)
        return button

    def _on_close(self) -> None:
        self.closed.emit(self.message.key)
