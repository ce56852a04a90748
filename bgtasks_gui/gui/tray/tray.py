"""The icon in the tray: follows the agent once a second at most, and the tray as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QSystemTrayIcon

from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.core import runs
from bgtasks_gui.gui.actions.performer import Performer
from bgtasks_gui.gui.bridge import Bridge
from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.models.tally import Tally
from bgtasks_gui.gui.tray import menu, picture, presence, summary
from bgtasks_gui.gui.tray.last_resort import LastResort
from bgtasks_gui.wire import shapes
from bgtasks_gui.wire.notices import NoticeView

#: Panels are told no oftener, since each time they fetch the icon and draw anew (W24).
PACE_S: Final = 1.0
#: Failures whose names are remembered; of more only the number is told.
_REMEMBERED: Final = 50
#: Notices that call the person, and how long one is shown by trays that ask for a time.
_CALLS: Final = frozenset({"failed", "needs_you", "warning"})
_SHOWN_MS: Final = 10_000


class Tray(QObject):
    """Lives from `start` to `close`. `tasks` finds a task by its id.

    Where no service shows notices, it does.

    Signals: `toggle_wanted` when the icon was clicked; `open_wanted` with the id of the run to
    show, or "" for the window as it is; `quit_wanted`; `presence_changed` when the tray came or
    went, with whether there is one.
    """

    toggle_wanted = Signal()
    open_wanted = Signal(str)
    quit_wanted = Signal()
    presence_changed = Signal(bool)

    def __init__(
        self,
        bridge: Bridge,
        tally: Tally,
        performer: Performer,
        asked: Asked,
        tasks: Callable[[str], shapes.TaskView | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._tally = tally
        self._performer = performer
        self._asked = asked
        self._tasks = tasks
        #: The newest ends that nobody has looked at.
        self._ends: list[shapes.RunView] = []
        self._icon: _Icon | None = None
        self._was_there = False
        self._told_at = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.refresh)
        self._presence = presence.Presence(self)
        self._presence.changed.connect(self._on_presence_changed)
        self._resort = LastResort(bridge, performer, self._has_icon, times.now, self)
        self._resort.found.connect(self._on_notice_found)
        tally.troubled.connect(self._on_troubled)
        tally.ends_seen.connect(self._on_ends_seen)
        for signal in (
            tally.changed, asked.changed, bridge.system_changed, bridge.connection_changed,
        ):  # fmt: skip
            signal.connect(self._on_changed)

    def start(self) -> None:
        """Put the icon into the tray as soon as there is one."""
        self._presence.start()

    def close(self) -> None:
        self._presence.stop()
        self._timer.stop()
        self._resort.stop()
        self._take_away()

    @property
    def is_there(self) -> bool:
        """Whether somebody shows the icon now; without that, nothing may hide in the tray."""
        return self._presence.look()

    def refresh(self) -> None:
        """Show what is known now."""
        self._timer.stop()
        self._told_at = time.monotonic()
        if self._icon is None:
            return
        # A tray that has gone may have come back without a word, after the time of looking for it.
        if self._presence.kind is not presence.Kind.NONE or self._presence.look():
            self._icon.tell(self._situation())

    def _situation(self) -> summary.Situation:
        return summary.Situation(
            now=times.now(),
            is_connected=self._bridge.is_connected,
            trouble=self._bridge.trouble,
            pause=self._bridge.pause,
            active=self._tally.active(),
            progress=self._tally.progress,
            failures=[run for run in self._ends if run.state in states.TROUBLE],
            stops=[run for run in self._ends if run.state not in states.TROUBLE],
            asked=self._asked.words,
            task=self._tasks,
        )

    def _on_changed(self) -> None:
        if self._icon is not None and not self._timer.isActive():
            since_s = time.monotonic() - self._told_at
            # Not at once either: what belongs together is told by several signals.
            self._timer.start(max(0, round((PACE_S - since_s) * 1000)))

    def _on_troubled(self, ended: Sequence[shapes.RunView]) -> None:
        self._ends += [run for run in ended if run.state in runs.ENDED]
        del self._ends[:-_REMEMBERED]

    def _on_ends_seen(self) -> None:
        self._ends.clear()
        self.refresh()

    def _has_icon(self) -> bool:
        return self._icon is not None

    def _on_notice_found(self, notice: NoticeView) -> None:
        if self._icon is not None:
            self._icon.show_notice(notice)

    def _on_presence_changed(self, is_there: bool) -> None:
        if is_there:
            # Qt puts an icon into every tray of its kind that comes; one of another kind it leaves.
            if self._icon is None or self._icon.kind is not self._presence.kind:
                self._take_away()
                self._icon = self._put_up()
            self._icon.tell(self._situation())
        if is_there is not self._was_there:
            self._was_there = is_there
            self.presence_changed.emit(is_there)

    def _put_up(self) -> _Icon:
        kind = self._presence.kind
        spelling = menu.spell_for_bus if kind is presence.Kind.BUS else menu.spell
        icon = _Icon(kind, menu.TrayMenu(self._performer, spelling, self), self)
        icon.clicked.connect(self.toggle_wanted)
        icon.notice_clicked.connect(self.open_wanted)
        icon.lines.open_wanted.connect(self.open_wanted)
        icon.lines.quit_wanted.connect(self.quit_wanted)
        icon.lines.opening.connect(self.refresh)
        return icon

    def _take_away(self) -> None:
        if self._icon is not None:
            self._icon.close()
            self._icon = None


class _Icon(QObject):
    """One icon with its menu, for trays of one kind.

    Signals: `clicked`; `notice_clicked` with the id of its run, or "".
    """

    clicked = Signal()
    notice_clicked = Signal(str)

    def __init__(self, kind: presence.Kind, lines: menu.TrayMenu, parent: QObject) -> None:
        super().__init__(parent)
        self.kind = kind
        self.lines = lines
        self._look: picture.Look | None = None
        self._tooltip = ""
        #: The run of the notice that is shown; there is one at a time.
        self._told_of = ""
        self._shown = QSystemTrayIcon(self)
        self._shown.setContextMenu(lines.menu)
        self._shown.activated.connect(self._on_activated)
        self._shown.messageClicked.connect(lambda: self.notice_clicked.emit(self._told_of))

    def tell(self, known: summary.Situation) -> None:
        self.lines.tell(known)
        look, tooltip = summary.look(known), summary.tooltip(known)
        if look != self._look:
            self._look = look
            self._shown.setIcon(picture.icon(look))
        if tooltip != self._tooltip:
            self._tooltip = tooltip
            self._shown.setToolTip(tooltip)
        self._shown.show()

    def show_notice(self, notice: NoticeView) -> None:
        kind = QSystemTrayIcon.MessageIcon
        sign = kind.Warning if notice.kind in _CALLS else kind.Information
        self._told_of = notice.run_id or ""
        title, body = text.one_line(notice.title), text.clean(notice.body)
        self._shown.showMessage(title, body, sign, _SHOWN_MS)

    def close(self) -> None:
        self._shown.hide()
        self.lines.close()
        self.lines.deleteLater()
        self.deleteLater()

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.clicked.emit()
