from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.models.asked import Asked


@pytest.fixture
def asked(qtbot: QtBot) -> Asked:
    return Asked()


def test_a_mark_is_told_until_it_is_cleared(asked: Asked, qtbot: QtBot) -> None:
    with qtbot.waitSignal(asked.changed) as marked:
        asked.mark(frozenset({"a", "b"}), "Asked to cancel…")
    assert marked.args == [frozenset({"a", "b"})]
    assert asked.words("a") == asked.words("b") == "Asked to cancel…"
    assert asked.words("c") == asked.words() == ""
    with qtbot.waitSignal(asked.changed) as cleared:
        asked.clear(frozenset({"a", "c"}), "Asked to cancel…")
    assert cleared.args == [frozenset({"a"})]
    assert (asked.words("a"), asked.words("b")) == ("", "Asked to cancel…")


def test_the_first_of_several_ids_that_has_a_mark_counts(asked: Asked) -> None:
    asked.mark(frozenset({"run"}), "Asked to suspend…")
    assert asked.words("task", "run") == "Asked to suspend…"
    asked.mark(frozenset({"task"}), "Asked to run…")
    assert asked.words("task", "run") == "Asked to run…"


def test_an_answer_takes_only_its_own_mark_away(asked: Asked) -> None:
    one = frozenset({"run"})
    asked.mark(one, "Asked to suspend…")
    asked.mark(one, "Asked to cancel…")
    asked.mark(one, "Asked to cancel…")
    assert asked.words("run") == "Asked to cancel…"
    asked.clear(one, "Asked to suspend…")
    assert asked.words("run") == "Asked to cancel…"
    asked.clear(one, "Asked to cancel…")
    assert asked.words("run") == "Asked to cancel…"
    asked.clear(one, "Asked to cancel…")
    assert asked.words("run") == ""


def test_clearing_nothing_tells_nothing(asked: Asked, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(asked.changed):
        asked.clear(frozenset({"a"}), "Asked to cancel…")
