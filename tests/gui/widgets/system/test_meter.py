from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.widgets.system import meter
from bgtasks_gui.gui.widgets.system.meter import Meter
from tests.gui.support import accessible, drawing


@pytest.fixture
def bar(dressed: theme.Theme, qtbot: QtBot) -> Meter:
    one = Meter()
    qtbot.addWidget(one)
    one.resize(200, 6)
    one.show()
    return one


@pytest.mark.parametrize(
    ("share", "role", "width"),
    [
        (0.0, "running", 0),
        (0.5, "running", 100),
        (0.9, "bar_waiting", 180),
        (7, "bar_waiting", 200),
    ],
)
def test_the_bar_is_as_long_as_what_is_used(
    bar: Meter, share: float, role: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar.show_share(share, "so much")
    assert bar.role == role
    rail, *used = drawing.draw(bar, meter, monkeypatch).bars
    assert rail.rect.width() == 200
    assert [round(one.rect.width()) for one in used] == ([width] if width else [])
    assert [one.colour for one in used] == [theme.current().color(role).name() for _ in used]


def test_it_is_read_out(bar: Meter) -> None:
    bar.show_share(0.42, "mail: 4 min of 10 min used")
    assert accessible.name(bar) == "mail: 4 min of 10 min used"
    bar.show_share(-1, "nothing")
    assert bar.share == 0


def test_it_fades_with_what_it_stands_in(bar: Meter, monkeypatch: pytest.MonkeyPatch) -> None:
    bar.show_share(0.5, "half")
    bright = bar.grab().toImage()
    bar.setEnabled(False)
    assert bar.grab().toImage() != bright
