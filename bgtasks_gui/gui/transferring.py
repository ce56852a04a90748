"""What the window shows and asks for transfers: new ones, new addresses, limits, their files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QUrl
from PySide6.QtGui import QDesktopServices, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QDialog

from bgtasks_gui.client import commands
from bgtasks_gui.client.phrases import text
from bgtasks_gui.core import errors
from bgtasks_gui.gui.actions import files
from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.dialogs.address import AddressDialog
from bgtasks_gui.gui.dialogs.limit import LimitDialog
from bgtasks_gui.gui.editor.adding import offers
from bgtasks_gui.gui.editor.adding.offers import Offer
from bgtasks_gui.gui.frame.window import Window
from bgtasks_gui.gui.widgets.banner import Message
from bgtasks_gui.wire import shapes

if TYPE_CHECKING:
    from bgtasks_gui.gui.editor.adding.dialog import AddDialog

_NOTHING: Final = Offer()
_DROPS: Final = frozenset({QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop})
#: Seconds that it is said why a folder was opened instead of the file.
_NOTE_S: Final = 12


class Transferring(QObject):
    """Serves the actions on transfers that need more than a question to the agent.

    `open_path` hands a path to the desktop and tells whether somebody took it.
    """

    def __init__(self, window: Window, open_path: Callable[[Path], bool] | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._open_path = open_path or _open_path
        self._catalog: shapes.CatalogView | None = None
        self._dialogs: set[AddDialog] = set()
        #: A run that was begun, and is selected when it is in the list.
        self._awaited = ""
        self._shows: dict[str, Callable[[Sequence[Subject]], None]] = {
            "new_address": self._ask_address,
            "limit": self._ask_limit,
            "open_file": lambda subjects: self._open(subjects[0], wants_folder=False),
            "open_folder": lambda subjects: self._open(subjects[0], wants_folder=True),
            "copy_address": _copy_addresses,
        }
        window.transfer_wanted.connect(self.add)
        window.parts.tally.changed.connect(self._show_awaited)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def show(self, name: str, subjects: Sequence[Subject]) -> bool:
        """Show what an action needs first; False where it is none of these."""
        shows = self._shows.get(name)
        if shows is not None:
            shows(subjects)
        return shows is not None

    def add(self, offer: Offer | None = None) -> None:
        """Ask what is to be moved, beginning with what is offered."""
        self._window.parts.performer.spawn(self._add(offer or _NOTHING))

    async def close(self) -> None:
        """End what dialogs have under way."""
        for dialog in list(self._dialogs):
            dialog.done(QDialog.DialogCode.Rejected)
            await dialog.settle()

    # What is dropped on the window

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in _DROPS or not isinstance(event, QDropEvent):
            return False
        offer = offers.of_mime(event.mimeData())
        if not offer:
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self.add(offer)
        return True

    # New ones

    async def _add(self, offer: Offer) -> None:
        # Loaded here: the editor's forms are not needed to see the window.
        from bgtasks_gui.gui.editor.adding.dialog import AddDialog

        bridge = self._window.parts.bridge
        if self._catalog is None:
            self._catalog = await bridge.client(commands.show_catalog())
        whole = await asyncio.to_thread(offers.resolve, offer)
        if offer and not whole:
            raise errors.UserError("there is no address in what was dropped, and no file.")
        if whole.files and whole.addresses:
            # Files that lead to addresses were dropped among others: these are not sent there.
            self._open_dialog(AddDialog, Offer(files=whole.files))
            whole = Offer(addresses=whole.addresses)
        self._open_dialog(AddDialog, whole)

    def _open_dialog(self, make: type[AddDialog], offer: Offer) -> None:
        bridge = self._window.parts.bridge
        assert self._catalog is not None
        dialog = make(bridge.client, self._catalog, offer, self._window)
        self._dialogs.add(dialog)
        dialog.finished.connect(lambda: self._dialogs.discard(dialog))
        dialog.added.connect(self._on_added)
        dialog.open()

    def _on_added(self, begun: Sequence[shapes.RunView]) -> None:
        self._awaited = begun[-1].id
        self._window.show_page("transfers")
        self._show_awaited()

    def _show_awaited(self, *_: object) -> None:
        # The list hears of it a moment after the agent has answered.
        page = self._window.page
        if self._awaited and page.name == "transfers" and page.pick(self._awaited):
            page.focus_list()
            self._awaited = ""

    # What is asked of one

    def _ask_address(self, subjects: Sequence[Subject]) -> None:
        [subject] = subjects
        run = subject.run
        assert run is not None
        why = "" if run.reason is None else run.reason.sentence
        present = files.address_of(subject.task, run)
        dialog = AddressDialog(f"“{text.one_line(subject.name)}”", present, why, self._window)
        performer = self._window.parts.performer
        dialog.confirmed.connect(
            lambda address: performer.spawn(self._readdress(dialog, run.id, address))
        )
        dialog.open()

    async def _readdress(self, dialog: AddressDialog, run_id: str, address: str) -> None:
        try:
            await self._window.parts.bridge.client(commands.readdress_run(run_id, address))
        except errors.UserError as error:
            dialog.refuse(error.message)
        else:
            dialog.accept()

    def _ask_limit(self, subjects: Sequence[Subject]) -> None:
        runs = [one.run for one in subjects if one.run is not None]
        is_one = len(runs) == 1
        what = f"“{text.one_line(subjects[0].name)}”" if is_one else f"{len(runs)} transfers"
        rate = files.rate_of(subjects[0].task) if is_one else None
        dialog = LimitDialog(what, rate, self._window)
        dialog.confirmed.connect(lambda rate: self._limit(runs, rate))
        dialog.open()

    def _limit(self, runs: Sequence[shapes.RunView], rate: int | None) -> None:
        for run in runs:
            self._window.parts.performer.ask(commands.limit_run(run.id, rate))

    # Its file

    def _open(self, subject: Subject, *, wants_folder: bool) -> None:
        path = files.path_of(subject.task, subject.run)
        self._window.parts.performer.spawn(self._open_chosen(path, wants_folder=wants_folder))

    async def _open_chosen(self, path: str, *, wants_folder: bool) -> None:
        chosen = await asyncio.to_thread(files.choose, path, wants_folder=wants_folder)
        if chosen.note:
            said = Message(key="opened", lead="Not opened:", text=chosen.note, lasts_s=_NOTE_S)
            self._window.telling.tell(said)
        if not self._open_path(chosen.path):
            raise errors.UserError(f"no program of this desktop opens {chosen.path}.")


def _open_path(path: Path) -> bool:
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _copy_addresses(subjects: Sequence[Subject]) -> None:
    found = dict.fromkeys(files.address_of(one.task, one.run) for one in subjects)
    QGuiApplication.clipboard().setText("\n".join(one for one in found if one))
