"""The page of downloads and uploads."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut

from bgtasks_gui.client import commands
from bgtasks_gui.client.changes import Changes
from bgtasks_gui.core import errors
from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.dialogs.limit import LimitDialog
from bgtasks_gui.gui.editor.adding import offers
from bgtasks_gui.gui.models.transfers.transfer_table import TransferTable
from bgtasks_gui.gui.views.list_page import ListPage
from bgtasks_gui.gui.views.page import Parts
from bgtasks_gui.gui.views.transfers_bar import TransfersBar

#: Seconds between two sums of all speeds at least.
_SUM_S: Final = 0.25
_NO_ADDRESS: Final = "there is no web address in the clipboard."


class TransfersPage(ListPage):
    """What moves, waits to move, and has moved."""

    name = "transfers"
    title = "Transfers"
    icon = "arrow-down-up"
    search_hint = "Search transfers"
    new_words = ("New download", "Ctrl+Shift+N")
    chips = (
        ("Running", frozenset({"running", "canceling"})),
        ("Waiting", frozenset({"waiting", "pending"})),
        ("Needs you", frozenset({"needs_you"})),
        ("Suspended", frozenset({"suspended"})),
        ("Failed", frozenset({"failed"})),
        ("Done", frozenset({"completed"})),
    )

    def __init__(self, parts: Parts) -> None:
        self.transfers = TransferTable(parts.bridge, parts.tally, parts.asked, parts.now)
        super().__init__(parts, self.transfers)
        self._rate: int | None = None
        self._summed_at = 0.0
        self.bar = TransfersBar()
        self.column.addWidget(self.bar)
        self.bar.limit_chosen.connect(self.limit_all)
        self.bar.other_wanted.connect(self._on_other_wanted)
        parts.tally.changed.connect(self._on_changed)
        paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        paste.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        paste.activated.connect(self._on_pasted)

    def add(self) -> None:
        self.transfer_wanted.emit(None)

    def count(self) -> tuple[int, str]:
        counts = self.table.counts
        if counts["needs_you"]:
            return counts["needs_you"], "needs_you"
        running = counts["running"] + counts["canceling"]
        if running:
            return running, "running"
        waiting = counts["waiting"] + counts["pending"] + counts["suspended"]
        return waiting, "waiting" if waiting else ""

    def subjects(self) -> Sequence[Subject]:
        tasks = self.parts.bridge.mirror.tasks
        rows = [self.table.find(row_id) for row_id in self.view.picked_ids()]
        return [Subject(tasks.get(row.run.task_id), row.run) for row in rows if row is not None]

    def state_of(self, subject: Subject) -> str:
        row = None if subject.run is None else self.table.find(subject.run.id)
        return super().state_of(subject) if row is None else str(row.state)

    def say_empty(self) -> None:
        self.empty.say(
            "Paste an address or drop it here",
            "It is downloaded in the background, and goes on by itself after a pause, a lost "
            "connection or a restart. A file that you drop here can be sent.",
            "New download",
        )

    def appear(self) -> None:
        self._sum()
        self.parts.performer.spawn(self._read_limit())

    def set_stale(self, *, is_stale: bool) -> None:
        super().set_stale(is_stale=is_stale)
        self.bar.setEnabled(not is_stale)
        if not is_stale and self.is_seen:
            # Somebody else may have changed it meanwhile.
            self.parts.performer.spawn(self._read_limit())

    def refresh(self) -> None:
        super().refresh()
        self._sum()

    # The limit of everything

    def limit_all(self, rate: int | None) -> None:
        """Limit all transfers together, to bytes a second; None lifts the limit."""
        self.parts.performer.spawn(self._change_limit(rate))

    def _on_other_wanted(self) -> None:
        dialog = LimitDialog("all transfers together", self._rate, self.window())
        dialog.confirmed.connect(self.limit_all)
        dialog.open()

    async def _read_limit(self) -> None:
        try:
            known = await self.parts.bridge.client(commands.show_settings())
        except errors.UserError:
            # The window says that the agent is away.
            return
        self._show_limit(known.rate_limit)

    async def _change_limit(self, rate: int | None) -> None:
        client = self.parts.bridge.client
        known = await client(commands.show_settings())
        changed = msgspec.structs.replace(known, rate_limit=rate)
        self._show_limit((await client(commands.change_settings(changed))).rate_limit)

    def _show_limit(self, rate: int | None) -> None:
        self._rate = rate
        self.bar.show_limit(rate)

    # Inside

    def _on_changed(self, _changes: Changes, _touched: frozenset[str]) -> None:
        if self.is_seen and time.monotonic() - self._summed_at >= _SUM_S:
            self._sum()

    def _sum(self) -> None:
        self._summed_at = time.monotonic()
        self.bar.show_speeds(self.transfers.speeds)

    def _on_pasted(self) -> None:
        offer = offers.of_mime(QGuiApplication.clipboard().mimeData())
        if offer:
            self.transfer_wanted.emit(offer)
        else:
            self.parts.performer.refused.emit(_NO_ADDRESS)
