"""One window a home: the door of the open window, and how a second start finds it.

Standard library only, and asyncio only for the door: a second `bgtasks` does nothing but knock.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Final

from bgtasks_gui import paths
from bgtasks_gui.core import errors

if TYPE_CHECKING:
    import asyncio

#: Seconds that the open window has to answer, and whoever knocks to say what is wanted.
ANSWER_S: Final = 2.0
#: Seconds that a window which is just coming up gets to open its door.
OPENING_S: Final = 3.0
_KNOCK_AGAIN_S: Final = 0.05
#: Where desktops put what lets a window come to the front: Wayland and newer ones, X11.
_TOKENS: Final = ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")
_ANSWER: Final = b"ok\n"
_SOCKET_MODE: Final = 0o600

#: Hears an activation token, and the id of a run that is to be shown; None where there is none.
OnRaise = Callable[[str | None, str | None], None]


def raise_open(home: paths.Home, run: str | None = None) -> bool:
    """Bring the open window of this home to the front, at a run; whether there is one."""
    token = next((found for name in _TOKENS if (found := os.environ.get(name))), None)
    return _knock(home, {"raise": True, "activation": token, "run": run})


def find_open(home: paths.Home) -> bool:
    """Whether the window of this home is open; it stays where it is."""
    return _knock(home, {"raise": False})


def reach_soon(knock: Callable[[paths.Home], bool], home: paths.Home) -> bool:
    """The same of a window that may be just coming up; blocks until it answers or should have."""
    deadline = time.monotonic() + OPENING_S
    while not knock(home):
        if time.monotonic() > deadline:
            return False
        time.sleep(_KNOCK_AGAIN_S)
    return True


def _knock(home: paths.Home, asked: dict[str, bool | str | None]) -> bool:
    deadline, answer = time.monotonic() + ANSWER_S, b""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        try:
            line.settimeout(ANSWER_S)
            line.connect(os.fspath(home.window_socket))
            line.sendall(json.dumps(asked).encode() + b"\n")
            while len(answer) < len(_ANSWER):
                line.settimeout(max(deadline - time.monotonic(), 0.001))
                piece = line.recv(len(_ANSWER))
                if not piece:
                    return False
                answer += piece
        except OSError:
            # Nobody is there, it does not answer, or it has just gone.
            return False
    return answer == _ANSWER


class Door:
    """Where the open window hears that it is wanted. Made by `await Door.open(...)`."""

    def __init__(self, home: paths.Home, on_raise: OnRaise, lock: IO[str]) -> None:
        self._path = home.window_socket
        self._on_raise = on_raise
        self._lock = lock
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    @classmethod
    async def open(cls, home: paths.Home, on_raise: OnRaise) -> Door:
        """Be the window of this home; `on_raise` hears each time it is wanted.

        Raises `errors.WindowAlreadyOpen` where another one is, `errors.HomeUnusable`.
        """
        import asyncio

        door = cls(home, on_raise, await asyncio.to_thread(_hold, home))
        try:
            door._server = await asyncio.start_unix_server(door._answer, path=door._path)
            door._path.chmod(_SOCKET_MODE)
        except OSError as error:
            await door.close()
            why = error.strerror or error
            raise errors.HomeUnusable(f"{door._path} cannot be a socket: {why}.") from error
        return door

    async def close(self) -> None:
        """Let another window open."""
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)
            for writer in self._writers:
                writer.close()
            await self._server.wait_closed()
        self._lock.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            asked = await _read(reader)
            if asked is None:
                return
            if asked.get("raise") is True:
                self._on_raise(_text(asked.get("activation")), _text(asked.get("run")))
            writer.write(_ANSWER)
        finally:
            self._writers.discard(writer)
            # What was written goes out first.
            writer.close()


async def _read(reader: asyncio.StreamReader) -> dict[str, object] | None:
    """What is asked; None of somebody who leaves, says nothing, or is none of ours."""
    import asyncio

    try:
        async with asyncio.timeout(ANSWER_S):
            asked = json.loads(await reader.readline())
    except (OSError, ValueError):
        return None
    return asked if isinstance(asked, dict) else None


def _text(said: object) -> str | None:
    return said if isinstance(said, str) else None


def _hold(home: paths.Home) -> IO[str]:
    """The lock of the window, which the system lets go of when this process ends, however."""
    paths.make_home(home)
    try:
        file = home.window_lock.open("a+")
    except OSError as error:
        why = error.strerror or error
        raise errors.HomeUnusable(f"{home.window_lock} cannot be written: {why}.") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        pid = file.read().strip() or "unknown"
        file.close()
        raise errors.WindowAlreadyOpen(
            f"The window of {home.root} is open already (pid {pid}), but does not answer."
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
