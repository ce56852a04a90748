"""Finds a text in a log, also while the log grows at both ends."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from bgtasks_gui.gui.detail.log import turns, writing
from bgtasks_gui.gui.detail.log.log_view import LogView
from bgtasks_gui.gui.style import theme

#: Hits that are counted; whoever has more searches for something else.
MOST_HITS: Final = 10_000
#: Hits that are marked at the same time.
_MOST_MARKED: Final = 500


class Search(QObject):
    """The hits of one text in a view, which of them is looked at, and the marks on them.

    Signals: `changed` when there are more hits, or another one is looked at.
    """

    changed = Signal()

    def __init__(self, view: LogView) -> None:
        super().__init__(view)
        self._view = view
        self._pattern: re.Pattern[str] | None = None
        self._width = 0
        #: Positions of the hits, in order, counted from `_base`.
        self._hits: list[int] = []
        self._base = 0
        self._chosen: int | None = None
        #: Whether the nearest hit is to be looked at once all are known.
        self._is_new = False
        #: How far the text was searched, counted like the hits.
        self._searched = 0
        self._scan = turns.Turns(self)
        self._scan.done.connect(self._on_scanned)
        view.grew.connect(self._on_grew)
        view.shifted.connect(self._on_shifted)
        view.moved.connect(self.mark)
        theme.current().changed.connect(self.mark)

    @property
    def is_on(self) -> bool:
        return self._pattern is not None

    @property
    def is_busy(self) -> bool:
        return self._scan.is_busy

    @property
    def count(self) -> int:
        return len(self._hits)

    @property
    def number(self) -> int:
        """Which hit is looked at, from 1; 0 where none is."""
        if self._chosen is None:
            return 0
        return bisect.bisect_left(self._hits, self._chosen) + 1

    def look_for(self, text: str) -> None:
        """Find this text, in capitals or not; nothing where there is none."""
        self._pattern = re.compile(re.escape(text), re.IGNORECASE) if text else None
        self._width = _width(text)
        self._chosen, self._is_new = None, True
        self._scan_from(0)

    def step(self, *, forward: bool) -> None:
        """Look at the next hit or the one before; after the last comes the first."""
        if not self._hits:
            return
        if self._chosen is None:
            self._choose(self._nearest())
            return
        place = bisect.bisect_left(self._hits, self._chosen)
        self._choose(self._hits[(place + (1 if forward else -1)) % len(self._hits)])

    def mark(self) -> None:
        """Mark the hits that are seen."""
        marks = []
        if self._pattern is not None:
            start, end = self._view.seen()
            first = bisect.bisect_left(self._hits, start - self._base)
            last = bisect.bisect_left(self._hits, end - self._base, lo=first)
            seen = self._hits[first : min(last, first + _MOST_MARKED)]
            marks = [self._marked(hit) for hit in seen]
        self._view.setExtraSelections(marks)

    def _scan_from(self, position: int) -> None:
        """Search again from this position on."""
        del self._hits[bisect.bisect_left(self._hits, position - self._base) :]
        if self._pattern is None:
            self._scan.stop()
            self._on_scanned()
        else:
            self._scan.start(self._find(self._pattern, position))

    def _find(self, pattern: re.Pattern[str], position: int) -> Iterator[None]:
        for block in writing.blocks(self._view.document(), position):
            text = block.text()
            place = self._searched = block.position() - self._base
            for hit in pattern.finditer(text):
                if len(self._hits) == MOST_HITS:
                    return
                # A document counts in UTF-16, where some characters are two.
                before = hit.start() if text.isascii() else _width(text[: hit.start()])
                self._hits.append(place + before)
            yield

    def _on_scanned(self) -> None:
        if self._chosen is not None and not self._is_hit(self._chosen):
            self._chosen = None
        if self._is_new and self._hits:
            self._is_new = False
            self._choose(self._nearest())
            return
        self.mark()
        self.changed.emit()

    def _on_grew(self, position: int) -> None:
        is_ahead = self._scan.is_busy and self._searched + self._base < position
        if self._pattern is not None and not is_ahead:
            self._scan_from(position)

    def _on_shifted(self, count: int) -> None:
        self._base += count
        if self._pattern is None:
            return
        if count > 0:
            self._scan_from(0)
        else:
            del self._hits[: bisect.bisect_left(self._hits, -self._base)]

    def _nearest(self) -> int:
        """The first hit that is seen, else the last one before."""
        start, end = (position - self._base for position in self._view.seen())
        place = bisect.bisect_left(self._hits, start)
        if place < len(self._hits) and self._hits[place] < end:
            return self._hits[place]
        return self._hits[place - 1] if place else self._hits[0]

    def _is_hit(self, place: int) -> bool:
        at = bisect.bisect_left(self._hits, place)
        return at < len(self._hits) and self._hits[at] == place

    def _choose(self, hit: int) -> None:
        self._chosen = hit
        self._view.leave_end()
        self._view.setTextCursor(self._cursor(hit))
        self._view.ensureCursorVisible()
        self.mark()
        self.changed.emit()

    def _cursor(self, hit: int) -> QTextCursor:
        cursor = QTextCursor(self._view.document())
        cursor.setPosition(hit + self._base)
        cursor.setPosition(hit + self._base + self._width, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _marked(self, hit: int) -> QTextEdit.ExtraSelection:
        is_chosen = hit == self._chosen
        colours = QTextCharFormat()
        colours.setBackground(_colour("accent" if is_chosen else "hit"))
        colours.setForeground(_colour("on_accent" if is_chosen else "text"))
        made = QTextEdit.ExtraSelection()
        made.cursor, made.format = self._cursor(hit), colours
        return made


def _colour(role: str) -> QColor:
    return theme.current().color(role)


def _width(text: str) -> int:
    """How many positions of a document a text takes."""
    return len(text) + sum(character > "\uffff" for character in text)
