from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.cli.show import tables


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_plain_columns() -> None:
    rows = [["NAME", "NEXT", "DOES"], ["backup", "in 5 min", "runs"], ["x", "now", ""]]
    assert tables.plain(rows) == [
        "NAME    NEXT      DOES",
        "backup  in 5 min  runs",
        "x       now",
    ]
    assert tables.plain([]) == []


def test_wide_letters_take_two_cells_and_marks_none() -> None:
    assert tables.width("写真") == 4
    assert tables.width("e\u0301") == 1
    assert tables.plain([["写真", "a"], ["x", "b"]]) == ["写真  a", "x     b"]


def test_through_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    tables.show(("NAME", "DOES"), [("a\x1b[2J", "one\ntwo")])
    assert capsys.readouterr().out == "NAME   DOES\na\ufffd[2J  one two\n"


def test_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("sys.stdout", stream)
    tables.show(("NAME", "LAST"), [("[bold]", "failed 5 min ago"), ("b" * 50, "x " * 9)])
    shown = stream.getvalue()
    assert "[bold]" in shown
    assert "\x1b[31mfailed 5 min ago" in shown
    assert "b" * 20 in shown


@given(st.lists(st.lists(st.text(st.characters(categories=["L", "N"])), min_size=2, max_size=2)))
def test_columns_stand_under_one_another(rows: list[list[str]]) -> None:
    lines = tables.plain(rows)
    widest = max((tables.width(row[0]) for row in rows), default=0)
    for line, row in zip(lines, rows, strict=True):
        assert line == line.rstrip()
        assert tables.width(line) <= widest + 2 + tables.width(row[1])
        assert line.startswith(row[0].rstrip())
