from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontInfo, QFontMetricsF, QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.detail.log import ansi, log_view, writing
from bgtasks_gui.gui.style import theme


@pytest.fixture
def view(qtbot: QtBot, dressed: theme.Theme) -> log_view.LogView:
    one = log_view.LogView()
    qtbot.addWidget(one)
    one.resize(600, 200)
    one.show()
    return one


class Output:
    """Feeds a view as a terminal would be fed."""

    def __init__(self, view: log_view.LogView) -> None:
        self._view = view
        self._parser = ansi.Parser()

    def say(self, text: str) -> None:
        self._view.append(self._parser.feed(text), self._parser.open_line)


def parsed(text: str) -> list[ansi.Line]:
    return ansi.Parser().feed(text)


def numbered(count: int) -> str:
    return "".join(f"line {number}\n" for number in range(count))


def top_line(view: log_view.LogView) -> str:
    return view.firstVisibleBlock().text()


def scroll_to(view: log_view.LogView, line: int) -> None:
    view.verticalScrollBar().setValue(line)


def test_it_is_a_quiet_field_of_fixed_width_characters(view: log_view.LogView) -> None:
    assert view.isReadOnly()
    assert QFontInfo(view.font()).fixedPitch()
    assert view.font().pixelSize() == 12
    measure = QFontMetricsF(view.font())
    assert view.tabStopDistance() == pytest.approx(measure.horizontalAdvance(8 * " "), abs=1)
    assert view.lineWrapMode() == QPlainTextEdit.LineWrapMode.NoWrap
    assert view.accessibleName()


def test_lines_and_the_open_one(view: log_view.LogView) -> None:
    assert not view.has_output
    output = Output(view)
    output.say("one\ntw")
    assert view.toPlainText() == "one\ntw"
    output.say("o\n")
    assert view.toPlainText() == "one\ntwo"
    output.say("\nfour\n")
    assert view.toPlainText() == "one\ntwo\n\nfour"
    assert view.has_output


@pytest.mark.parametrize("cut", range(1, 24))
def test_an_open_line_is_shown_as_it_becomes(view: log_view.LogView, cut: int) -> None:
    output = Output(view)
    text = "a\n10 %\r100 %\r\x1b[31mdone\x1b[m.\n"
    output.say(text[:cut])
    output.say(text[cut:])
    assert view.toPlainText() == "a\ndone."


def test_what_is_written_over_is_gone(view: log_view.LogView) -> None:
    output = Output(view)
    output.say("|")
    output.say("\b/")
    assert view.toPlainText() == "/"
    output.say("\r100 %")
    assert view.toPlainText() == "100 %"


def test_the_end_is_followed_until_the_person_scrolls(view: log_view.LogView, qtbot: QtBot) -> None:
    output = Output(view)
    output.say(numbered(100))
    bar = view.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    with qtbot.waitSignal(view.at_end_changed) as told:
        scroll_to(view, 10)
    assert told.args == [False]
    output.say(numbered(50))
    assert top_line(view) == "line 10"
    with qtbot.waitSignal(view.at_end_changed) as told:
        scroll_to(view, bar.maximum())
    assert told.args == [True]
    output.say(numbered(50))
    assert bar.value() == bar.maximum()


def test_the_end_is_followed_again_on_request(view: log_view.LogView) -> None:
    Output(view).say(numbered(100))
    scroll_to(view, 0)
    view.jump_to_end()
    assert view.is_at_end
    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum()


def test_a_lower_view_still_shows_the_end(view: log_view.LogView, qtbot: QtBot) -> None:
    Output(view).say(numbered(100))
    view.resize(600, 90)
    bar = view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.value() == bar.maximum())
    assert view.is_at_end


def test_what_is_put_above_moves_nothing_that_is_seen(view: log_view.LogView) -> None:
    output = Output(view)
    output.say(numbered(100))
    scroll_to(view, 20)
    view.write_above(parsed("older 1\nolder 2\n"))
    view.write_above(parsed("older 3\n"))
    view.end_above()
    assert top_line(view) == "line 20"
    assert view.toPlainText().startswith("older 1\nolder 2\nolder 3\nline 0\n")
    view.write_above(parsed("oldest\n"), "1 MiB of output are not kept")
    assert view.toPlainText().startswith("oldest\n1 MiB of output are not kept\nolder 1\n")
    output.say("newest\n")
    assert view.toPlainText().endswith("line 99\nnewest")
    assert top_line(view) == "line 20"


def test_notes_and_long_lines_stay_what_they_are_below_older_output(
    view: log_view.LogView,
) -> None:
    long = "x" * (ansi.LONGEST_LINE + 1)
    view.write_above(parsed(f"{long}\n"), "gap")
    view.end_above()
    view.write_above(parsed("older\n"))
    view.end_above()
    view.write_above([], "a gap before it")
    kept = [writing.kept_text(block) for block in writing.blocks(view.document())]
    assert "".join(kept[:-1]) == f"[a gap before it]\nolder\n{long}\n[gap]\n"
    bands = [
        block.blockFormat().background().style() != Qt.BrushStyle.NoBrush
        for block in writing.blocks(view.document())
    ]
    assert bands == [True, False, False, False, True, False]


def test_a_note_at_the_end_stands_alone(view: log_view.LogView) -> None:
    output = Output(view)
    view.note("at the very beginning")
    output.say("one\ntwo")
    view.note("a gap")
    output.say("\rthree\n")
    assert view.toPlainText() == "at the very beginning\none\ntwo\na gap\nthree"
    bands = [
        block.blockFormat().background().style() != Qt.BrushStyle.NoBrush
        for block in writing.blocks(view.document())
    ]
    assert bands == [True, False, False, True, False]


def test_the_oldest_lines_go_where_there_are_too_many(
    view: log_view.LogView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_view, "MOST_CHARACTERS", 20_000)
    output = Output(view)
    output.say(numbered(2000))
    scroll_to(view, view.verticalScrollBar().maximum() - 100)
    seen = top_line(view)
    gone: list[int] = []
    view.trimmed.connect(gone.append)
    view.shifted.connect(gone.append)
    output.say(numbered(400))
    assert view.document().characterCount() <= 20_000
    characters, lines = gone
    assert lines > 0 > characters
    assert top_line(view) == seen
    assert view.toPlainText().endswith("line 399")


def test_another_run_begins_with_nothing(view: log_view.LogView) -> None:
    output = Output(view)
    output.say(numbered(100) + "open")
    scroll_to(view, 0)
    view.empty()
    assert (view.toPlainText(), view.has_output, view.is_at_end) == ("", False, True)
    Output(view).say("new\n")
    assert view.toPlainText() == "new"


def test_plain_text_is_copied(view: log_view.LogView, qtbot: QtBot) -> None:
    Output(view).say("\x1b[31mred\x1b[m and \u00a0more\nline\n")
    qtbot.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "red and \u00a0more\nline"
    assert not QGuiApplication.clipboard().mimeData().hasHtml()


def test_the_menu_copies_and_selects(view: log_view.LogView) -> None:
    long = "x" * (ansi.LONGEST_LINE + 1)
    Output(view).say(f"{long}\nmore\n")

    copy, select = view.make_menu().actions()
    assert not copy.isEnabled()
    select.trigger()
    copy, _ = view.make_menu().actions()
    copy.trigger()
    assert QGuiApplication.clipboard().text() == f"{long}\nmore"


def test_long_lines_break_when_that_is_wanted(view: log_view.LogView, qtbot: QtBot) -> None:
    Output(view).say("word " * 400 + "\n")
    bar = view.verticalScrollBar()
    assert bar.maximum() == 0
    view.set_wrapping(True)
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    assert view.is_at_end
    view.set_wrapping(False)
    qtbot.waitUntil(lambda: bar.maximum() == 0)


def test_colours_follow_the_theme(
    view: log_view.LogView, dressed: theme.Theme, qtbot: QtBot
) -> None:
    Output(view).say("\x1b[31mred\n" + numbered(3000))
    dressed.choose("dark")

    def first_colour() -> str:
        at = view.document().begin().begin()
        return at.fragment().charFormat().foreground().color().name().upper()

    qtbot.waitUntil(lambda: first_colour() == dressed.palette.failed)
