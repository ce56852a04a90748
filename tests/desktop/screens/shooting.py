"""Photographs every page in both looks and two sizes, and says what is cut off.

    python -m tests.desktop.screens.shooting FOLDER SCENE...

Each line that it prints is a picture's name with what is wrong in it, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import qasync
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLabel,
    QMenu,
    QScrollArea,
    QWidget,
)

from bgtasks_gui import paths
from bgtasks_gui.gui import sides
from bgtasks_gui.gui.actions.catalogue import ACTIONS
from bgtasks_gui.gui.detail.transfer.speed_plot import NEWS_MS, SpeedPlot
from bgtasks_gui.gui.dialogs.address import AddressDialog
from bgtasks_gui.gui.dialogs.arguments import ArgumentsDialog
from bgtasks_gui.gui.dialogs.cancel import CancelDialog
from bgtasks_gui.gui.dialogs.limit import LimitDialog
from bgtasks_gui.gui.dialogs.preferences import PreferencesDialog
from bgtasks_gui.gui.dialogs.quitting import QuitDialog
from bgtasks_gui.gui.dialogs.shortcuts import ShortcutsDialog
from bgtasks_gui.gui.editor.adding.dialog import AddDialog
from bgtasks_gui.gui.editor.adding.offers import Offer
from bgtasks_gui.gui.frame.window import Window
from bgtasks_gui.gui.style import dress, theme
from bgtasks_gui.gui.widgets.elided import ElidedLabel
from tests.desktop.screens import moving
from tests.desktop.screens.scenes import SCENES
from tests.gui.editor.support import catalogs
from tests.gui.fakes import moves
from tests.gui.support import looping
from tests.gui.support.clocks import ManualNow
from tests.gui.support.stages import Stage

LOOKS: Final[tuple[theme.Choice, ...]] = ("light", "dark")
SIZES: Final = ((1280, 800), (960, 600))
#: Seconds in which everything has its place, and the answers are there.
SETTLE_S: Final = 0.15
#: Pixels by which Qt lays out less than it asks for.
ROUNDING: Final = 1
PAGES: Final = (
    "overview", "tasks", "activity", "transfers", "history", "notices", "system",
)  # fmt: skip
#: Sides of the pane, looked at below the list of tasks, and what is selected for each.
SIDES: Final = {"Overview": "busy", "Why": "waiting", "Log": "busy", "Runs": "busy"}


class Shooting:
    """One window over one scene."""

    def __init__(self, scene: str, folder: Path, scratch: Path) -> None:
        self._scene = scene
        self._folder = folder
        self._stage = Stage(scratch, ManualNow())
        self._is_watched = False
        made = sides.make_sides(self._stage.parts, str)
        self.window = Window(self._stage.parts, made, QMenu())

    async def shoot(self) -> None:
        self.window.show()
        self.window.make_pages()
        self._shown = SCENES[self._scene](self._stage)
        for look in LOOKS:
            theme.current().choose(look)
            for size in SIZES:
                await self._shoot_pages(look, size)
            if self._scene == "typical":
                await self._shoot_dialogs(look)
        self.window.may_close = True
        await self.window.pane.close_reading()
        self.window.close()
        await self._stage.close()

    async def _shoot_pages(self, look: str, size: tuple[int, int]) -> None:
        self.window.resize(*size)
        for name in PAGES:
            page = self.window.show_page(name)
            await self._take(f"{self._scene}-{name}-{look}-{size[0]}x{size[1]}")
            if name == "tasks" and self._shown:
                for side, which in SIDES.items():
                    page.pick(self._shown[which])
                    self.window.show_tab(side)
                    where = f"{self._scene}-pane-{side.lower()}"
                    await self._take(f"{where}-{look}-{size[0]}x{size[1]}")
                page.view.clearSelection()
            elif name == "transfers" and page.pick(moving.BUSY):
                await self._shoot_transfer(f"{look}-{size[0]}x{size[1]}")
                page.view.clearSelection()

    async def _shoot_transfer(self, how: str) -> None:
        """The side that a transfer has, with its plot once that is loaded."""
        self.window.show_tab("Transfer")
        plot = self.window.pane.findChild(SpeedPlot)
        await looping.until(lambda: plot.plot is not None or not plot.isVisible())
        if not self._is_watched:
            moving.watch(self._stage)
            self._is_watched = True
        await asyncio.sleep(NEWS_MS / 1000)
        await self._take(f"{self._scene}-pane-transfer-{how}")

    async def _shoot_dialogs(self, look: str) -> None:
        keys = [(one.text, one.key) for one in ACTIONS if one.key]
        dialogs: dict[str, QDialog] = {
            "quit": QuitDialog(2, self.window),
            "cancel": CancelDialog("“Home backup”", self.window),
            "arguments": ArgumentsDialog("“Home backup”", self.window),
            "preferences": PreferencesDialog(self._stage.keeper.prefs, self.window),
            "keys": ShortcutsDialog(keys, self.window),
            "limit": LimitDialog("“debian-12.iso”", None, self.window),
            "address": AddressDialog(
                "“lecture-07.mp4”", moves.URL, moves.expired().sentence, self.window
            ),
            "download": self._make_adding(Offer(addresses=(moves.URL,))),
            "upload": self._make_adding(Offer(files=(Path("/home/ada/report-draft.pdf"),))),
            "options": self._make_adding(Offer(addresses=(moves.URL,)), is_unfolded=True),
        }
        for name, dialog in dialogs.items():
            dialog.open()
            await self._take(f"dialog-{name}-{look}", dialog)
            dialog.close()

    def _make_adding(self, offer: Offer, *, is_unfolded: bool = False) -> AddDialog:
        client = self._stage.bridge.client
        dialog = AddDialog(client, catalogs.catalog(), offer, self.window)
        if is_unfolded:
            dialog.form.unfold_button.click()
        return dialog

    async def _take(self, name: str, shown: QWidget | None = None) -> None:
        """A picture once everything has its place and every answer is there."""
        shown = shown or self.window
        await asyncio.sleep(SETTLE_S)
        await looping.until(
            lambda: self.window.pane._reading is None or self.window.pane._reading.done()
        )
        picture = shown.grab()
        picture.save(str(self._folder / f"{name}.png"))
        faults = list(cut_off(shown))
        sys.stdout.write(json.dumps({"name": name, "faults": faults}) + "\n")
        sys.stdout.flush()


def cut_off(window: QWidget) -> Iterator[str]:
    """Words that have no room, and things that lie outside the window."""
    for one in window.findChildren(QWidget):
        if not one.isVisible() or one.window() is not window:
            continue
        if isinstance(one, QLabel | QAbstractButton) and one.text():
            yield from _words_cut_off(one)
        scrolled = _scrolled_in(one)
        frame = window if scrolled is None else scrolled.viewport()
        place, room = QRect(one.mapTo(frame, QPoint(0, 0)), one.size()), frame.rect()
        if scrolled is not None:
            # What is further down is scrolled to, what is further right is not.
            place.moveTop(0)
            place.setHeight(1)
        if not place.isEmpty() and not room.contains(place):
            yield f"{_said(one)} lies at {place.getRect()}, outside {room.getRect()}"


def _words_cut_off(one: QLabel | QAbstractButton) -> Iterator[str]:
    if isinstance(one, ElidedLabel):
        return
    if isinstance(one, QLabel) and one.wordWrap():
        needed = one.heightForWidth(one.width())
        if one.height() < needed:
            yield f"{_said(one)} is {one.height()} high and needs {needed}"
    elif one.width() < one.sizeHint().width() - ROUNDING:
        yield f"{_said(one)} is {one.width()} wide and needs {one.sizeHint().width()}"


def _scrolled_in(one: QWidget) -> QScrollArea | None:
    """The area in which it is scrolled; None for what is always seen."""
    parent, within = one.parentWidget(), one
    while parent is not None:
        if isinstance(parent, QScrollArea) and within is parent.viewport():
            return parent if one is not within else None
        parent, within = parent.parentWidget(), parent
    return None


def _said(one: QWidget) -> str:
    words = one.text() if isinstance(one, QLabel | QAbstractButton) else one.accessibleName()
    return f"{type(one).__name__} {words!r}"


def main() -> int:
    folder, scenes = Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    application.setQuitOnLastWindowClosed(False)
    dress.dress(application, paths.find_resources())
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)

    async def shoot_all() -> None:
        with tempfile.TemporaryDirectory(prefix="bgt-") as scratch:
            for scene in scenes:
                await Shooting(scene, folder, Path(scratch)).shoot()

    with loop:
        loop.run_until_complete(shoot_all())
    return 0


if __name__ == "__main__":
    sys.exit(main())
