"""How the editor is laid out: the page and its preview, messages, test run and buttons below."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from bgtasks_gui.gui.editor.fields.base import make_label
from bgtasks_gui.gui.editor.parts.bars import AskBar, Buttons
from bgtasks_gui.gui.editor.parts.page import Page
from bgtasks_gui.gui.editor.parts.preview import Preview
from bgtasks_gui.gui.editor.parts.trial_panel import TrialPanel
from bgtasks_gui.gui.editor.schema import paths
from bgtasks_gui.gui.style import mark, metrics, theme


class Spread(QWidget):
    """The page scrolls; what is below it is always in sight."""

    def __init__(self, page: Page, panel: TrialPanel, save_words: str) -> None:
        super().__init__()
        self.page = page
        self.panel = panel
        self.title = make_label("", "title")
        self.bar = AskBar()
        self.preview = Preview()
        self.buttons = Buttons(save_words)
        self.area = QScrollArea()
        self._arrange()

    def _arrange(self) -> None:
        self.panel.hide()
        self.page.revealed.connect(self.bring)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self._make_sheet(), 1)
        body.addWidget(_Rule())
        body.addWidget(self.preview)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(body, 1)
        box.addWidget(self.panel)
        box.addWidget(self.bar)
        box.addWidget(self.buttons)

    def _make_sheet(self) -> QWidget:
        inside = QWidget()
        mark(inside, role="page")
        column = QVBoxLayout(inside)
        column.setContentsMargins(metrics.EDGE, 20, metrics.EDGE, 28)
        column.setSpacing(20)
        column.addWidget(self.title)
        column.addWidget(self.page, 1)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inside)
        sheet = QWidget()
        mark(sheet, role="surface")
        sheet.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        around = QVBoxLayout(sheet)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.area)
        return sheet

    def go_to(self, path: paths.Path) -> None:
        """Put the cursor where a place is edited, and bring it into sight."""
        self.bring(self.page.focus_at(path))

    def bring(self, part: QWidget) -> None:
        """Bring a part of the page into sight."""
        # What has just come gets its place with the next turn of the loop.
        QTimer.singleShot(0, part, lambda: self.area.ensureWidgetVisible(part, 0, 24))


class _Rule(QWidget):
    """The line between page and preview."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.current().color("border"))
