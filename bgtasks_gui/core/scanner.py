"""Progress out of a command's output: terminal sequences, percentages, the task's own pattern."""

from __future__ import annotations

import re
from typing import Final

from bgtasks_gui.core import patterns, progress

#: Only this many of the last bytes of a line are looked at.
LINE_BYTES: Final = 4096
#: A percentage at the end of a line, with blanks, fits in this many bytes.
_PERCENT_BYTES: Final = 24

_BREAK: Final = re.compile(rb"[\r\n]")
#: One escape sequence of a terminal: OSC, CSI, or a short one (ECMA-48). The lengths are bounded
#: so that output which never ends a sequence is taken as text.
_ESCAPE: Final = re.compile(
    rb"\x1b(?:\](?P<osc>[^\x07\x1b\r\n]{0,512})(?:\x07|\x1b\\)"
    rb"|\[[0-?]{0,32}[ -/]{0,4}[@-~]"
    rb"|[ -/]{1,4}[0-~]"
    rb"|[0-Z\\^-~])"
)
#: The beginning of one, at the end of what has been read.
_PARTIAL: Final = re.compile(
    rb"\x1b(?:\][^\x07\x1b\r\n]{0,512}\x1b?|\[[0-?]{0,32}[ -/]{0,4}|[ -/]{1,4})?\Z"
)
#: Progress as ConEmu defined it and terminals show it: `9;4;state;percent`.
_OSC_PROGRESS: Final = re.compile(rb"9;4;(?P<state>[0-4])(?:;(?P<percent>[0-9]{0,3}))?;?")
_PERCENT: Final = re.compile(rb"(?<![\w.,+-])(?P<number>[0-9]{1,3}(?:[.,][0-9]{1,6})?) ?%\Z")
_STATE_MESSAGES: Final = {2: "reports an error", 4: "reports that it is paused"}
_CLEARED: Final = 0
_INDETERMINATE: Final = 3


class Scanner:
    """Reads output piece by piece; where it is cut makes no difference.

    A line counts once it is over (a line feed or a carriage return), an OSC 9;4 sequence at
    once. As soon as that or the task's own pattern was seen, plain percentages are ignored.
    """

    def __init__(self, pattern: str | None = None) -> None:
        self._template = patterns.Template(pattern) if pattern is not None else None
        self._line = b""
        #: An escape sequence that has begun.
        self._escape = b""
        self._has_better_source = False
        self._percent = 0
        self._found: progress.Progress | None = None

    def feed(self, output: bytes) -> progress.Progress | None:
        """The newest figure this piece of output gives, or None where it gives none."""
        self._found = None
        output = self._escape + output
        self._escape = b""
        position = 0
        while (start := output.find(b"\x1b", position)) >= 0:
            self._take_text(output[position:start])
            found = _ESCAPE.match(output, start)
            if found is not None:
                position = found.end()
                if found["osc"]:
                    self._take_osc(found["osc"])
            elif _PARTIAL.match(output, start):
                self._escape = output[start:]
                return self._found
            else:
                position = start + 1
        self._take_text(output[position:])
        return self._found

    def peek(self) -> progress.Progress | None:
        """What the line that is not over yet says: to ask when output rests or has ended."""
        return self._figure(self._line)[0]

    def _take_text(self, text: bytes) -> None:
        *lines, rest = _BREAK.split(text)
        for line in lines:
            figure, is_own = self._figure(self._line + line if self._line else line)
            self._line = b""
            if figure is not None:
                self._found = figure
                self._has_better_source |= is_own
        self._line = (self._line + rest)[-LINE_BYTES:]

    def _figure(self, line: bytes) -> tuple[progress.Progress | None, bool]:
        """What a line says, and whether the task's own pattern found it."""
        if self._template is not None:
            figure = self._template.find(line[-LINE_BYTES:])
            if figure is not None:
                return figure, True
        if self._has_better_source or b"%" not in line:
            return None, False
        return _percentage(line), False

    def _take_osc(self, payload: bytes) -> None:
        found = _OSC_PROGRESS.fullmatch(payload)
        if found is None:
            return
        state = int(found["state"])
        self._has_better_source = True
        if state in (_CLEARED, _INDETERMINATE):
            self._percent = 0
            self._found = progress.Progress(done=0)
            return
        if found["percent"]:
            self._percent = min(int(found["percent"]), 100)
        self._found = progress.Progress(
            done=self._percent, total=100, unit="%", message=_STATE_MESSAGES.get(state)
        )


def _percentage(line: bytes) -> progress.Progress | None:
    """The percentage a line ends with."""
    found = _PERCENT.search(line[-LINE_BYTES:].rstrip()[-_PERCENT_BYTES:])
    if found is None:
        return None
    done = patterns.number(found["number"].replace(b",", b".").decode())
    return progress.Progress(done=done, total=100, unit="%") if done <= 100 else None
