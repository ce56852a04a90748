"""The card of what this machine is like now, as far as tasks depend on it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.gui.style import mark, metrics
from bgtasks_gui.gui.widgets.elided import ElidedLabel
from bgtasks_gui.gui.widgets.shape import Shape
from bgtasks_gui.gui.widgets.system.card import Entries, SystemCard
from bgtasks_gui.wire import shapes

_WELL: Final = ("circle-check", "done")
_DOUBT: Final = ("triangle-alert", "waiting")
_NAME_WIDTH: Final = 96


class MachineCard(SystemCard):
    """Facts by their names."""

    def __init__(self) -> None:
        super().__init__("This machine", "Nothing is known of this machine.")
        self.body.setSpacing(7)
        self.entries = Entries[shapes.FactView, FactLine](
            self.body, FactLine, lambda line, fact: line.show_fact(fact)
        )

    def show_system(self, system: shapes.SystemView, now: datetime) -> None:
        """Say how it stands."""
        health = system.health
        self.note.set_text(
            f"Agent {health.version}, up since {times.clock(health.started_at, now)}"
        )
        self.entries.show_all({fact.name: fact for fact in system.facts})
        self.show_emptiness(is_empty=not system.facts)


class FactLine(QWidget):
    """A fact and whether it is well."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        self._shape, self._name, self._value = Shape(size=metrics.ICON), QLabel(), ElidedLabel()
        mark(self._name, role="second")
        self._name.setMinimumWidth(_NAME_WIDTH)
        row.addWidget(self._shape)
        row.addWidget(self._name)
        row.addWidget(self._value, 1)

    def show_fact(self, fact: shapes.FactView) -> None:
        """Say this one."""
        self._shape.set_icon(*(_WELL if fact.ok else _DOUBT))
        name = text.one_line(fact.name)
        self._name.setText(f"{name[:1].upper()}{name[1:]}")
        self._value.set_text(fact.value)
