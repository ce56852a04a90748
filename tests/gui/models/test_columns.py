from __future__ import annotations

from datetime import UTC, datetime

from bgtasks_gui.gui.models.columns import Words
from tests.gui.support.letters import COLUMNS, PLACES, Letter


def test_words_say_nothing_by_themselves() -> None:
    assert Words() == ("", "", "second", "", "", "")


def test_a_column_reads_and_sorts_one_row() -> None:
    column, row = COLUMNS[PLACES["size"]], Letter("a", size=3)
    assert column.key(row) == 3
    assert column.key(Letter("b")) is None
    assert column.words(row, datetime.now(UTC)) == Words("3", "bytes")


def test_a_column_can_be_left_out_unless_it_says_otherwise() -> None:
    assert [column.is_optional for column in COLUMNS] == [False, True, True, True]
