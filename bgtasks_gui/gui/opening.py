"""Opens what an action needs first: the editor, a reason, arguments, a side of the pane."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog

from bgtasks_gui.client import commands
from bgtasks_gui.core import errors
from bgtasks_gui.gui.actions.catalogue import ACTIONS, Subject
from bgtasks_gui.gui.dialogs.arguments import ArgumentsDialog
from bgtasks_gui.gui.dialogs.cancel import CancelDialog
from bgtasks_gui.gui.dialogs.preferences import PreferencesDialog
from bgtasks_gui.gui.dialogs.shortcuts import ShortcutsDialog
from bgtasks_gui.gui.editor import samples
from bgtasks_gui.gui.frame.window import Window
from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.transferring import Transferring
from bgtasks_gui.wire import shapes

if TYPE_CHECKING:
    from bgtasks_gui.gui.editor.editor import Editor

#: Keys of the window itself, beside those of the actions.
_KEYS = (
    ("The pages, in the order of the sidebar", "Ctrl+1 … Ctrl+7"),
    ("New task", "Ctrl+N"),
    ("New download", "Ctrl+Shift+N"),
    ("Download the addresses in the clipboard", "Ctrl+V"),
    ("Search", "Ctrl+F"),
    ("To the list, and on to a message", "F6"),
    ("Details below the list", "Ctrl+I"),
    ("Columns of a list, and its order", "F4"),
    ("Preferences", "Ctrl+,"),
    ("These keys", "F1"),
    ("Close the window", "Ctrl+W"),
    ("Quit", "Ctrl+Q"),
)


class Opening(QObject):
    """Shows dialogs over the window, none of which stops anything.

    Signals: `quit_wanted` on the key for it.
    """

    quit_wanted = Signal()

    def __init__(self, window: Window, resources: Path) -> None:
        super().__init__(window)
        self._window = window
        self._resources = resources
        self._catalog: shapes.CatalogView | None = None
        self._editors: set[Editor] = set()
        self.transferring = Transferring(window)
        #: A task that was saved, and is shown when it is in the list.
        self._awaited = ""
        window.parts.tally.changed.connect(self._show_awaited)
        window.parts.performer.wanted.connect(self._on_wanted)
        window.new_wanted.connect(self.show_new)
        window.samples_wanted.connect(self.add_samples)
        seldom = (
            ("Preferences…", "Ctrl+,", self.show_preferences),
            ("Keyboard…", "F1", self.show_keys),
            ("Quit", "Ctrl+Q", self.quit_wanted.emit),
        )
        for words, key, act in seldom:
            entry = window.header.more.addAction(words)
            entry.setShortcut(QKeySequence(key))
            entry.triggered.connect(lambda _=False, act=act: act())
            # Keys count in the whole window, not only while the menu is open.
            window.addAction(entry)

    def show_new(self) -> None:
        """The templates, then the editor."""
        self._window.parts.performer.spawn(self._show_editor(None))

    def show_preferences(self) -> None:
        dialog = PreferencesDialog(self._window.parts.keeper.prefs, self._window)
        dialog.changed.connect(self._on_preferences_changed)
        dialog.open()

    def show_keys(self) -> None:
        keys = [(one.text.rstrip("…"), one.key) for one in ACTIONS if one.key]
        ShortcutsDialog([*_KEYS, *keys], self._window).open()

    def add_samples(self) -> None:
        """Register the sample tasks, which run for a while and harm nothing."""
        self._window.parts.performer.spawn(self._add_samples())

    async def close(self) -> None:
        """End what editors have under way; a test run is not left behind."""
        await self.transferring.close()
        for editor in list(self._editors):
            editor.done(QDialog.DialogCode.Rejected)
            await editor.settle()

    # Inside

    def _on_wanted(self, name: str, subjects: Sequence[Subject]) -> None:
        match name:
            case "cancel_because":
                self._ask_reason(subjects)
            case "run_with":
                self._ask_arguments(subjects[0])
            case "edit":
                self._window.parts.performer.spawn(self._show_editor(subjects[0].task))
            case "why":
                self._window.show_tab("Why")
            case "logs":
                self._show_log(subjects[0])
            case _ if not self.transferring.show(name, subjects):
                raise errors.IllegalMove(f"nothing is shown for the action {name}")

    def _show_log(self, subject: Subject) -> None:
        if subject.run is not None and subject.run.id not in self._shown_ids():
            # A message may be about another run than the selected one.
            self._window.show_run(subject.run.id)
        self._window.show_tab("Log")

    def _shown_ids(self) -> frozenset[str]:
        return self._window.pane.subject.ids if self._window.pane.isVisible() else frozenset()

    def _ask_reason(self, subjects: Sequence[Subject]) -> None:
        what = f"“{subjects[0].name}”" if len(subjects) == 1 else f"{len(subjects)} runs"
        dialog = CancelDialog(what, self._window)
        performer = self._window.parts.performer
        dialog.confirmed.connect(lambda words: performer.cancel(subjects, words or None))
        dialog.open()

    def _ask_arguments(self, subject: Subject) -> None:
        dialog = ArgumentsDialog(f"“{subject.name}”", self._window)
        performer = self._window.parts.performer
        dialog.confirmed.connect(lambda arguments: performer.run_with(subject, arguments))
        dialog.open()

    def _on_preferences_changed(self) -> None:
        keeper = self._window.parts.keeper
        theme.current().choose(keeper.prefs.theme)
        keeper.keep()

    async def _show_editor(self, task: shapes.TaskView | None) -> None:
        # Loaded here: most days nobody edits a task.
        from bgtasks_gui.gui.editor import editor as editors
        from bgtasks_gui.gui.editor import templates

        bridge = self._window.parts.bridge
        if self._catalog is None:
            self._catalog = await bridge.client(commands.show_catalog())
        editor = editors.Editor(
            bridge.client,
            self._catalog,
            task=task,
            tasks=lambda: tuple(bridge.mirror.tasks.values()),
            parent=self._window,
        )
        if task is None:
            editor.offer(await asyncio.to_thread(templates.load, self._resources))
        self._editors.add(editor)
        editor.finished.connect(lambda: self._editors.discard(editor))
        editor.saved.connect(self._on_saved)
        editor.open()

    def _on_saved(self, task_id: str) -> None:
        """Show the task once the agent has told of it."""
        self._awaited = task_id
        self._show_awaited()

    def _show_awaited(self, *_: object) -> None:
        # The list hears of it a moment after the mirror does.
        if self._window.parts.tasks.find(self._awaited) is not None:
            self._window.show_page("tasks", f"id:{self._awaited}").focus_list()
            self._awaited = ""

    async def _add_samples(self) -> None:
        client = self._window.parts.bridge.client
        specs = await asyncio.to_thread(samples.load, self._resources)
        added = [await client(commands.register_task(spec, if_exists="replace")) for spec in specs]
        for task in added[:1]:
            self._on_saved(task.id)
