"""What the window remembers about itself: size, columns, look, and how to quit."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

_log = logging.getLogger(__name__)

#: Seconds that further changes are waited for: an edge that is dragged changes all the time.
_SETTLE_S: Final = 0.5
#: What becomes of the agent when the window is quit.
Quit = Literal["ask", "keep", "stop"]


class Prefs(msgspec.Struct, kw_only=True):
    """Everything that is remembered, as it is at first."""

    theme: Literal["system", "light", "dark"] = "system"
    quit: Quit = "ask"
    #: Whether closing the window hides it in the tray, where there is one.
    close_to_tray: bool = True
    page: str = "overview"
    width: int = 1280
    height: int = 800
    is_maximized: bool = False
    pane_height: int = 240
    is_pane_shown: bool = True
    #: By page: sorting, widths and what is left out.
    columns: dict[str, dict[str, Any]] = {}


class Keeper:
    """The preferences and their file, which is written beside the window's own loop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.prefs = _load(path)
        self._writing: asyncio.Task[None] | None = None
        self._is_stale = False
        self._is_closing = asyncio.Event()

    def keep(self) -> None:
        """Write what is remembered; several changes in a row are written once."""
        self._is_stale = True
        if self._writing is None or self._writing.done():
            self._writing = asyncio.ensure_future(self._write())

    async def close(self) -> None:
        """Write at once what is to be written, and wait until it is."""
        self._is_closing.set()
        if self._writing is not None:
            await self._writing

    async def _write(self) -> None:
        while self._is_stale:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_closing.wait(), _SETTLE_S)
            self._is_stale = False
            text = msgspec.json.format(msgspec.json.encode(self.prefs), indent=2)
            try:
                await asyncio.to_thread(_save, self._path, text)
            except OSError:
                # What is remembered of the window is worth no word on the screen.
                _log.exception("preferences were not kept", extra={"action": "keep"})


def _load(path: Path) -> Prefs:
    """The preferences of a file; what is damaged or from another version is forgotten."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Prefs)
    except FileNotFoundError:
        return Prefs()
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        _log.exception("preferences are not readable", extra={"action": "load"})
        return Prefs()


def _save(path: Path, text: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_bytes(text)
    fresh.replace(path)
