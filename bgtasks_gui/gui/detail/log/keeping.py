"""Takes the whole text of a log out of its view: to the clipboard or into a file."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path
from typing import Final

from PySide6.QtGui import QGuiApplication, QTextDocument

from bgtasks_gui.gui.detail.log import turns, writing
from bgtasks_gui.wire import shapes, times

#: What some file system does not take in a name.
_UNFIT: Final = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_LONGEST_NAME: Final = 80


async def text_of(document: QTextDocument) -> str:
    """Everything that stands there, gathered in turns."""
    parts: list[str] = []
    until = time.perf_counter() + turns.TURN_S
    for block in writing.blocks(document):
        parts.append(writing.kept_text(block))
        if time.perf_counter() >= until:
            await asyncio.sleep(0)
            until = time.perf_counter() + turns.TURN_S
    return "".join(parts)


async def copy(document: QTextDocument) -> None:
    QGuiApplication.clipboard().setText(await text_of(document))


async def save(document: QTextDocument, path: Path) -> None:
    """Write the text into this file. Raises `OSError`."""
    content = (await text_of(document)).encode("utf-8", "replace")
    await asyncio.to_thread(path.write_bytes, content)


def suggested_name(run: shapes.RunView) -> str:
    """ "Home backup 2026-11-22 15.00.log"."""
    began = times.parse(run.started_at or run.triggered_at).astimezone()
    # A name that begins with a dot would be hidden.
    name = _UNFIT.sub(" ", run.task_name).strip(" .")[:_LONGEST_NAME] or "output"
    return f"{name} {began:%Y-%m-%d %H.%M}.log"
