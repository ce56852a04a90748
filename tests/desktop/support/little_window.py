"""A program with a window and an icon in the tray that tells, line by line, what is done to it.

It needs nothing of ours, so that a test of the desktop fails only for reasons of the desktop.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QMenu,
    QPushButton,
    QSystemTrayIcon,
    QVBoxLayout,
    QWidget,
)


def tell(*words: object) -> None:
    sys.stdout.write(f"{' '.join(map(str, words))}\n")
    sys.stdout.flush()


def make_icon(color: str) -> QIcon:
    picture = QPixmap(22, 22)
    picture.fill(QColor(color))
    return QIcon(picture)


class LittleWindow(QWidget):
    """A field, a button, and a way to quit in the tray."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Little window")
        field, button = QLineEdit(), QPushButton("Press")
        field.textChanged.connect(lambda text: tell("typed", text))
        button.clicked.connect(lambda: tell("pressed"))
        column = QVBoxLayout(self)
        column.addWidget(field)
        column.addWidget(button)
        self.resize(300, 200)
        menu = QMenu(self)
        menu.addAction("&Colour it", lambda: self._tray.setIcon(make_icon("green")))
        menu.addAction("Cannot").setEnabled(False)
        menu.addSeparator()
        menu.addAction("&Quit", QApplication.quit)
        self._tray = QSystemTrayIcon(make_icon("red"), self)
        self._tray.setToolTip("Two run")
        self._tray.setContextMenu(menu)
        self._tray.activated.connect(lambda reason: tell("activated", reason.name))
        self._tray.show()

    def closeEvent(self, event: object) -> None:
        tell("closed")
        super().closeEvent(event)


def main() -> int:
    application = QApplication(sys.argv)
    application.setApplicationName("little")
    application.setQuitOnLastWindowClosed(False)
    window = LittleWindow()
    window.show()
    last: list[bool] = []

    def look() -> None:
        if (is_there := QSystemTrayIcon.isSystemTrayAvailable()) not in last[-1:]:
            last.append(is_there)
            tell("tray", is_there)

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(20)
    look()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
