"""Messages across the top of the content: what happened, why, and one verb to do about it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QPushButton,
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

    Signals: `closed` with the key of a message that the person closed; `left` when a message went
    that had the keyboard.
    """

    closed = Signal(str)
    left = Signal()

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
        self._put_in_tab_order(banner.buttons)
        older = [one for one in self.messages() if one.key != message.key]
        passing = [one.key for one in older if one.can_close]
        for key in passing[: max(0, len(self._banners) - MOST)]:
            self.take_down(key)
        self.setVisible(True)

    def take_down(self, key: str) -> None:
        """Take a message away, if it is up."""
        banner = self._banners.pop(key, None)
        if banner is None:
            return
        had_focus = self.window().focusWidget() in banner.buttons
        self._column.removeWidget(banner)
        banner.hide()
        banner.deleteLater()
        self.setVisible(bool(self._banners))
        if had_focus:
            self.left.emit()

    def take_focus(self, source: QWidget) -> bool:
        """Give the newest message the keyboard if it is in `source`; whether that was so."""
        buttons = list(self._banners.values())[-1].buttons if self._banners else []
        if not buttons or not source.isAncestorOf(self.window().focusWidget()):
            return False
        buttons[0].setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def _put_in_tab_order(self, buttons: Sequence[QWidget]) -> None:
        """Tab comes here from what stands above, and goes on to the next message."""
        # Qt puts nothing after what never takes the keyboard, so for this moment it may.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        for before, after in itertools.pairwise((self, *buttons)):
            QWidget.setTabOrder(before, after)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

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
        if message.lead:
            # A long name gives way too: the verb at the right has to be seen.
            row.addWidget(ElidedLabel(message.lead, "strong", is_greedy=False), 1)
        row.addWidget(ElidedLabel(message.text), 1)
        self.buttons: list[QAbstractButton] = []
        if message.remedy and message.act is not None:
            self.buttons.append(self._make_remedy(message.remedy, message.act))
        if message.can_close:
            self.buttons.append(self._make_close())
        for button in self.buttons:
            row.addWidget(button)
        if message.lasts_s:
            QTimer.singleShot(round(message.lasts_s * 1000), self, self._on_close)

    def _make_remedy(self, words: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(words)
        button.setProperty("small", True)

        def remedy() -> None:
            # Gone first: what is done may put up a message of the same key.
            self._on_close()
            button.setEnabled(False)
            act()

        button.clicked.connect(remedy)
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
