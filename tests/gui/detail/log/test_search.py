from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.detail.log import ansi, log_view, search
from bgtasks_gui.gui.style import theme


@pytest.fixture
def view(qtbot: QtBot, dressed: theme.Theme) -> log_view.LogView:
    one = log_view.LogView()
    qtbot.addWidget(one)
    one.resize(600, 200)
    one.show()
    return one


@pytest.fixture
def found(view: log_view.LogView) -> search.Search:
    return search.Search(view)


class Output:
    """Feeds a view as a terminal would be fed."""

    def __init__(self, view: log_view.LogView) -> None:
        self._view = view
        self._parser = ansi.Parser()

    def say(self, text: str) -> None:
        self._view.append(self._parser.feed(text), self._parser.open_line)


def looked_for(found: search.Search, text: str, qtbot: QtBot) -> tuple[int, int]:
    """Number and count once the search is through."""
    found.look_for(text)
    return standing(found, qtbot)


def standing(found: search.Search, qtbot: QtBot) -> tuple[int, int]:
    qtbot.waitUntil(lambda: not found.is_busy)
    return found.number, found.count


def marked(view: log_view.LogView) -> list[str]:
    return [one.cursor.selectedText() for one in view.extraSelections()]


def test_every_hit_is_found_in_capitals_or_not(
    view: log_view.LogView, found: search.Search, qtbot: QtBot
) -> None:
    Output(view).say("Error one\nno\nan error, another ERROR\n")
    assert looked_for(found, "error", qtbot) == (1, 3)
    assert marked(view) == ["Error", "error", "ERROR"]
    assert view.textCursor().selectedText() == "Error"
    assert looked_for(found, "(", qtbot) == (0, 0)
    assert marked(view) == []


def test_the_way_goes_round_in_both_directions(
    view: log_view.LogView, found: search.Search, qtbot: QtBot
) -> None:
    Output(view).say("a\na\na\n")
    assert looked_for(found, "a", qtbot) == (1, 3)
    seen = []
    for forward in (True, True, True, False, False):
        found.step(forward=forward)
        seen.append(found.number)
    assert seen == [2, 3, 1, 3, 2]


def test_nothing_to_step_to(view: log_view.LogView, found: search.Search) -> None:
    found.step(forward=True)
    assert found.number == 0


def test_positions_are_right_behind_characters_that_take_two(
    view: log_view.LogView, found: search.Search, qtbot: QtBot
) -> None:
    Output(view).say("😀😀 é needle 😀needle\n")
    assert looked_for(found, "needle", qtbot) == (1, 2)
    assert marked(view) == ["needle", "needle"]
    assert looked_for(found, "😀", qtbot) == (1, 3)
    assert marked(view) == ["😀"] * 3


def test_the_hit_that_is_seen_comes_first(
    view: log_view.LogView, found: search.Search, qtbot: QtBot
) -> None:
    Output(view).say("".join(f"line {number}\n" for number in range(200)))
    assert looked_for(found, "line 19", qtbot) == (2, 11)
    assert view.textCursor().block().text() == "line 190"
    # Where none is seen it is the newest above.
    assert looked_for(found, "line 5", qtbot) == (11, 11)
    assert view.textCursor().block().text() == "line 59"
    assert not view.is_at_end


def test_only_what_is_seen_is_marked(
    view: log_view.LogView, found: search.Search, qtbot: QtBot
) -> None:
    Output(view).say("hit\n" * 5000)
    assert looked_for(found, "hit", qtbot)[1] == 5000
    assert 5 < len(marked(view)) < 50


def test_new_output_is_searched_too(
    view: log_view.LogView, found: search.Search, qtbot: QtBot
) -> None:
    output = Output(view)
    output.say("hit\nopen hi")
    assert looked_for(found, "hit", qtbot) == (1, 1)
    output.say("t and hit\n")
    assert standing(found, qtbot) == (1, 3)
    output.say("hit\rgone")
    assert standing(found, qtbot) == (1, 3)


def test_output_that_comes_while_it_searches(
    view: log_view.LogView, found: search.Search, qtbot: QtBot
) -> None:
    output = Output(view)
    output.say("hit\n" * 2000)
    found.look_for("hit")
    for _ in range(50):
        output.say("hit\n" * 20)
    assert standing(found, qtbot)[1] == 3000


def test_older_output_is_searched_too_and_the_chosen_hit_stays(
    view: log_view.LogView, found: search.Search, qtbot: QtBot
) -> None:
    Output(view).say("hit 1\nhit 2\n")
    looked_for(found, "hit", qtbot)
    found.step(forward=True)
    assert found.number == 2
    view.write_above(ansi.Parser().feed("hit 0\nno\n"))
    assert standing(found, qtbot) == (3, 3)
    assert view.textCursor().block().text() == "hit 2"
    assert len(marked(view)) == 3


def test_hits_that_went_with_the_oldest_lines_are_not_counted(
    view: log_view.LogView, found: search.Search, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_view, "MOST_CHARACTERS", 20_000)
    output = Output(view)
    output.say("hit\n" * 4000)
    assert looked_for(found, "hit", qtbot)[1] == 4000
    output.say("no\n" * 2000)
    number, count = standing(found, qtbot)
    assert count == view.toPlainText().count("hit") < 4000
    found.step(forward=False)
    assert view.textCursor().selectedText() == "hit"
    assert number <= count


def test_more_hits_than_anybody_wants_are_not_counted(
    view: log_view.LogView, found: search.Search, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_HITS", 50)
    Output(view).say("a a a\n" * 100)
    assert looked_for(found, "a", qtbot)[1] == 50


def test_it_ends_with_an_empty_text(
    view: log_view.LogView, found: search.Search, qtbot: QtBot
) -> None:
    Output(view).say("hit\n")
    looked_for(found, "hit", qtbot)
    assert found.is_on
    with qtbot.waitSignal(found.changed):
        found.look_for("")
    assert (found.is_on, found.count, marked(view)) == (False, 0, [])
    Output(view).say("hit\n")
    assert found.count == 0
