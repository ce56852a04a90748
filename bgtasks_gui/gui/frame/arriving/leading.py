"""Leads to a run that somebody outside wants to see, once the window knows of it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer

from bgtasks_gui.client import commands
from bgtasks_gui.client.changes import Changes
from bgtasks_gui.core import errors, ids, runs
from bgtasks_gui.gui.frame.window import Window
from bgtasks_gui.gui.views.list_page import ListPage
from bgtasks_gui.gui.widgets.banner import Message
from bgtasks_gui.wire import shapes

_UNKNOWN: Final = "unknown run"
_UNKNOWN_LEAD: Final = "This run is not known any more."
_FORGOTTEN: Final = "It is older than the history that is kept."
_NEVER_WAS: Final = "No run that is kept here has its id."


class Leading(QObject):
    """Keeps what was wanted last until the lists are there, and then shows it."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        #: Id of the run that is to be shown; "" is none.
        self._wanted = ""
        window.parts.tally.changed.connect(self._on_changed)

    def lead_to(self, run_id: str) -> None:
        """Select this run where it stands and open the pane; say so where it is not known."""
        self._wanted = run_id.lower()
        # About the run that was wanted before.
        self._window.banners.take_down(_UNKNOWN)
        if ids.is_id(self._wanted):
            self._go()
        else:
            self._give_up(_NEVER_WAS)

    # Inside

    def _on_changed(self, changes: Changes, _touched: frozenset[str]) -> None:
        told = changes.connected or self._wanted in changes.runs or self._wanted in changes.passing
        if self._wanted and told:
            # The lists hear of it now, some of them after this.
            QTimer.singleShot(0, self, self._go)

    def _go(self) -> None:
        bridge = self._window.parts.bridge
        if not self._wanted or not bridge.is_loaded:
            return
        if self._wanted in bridge.mirror.runs:
            self._show()
        else:
            self._window.parts.performer.spawn(self._ask(self._wanted))

    async def _ask(self, run_id: str) -> None:
        try:
            found = await self._window.parts.bridge.client(commands.show_run(run_id))
        except errors.AgentUnreachable:
            # The window says so; when it is back it is asked again.
            return
        except errors.RunNotFound:
            found, why = None, _NEVER_WAS
        else:
            why = _FORGOTTEN
        if run_id != self._wanted:
            # Another one is wanted since, or this one was told of meanwhile.
            return
        if found is None:
            self._give_up(why)
        elif not self._is_to_come(found):
            self._show()

    def _is_to_come(self, run: shapes.RunView) -> bool:
        """Whether the mirror is told of it any moment: it is one of those that all are there."""
        mirror = self._window.parts.bridge.mirror
        if run.id in mirror.runs:
            return False
        ended = [one.id for one in mirror.runs.values() if one.state in runs.ENDED]
        has_room = len(ended) < mirror.ended_kept
        return run.state not in runs.ENDED or has_room or run.id > min(ended)

    def _show(self) -> None:
        run_id, self._wanted = self._wanted, ""
        # The mirror is ahead of the lists, by a second where nobody looked.
        self._window.parts.bridge.tell()
        self._window.show_run(run_id)
        self._window.looking.show_pane(is_shown=True)
        page = self._window.page
        if isinstance(page, ListPage):
            # Not by `focus_list`, which selects another one while the history is still read.
            page.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _give_up(self, why: str) -> None:
        self._wanted = ""
        message = Message(key=_UNKNOWN, lead=_UNKNOWN_LEAD, text=why)
        self._window.telling.tell(message)
