"""The tab of a download or upload: which pieces are there, how fast it is, and its receipt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.client.phrases import kept
from bgtasks_gui.client.phrases import receipts as phrases
from bgtasks_gui.client.phrases import runs as run_phrases
from bgtasks_gui.core import errors, runs
from bgtasks_gui.gui.actions import files
from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.detail.facts import FactSheet
from bgtasks_gui.gui.detail.transfer.piece_map import PieceMap
from bgtasks_gui.gui.detail.transfer.speed_plot import SpeedPlot
from bgtasks_gui.gui.detail.transfer.speeds import Speeds
from bgtasks_gui.gui.models.transfers import transfer_rows
from bgtasks_gui.gui.style import icons, mark, metrics
from bgtasks_gui.gui.widgets.elided import ElidedLabel
from bgtasks_gui.wire import shapes

#: Pixels from which on there is room for the plot beside the receipt.
_WIDE: Final = 560


class TransferTab(QWidget):
    """What is known of how a file is moved."""

    def __init__(self, client: Client, now: Callable[[], datetime], speeds: Speeds) -> None:
        super().__init__()
        self._client = client
        self._now = now
        self._subject = Subject(None, None)
        #: The receipt that was read last, and of which run.
        self._known: tuple[str, shapes.ReceiptView | None] = ("", None)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 10, 0, 0)
        whole.setSpacing(6)
        whole.addLayout(self._make_head())
        row = QHBoxLayout()
        row.setSpacing(0)
        self.facts = FactSheet("Receipt of the transfer")
        self.plot = SpeedPlot(speeds)
        self.plot.setContentsMargins(12, 4, metrics.EDGE, 8)
        row.addWidget(self.facts, 3)
        row.addWidget(self.plot, 2)
        whole.addLayout(row, 1)

    def show_subject(self, subject: Subject) -> None:
        """Tell of this run, which may be a newer state of the one that is told of."""
        self._subject = subject
        run = subject.run
        if run is not None and run.receipt is not None:
            self._known = (run.id, run.receipt)
        self._show()

    async def read(self) -> None:
        """Ask for what changes without a word: progress carries no receipt."""
        run = self._subject.run
        if run is None:
            return
        try:
            found = await self._client(commands.show_run(run.id))
        except errors.UserError:
            # The window says that the agent is away; what is shown stays.
            return
        if found is not None and self._subject.run is not None and self._subject.run.id == found.id:
            self._known = (found.id, found.receipt)
            self._show()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.plot.close()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.plot.setVisible(self.width() >= _WIDE)

    # Inside

    def _make_head(self) -> QVBoxLayout:
        """The pieces, and the address, which can be copied."""
        column, row = QVBoxLayout(), QHBoxLayout()
        column.setContentsMargins(metrics.EDGE, 0, metrics.EDGE, 0)
        column.setSpacing(4)
        self.pieces = PieceMap()
        self.address = ElidedLabel(role="second")
        self.copy = QToolButton()
        mark(self.copy, role="quiet")
        icons.bind(self.copy, "copy", "second", metrics.SMALL_ICON)
        self.copy.setAccessibleName("Copy the address")
        self.copy.setToolTip("Copy the address")
        self.copy.clicked.connect(self._on_copy_clicked)
        row.addWidget(self.address, 1)
        row.addWidget(self.copy)
        column.addWidget(self.pieces)
        column.addLayout(row)
        return column

    def _show(self) -> None:
        run = self._subject.run
        if run is None or run.kind not in transfer_rows.WAYS:
            return
        is_moving = run.state is runs.RunState.RUNNING
        self.plot.show_run(run.id, is_moving=is_moving)
        address = files.address_of(self._subject.task, run)
        self.address.set_text(address)
        self.copy.setEnabled(bool(address))
        receipt = self._known[1] if self._known[0] == run.id else None
        self._show_pieces(run, receipt)
        known = [] if receipt is None else list(phrases.facts(receipt, self._now()))
        # The address stands above, where it can be copied.
        shown = [one for one in known if one[0] != "Address"]
        self.facts.show_facts(_as_it_ended(run, shown) or [_not_begun(run)])

    def _show_pieces(self, run: shapes.RunView, receipt: shapes.ReceiptView | None) -> None:
        length = 0 if receipt is None else receipt.length or 0
        self.pieces.setVisible(length > 0)
        if receipt is not None and length:
            self.pieces.show_ranges(length, receipt.offsets, phrases.so_far(receipt))

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.address.text())


def _as_it_ended(run: shapes.RunView, known: list[phrases.Fact]) -> list[phrases.Fact]:
    """The same of a transfer that was cancelled: what is kept of it, in place of how far it was."""
    said = kept.sentence(run)
    if not said:
        return known
    gone = {"So far", "File"} if kept.is_given_up(run) else {"So far"}
    return [("Kept", [said]), *(one for one in known if one[0] not in gone)]


def _not_begun(run: shapes.RunView) -> phrases.Fact:
    said = "It has not begun yet" if run.started_at is None else "Nothing was told yet"
    if run_phrases.has_ended(run):
        said = "It never began"
    return ("So far", [said])
