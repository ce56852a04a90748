from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.actions import limits
from bgtasks_gui.gui.models.transfers.transfer_table import Speeds
from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.views.transfers_bar import TransfersBar
from tests.gui.support import accessible
from tests.gui.support.stages import collect


@pytest.fixture
def bar(dressed: theme.Theme, qtbot: QtBot) -> TransfersBar:
    one = TransfersBar()
    qtbot.addWidget(one)
    one.resize(744, 44)
    one.show()
    return one


def entries(bar: TransfersBar) -> dict[str, QAction]:
    return {one.text(): one for one in bar.limit.menu().actions() if one.text()}


def test_it_says_how_fast_everything_is(bar: TransfersBar) -> None:
    assert (bar.down.text(), bar.up.text()) == ("0 bytes/s", "0 bytes/s")
    bar.show_speeds(Speeds(2_621_440.4, 1024))
    assert (bar.down.text(), bar.up.text()) == ("2.5 MiB/s", "1 KiB/s")
    assert accessible.name(bar.down) == "Download 2.5 MiB/s"


def test_it_says_the_limit_and_marks_it(bar: TransfersBar) -> None:
    assert bar.limit.text().strip() == "Limit…", "it is not known yet"
    bar.show_limit(102_400)
    assert bar.limit.text().strip() == "Limit 100 KiB/s"
    assert [text for text, one in entries(bar).items() if one.isChecked()] == ["100 KiB/s"]
    bar.show_limit(102_401)
    assert not any(one.isChecked() for one in entries(bar).values())
    bar.show_limit(None)
    assert entries(bar)["No limit"].isChecked()


def test_a_limit_is_chosen_or_typed(bar: TransfersBar) -> None:
    chosen, other = collect(bar.limit_chosen), collect(bar.other_wanted)
    for limit in limits.LIMITS:
        entries(bar)[limit.text].trigger()
    assert [rate for (rate,) in chosen] == [one.rate for one in limits.LIMITS]
    entries(bar)["Other…"].trigger()
    assert other == [()]


def test_it_is_of_use_to_everybody(bar: TransfersBar) -> None:
    assert accessible.faults(bar) == []
