"""Puts lines of styled text into a document and gets plain text out of it again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Final

from PySide6.QtGui import (
    QColor,
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)

from bgtasks_gui.gui.detail.log import ansi
from bgtasks_gui.gui.detail.log.terminal import sgr, shades
from bgtasks_gui.gui.style import theme

#: States of a block: its line goes on in the next one, or it is no output but a note about it.
GOES_ON: Final = 1
NOTE: Final = 2
#: The property of a format that tells which style it shows.
_STYLE: Final = QTextCharFormat.Property.UserProperty.value + 1
_FOREGROUND: Final = QTextCharFormat.Property.ForegroundBrush
_BACKGROUND: Final = QTextCharFormat.Property.BackgroundBrush


class Inks:
    """The format of each style, in the colours of the look in force."""

    def __init__(self) -> None:
        self._styles: list[sgr.Style] = []
        self._formats: dict[sgr.Style, QTextCharFormat] = {}
        #: Of notes.
        self.note = _note()

    def of(self, style: sgr.Style) -> QTextCharFormat:
        found = self._formats.get(style)
        if found is None:
            if style not in self._styles:
                self._styles.append(style)
            found = _format(style)
            found.setProperty(_STYLE, self._styles.index(style))
            self._formats[style] = found
        return found

    def renew(self) -> None:
        """Take on the colours of the look."""
        self._formats.clear()
        self.note = _note()

    def again(self, old: QTextCharFormat) -> QTextCharFormat:
        """The format in the colours of now for one of before."""
        number = old.property(_STYLE)
        return self.of(self._styles[number]) if isinstance(number, int) else self.note


def insert(cursor: QTextCursor, lines: Sequence[ansi.Line], inks: Inks) -> None:
    """Write the lines, with a break between each two."""
    number = cursor.blockNumber()
    text, style = "", sgr.PLAIN
    for index, line in enumerate(lines):
        if index:
            text += "\n"
        for segment in line.segments:
            if segment.style != style:
                cursor.insertText(text, inks.of(style))
                text, style = "", segment.style
            text += segment.text
    cursor.insertText(text, inks.of(style))
    for index, line in enumerate(lines):
        if line.goes_on:
            cursor.document().findBlockByNumber(number + index).setUserState(GOES_ON)


def break_line(cursor: QTextCursor) -> None:
    """Go on in a new block, which is no note even where the one before is."""
    cursor.insertBlock(QTextBlockFormat())


@contextlib.contextmanager
def in_front_of(cursor: QTextCursor) -> Iterator[None]:
    """What is written meanwhile, at the start of a block and ended by a break, is other lines.

    By itself the first of them would take over what was said of that block.
    """
    state, look = cursor.block().userState(), cursor.blockFormat()
    cursor.block().setUserState(-1)
    cursor.setBlockFormat(QTextBlockFormat())
    try:
        yield
    finally:
        cursor.block().setUserState(state)
        cursor.setBlockFormat(look)


def insert_note(cursor: QTextCursor, text: str, inks: Inks) -> None:
    """Write a note about the output where a line of it would stand."""
    cursor.insertText(text, inks.note)
    cursor.block().setUserState(NOTE)
    cursor.setBlockFormat(_band())


def recolour(document: QTextDocument, inks: Inks) -> Iterator[None]:
    """Bring the colours of all that stands there up to date, step by step."""
    cursor = QTextCursor(document)
    # The newest stands at the end, and is what is looked at.
    cursor.movePosition(QTextCursor.MoveOperation.End)
    recolour_block(cursor.block(), inks)
    while cursor.movePosition(QTextCursor.MoveOperation.PreviousBlock):
        recolour_block(cursor.block(), inks)
        yield


def recolour_block(block: QTextBlock, inks: Inks) -> None:
    """Bring the colours of one block up to date."""
    spans, at = [], block.begin()
    while not at.atEnd():
        span = at.fragment()
        found = span.charFormat()
        if found.hasProperty(_FOREGROUND) or found.hasProperty(_BACKGROUND):
            spans.append((span.position(), span.length(), found))
        at += 1
    cursor = QTextCursor(block)
    for position, length, old in spans:
        cursor.setPosition(position)
        cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.setCharFormat(inks.again(old))
    if block.userState() == NOTE:
        cursor.setBlockFormat(_band())


def blocks(document: QTextDocument, start: int = 0, end: int | None = None) -> Iterator[QTextBlock]:
    """The blocks between two positions; the document may change between two of them."""
    cursor = QTextCursor(document)
    cursor.setPosition(start)
    yield cursor.block()
    while cursor.movePosition(QTextCursor.MoveOperation.NextBlock):
        if end is not None and cursor.position() >= end:
            return
        yield cursor.block()


def kept_text(block: QTextBlock) -> str:
    """The text of a block with its break, as it is to be kept; a note in brackets."""
    if block.userState() == NOTE:
        return f"[{block.text()}]\n"
    return block.text() if block.userState() == GOES_ON else f"{block.text()}\n"


def selected_text(cursor: QTextCursor) -> str:
    """What is selected, with the parts of a long line joined again."""
    block = cursor.document().findBlock(cursor.selectionStart())
    text = ""
    for part in cursor.selectedText().split("\u2029"):
        text += part if block.userState() == GOES_ON else f"{part}\n"
        block = block.next()
    return text.removesuffix("\n")


def _format(style: sgr.Style) -> QTextCharFormat:
    made = QTextCharFormat()
    shade = shades.shade(style, theme.current().palette)
    if shade.foreground is not None:
        made.setForeground(QColor(shade.foreground))
    if shade.background is not None:
        made.setBackground(QColor(shade.background))
    if style.bold:
        made.setFontWeight(QFont.Weight.Bold)
    if style.italic:
        made.setFontItalic(True)
    if style.underline:
        made.setFontUnderline(True)
    return made


def _note() -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(theme.current().color("second"))
    return made


def _band() -> QTextBlockFormat:
    """Behind a note, so that it is not taken for output."""
    made = QTextBlockFormat()
    made.setBackground(theme.current().color("hover"))
    return made
