"""Tells in banners what a person should know: the agent, the pause, refusals, what was removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal

from bgtasks_gui.client import exchange
from bgtasks_gui.client.phrases import tasks as task_phrases
from bgtasks_gui.client.phrases import text
from bgtasks_gui.gui.frame.troubles import Troubles
from bgtasks_gui.gui.views.page import Parts
from bgtasks_gui.gui.widgets.banner import BannerArea, Message
from bgtasks_gui.wire import shapes

_AWAY: Final = "away"
_NOT_REACHED: Final = "not reached"
_PAUSE: Final = "pause"
_UNDO_S: Final = 30


class Telling(QObject):
    """Puts messages up and takes them down when they are not true any more.

    Signals: `page_wanted` with a page and a state; `start_wanted` to start the agent;
    `resume_wanted` to lift the pause; `restore_wanted` with ids of removed tasks.
    """

    page_wanted = Signal(str, str)
    start_wanted = Signal()
    resume_wanted = Signal()
    restore_wanted = Signal(object)

    def __init__(self, parts: Parts, area: BannerArea) -> None:
        super().__init__(area)
        self._parts = parts
        self._area = area
        self._notices: frozenset[str] = frozenset()
        self._troubles = Troubles(parts, area)
        self._troubles.page_wanted.connect(self.page_wanted)
        parts.performer.refused.connect(self.tell_refusal)
        parts.performer.removed.connect(self._on_removed)
        parts.bridge.connection_changed.connect(self._on_connection_changed)
        parts.bridge.system_changed.connect(self._on_system_changed)

    def tell_refusal(self, sentence: str) -> None:
        """Something that was asked for is not done, and why."""
        key = f"refusal {sentence}"
        if sentence == exchange.NOT_RUNNING:
            # How to start it is said beside the button for it, and both go when it is back.
            key, sentence = _NOT_REACHED, "The agent is away."
        self._area.show_message(Message(key=key, tone="alarm", lead="Not done:", text=sentence))

    def tell(self, message: Message) -> None:
        """Put up any other message."""
        self._area.show_message(message)

    def _is_told(self, key: str, lead: str) -> bool:
        return any((one.key, one.lead) == (key, lead) for one in self._area.messages())

    # Undo

    def _on_removed(self, removed: Sequence[shapes.RemovedView]) -> None:
        ids = [one.id for one in removed]
        is_one = len(removed) == 1
        what = f"“{text.one_line(removed[0].name)}” is" if is_one else f"{len(removed)} tasks are"
        self._area.show_message(
            Message(
                key=f"removed {ids[0]}",
                tone="praise",
                lead=f"{what} removed.",
                text=f"{'Its' if is_one else 'Their'} runs stay in the history.",
                remedy="Undo",
                act=lambda: self.restore_wanted.emit(ids),
                lasts_s=_UNDO_S,
            )
        )

    # The agent and the machine

    def _on_connection_changed(self) -> None:
        bridge = self._parts.bridge
        lead = "The agent is away."
        if bridge.is_connected or not bridge.is_loaded:
            self._area.take_down(_AWAY)
            self._area.take_down(_NOT_REACHED)
        elif not self._is_told(_AWAY, lead):
            self._area.show_message(
                Message(
                    key=_AWAY,
                    lead=lead,
                    text="What you see is how it was; it is tried again by itself.",
                    remedy="Start it",
                    act=self.start_wanted.emit,
                    can_close=False,
                )
            )

    def _on_system_changed(self) -> None:
        system = self._parts.bridge.system
        if system is None:
            return
        self._tell_pause(system.pause)
        notices = frozenset(system.notices)
        for gone in self._notices - notices:
            self._area.take_down(gone)
        for new in notices - self._notices:
            self._area.show_message(Message(key=new, lead="", text=text.one_line(new)))
        self._notices = notices

    def _tell_pause(self, pause: shapes.PauseView) -> None:
        if not pause.paused:
            self._area.take_down(_PAUSE)
            return
        lead = f"Everything is paused {task_phrases.until(pause, self._parts.now())}."
        if not self._is_told(_PAUSE, lead):
            self._area.show_message(
                Message(
                    key=_PAUSE,
                    lead=lead,
                    text="Nothing starts; what ran is suspended.",
                    remedy="Resume all",
                    act=self.resume_wanted.emit,
                    can_close=False,
                )
            )
