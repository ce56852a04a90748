"""The task in words, beside the page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.editor.parts.preview import Preview
from bgtasks_gui.wire import shapes, times
from tests.gui.editor.support.people import shown

pytestmark = pytest.mark.usefixtures("dressed")
NOW = datetime.now(UTC)


@pytest.fixture
def preview(qtbot: QtBot) -> Preview:
    one = Preview()
    qtbot.addWidget(one)
    shown(one)
    return one


def chance(at: datetime, note: str | None = None) -> shapes.ChanceView:
    return shapes.ChanceView(at=times.stamp(at), local=times.local(at), note=note)


def checked(**changes: object) -> shapes.CheckedView:
    known = {"does": "runs `ls`", "when": (), "only_if": (), "warnings": (), "next": ()}
    return shapes.CheckedView(**(known | changes))


def texts(widget: QWidget) -> list[str]:
    return [one.text() for one in widget.findChildren(QLabel) if one.isVisible() and one.text()]


def test_it_begins_with_nothing_to_say(preview: Preview) -> None:
    assert texts(preview) == ["In words", "What you enter is said here in words."]


def test_a_task_in_one_sentence(preview: Preview) -> None:
    preview.show_checked("back up", checked(when=("every hour",), only_if=("on mains power",)))
    assert preview.sentence.text() == "Back up runs `ls`, every hour, only on mains power."
    preview.show_checked("", checked())
    assert preview.sentence.text() == "This task runs `ls`."


def test_warnings_have_their_sign(preview: Preview) -> None:
    preview.show_checked("n", checked(warnings=("It can never run.", "Mind this.")))
    assert texts(preview.warnings) == ["It can never run.", "Mind this."]
    preview.show_checked("n", checked())
    assert texts(preview.warnings) == []


def test_the_next_runs_with_what_is_odd_about_them(preview: Preview) -> None:
    today = NOW.astimezone().replace(hour=12, minute=5, second=0, microsecond=0)
    far = datetime(NOW.year + 1, 3, 28, 2, 30, 7).astimezone()
    note = "02:30 does not exist that day, runs 03:00"
    chances = (chance(today), chance(today + timedelta(days=1)), chance(far, note))
    preview.show_checked("n", checked(next=chances))
    said = texts(preview.runs)
    assert said[:4] == ["Today", "12:05", "Tomorrow", "12:05"]
    assert said[4].endswith(f"28 Mar {far.year}")
    assert said[5:] == [f"{far:%H:%M:%S}", note]


def test_without_a_planned_time_it_says_so(preview: Preview) -> None:
    preview.show_checked("n", checked())
    assert preview.none.isVisible()
    preview.show_checked("n", checked(next=(chance(NOW),)))
    assert not preview.none.isVisible()


@pytest.mark.parametrize(
    ("label", "said"),
    [("Command line", "Not ready yet. Command line: Fill this in."),
     ("", "Not ready yet. Fill this in.")],
)  # fmt: skip
def test_what_is_missing_takes_the_place_of_the_words(
    preview: Preview, label: str, said: str
) -> None:
    preview.show_checked("n", checked(next=(chance(NOW),)))
    preview.show_incomplete(label, "Fill this in.")
    assert texts(preview) == ["In words", said]


def test_it_says_that_the_agent_is_away(preview: Preview) -> None:
    preview.show_lost("The agent is not running.")
    assert texts(preview) == [
        "In words", "The agent is not running. What you typed is kept.",
    ]  # fmt: skip


def test_nothing_is_wider_than_the_column(preview: Preview, qtbot: QtBot) -> None:
    preview.show_checked("n" * 200, checked(does="runs `" + "x" * 300 + "`"))
    page = preview.widget()
    qtbot.waitUntil(lambda: page.width() == preview.viewport().width())
    assert page.minimumSizeHint().width() <= preview.viewport().width()
    assert preview.sentence.text().replace("\u200b", "").startswith("N" + "n" * 199 + " runs")
