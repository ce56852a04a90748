from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.delegates.cells import draw_bar
from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.models.task_rows import TaskRow
from bgtasks_gui.gui.style import metrics, theme
from bgtasks_gui.gui.widgets.row_view import RowView
from bgtasks_gui.wire import shapes
from tests.gui.support import drawing, every_state, views
from tests.gui.support.drawing import Notes
from tests.gui.support.every_state import LONG

TASK, PROGRESS, SPEED, NEXT, OUTCOME = range(5)
ALL = (TASK, PROGRESS, SPEED, NEXT, OUTCOME)
LIVE = ("pending", "waiting", "running", "suspended", "canceling")
_S = QStyle.StateFlag
THEMES = pytest.mark.parametrize("choice", ["light", "dark"])
Show = Callable[..., RowView]


def under_way(done: float = 62, total: float | None = 100, words: str = "") -> shapes.ProgressView:
    return views.progress(
        done * 1e9, None if total is None else total * 1e9, unit="bytes", rate=38.4e6, eta=42.0,
        message=words or None,
    )  # fmt: skip


@pytest.fixture
def show(dressed: theme.Theme, qtbot: QtBot) -> Show:
    """Shows a list of these rows, as wide as in a window of its first size."""

    def make(*rows: TaskRow, width: int = 1064) -> RowView:
        view = RowView(every_state.table(*rows), "Tasks")
        qtbot.addWidget(view)
        view.resize(width, 400)
        view.show()
        return view

    return make


def option(view: RowView, column: int, state: QStyle.StateFlag) -> QStyleOptionViewItem:
    """What the list hands to its delegate for a cell of its first row."""
    made = QStyleOptionViewItem()
    made.rect = view.visualRect(view.table.index(0, column))
    made.state = state
    return made


def paint(
    view: RowView,
    column: int,
    ratio: float = 1.0,
    state: QStyle.StateFlag = _S.State_Enabled,
) -> tuple[Notes, QImage]:
    """Draw a cell of the first row, apart from the others."""
    made = option(view, column, state)
    with drawing.picture(view.width(), metrics.ROW, ratio) as (painter, picture):
        view.itemDelegate().paint(painter, made, view.table.index(0, column))
    return painter.notes, picture.toImage()


def room(view: RowView, column: int) -> tuple[float, float]:
    """Between which sides a cell may write."""
    cell = view.visualRect(view.table.index(0, column))
    left = metrics.EDGE if column == TASK else metrics.CELL
    right = metrics.EDGE if column == OUTCOME else metrics.CELL
    return cell.left() + left, cell.left() + cell.width() - right


# Every state, in every column, however it is seen


@THEMES
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("state", states.APPEARANCES)
@pytest.mark.parametrize("words", ["", "Backup", LONG], ids=["empty", "short", "long"])
def test_words_keep_to_their_room_and_to_themselves(
    show: Show,
    dressed: theme.Theme,
    state: str,
    choice: theme.Choice,
    ratio: float,
    words: str,
) -> None:
    dressed.choose(choice)
    view = show(every_state.row(state, words, under_way(words=words)))
    for column in ALL:
        notes, _ = paint(view, column, ratio)
        assert notes.outside(*room(view, column)) == []
        assert notes.overlaps() == []
        assert all(one.baseline < metrics.ROW for one in notes.lines)


@THEMES
@pytest.mark.parametrize("state", states.APPEARANCES)
def test_a_state_is_a_shape_in_its_colour(
    show: Show, dressed: theme.Theme, state: str, choice: theme.Choice
) -> None:
    dressed.choose(choice)
    view = show(every_state.row(state))
    notes, image = paint(view, TASK, ratio=2.0)
    [picture] = notes.pictures
    assert picture == QRectF(metrics.EDGE, 17, metrics.STATE_ICON, metrics.STATE_ICON)
    part = QRect(*(2 * round(one) for one in picture.getRect()))
    wanted = dressed.color(states.APPEARANCES[state].role).name()
    assert wanted in drawing.colours(image, part)
    assert notes.lines[0].left > picture.right()


@THEMES
@pytest.mark.parametrize("state", ["completed", "failed", "canceled", "skipped", "missed"])
def test_an_outcome_is_shape_word_and_colour(
    show: Show, dressed: theme.Theme, state: str, choice: theme.Choice
) -> None:
    dressed.choose(choice)
    view = show(every_state.row(state))
    notes, _ = paint(view, OUTCOME)
    look = states.APPEARANCES[state]
    assert notes.line(look.word).colour == dressed.color(look.role).name()
    [picture] = notes.pictures
    assert all(line.left > picture.right() for line in notes.lines)


@pytest.mark.parametrize("state", states.APPEARANCES)
def test_a_row_is_drawn_by_its_list(show: Show, state: str) -> None:
    view = show(every_state.row(state, LONG, under_way()))
    view.selectRow(0)
    view.setFocus()
    drawn = view.grab().toImage()
    assert drawn != show().grab().toImage()


def test_every_row_is_as_high(show: Show) -> None:
    view = show(every_state.row("idle"))
    for column in ALL:
        assert view.sizeHintForIndex(view.table.index(0, column)) == QSize(100, metrics.ROW)
    assert view.rowHeight(0) == metrics.ROW


# Words


def test_words_alone_stand_in_the_middle_and_two_lines_apart(show: Show) -> None:
    two, _ = paint(show(every_state.row("idle", "Backup")), TASK)
    one, _ = paint(show(every_state.row("idle", "")), OUTCOME)
    assert [line.text for line in two.lines] == ["Backup", "Backup"]
    assert two.lines[0].baseline < one.lines[0].baseline < two.lines[1].baseline
    assert one.texts == ["No run yet"]


def test_words_that_have_room_are_whole_and_others_cut(show: Show) -> None:
    view = show(every_state.row("failed", LONG))
    notes, _ = paint(view, TASK)
    _, right = room(view, TASK)
    for line in notes.lines:
        assert line.text.endswith("…")
        assert LONG.startswith(line.text[:-1].strip())
        assert right - line.right < 24
    assert "…" not in "".join(paint(show(every_state.row("failed")), TASK)[0].texts)


@pytest.mark.parametrize("width", [300, 240, 90])
def test_a_name_has_little_room_in_a_very_narrow_list(show: Show, width: int) -> None:
    view = show(every_state.row("running", LONG, under_way()), width=width)
    notes, _ = paint(view, TASK)
    assert notes.outside(*room(view, TASK)) == []


def test_figures_are_flush_right(show: Show) -> None:
    view = show(every_state.row("running", progress=under_way()))
    notes, _ = paint(view, SPEED)
    _, right = room(view, SPEED)
    assert notes.texts == ["36.6 MiB/s", "42 s left"]
    assert [line.right for line in notes.lines] == [pytest.approx(right)] * 2


@pytest.mark.parametrize("width", [1064, 800, 640, 500, 300])
def test_the_last_column_keeps_the_edge_of_the_page(show: Show, width: int) -> None:
    view = show(every_state.row("running", LONG, under_way()), width=width)
    last = max(at for at in ALL if not view.isColumnHidden(at))
    cell = view.visualRect(view.table.index(0, last))
    assert cell.left() + cell.width() == view.viewport().width()
    notes, _ = paint(view, last)
    assert notes.lines
    assert notes.outside(0, view.viewport().width() - metrics.EDGE) == []


def test_the_second_line_has_its_colour_where_something_is_to_be_done(
    show: Show, dressed: theme.Theme
) -> None:
    for state, role in [("failed", "failed"), ("waiting", "waiting"), ("suspended", "second")]:
        notes, _ = paint(show(every_state.row(state)), TASK)
        assert notes.lines[1].colour == dressed.color(role).name()


# Progress


@pytest.mark.parametrize("state", LIVE)
@pytest.mark.parametrize("width", [230, 120, 90])
def test_percent_and_amount_do_not_meet(show: Show, state: str, width: int) -> None:
    view = show(every_state.row(state, progress=under_way(99_999, 100_000)))
    view.setColumnWidth(PROGRESS, width)
    notes, _ = paint(view, PROGRESS)
    assert notes.lines[0].text == "99 %"
    assert notes.overlaps() == []
    if len(notes.lines) == 2:
        assert notes.lines[1].left >= notes.lines[0].right + 8 - drawing.ROUNDING
        assert notes.lines[1].right == pytest.approx(room(view, PROGRESS)[1], abs=1)


@pytest.mark.parametrize("state", LIVE)
def test_a_bar_has_the_colour_of_its_state(show: Show, dressed: theme.Theme, state: str) -> None:
    view = show(every_state.row(state, progress=under_way()))
    rail, done = paint(view, PROGRESS)[0].bars
    assert rail.colour == dressed.color("track").name()
    assert done.colour == dressed.color(states.APPEARANCES[state].bar).name()
    assert (rail.rect.left(), rail.rect.right()) == room(view, PROGRESS)
    assert done.rect.width() == pytest.approx(rail.rect.width() * 0.62)


def test_without_a_whole_there_is_an_amount_and_no_bar(show: Show) -> None:
    notes, _ = paint(show(every_state.row("running", progress=under_way(2, None))), PROGRESS)
    assert notes.texts == ["1.9 GiB"]
    assert notes.bars == []


@pytest.mark.parametrize("state", ["idle", "scheduled", "completed", "failed", "disabled"])
def test_what_is_not_under_way_has_no_bar(show: Show, state: str) -> None:
    notes, _ = paint(show(every_state.row(state)), PROGRESS)
    assert (notes.texts, notes.bars) == ([], [])


def test_what_has_ended_has_no_bar_whatever_it_was_at(show: Show) -> None:
    task = views.task(1)
    ended = TaskRow(task, views.run(1, "failed", task, progress=under_way()))
    notes, _ = paint(show(ended), PROGRESS)
    assert (notes.texts, notes.bars) == (["62 %"], [])


def test_what_waits_says_so(show: Show) -> None:
    notes, _ = paint(show(every_state.row("waiting")), PROGRESS)
    assert (notes.texts, notes.bars) == (["Not started"], [])


@pytest.mark.parametrize("share", [0.0, 1e-9, 0.01, 0.5, 0.999, 1.0, 1.7])
@pytest.mark.parametrize("width", [206.0, 84.0, 6.0, 3.0, 0.0])
def test_a_bar_is_never_longer_than_its_rail_nor_shorter_than_high(
    dressed: theme.Theme, width: float, share: float
) -> None:
    rail = QRectF(10, 5, width, 6)
    with drawing.picture(300, 20) as (painter, _):
        draw_bar(painter, rail, share, "running")
        assert painter.renderHints() & QPainter.RenderHint.Antialiasing == QPainter.RenderHint(0)
    done = painter.notes.bars[1:]
    assert [one.rect for one in painter.notes.bars[:1]] == [rail]
    assert len(done) == (share > 0)
    for bar in done:
        assert bar.rect.left() == rail.left()
        assert bar.rect.width() <= rail.width()
        assert bar.rect.width() >= min(rail.height(), rail.width())


# Selected, current, under the mouse, and not true any more


@THEMES
def test_a_selected_row_has_a_ground_and_an_edge(
    show: Show, dressed: theme.Theme, choice: theme.Choice
) -> None:
    dressed.choose(choice)
    view = show(every_state.row("running"))
    for column in (TASK, NEXT):
        _, plain = paint(view, column)
        _, chosen = paint(view, column, state=_S.State_Enabled | _S.State_Selected)
        place = view.visualRect(view.table.index(0, column)).topLeft()
        at, ground = (place.x() + 1, 30), (place.x() + 6, 4)
        assert plain.pixelColor(*ground).alpha() == 0
        assert chosen.pixelColor(*ground) == dressed.color("selection")
        edge = dressed.color("accent" if column == TASK else "selection")
        assert chosen.pixelColor(*at) == edge


@THEMES
def test_the_row_under_the_mouse_has_a_ground(
    show: Show, dressed: theme.Theme, choice: theme.Choice
) -> None:
    dressed.choose(choice)
    view = show(every_state.row("running"))
    view.itemDelegate().hovered = 0
    assert paint(view, TASK)[1].pixelColor(6, 4) == dressed.color("hover")
    selected = paint(view, TASK, state=_S.State_Enabled | _S.State_Selected)[1]
    assert selected.pixelColor(6, 4) == dressed.color("selection")
    view.itemDelegate().hovered = 1
    assert paint(view, TASK)[1].pixelColor(6, 4).alpha() == 0


@THEMES
def test_the_row_that_keys_go_from_is_framed_while_the_list_has_them(
    show: Show, dressed: theme.Theme, choice: theme.Choice, qtbot: QtBot
) -> None:
    dressed.choose(choice)
    view = show(every_state.row("running"))
    view.setCurrentIndex(view.table.index(0, TASK))
    assert paint(view, TASK)[1].pixelColor(100, metrics.ROW - 1) == dressed.color("border")
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    framed = paint(view, TASK)[1]
    assert framed.pixelColor(100, 0) == dressed.color("accent")
    assert framed.pixelColor(100, metrics.ROW - 1) == dressed.color("accent")


def test_what_may_not_be_true_is_faded(show: Show) -> None:
    view = show(every_state.row("running", progress=under_way()))
    for column in ALL:
        assert {line.opacity for line in paint(view, column)[0].lines} <= {1.0}
    view.set_stale(is_stale=True)
    for column in ALL:
        assert {round(line.opacity, 2) for line in paint(view, column)[0].lines} <= {metrics.FADED}


def test_a_painter_is_given_back_as_it_was(show: Show) -> None:
    view = show(every_state.row("running", progress=under_way()))
    view.set_stale(is_stale=True)
    with drawing.picture(1064, metrics.ROW) as (painter, _):
        before = (painter.opacity(), painter.font(), painter.pen())
        for column in ALL:
            cell = option(view, column, _S.State_Selected)
            view.itemDelegate().paint(painter, cell, view.table.index(0, column))
        assert (painter.opacity(), painter.font(), painter.pen()) == before
