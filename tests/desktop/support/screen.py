"""An X server as a plain client sees it: its windows, where they are, and when that changes.

It speaks the few requests it needs itself, since a question takes 0.05 ms so and several
milliseconds through a program that is started for it. Errors are answers: what vanished between
two questions has no properties.
"""

from __future__ import annotations

import select
import socket
import struct
import time
from collections.abc import Iterator
from typing import NamedTuple

_INTERN_ATOM, _GET_PROPERTY, _GET_ATTRIBUTES, _CHANGE_ATTRIBUTES = 16, 20, 3, 2
_GET_GEOMETRY, _TRANSLATE, _QUERY_TREE, _GET_SELECTION_OWNER, _SEND_EVENT = 14, 40, 15, 23, 25
_EVENT_MASK = 0x800
_SUBSTRUCTURE, _REDIRECT, _PROPERTIES = 0x80000, 0x100000, 0x400000
_ERROR, _REPLY, _CLIENT_MESSAGE = 0, 1, 33
_IS_VIEWABLE = 2
#: Sources of a request as window managers know them: this one is the person's.
_PERSON = 2
#: What belongs to a program lies at most so deep below the root: frame, client, plugged in.
_DEEPEST = 6


class Window(NamedTuple):
    """What a person would call a window: also a menu, a tooltip, an icon in the tray."""

    id: int
    title: str
    program: str
    pid: int
    x: int
    y: int
    width: int
    height: int
    #: On the screen, if perhaps below others; False when it is minimised.
    is_shown: bool

    @property
    def centre(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2


class Screen:
    """One connection to a server on this machine."""

    def __init__(self, display: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(f"/tmp/.X11-unix/X{display.removeprefix(':').partition('.')[0]}")
        self._sequence = 0
        self._atoms: dict[str, int] = {}
        self._has_changed = False
        self.root, self.width, self.height = self._greet()
        mask = _SUBSTRUCTURE | _PROPERTIES
        self._send(_CHANGE_ATTRIBUTES, 0, struct.pack("<III", self.root, _EVENT_MASK, mask))

    def close(self) -> None:
        self._socket.close()

    # What there is

    def windows(self) -> list[Window]:
        """Every window that a program shows, or would if it were not minimised; lowest first."""
        found = (self.window(each) for each in self._below(self.root, 1))
        return [each for each in found if each is not None]

    def window(self, window: int) -> Window | None:
        """One of them; None when it is gone, or nothing that a person can bring up."""
        shown, place = self.is_shown(window), self._place(window)
        if place is None or not (shown or self.property(window, "WM_STATE")):
            return None
        pid = self.property(window, "_NET_WM_PID")
        names = self.property(window, "WM_CLASS").split(b"\0")
        title = self.property(window, "_NET_WM_NAME") or self.property(window, "WM_NAME")
        return Window(
            window, title.decode(errors="replace"), names[1].decode() if names[1:] else "",
            struct.unpack("<I", pid)[0] if pid else 0, *place, is_shown=shown,
        )  # fmt: skip

    def clients(self) -> tuple[int, ...]:
        """Windows that the window manager knows, oldest first: one question, for tight loops."""
        listed = self.property(self.root, "_NET_CLIENT_LIST")
        return struct.unpack(f"<{len(listed) // 4}I", listed)

    def active(self) -> int:
        """The window with the keyboard, as the window manager says; 0 when none has it."""
        said = self.property(self.root, "_NET_ACTIVE_WINDOW")
        return int.from_bytes(said[:4], "little")

    def is_shown(self, window: int) -> bool:
        reply = self._ask(_GET_ATTRIBUTES, 0, struct.pack("<I", window))
        return reply is not None and reply[26] == _IS_VIEWABLE

    def property(self, window: int, name: str) -> bytes:
        """The bytes of a window's property; none when it has no such."""
        body = struct.pack("<IIIII", window, self._atom(name), 0, 0, 0xFFFF)
        reply = self._ask(_GET_PROPERTY, 0, body)
        if reply is None:
            return b""
        units, length = reply[1] // 8, struct.unpack_from("<I", reply, 16)[0]
        return reply[32 : 32 + units * length]

    def is_managed(self) -> bool:
        """If there is a window manager; one that was ended may leave its word behind."""
        name = "_NET_SUPPORTING_WM_CHECK"
        said = self.property(self.root, name)
        return bool(said) and self.property(int.from_bytes(said, "little"), name) == said

    def has_owner(self, selection: str) -> bool:
        """If somebody plays a role, like being the tray."""
        reply = self._ask(_GET_SELECTION_OWNER, 0, struct.pack("<I", self._atom(selection)))
        return reply is not None and struct.unpack_from("<I", reply, 8)[0] != 0

    # What a person does through the window manager

    def close_window(self, window: Window) -> None:
        """Close it as the button in its title bar does."""
        self._request(window, "_NET_CLOSE_WINDOW", 0, _PERSON)

    def activate(self, window: Window) -> None:
        """Bring it to the front, with the keyboard."""
        self._request(window, "_NET_ACTIVE_WINDOW", _PERSON, 0)

    def minimise(self, window: Window) -> None:
        iconic = 3
        self._request(window, "WM_CHANGE_STATE", iconic, 0)

    def wait(self, within_s: float) -> bool:
        """Wait for a change since the last wait; False when there is none in this time."""
        until = time.monotonic() + within_s
        while not self._has_changed:
            rest_s = until - time.monotonic()
            if rest_s <= 0 or not select.select([self._socket], [], [], rest_s)[0]:
                return False
            self._receive()
        self._has_changed = False
        return True

    # The protocol

    def _request(self, window: Window, name: str, first: int, second: int) -> None:
        event = struct.pack(
            "<BBHIIIIIII", _CLIENT_MESSAGE, 32, 0, window.id, self._atom(name),
            *(first, second, 0, 0, 0),
        )  # fmt: skip
        body = struct.pack("<II", self.root, _SUBSTRUCTURE | _REDIRECT) + event
        self._send(_SEND_EVENT, 0, body)
        # With an answer to something else it is known that this one has arrived.
        self.has_owner("WM_S0")

    def _below(self, window: int, depth: int) -> Iterator[int]:
        reply = self._ask(_QUERY_TREE, 0, struct.pack("<I", window))
        if reply is None or depth > _DEEPEST:
            return
        count = struct.unpack_from("<H", reply, 16)[0]
        for child in struct.unpack_from(f"<{count}I", reply, 32):
            if self.property(child, "WM_CLASS"):
                yield child
            yield from self._below(child, depth + 1)

    def _place(self, window: int) -> tuple[int, int, int, int] | None:
        geometry = self._ask(_GET_GEOMETRY, 0, struct.pack("<I", window))
        moved = self._ask(_TRANSLATE, 0, struct.pack("<IIhh", window, self.root, 0, 0))
        if geometry is None or moved is None:
            return None
        x, y = struct.unpack_from("<hh", moved, 12)
        width, height = struct.unpack_from("<HH", geometry, 16)
        return x, y, width, height

    def _atom(self, name: str) -> int:
        if name not in self._atoms:
            text = name.encode()
            body = struct.pack("<Hxx", len(text)) + text + bytes(-len(text) % 4)
            reply = self._ask(_INTERN_ATOM, 0, body)
            assert reply is not None
            self._atoms[name] = struct.unpack_from("<I", reply, 8)[0]
        return self._atoms[name]

    def _greet(self) -> tuple[int, int, int]:
        self._socket.sendall(struct.pack("<cxHHHHxx", b"l", 11, 0, 0, 0))
        is_welcome, length = struct.unpack("<B5xH", self._read(8))
        welcome = self._read(length * 4)
        if is_welcome != 1:
            raise ConnectionRefusedError(welcome.decode(errors="replace"))
        vendor, formats = struct.unpack_from("<H", welcome, 16)[0], welcome[21]
        first = 32 + vendor + -vendor % 4 + 8 * formats
        width, height = struct.unpack_from("<HH", welcome, first + 20)
        return struct.unpack_from("<I", welcome, first)[0], width, height

    def _ask(self, opcode: int, detail: int, body: bytes) -> bytes | None:
        sequence = self._send(opcode, detail, body)
        while True:
            answer = self._receive()
            is_ours = struct.unpack_from("<H", answer, 2)[0] == sequence
            if is_ours and answer[0] in (_ERROR, _REPLY):
                return answer if answer[0] == _REPLY else None

    def _send(self, opcode: int, detail: int, body: bytes) -> int:
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._socket.sendall(struct.pack("<BBH", opcode, detail, 1 + len(body) // 4) + body)
        return self._sequence

    def _receive(self) -> bytes:
        message = self._read(32)
        if message[0] == _REPLY:
            message += self._read(struct.unpack_from("<I", message, 4)[0] * 4)
        elif message[0] != _ERROR:
            self._has_changed = True
        return message

    def _read(self, count: int) -> bytes:
        received = b""
        while len(received) < count:
            piece = self._socket.recv(count - len(received))
            if not piece:
                raise ConnectionResetError("the X server is gone")
            received += piece
        return received
