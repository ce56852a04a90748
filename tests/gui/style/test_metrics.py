from __future__ import annotations

from bgtasks_gui.gui.style import metrics

MEASURES = {name: value for name, value in vars(metrics).items() if name.isupper()}


def test_blocks_and_cells_lie_on_a_grid_of_four() -> None:
    on_grid = ("EDGE", "GAP", "CELL", "HEADER", "CONTROL", "SMALL_CONTROL", "STATUS_BAR", "BANNER",
               "SIDEBAR", "ICON", "STATE_ICON")  # fmt: skip
    assert [name for name in on_grid if MEASURES[name] % 4] == []


def test_nothing_is_written_smaller_than_can_be_read() -> None:
    assert min(metrics.TEXT, metrics.SMALL, metrics.HEADING, metrics.TITLE) >= 12
    assert metrics.SMALL < metrics.TEXT < metrics.HEADING < metrics.TITLE


def test_two_lines_of_words_have_room_in_a_row() -> None:
    assert metrics.ROW >= 2 * (metrics.TEXT + metrics.SMALL)
