from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage

from bgtasks_gui.gui.style import palette
from bgtasks_gui.gui.tray import picture
from bgtasks_gui.gui.tray.picture import Look, State

pytestmark = pytest.mark.usefixtures("qapp")
PANELS = ("#ffffff", "#2b2b2b", "#d6d6d6")
LOOKS = [
    picture.look(State.IDLE),
    picture.look(State.PAUSED),
    picture.look(State.AWAY),
    picture.look(State.RUNNING),
    picture.look(State.RUNNING, 0.3),
    picture.look(State.RUNNING, 1.0),
]


def pixels(image: QImage) -> list[QColor]:
    places = itertools.product(range(image.width()), range(image.height()))
    return [image.pixelColor(QPoint(x, y)) for x, y in places]


def drawn(look: Look, size: int = 22, ratio: int = 1) -> QImage:
    return picture.pixmap(look, size, ratio).toImage()


@pytest.mark.parametrize(
    ("share", "steps"),
    [(0.0, 1), (0.01, 1), (0.3, 6), (0.62, 12), (0.63, 13), (0.99, 20), (1.0, 20), (None, 15)],
)
def test_the_ring_moves_in_steps_of_five_percent(share: float | None, steps: int) -> None:
    assert picture.look(State.RUNNING, share).steps == steps


def test_the_ring_grows_clockwise_from_the_top() -> None:
    quarter, half = (
        drawn(picture.look(State.RUNNING, share), 32).pixelColor for share in (0.25, 0.5)
    )
    right_above, right_below, left_above = QPoint(22, 9), QPoint(22, 22), QPoint(9, 9)
    white = QColor("white")
    assert quarter(right_above) == half(right_above) == half(right_below) == white
    assert white not in (quarter(right_below), quarter(left_above), half(left_above))


@pytest.mark.parametrize("state", [State.IDLE, State.PAUSED, State.AWAY])
def test_only_what_runs_has_a_ring(state: State) -> None:
    assert picture.look(state, 0.5) == picture.look(state)


def test_nothing_is_drawn_twice() -> None:
    one = picture.icon(picture.look(State.RUNNING, 0.61))
    assert picture.icon(picture.look(State.RUNNING, 0.59)) is one
    assert picture.icon(picture.look(State.RUNNING, 0.65)) is not one


def test_every_size_is_there_for_plain_and_fine_screens() -> None:
    sizes = {size.width() for size in picture.icon(LOOKS[0]).availableSizes()}
    assert sizes == {16, 22, 24, 32, 44, 48, 64, 96}
    fine = picture.pixmap(LOOKS[0], 22, 2)
    assert (fine.width(), fine.devicePixelRatio()) == (44, 2)
    assert fine.deviceIndependentSize().width() == 22


@pytest.mark.parametrize("size", picture.SIZES)
def test_no_two_look_alike(size: int) -> None:
    marked = [look._replace(needs_you=True) for look in LOOKS]
    images = [drawn(look, size) for look in (*LOOKS, *marked)]
    for one, other in itertools.combinations(images, 2):
        apart = sum(a != b for a, b in zip(pixels(one), pixels(other), strict=True))
        assert apart >= size * size // 20


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("look", [*LOOKS, LOOKS[0]._replace(needs_you=True)])
def test_it_stands_out_from_every_panel(look: Look, panel: str) -> None:
    solid = [colour for colour in pixels(drawn(look, 16)) if colour.alpha() == 255]
    clear = [one for one in solid if palette.contrast(one.name(), panel) >= 3]
    # A ring two pixels wide is the least that there is of it.
    assert len(clear) >= 16


def test_the_mark_stands_at_the_corner() -> None:
    plain, marked = (
        drawn(picture.look(State.IDLE, needs_you=needs_you), 32) for needs_you in (False, True)
    )
    upper_left, lower_right = QPoint(10, 10), QPoint(20, 24)
    assert plain.pixelColor(upper_left) == marked.pixelColor(upper_left)
    assert marked.pixelColor(lower_right) == QColor(palette.DARK.waiting)
    assert plain.pixelColor(lower_right) != QColor(palette.DARK.waiting)
