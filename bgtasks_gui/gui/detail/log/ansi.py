"""Turns the output of a program into lines of styled text, as a terminal would show them.

Output comes in any portions; where it is cut makes no difference to what comes out.
"""

from __future__ import annotations

import enum
import itertools
import re
from typing import Final, NamedTuple

from bgtasks_gui.gui.detail.log.terminal import sgr

#: Characters after which a line goes on in a further one: laying out longer ones takes too long.
LONGEST_LINE: Final = 2000

_REPLACEMENT: Final = "\ufffd"
#: Where plain text ends. The last ones have a meaning of their own in a document of Qt.
_SPECIAL: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ufdd0\ufdd1\ufffc]")
#: The end of a string that an escape sequence holds (ECMA-48 5.6, and BEL as xterm has it).
_STRING_END: Final = re.compile("[\x07\x0a\x18\x1a\x1b\x9c]")
#: Of what a sequence is made until its final character.
_CONTROL: Final = re.compile("[\x20-\x3f]*")
_NAMED: Final = re.compile("[\x20-\x2f]*")
#: What may stand in one that chooses a style; and a whole one, which is by far the most frequent.
_STYLE: Final = re.compile("[0-9;:]*")
_WHOLE: Final = re.compile("\x1b\\[([0-9;:]*)m")
_C1: Final = {"\x90": "P", "\x98": "X", "\x9b": "[", "\x9d": "]", "\x9e": "^", "\x9f": "_"}


class Segment(NamedTuple):
    """A stretch of one style."""

    text: str
    style: sgr.Style


class Line(NamedTuple):
    """What stands between two line feeds, or a part of it."""

    segments: tuple[Segment, ...]
    #: Whether what follows belongs to the same line, which is too long for one.
    goes_on: bool = False

    @property
    def text(self) -> str:
        return "".join(segment.text for segment in self.segments)


class _Mode(enum.Enum):
    TEXT = enum.auto()
    ESCAPE = enum.auto()
    #: ESC with something before its final character.
    NAMED = enum.auto()
    CONTROL = enum.auto()
    #: Device control may hold pictures, which have line feeds in them.
    DEVICE = enum.auto()
    #: Any other string ends at a line feed too: one that nobody ends must not hide all the rest.
    STRING = enum.auto()


_STARTS: Final = {
    "[": _Mode.CONTROL, "P": _Mode.DEVICE,
    **dict.fromkeys("]X^_", _Mode.STRING), **dict.fromkeys(map(chr, range(32, 48)), _Mode.NAMED),
}  # fmt: skip


class Parser:
    """Takes text in and gives out the lines that it finishes."""

    def __init__(self) -> None:
        self._mode = _Mode.TEXT
        self._style = sgr.PLAIN
        #: Parameters of the control sequence that has begun.
        self._parameters = ""
        self._line = _OpenLine()
        self._finished: list[Line] = []

    @property
    def open_line(self) -> Line:
        """The last line, which has no end yet."""
        return Line(self._line.segments())

    def feed(self, text: str) -> list[Line]:
        """The lines that this text finishes."""
        self._finished = []
        position = 0
        while position < len(text):
            if self._mode is _Mode.TEXT:
                position = self._take_text(text, position)
            elif self._mode in (_Mode.DEVICE, _Mode.STRING):
                position = self._take_string(text, position)
            else:
                position = self._take_sequence(text, position)
        return self._finished

    def _take_text(self, text: str, position: int) -> int:
        found = _SPECIAL.search(text, position)
        end = len(text) if found is None else found.start()
        if end > position:
            self._print(text[position:end])
        if found is None:
            return end
        if whole := _WHOLE.match(text, end):
            self._style = sgr.apply(self._style, whole[1])
            return whole.end()
        self._take_special(found[0])
        return end + 1

    def _take_special(self, special: str) -> None:
        if special == "\n":
            self._finished.append(Line(self._line.segments()))
            self._line = _OpenLine()
        elif special == "\r":
            self._line.begin_again()
        elif special == "\b":
            self._line.step_back()
        elif special == "\x1b":
            self._mode = _Mode.ESCAPE
        elif special in _C1:
            self._begin(_C1[special])
        else:
            self._print(_REPLACEMENT)

    def _print(self, text: str) -> None:
        while text:
            text = self._line.put(text, self._style)
            if text:
                self._finished.append(Line(self._line.segments(), goes_on=True))
                self._line = _OpenLine()

    def _take_sequence(self, text: str, position: int) -> int:
        if self._mode is _Mode.ESCAPE:
            if "\x20" <= text[position] <= "\x7e":
                self._begin(text[position])
                return position + 1
            self._mode = _Mode.TEXT
            return position
        found = (_CONTROL if self._mode is _Mode.CONTROL else _NAMED).match(text, position)
        assert found is not None
        # One more than is understood, so that what is too long can be told.
        self._parameters = (self._parameters + found[0])[: sgr.LONGEST + 1]
        end = found.end()
        if end == len(text):
            return end
        return self._end_sequence(text[end], end)

    def _begin(self, first: str) -> None:
        """Go on after ESC and this character, or one that stands for both."""
        self._parameters = ""
        self._mode = _STARTS.get(first, _Mode.TEXT)

    def _end_sequence(self, final: str, position: int) -> int:
        was, self._mode = self._mode, _Mode.TEXT
        if not "\x30" <= final <= "\x7e":
            # Not a sequence; what breaks it off is text again.
            return position
        if was is _Mode.CONTROL and final == "m" and _STYLE.fullmatch(self._parameters):
            self._style = sgr.apply(self._style, self._parameters)
        return position + 1

    def _take_string(self, text: str, position: int) -> int:
        found = _STRING_END.search(text, position)
        if found is None:
            return len(text)
        end = found[0]
        if end == "\n" and self._mode is _Mode.DEVICE:
            return found.end()
        self._mode = _Mode.ESCAPE if end == "\x1b" else _Mode.TEXT
        return found.start() if end == "\n" else found.end()


class _OpenLine:
    """A line that is being written, and the place where the next character goes."""

    def __init__(self) -> None:
        self._segments: list[Segment] = []
        #: The same as single characters, once one was written over.
        self._cells: list[Segment] | None = None
        self._width = 0
        self._place = 0
        #: Whether the next character begins the line anew.
        self._is_over = False

    def segments(self) -> tuple[Segment, ...]:
        if self._cells is None:
            return tuple(self._segments)
        return tuple(
            Segment("".join(cell.text for cell in cells), style)
            for style, cells in itertools.groupby(self._cells, lambda cell: cell.style)
        )

    def begin_again(self) -> None:
        # What stands there stays until something takes its place, as "\r\n" ends a line.
        self._is_over = True

    def step_back(self) -> None:
        if not self._is_over:
            self._place = max(self._place - 1, 0)

    def put(self, text: str, style: sgr.Style) -> str:
        """Write at the present place; what no longer fits into the line."""
        if self._is_over:
            self._segments, self._cells = [], None
            self._width = self._place = 0
            self._is_over = False
        room = LONGEST_LINE - self._place
        text, rest = text[:room], text[room:]
        if self._place < self._width and self._cells is None:
            self._cells = [
                Segment(one, segment.style) for segment in self._segments for one in segment.text
            ]
        if self._cells is not None:
            cells = [Segment(one, style) for one in text]
            self._cells[self._place : self._place + len(text)] = cells
        elif text:
            self._append(text, style)
        self._place += len(text)
        self._width = max(self._width, self._place)
        return rest

    def _append(self, text: str, style: sgr.Style) -> None:
        if self._segments and self._segments[-1].style == style:
            text = self._segments.pop().text + text
        self._segments.append(Segment(text, style))
