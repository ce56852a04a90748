"""What a run prints, as it comes: the plain view that a test run is shown in."""

from __future__ import annotations

import asyncio
from typing import Final

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.client.phrases import runs as phrases
from bgtasks_gui.client.phrases import text
from bgtasks_gui.core import errors
from bgtasks_gui.gui.editor.work import Work
from bgtasks_gui.gui.style import mark, write_mono
from bgtasks_gui.wire import shapes

#: Seconds one question waits for more.
_WAIT_S: Final = 20.0
#: Lines that are kept; what a test prints beyond is in the log of its run.
_MOST_LINES: Final = 5000


class Output(QPlainTextEdit):
    """The output of one run, followed to its end."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self.setReadOnly(True)
        mark(self, role="log")
        write_mono(self, small=True)
        self.setMaximumBlockCount(_MOST_LINES)
        self.setAccessibleName("Output of the test run")
        self.setTabChangesFocus(True)
        self._client = client
        self._work = Work(self._on_refused)
        self._run_id: str | None = None
        self._reading: asyncio.Task[None] | None = None

    def show_run(self, run: shapes.RunView | None) -> None:
        """Show this run, or how the same one stands now; None shows none."""
        if run is None or run.id != self._run_id:
            self._work.stop()
            self._reading = None
            self._run_id = None if run is None else run.id
            self.clear()
            self.setPlaceholderText("" if run is None else "Waiting for output…")
        if run is not None and self._reading is None and run.started_at is not None:
            self._reading = self._work.start(self._read(run.id))
        if run is not None and phrases.has_ended(run):
            self.setPlaceholderText("It printed nothing.")

    def stop(self) -> None:
        self._work.stop()

    async def _read(self, run_id: str) -> None:
        offset, wait_s = 0, 0.0
        while True:
            piece = await self._client(commands.read_log(run_id, offset=offset, wait=wait_s))
            if piece.text:
                self._append(piece.text)
            if piece.ended:
                return
            offset, wait_s = piece.next_offset, _WAIT_S

    def _append(self, printed: str) -> None:
        bar = self.verticalScrollBar()
        is_at_end = bar.value() == bar.maximum()
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(text.clean(printed.replace("\r\n", "\n").replace("\r", "\n")))
        if is_at_end:
            bar.setValue(bar.maximum())

    def _on_refused(self, error: errors.UserError) -> None:
        self._append(f"\n{error.message}\n")
