"""The field of a point in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QDate, QDateTime, QTime
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.editor.fields import ABSENT
from bgtasks_gui.gui.editor.schema import tree
from tests.gui.editor.support.people import a_field

pytestmark = pytest.mark.usefixtures("dressed")


def local(text: str) -> datetime:
    """What a clock here shows at this time."""
    return datetime.fromisoformat(text).astimezone()


def set_clock(widget: object, *parts: int) -> None:
    year, month, day, hour, minute = parts
    widget.edit.setDateTime(QDateTime(QDate(year, month, day), QTime(hour, minute)))


@pytest.mark.parametrize(
    "stamp",
    ["2026-11-22T15:00:00Z", "2026-11-22T15:00:00.123Z", "2026-11-22T16:00:00+01:00", "soon", 7],
)
def test_whatever_was_set_comes_back(qtbot: QtBot, stamp: object) -> None:
    widget = a_field(tree.Moment(label="At"), stamp)
    qtbot.addWidget(widget)
    assert widget.value() == stamp


def test_a_time_is_shown_on_the_clock_of_this_computer(qtbot: QtBot) -> None:
    widget = a_field(tree.Moment(label="At"), "2026-11-22T15:00:00Z")
    qtbot.addWidget(widget)
    at = local("2026-11-22T15:00:00+00:00")
    assert widget.edit.text() == f"{at.day} Nov 2026  {at:%H:%M}"
    assert widget.zone.text() == f"{at:%Z}"
    widget.set_value("2026-11-22T15:00:07Z")
    assert widget.edit.text().endswith(":07")


def test_what_is_set_has_an_offset(qtbot: QtBot) -> None:
    widget = a_field(tree.Moment(label="At"), "2026-11-22T15:00:00Z")
    qtbot.addWidget(widget)
    with qtbot.waitSignal(widget.changed):
        set_clock(widget, 2027, 1, 2, 3, 4)
    value = datetime.fromisoformat(widget.value())
    assert value.tzinfo is not None
    assert value == datetime(2027, 1, 2, 3, 4).astimezone()


def test_a_required_time_is_soon_until_it_is_set(qtbot: QtBot) -> None:
    widget = a_field(tree.Moment(label="At", is_required=True))
    qtbot.addWidget(widget)
    distance = datetime.fromisoformat(widget.value()) - datetime.now(UTC)
    assert timedelta(minutes=29) < distance < timedelta(minutes=91)


def test_null_is_a_switch(qtbot: QtBot) -> None:
    widget = a_field(tree.Moment(label="Expires", is_nullable=True, empty="Never"))
    qtbot.addWidget(widget)
    assert widget.value() is ABSENT
    assert widget.switch.text() == "Never"
    assert widget.switch.isChecked()
    assert not widget.edit.isVisible()
    with qtbot.waitSignal(widget.changed):
        widget.switch.click()
    assert widget.edit.isVisible()
    assert datetime.fromisoformat(widget.value()) > datetime.now(UTC)
    widget.switch.click()
    assert widget.value() is None


def test_a_time_that_is_set_switches_null_off(qtbot: QtBot) -> None:
    widget = a_field(tree.Moment(label="Expires", is_nullable=True), "2027-01-01T00:00:00Z")
    qtbot.addWidget(widget)
    assert not widget.switch.isChecked()
    assert widget.edit.isVisible()
    widget.set_value(None)
    assert widget.switch.isChecked()
    assert widget.value() is None
