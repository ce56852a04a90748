"""Icons: the SVG files of the program, drawn in the colour of a role and sharp at every scale."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication

from bgtasks_gui.gui.style import metrics, theme

#: What a bound button remembers, so that a new theme can draw its icon again.
_NAME: Final = "iconName"
_ROLE: Final = "iconRole"

_sources: dict[str, str] = {}


def load(folder: Path) -> None:
    """Read every icon, once, before the window is shown: later nothing is read from the disk."""
    _sources.update((file.stem, file.read_text()) for file in folder.glob("*.svg"))


def names() -> frozenset[str]:
    return frozenset(_sources)


def pixmap(name: str, role: str, size: int = metrics.ICON, ratio: float = 1.0) -> QPixmap:
    """The icon as a picture of `size` logical pixels for a screen of this ratio."""
    return _drawn(name, theme.current().palette_color(role), size, ratio)


def icon(name: str, role: str = "text", size: int = metrics.ICON) -> QIcon:
    """The icon for a button or menu entry; faded where that is disabled."""
    colour, faded = (theme.current().palette_color(one) for one in (role, "second"))
    found = QIcon()
    # Of the screens there are, since a window is moved; there may be none for a moment.
    ratios = {screen.devicePixelRatio() for screen in QGuiApplication.screens()}
    for ratio in sorted(ratios or {1.0}):
        found.addPixmap(_drawn(name, colour, size, ratio))
        found.addPixmap(_faded(name, faded, size, ratio), QIcon.Mode.Disabled)
    return found


def bind(button: QAbstractButton, name: str, role: str = "text", size: int = metrics.ICON) -> None:
    """Give a button an icon that stays in the colour of the theme."""
    button.setProperty(_NAME, name)
    button.setProperty(_ROLE, role)
    button.setIconSize(QSize(size, size))
    words = button.text().strip()
    if words:
        # Qt sets words close to their icon, and sheets have no say in it.
        button.setText(f" {words}")
        button.setAccessibleName(words)
    button.setIcon(icon(name, role, size))


def refresh() -> None:
    """Draw the icons of all bound buttons again, after the colours changed."""
    for widget in QApplication.allWidgets():
        name = widget.property(_NAME)
        if isinstance(widget, QAbstractButton) and isinstance(name, str):
            widget.setIcon(icon(name, str(widget.property(_ROLE)), widget.iconSize().width()))


@functools.lru_cache(512)
def _drawn(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    pixels = round(size * ratio)
    picture = QPixmap(pixels, pixels)
    picture.fill(Qt.GlobalColor.transparent)
    source = _sources[name].replace("currentColor", colour)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


@functools.lru_cache(256)
def _faded(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    whole = _drawn(name, colour, size, ratio)
    picture = QPixmap(whole.size())
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setOpacity(0.45)
    painter.drawPixmap(QRectF(picture.rect()), whole, QRectF(whole.rect()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
