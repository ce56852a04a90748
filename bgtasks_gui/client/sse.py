"""The stream of events, read: bytes in any portions become `EventView`s."""

from __future__ import annotations

from bgtasks_gui.client import exchange
from bgtasks_gui.core import errors
from bgtasks_gui.wire import codec, shapes


class EventParser:
    """Server-sent events as the HTML standard describes them; only their `data` is looked at,
    since a message carries its own number and type."""

    def __init__(self) -> None:
        self._rest = b""
        self._after_return = False
        self._at_start = True
        self._message: list[bytes] = []

    def feed(self, piece: bytes) -> list[shapes.EventView]:
        """The events that this portion completes.

        Raises `errors.AgentUnreachable` where a message is no event.
        """
        found = []
        for line in self._lines(piece):
            if line:
                self._take(line)
            elif self._message:
                found.append(_read(b"\n".join(self._message)))
                self._message.clear()
        return found

    def _lines(self, piece: bytes) -> list[bytes]:
        """Whole lines without their ends, which are LF, CR or both."""
        if self._after_return and piece:
            # The second half of a line end that was cut in two.
            piece = piece.removeprefix(b"\n")
            self._after_return = False
        lines = (self._rest + piece).splitlines(keepends=True)
        is_whole = bool(lines) and lines[-1].endswith((b"\n", b"\r"))
        self._rest = lines.pop() if lines and not is_whole else b""
        self._after_return = self._after_return or (is_whole and lines[-1].endswith(b"\r"))
        if self._at_start and lines:
            self._at_start = False
            lines[0] = lines[0].removeprefix(b"\xef\xbb\xbf")
        return [line.rstrip(b"\r\n") for line in lines]

    def _take(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if name == b"data":
            self._message.append(value.removeprefix(b" "))


def _read(message: bytes) -> shapes.EventView:
    try:
        event: shapes.EventView = codec.decode(message, shapes.EventView)
    except errors.InvalidField as error:
        raise exchange.unreadable_value(error) from error
    return event
