"""A whole task as sections."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.editor.fields import Known
from bgtasks_gui.gui.editor.parts.page import Page
from bgtasks_gui.gui.style import theme
from bgtasks_gui.wire import codec, shapes
from tests.gui.editor.support import catalogs
from tests.gui.editor.support.people import shown, type_into

pytestmark = pytest.mark.usefixtures("dressed")
TASK = {
    "name": "Back up", "kind": "command", "payload": {"argv": ["rsync", "-a"], "cwd": "/home"},
    "triggers": [{"type": "interval", "every": "PT900S"}, {"type": "of_later"}],
    "conditions": [{"type": "on_ac_power"}, {"type": "battery_above", "percent": 20.0}],
    "stop_on_condition_loss": "cancel", "overlap": {"policy": "skip", "limit": 3},
    "missed": {"policy": "all", "limit": 7}, "flex": "PT60S",
    "retry": {"attempts": 2, "backoff": "PT5S", "max_delay": "PT900S", "jitter": False},
    "time_limit": None, "idle_limit": "PT1H", "grace": "PT10S",
    "resources": {"nice": 5, "io_priority": "idle", "memory_max": 1}, "progress_pattern": None,
    "modes": ["voip", "mine"], "notice": "never", "group": "home", "owner": "me",
    "enabled": False, "expires_at": "2036-01-01T00:00:00Z", "environment": {"A": "1", "B": "***"},
    "of_later": {"x": [1]},
}  # fmt: skip


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    one = Page(catalogs.catalog(), Known())
    qtbot.addWidget(one)
    shown(one)
    return one


def checked(**changes: object) -> shapes.CheckedView:
    known = {"does": "runs", "when": (), "only_if": (), "warnings": (), "next": ()}
    return shapes.CheckedView(**(known | changes))


def test_whatever_was_set_comes_back(page: Page) -> None:
    page.set_value(TASK)
    assert page.value() == TASK
    page.set_value({"name": "n", "kind": "command", "payload": {"argv": ["x"]}})
    assert page.value() == {"name": "n", "kind": "command", "payload": {"argv": ["x"]}}


def test_a_change_leaves_all_else_as_it_was(page: Page, qtbot: QtBot) -> None:
    page.set_value(TASK)
    with qtbot.waitSignal(page.changed):
        type_into(page.head.fields["name"].edit, "Other")
    assert page.value() == TASK | {"name": "Other"}


def test_any_part_of_a_task_comes_back(page: Page, dressed: theme.Theme) -> None:
    needed = {name: TASK[name] for name in ("name", "kind", "payload")}

    @settings(max_examples=20)
    @given(st.sets(st.sampled_from(sorted(TASK))))
    def comes_back(names: set[str]) -> None:
        value = {name: TASK[name] for name in names} | needed
        page.set_value(value)
        assert page.value() == value

    comes_back()


def test_a_new_task_asks_for_the_name_and_what_to_do(page: Page) -> None:
    page.set_value({})
    assert list(page.problems()) == [
        (("name",), "Fill this in."), (("payload", "argv"), "Fill this in."),
    ]  # fmt: skip
    assert page.value() == {"name": "", "kind": "command", "payload": {}}


def test_what_a_lost_condition_does_is_asked_where_there_is_one(page: Page) -> None:
    page.set_value({})
    assert not page.loss.isVisible()
    page.conditions.add("on_ac_power")
    assert page.loss.isVisible()


def test_the_rest_is_folded_under_a_line_about_it(page: Page) -> None:
    page.set_value({})
    assert not page.more.isVisible()
    assert page.fold.summary.text().startswith("Everything as usual")
    page.set_value({"time_limit": "PT1H", "overlap": {"policy": "queue"}})
    said = "While it still runs: let the new run wait  ·  Time limit: 1 h"
    assert page.fold.summary.text() == said


def test_the_agents_words_are_put_on_the_cards(page: Page) -> None:
    page.set_value(TASK)
    page.say(checked(when=("every 15 minutes", "?"), only_if=("on mains power", "above 20 %")))
    assert page.triggers.cards[0].sentence.text() == "Every 15 minutes"
    assert page.conditions.cards[1].sentence.text() == "Above 20 %"
    page.say(None)
    assert not page.triggers.cards[0].sentence.isVisible()


@pytest.mark.parametrize(
    ("path", "label"),
    [
        (("name",), "Name"),
        (("payload", "argv", 0), "Command line"),
        (("kind",), "What it does"),
        (("triggers", 0, "every"), "Every so often"),
        (("conditions", 1, "percent"), "The battery is charged enough"),
        (("stop_on_condition_loss",), "When one is lost during a run"),
        (("retry", "backoff"), "First wait"),
        (("time_limit",), "Time limit"),
        (("of_later", "x"), ""),
    ],
)
def test_each_place_has_its_part(page: Page, path: tuple[str | int, ...], label: str) -> None:
    page.set_value(TASK)
    assert page.label_at(path) == label
    page.show_error_at(path, "Not so.")
    assert not page.is_touched_at(path)
    place = page.focus_at(path)
    assert page.isAncestorOf(place)
    page.clear_errors()


def test_an_error_in_the_fold_opens_it(page: Page) -> None:
    page.set_value(TASK)
    page.focus_at(("resources", "nice"))
    assert page.more.isVisible()
    nice = next(one for one in page.more.cells(shown=True) if one.field.name == "nice")
    assert nice.edit.hasFocus()
    page.show_error_at(("resources", "nice"), "Too gentle.")
    assert nice.error == "Too gentle."


def test_problems_are_told_from_top_to_bottom(page: Page) -> None:
    broken = {"triggers": [{"type": "interval", "every": "soon"}], "time_limit": "later"}
    page.set_value(codec.plain(codec.encode(TASK | broken)))
    assert [path for path, _ in page.problems()] == [("triggers", 0, "every"), ("time_limit",)]
