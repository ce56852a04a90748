"""What a window says, and where: asked for as screen readers ask, over AT-SPI."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.desktop.support.bus import Bus, CallRefused

#: Brings the bus of its own that this goes over. Programs come to it when they are told to
#: (`SPEAKING`), or when a person has a screen reader.
LAUNCHER = "at-spi-bus-launcher"
NAME = "org.a11y.Bus"
SPEAKING = {"QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
_REGISTRY, _ROOT = "org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root"
_PART, _PLACE = "org.a11y.atspi.Accessible", "org.a11y.atspi.Component"
_ON_THE_SCREEN = 0
#: Bits of the state of a part.
_ACTIVE, _FOCUSED, _SELECTED, _SHOWING = 1, 12, 23, 25


@dataclass(frozen=True)
class Part:
    """A button, a line of words, a cell: whatever a person would point at."""

    #: "push button", "label", "text", "cell", ...
    role: str
    name: str
    x: int
    y: int
    width: int
    height: int
    state: int

    @property
    def centre(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2

    @property
    def is_active(self) -> bool:
        """Of a window: whether it has the keyboard."""
        return bool(self.state >> _ACTIVE & 1)

    @property
    def has_keyboard(self) -> bool:
        return bool(self.state >> _FOCUSED & 1)

    @property
    def is_selected(self) -> bool:
        return bool(self.state >> _SELECTED & 1)


class Reader:
    """One connection to the bus of those who read windows aloud."""

    def __init__(self, session: Bus) -> None:
        address = session.call(NAME, "/org/a11y/bus", NAME, "GetAddress")[0]
        self._bus = Bus(address)

    def close(self) -> None:
        self._bus.close()

    def parts(self) -> list[Part]:
        """What programs show now, each window from its top to its foot."""
        return [part for program in self._children(_REGISTRY, _ROOT) for part in self._in(*program)]

    def _in(self, program: str, path: str) -> Iterator[Part]:
        try:
            low, high = self._bus.call(program, path, _PART, "GetState")[0]
            state = low | high << 32
            # A program is always there, and what a hidden part holds is hidden too.
            if path != _ROOT and not state >> _SHOWING & 1:
                return
            if path != _ROOT:
                yield self._part(program, path, state)
            children = self._children(program, path)
        except CallRefused:
            # It has gone while it was looked at.
            return
        for child in children:
            yield from self._in(*child)

    def _part(self, program: str, path: str, state: int) -> Part:
        asked = "org.freedesktop.DBus.Properties", "Get", "ss", _PART, "Name"
        name = self._bus.call(program, path, *asked)[0]
        role = self._bus.call(program, path, _PART, "GetRoleName")[0]
        place = self._bus.call(program, path, _PLACE, "GetExtents", "u", _ON_THE_SCREEN)[0]
        return Part(role, name, *place, state=state)

    def _children(self, program: str, path: str) -> list[list[str]]:
        found: list[list[str]] = self._bus.call(program, path, _PART, "GetChildren")[0]
        return found
