"""The text of a log: written at both ends, held still where it is read, never too long to keep."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QMenu, QPlainTextEdit, QWidget

from bgtasks_gui.gui.detail.log import ansi, turns, writing
from bgtasks_gui.gui.style import fonts, mark, metrics, theme, write_mono

#: The newest characters that are kept of a run that prints without end: more than the agent keeps
#: of it, so that older output is never asked for again. 100 of them on a line take 7 kB once seen.
MOST_CHARACTERS: Final = 2_000_000
#: So many more go when some have to, so that not every line costs it.
_SLACK: Final = 8 * 1024
#: Characters from one tab stop to the next, as in a terminal.
_TAB: Final = 8
_NOTHING: Final = ansi.Line(())
_KEEP: Final = QTextCursor.MoveMode.KeepAnchor


class LogView(QPlainTextEdit):
    """Output of a run. It follows the end while the end is what is seen.

    Signals: `at_end_changed` (bool); `moved` when other text is seen; `grew` with the position
    from which on the text is new; `shifted` with the number of characters that were put in front
    of all others, negative where they were taken away; `trimmed` with the number of lines.
    """

    at_end_changed = Signal(bool)
    moved = Signal()
    grew = Signal(int)
    shifted = Signal(int)
    trimmed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        write_mono(self, small=True)
        mark(self, role="log")
        measure = QFontMetricsF(fonts.mono(metrics.SMALL))
        self.setTabStopDistance(_TAB * measure.horizontalAdvance(" "))
        self.setAccessibleName("Output of the run")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setViewportMargins(metrics.EDGE - int(self.document().documentMargin()), 0, 0, 0)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._inks = writing.Inks()
        self._recolouring = turns.Turns(self)
        theme.current().changed.connect(self._on_theme_changed)
        self._is_at_end = True
        self._is_writing = False
        #: The last line, and whether it takes more text or the next text begins a new one.
        self._open, self._is_open = _NOTHING, True
        self._has_output = False
        #: Where older output goes while it is written.
        self._above: QTextCursor | None = None
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._on_range_changed)

    @property
    def is_at_end(self) -> bool:
        return self._is_at_end

    @property
    def has_output(self) -> bool:
        return self._has_output

    def set_wrapping(self, wraps: bool) -> None:
        modes = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(modes.WidgetWidth if wraps else modes.NoWrap)

    def jump_to_end(self) -> None:
        self._set_at_end(True)
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def leave_end(self) -> None:
        """Stay where the view is now, whatever is written."""
        self._set_at_end(False)

    # Writing

    def empty(self) -> None:
        """Take away everything, for another run."""
        self._recolouring.stop()
        self._is_writing = True
        self.clear()
        self._is_writing = False
        self._open, self._is_open = _NOTHING, True
        self._has_output, self._above = False, None
        self.jump_to_end()
        self.moved.emit()

    def append(self, lines: Sequence[ansi.Line], last: ansi.Line) -> None:
        """Write finished lines at the end, and the last one as far as it has come."""
        written = [*lines, last] if last.segments else list(lines)
        if not written:
            return
        with self._writing():
            cursor = self._cursor_at_end()
            position = cursor.block().position()
            with _edit(cursor):
                if self._is_open:
                    written[0] = self._continue(cursor, written[0])
                else:
                    writing.break_line(cursor)
                writing.insert(cursor, written, self._inks)
            self._is_open, self._open = bool(last.segments), last
            self._has_output = True
            # An edit of its own: one at both ends would lay out everything between them anew.
            removed = self._trim()
        self.grew.emit(max(position - removed, 0))

    def note(self, text: str) -> None:
        """Write a note about the output at the end."""
        with self._writing():
            cursor = self._cursor_at_end()
            with _edit(cursor):
                if self._has_output or not self._is_open:
                    writing.break_line(cursor)
                writing.insert_note(cursor, text, self._inks)
            self._is_open, self._open = False, _NOTHING

    def write_above(self, lines: Sequence[ansi.Line], note: str = "") -> None:
        """Write below what was written above before, and over all that was there then."""
        with self._writing():
            cursor = self._cursor_above()
            start = cursor.position()
            with _edit(cursor), writing.in_front_of(cursor):
                if lines:
                    writing.insert(cursor, lines, self._inks)
                    writing.break_line(cursor)
                if note:
                    writing.insert_note(cursor, note, self._inks)
                    writing.break_line(cursor)
            self._above = cursor
            self._has_output = True
        self.shifted.emit(cursor.position() - start)

    def end_above(self) -> None:
        """What is written above next goes over everything."""
        self._above = None

    def _cursor_at_end(self) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        return cursor

    def _cursor_above(self) -> QTextCursor:
        return QTextCursor(self.document()) if self._above is None else self._above

    def _continue(self, cursor: QTextCursor, line: ansi.Line) -> ansi.Line:
        """What is to be written so that the open line becomes this one."""
        rest = _rest(self._open, line)
        if rest is not None:
            return rest
        cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock, _KEEP)
        cursor.removeSelectedText()
        return line

    def _trim(self) -> int:
        """Take away the oldest lines where there are too many characters; how many went."""
        excess = self.document().characterCount() - MOST_CHARACTERS
        if excess <= 0:
            return 0
        block = self.document().findBlock(excess + _SLACK)
        position, number = block.position(), block.blockNumber()
        cursor = QTextCursor(self.document())
        cursor.setPosition(position, _KEEP)
        cursor.removeSelectedText()
        self.shifted.emit(-position)
        self.trimmed.emit(number)
        return position

    # Where it is read

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """What is seen stays where it is, unless that is the end."""
        bar, first = self.verticalScrollBar(), self.firstVisibleBlock()
        anchor, beyond = QTextCursor(first), bar.value() - first.firstLineNumber()
        self._is_writing = True
        try:
            yield
        finally:
            place = anchor.block().firstLineNumber() + beyond
            bar.setValue(bar.maximum() if self._is_at_end else place)
            self._is_writing = False
            self.moved.emit()

    def seen(self) -> tuple[int, int]:
        """The positions between which text is seen."""
        bottom = self.cursorForPosition(self.viewport().rect().bottomLeft()).block()
        return self.firstVisibleBlock().position(), bottom.position() + bottom.length()

    def _on_scrolled(self, value: int) -> None:
        if not self._is_writing:
            self._set_at_end(value >= self.verticalScrollBar().maximum())
            self.moved.emit()

    def _on_range_changed(self, _: int, maximum: int) -> None:
        # Also when the view becomes lower, or its lines break.
        if self._is_at_end and not self._is_writing:
            self.verticalScrollBar().setValue(maximum)

    def _set_at_end(self, is_at_end: bool) -> None:
        if is_at_end is not self._is_at_end:
            self._is_at_end = is_at_end
            self.at_end_changed.emit(is_at_end)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.moved.emit()

    # What the person does

    def copy_selected(self) -> None:
        """Plain text, with the parts of a long line joined again."""
        cursor = self.textCursor()
        if cursor.hasSelection():
            # Not as an object of ours: the clipboard keeps what it gets beyond our end.
            QGuiApplication.clipboard().setText(writing.selected_text(cursor))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selected()
        else:
            super().keyPressEvent(event)

    def make_menu(self) -> QMenu:
        """What can be done with the text; for the right button of the mouse."""
        keys = QKeySequence.StandardKey
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction("Copy", QKeySequence(keys.Copy), self.copy_selected)
        copy.setEnabled(self.textCursor().hasSelection())
        menu.addAction("Select all", QKeySequence(keys.SelectAll), self.selectAll)
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.make_menu().popup(event.globalPos())

    def _on_theme_changed(self) -> None:
        self._inks.renew()
        start, end = self.seen()
        for block in writing.blocks(self.document(), start, end):
            writing.recolour_block(block, self._inks)
        self._recolouring.start(writing.recolour(self.document(), self._inks))


@contextlib.contextmanager
def _edit(cursor: QTextCursor) -> Iterator[None]:
    """One change, laid out once."""
    cursor.beginEditBlock()
    try:
        yield
    finally:
        cursor.endEditBlock()


def _rest(old: ansi.Line, new: ansi.Line) -> ansi.Line | None:
    """What the new line has more than the old one; None where it does not begin like that."""
    count = len(old.segments)
    if not count:
        return new
    if len(new.segments) < count or new.segments[: count - 1] != old.segments[:-1]:
        return None
    had, has = old.segments[-1], new.segments[count - 1]
    if has.style != had.style or not has.text.startswith(had.text):
        return None
    more = ansi.Segment(has.text[len(had.text) :], has.style)
    return new._replace(segments=(more, *new.segments[count:]))
