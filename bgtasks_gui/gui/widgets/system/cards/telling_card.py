"""The card of the ways of telling the person: which are there, and which one speaks."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtWidgets import QLabel

from bgtasks_gui.gui.models.notices import speaking
from bgtasks_gui.gui.style import mark
from bgtasks_gui.gui.widgets.system import telling_bar
from bgtasks_gui.gui.widgets.system.card import Entries, SystemCard
from bgtasks_gui.gui.widgets.system.line import Line
from bgtasks_gui.wire.notices import SurfaceView, TellingView

_THERE: Final = ("circle-check", "done")
_AWAY: Final = ("circle-slash", "paused")
_QUIET: Final = ("moon", "waiting")
_MUTE: Final = ("bell-off", "waiting")
_LAST_RESORT: Final = "The icon in the tray tells you, where there is a tray and while this runs."


class TellingCard(SystemCard):
    """Ways of telling, each with what it can do here or why it is not there."""

    def __init__(self) -> None:
        super().__init__("How you are told", "This agent has no way of telling you anything.")
        self.warning = Line()
        self.warning.hide()
        # Below the title.
        self.column.insertWidget(1, self.warning)
        self.entries = Entries[SurfaceView, SurfaceLine](
            self.body, SurfaceLine, lambda line, surface: line.show_surface(surface)
        )

    def show_telling(self, telling: TellingView, now: datetime) -> None:
        """Say how the person is told now."""
        held_back = telling.held_back
        self.note.set_text(f"{held_back:,} held back" if held_back else "")
        is_mute = bool(telling.surfaces) and speaking.messenger(telling) is None
        if telling.is_quiet:
            self.warning.say(_QUIET, telling_bar.quiet(telling, now), "Notices are held back.")
        elif is_mute:
            self.warning.say(_MUTE, "No service shows notices", _LAST_RESORT)
        self.warning.setVisible(telling.is_quiet or is_mute)
        # What is of use here before what other desktops have.
        ways = sorted(telling.surfaces, key=lambda one: not one.is_available)
        self.entries.show_all({one.name: one for one in ways})
        self.show_emptiness(is_empty=not telling.surfaces)


class SurfaceLine(Line):
    """One way of telling."""

    def __init__(self) -> None:
        super().__init__()
        self.badge = QLabel()
        mark(self.badge, role="badge")
        self.right.addWidget(self.badge)

    def show_surface(self, surface: SurfaceView) -> None:
        """Say whether it is there, and mark the one that speaks."""
        shape = _THERE if surface.is_available else _AWAY
        self.say(shape, surface.title, f"{surface.sentence[:1].upper()}{surface.sentence[1:]}")
        self.badge.setText("In use" if surface.name in speaking.SILENT else "Speaks now")
        self.badge.setVisible(surface.is_used)
