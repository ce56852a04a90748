"""The window in which a task is created or changed."""

from __future__ import annotations

import asyncio
import zoneinfo
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QStackedLayout, QWidget

from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors
from bgtasks_gui.gui.editor import asking, tabs
from bgtasks_gui.gui.editor.chooser import TemplateChooser
from bgtasks_gui.gui.editor.fields import Known
from bgtasks_gui.gui.editor.parts.output import Output
from bgtasks_gui.gui.editor.parts.page import Page
from bgtasks_gui.gui.editor.parts.spread import Spread
from bgtasks_gui.gui.editor.parts.trial_panel import MakeLog, TrialPanel
from bgtasks_gui.gui.editor.review import Review
from bgtasks_gui.gui.editor.schema import paths
from bgtasks_gui.gui.editor.templates import Template
from bgtasks_gui.gui.editor.trial import Trial
from bgtasks_gui.gui.editor.work import Work
from bgtasks_gui.wire import codec, shapes

_WIDTH, _HEIGHT = 880, 760
_LEAST: Final = (760, 440)
#: Room left on the screen for panels and the frame of the window.
_MARGIN: Final = 72
#: What is shown at the field it is about.
_OF_A_FIELD: Final = (errors.InvalidField, errors.DuplicateName)
_NOT_SAVED: Final = "It is not saved, and what you typed is kept."


class Editor(QDialog):
    """Creates a task, or changes one. It stands beside the window and blocks nothing.

    `template` is a registration to begin with, as plain JSON. `offer` shows templates first.

    Signals: `saved` with the id of the task.
    """

    saved = Signal(str)

    def __init__(
        self,
        client: Client,
        catalog: shapes.CatalogView,
        *,
        task: shapes.TaskView | None = None,
        template: codec.JsonObject | None = None,
        tasks: Callable[[], Sequence[shapes.TaskView]] = tuple,
        make_log: MakeLog = Output,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._client = client
        self._task = task
        self._origin: asking.Origin | None = None
        self._zones: list[str] = []
        self._initial: codec.JsonObject = {}
        #: Whether the person said that what was typed may go.
        self._may_close = False
        self._work = Work(self._on_refused)
        known = Known(tasks=lambda: self._others(tasks()), zones=self._zones)
        self.page = Page(catalog, known)
        self.trial = Trial(client)
        self.spread = Spread(
            self.page, TrialPanel(client, make_log), "Create task" if task is None else "Save"
        )
        self.review = Review(client, self.page, self.spread.preview, Known(tasks=tasks))
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.spread)
        self._connect()
        self._fill({} if template is None else template)

    def _others(self, tasks: Sequence[shapes.TaskView]) -> list[shapes.TaskView]:
        """The tasks that this one can follow."""
        own = None if self._task is None else self._task.id
        return [one for one in tasks if one.id != own]

    def _connect(self) -> None:
        buttons, panel, trial = self.spread.buttons, self.spread.panel, self.trial
        buttons.save_wanted.connect(self._on_save)
        buttons.cancel_wanted.connect(self.reject)
        buttons.trial_wanted.connect(self._on_trial)
        panel.cancel_wanted.connect(trial.cancel)
        panel.closed.connect(self._on_panel_closed)
        trial.changed.connect(panel.show_run)
        trial.ended.connect(panel.show_end)
        trial.refused.connect(self._on_trial_refused)
        trial.finished.connect(self._on_trial_finished)
        self.page.changed.connect(self._say_title)
        self.page.rearranged.connect(self._order_later)
        self.finished.connect(self._on_finished)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self._on_save)

    # Opening

    def offer(self, templates: Sequence[Template]) -> None:
        """Let the person choose what to begin with, before anything else."""
        chooser = TemplateChooser(templates)
        chooser.chosen.connect(self._on_chosen)
        self._stack.insertWidget(0, chooser)
        self._stack.setCurrentWidget(chooser)
        chooser.setFocus()
        self._fit()

    def open(self) -> None:
        """Show it beside the window. A task that is changed is read whole first."""
        self._fit()
        self.setModal(False)
        self.show()
        self.raise_()
        self.activateWindow()
        self._work.start(self._learn_zones())
        if self._task is not None:
            self._on_read_wanted()
        else:
            self._begin(("name",))

    async def settle(self) -> None:
        """Return once nothing is under way any more; also after it was closed."""
        for one in (self._work, self.review.checking, self.trial):
            await one.settle()

    def _fit(self) -> None:
        room = self.screen().availableGeometry()
        self.setMinimumSize(min(_LEAST[0], room.width()), min(_LEAST[1], room.height()))
        height = _HEIGHT if self._stack.currentWidget() is self.spread else _LEAST[1]
        self.resize(min(_WIDTH, room.width() - _MARGIN), min(height, room.height() - _MARGIN))

    def _on_read_wanted(self) -> None:
        if self._task is not None:
            self.page.setEnabled(False)
            self.spread.bar.hide()
            self._work.start(self._read(self._task.id))

    async def _read(self, task_id: str) -> None:
        try:
            self._origin = await asking.read(self._client, task_id)
        except errors.UserError as error:
            answers = ("Close", "", self.reject), ("Try again", "", self._on_read_wanted)
            self.spread.bar.ask(error.message, *answers)
            return
        self._fill(self._origin.value)
        self.page.setEnabled(True)
        self._begin(("name",))

    async def _learn_zones(self) -> None:
        self._zones += sorted(await asyncio.to_thread(zoneinfo.available_timezones))

    def _on_chosen(self, template: Template) -> None:
        self._fill(template.spec)
        self._stack.setCurrentWidget(self.spread)
        self._fit()
        self._begin(paths.parse(template.first))

    def _fill(self, value: codec.JsonObject) -> None:
        self.page.set_value(value)
        self._initial = self.page.value()
        self.review.begin(self._origin)
        self._say_title()
        self._order_later()

    def _begin(self, path: paths.Path) -> None:
        if self._stack.currentWidget() is self.spread:
            self.spread.go_to(path)

    def _say_title(self) -> None:
        name = str(self.page.value().get("name") or "")
        said = "New task" if self._task is None else f"Edit {self._task.name}"
        self.setWindowTitle(f"{said}: {name}" if self._task is None and name else said)
        self.spread.title.setText(said)

    def _order_later(self) -> None:
        QTimer.singleShot(0, self, lambda: tabs.set_order(self.spread))

    # Saving

    def _on_save(self) -> None:
        if self._stack.currentWidget() is not self.spread or not self.page.isEnabled():
            return
        wrong = self.review.find_problem(needs_name=True)
        if wrong is not None:
            self.spread.go_to(wrong)
        elif self.spread.buttons.save.isEnabled():
            self.spread.buttons.set_saving(True)
            self._work.start(self._save(self.page.value()))

    async def _save(self, value: codec.JsonObject) -> None:
        try:
            view = await asking.save(self._client, value, self._origin)
        finally:
            self.spread.buttons.set_saving(False)
        self._may_close = True
        self.saved.emit(view.id)
        self.accept()

    def _on_refused(self, error: errors.UserError) -> None:
        """What was asked of the agent came to nothing."""
        if error.field and isinstance(error, _OF_A_FIELD):
            self.spread.go_to(self.review.refuse(error))
        else:
            self.spread.bar.tell(f"{error.message} {_NOT_SAVED}")

    # Test run

    def _on_trial(self) -> None:
        wrong = self.review.find_problem(needs_name=False)
        if wrong is not None:
            self.spread.go_to(wrong)
            return
        self.spread.buttons.set_trying(True)
        self.spread.panel.begin()
        self.trial.start(self.page.value())

    def _on_trial_refused(self, error: errors.UserError) -> None:
        self.spread.panel.show_refusal(error.message)
        if error.field and error.field.startswith("payload"):
            self.review.refuse(error)

    def _on_trial_finished(self) -> None:
        self.spread.buttons.set_trying(False)

    def _on_panel_closed(self) -> None:
        self.trial.stop()
        self.spread.panel.hide()

    # Closing

    @property
    def is_changed(self) -> bool:
        """Whether something would be lost."""
        return self.page.value() != self._initial

    def reject(self) -> None:
        """Close it, or ask first whether what was typed may go."""
        bar = self.spread.bar
        if self._may_close or not self.is_changed:
            super().reject()
        elif bar.isVisible():
            self._on_keep()
        else:
            bar.ask(
                "Discard what you typed?",
                ("Discard", "danger", self._on_discard),
                ("Keep editing", "", self._on_keep),
            )

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close or not self.is_changed:
            super().closeEvent(event)
        else:
            event.ignore()
            if not self.spread.bar.isVisible():
                self.reject()

    def _on_discard(self) -> None:
        self._may_close = True
        self.reject()

    def _on_keep(self) -> None:
        self.spread.bar.hide()
        self.page.setFocus()

    def _on_finished(self) -> None:
        self.review.checking.stop()
        self.trial.stop()
        self._work.stop()
        self.spread.panel.log.close()
