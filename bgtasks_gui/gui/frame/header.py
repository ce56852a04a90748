"""The top of the content: where one is, the search, and the two things that are always there."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)

from bgtasks_gui.gui.style import icons, mark, metrics

#: Milliseconds after the last letter until the list is searched.
_SEARCH_MS: Final = 60
#: What is added on most pages, and its key.
NEW_TASK: Final = ("New task", "Ctrl+N")
#: How narrow and how wide the search is, in pixels.
_SEARCH_WIDTHS: Final = (120, 220)


class Header(QWidget):
    """Title, search, pause, new task, and what is seldom wanted.

    Signals: `searched` with the words, `left` when the keyboard goes from the search back to the
    list, `new_wanted`, `resume_wanted`.
    """

    searched = Signal(str)
    left = Signal()
    new_wanted = Signal()
    resume_wanted = Signal()

    def __init__(self, pauses: QMenu) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.EDGE, 14, metrics.EDGE, 4)
        row.setSpacing(metrics.GAP)
        self._title = QLabel()
        mark(self._title, role="title")
        row.addWidget(self._title)
        row.addStretch(1)
        self.search = QLineEdit()
        mark(self.search, role="search")
        self.search.setMinimumWidth(_SEARCH_WIDTHS[0])
        self.search.setMaximumWidth(_SEARCH_WIDTHS[1])
        self.search.setClearButtonEnabled(True)
        self._lens = self.search.addAction(
            icons.icon("search", "second"), QLineEdit.ActionPosition.LeadingPosition
        )
        row.addWidget(self.search, 100)
        self._pauses = pauses
        self.pause = QPushButton("Pause all")
        icons.bind(self.pause, "pause", "text")
        self._is_paused = False
        row.addWidget(self.pause)
        self.new = QPushButton("New task")
        mark(self.new, role="primary")
        icons.bind(self.new, "plus", "on_accent")
        self.new.clicked.connect(self.new_wanted)
        row.addWidget(self.new)
        #: What is seldom wanted; whoever does it puts it in.
        self.more = QMenu(self)
        row.addWidget(self._make_more())
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.timeout.connect(self._on_typed)
        self.search.textChanged.connect(lambda: self._typing.start(_SEARCH_MS))
        self.search.returnPressed.connect(self._on_entered)
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.search)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        leave.activated.connect(self._on_escaped)
        self.pause.clicked.connect(self._on_pause_clicked)

    def show_page(self, title: str, hint: str, new: tuple[str, str] = NEW_TASK) -> None:
        """The page that is shown, what its search says (without words there is none), and what is
        added there, with its key."""
        self._title.setText(title)
        self.search.setVisible(bool(hint))
        self.search.setPlaceholderText(hint)
        self.search.setAccessibleName(hint)
        self.new.setText(new[0])
        icons.bind(self.new, "plus", "on_accent")
        self.new.setToolTip(f"{new[0]} ({new[1]})")

    def show_pause(self, *, is_paused: bool) -> None:
        """Offer to pause, or to resume."""
        self.pause.setText("Resume all" if is_paused else "Pause all")
        icons.bind(self.pause, "play" if is_paused else "pause", "text")
        self._is_paused = is_paused

    def draw(self) -> None:
        """Draw what the theme does not reach by itself."""
        self._lens.setIcon(icons.icon("search", "second"))

    def _make_more(self) -> QToolButton:
        button = QToolButton()
        mark(button, role="quiet")
        icons.bind(button, "ellipsis", "text")
        button.setAccessibleName("More")
        button.setToolTip("Preferences, keys, quit")
        button.setMenu(self.more)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    def _on_entered(self) -> None:
        self._typing.stop()
        self._on_typed()
        self.left.emit()

    def _on_escaped(self) -> None:
        self.search.clear()
        self._on_entered()

    def _on_typed(self) -> None:
        self.searched.emit(self.search.text())

    def _on_pause_clicked(self) -> None:
        if self._is_paused:
            self.resume_wanted.emit()
        else:
            self._pauses.popup(self.pause.mapToGlobal(self.pause.rect().bottomLeft()))
