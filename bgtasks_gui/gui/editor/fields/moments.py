"""The field of a point in time: day and time of day on this computer's clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QDate, QDateTime, QTime
from PySide6.QtWidgets import QCheckBox, QDateTimeEdit

from bgtasks_gui.gui.editor.fields.base import FieldWidget, Known, keep_still, make_label
from bgtasks_gui.gui.editor.schema import tree
from bgtasks_gui.wire import codec, times

_SHOWN = "d MMM yyyy  HH:mm"
_SHOWN_WITH_SECONDS = "d MMM yyyy  HH:mm:ss"


class MomentField(FieldWidget):
    """A day and a time, with the offset they have here. Null is its own switch."""

    is_wide = False

    def __init__(self, field: tree.Moment, known: Known) -> None:
        super().__init__(field, known)
        self.edit = QDateTimeEdit()
        self.edit.setDisplayFormat(_SHOWN)
        self.edit.setDateTime(_soon())
        self.edit.lineEdit().setTextMargins(8, 0, 0, 0)
        self.edit.dateTimeChanged.connect(self._on_edited)
        self.zone = make_label("", "second")
        self.zone.setWordWrap(False)
        keep_still(self.edit)
        self.switch = QCheckBox(field.empty or "None")
        self.switch.setAccessibleName(f"{field.label}: {field.empty or 'none'}")
        self.switch.setChecked(field.is_nullable)
        self.switch.clicked.connect(self._on_switched)
        self._place(self.edit, self.zone)
        if field.is_nullable:
            self._box.insertWidget(1, self.switch)
        self.changed.connect(self._say_zone)
        self._dress()

    def _show(self, value: codec.JsonValue) -> None:
        at = _parsed(value)
        self.switch.setChecked(value is None)
        if at is not None:
            local = at.astimezone()
            self.edit.setDisplayFormat(_SHOWN_WITH_SECONDS if local.second else _SHOWN)
            clock = QTime(local.hour, local.minute, local.second)
            self.edit.setDateTime(QDateTime(QDate(local.year, local.month, local.day), clock))
        self._dress()

    def _read(self) -> codec.JsonValue:
        if self.field.is_nullable and self.switch.isChecked():
            return None
        return self._local().isoformat(timespec="seconds")

    def _local(self) -> datetime:
        shown = self.edit.dateTime()
        day, clock = shown.date(), shown.time()
        wall = datetime(day.year(), day.month(), day.day(), clock.hour(), clock.minute())
        return (wall + timedelta(seconds=clock.second())).astimezone()

    def _on_switched(self) -> None:
        self._dress()
        self._on_edited()

    def _dress(self) -> None:
        is_on = not (self.field.is_nullable and self.switch.isChecked())
        self.edit.setVisible(is_on)
        self.zone.setVisible(is_on)
        self._say_zone()

    def _say_zone(self) -> None:
        self.zone.setText(f"{self._local():%Z}")


def _parsed(value: codec.JsonValue) -> datetime | None:
    try:
        return times.parse(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _soon() -> QDateTime:
    """The next full hour that is at least half an hour away."""
    soon = QDateTime.currentDateTime().addSecs(90 * 60)
    return QDateTime(soon.date(), QTime(soon.time().hour(), 0))
