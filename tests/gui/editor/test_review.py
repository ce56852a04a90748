"""What is said of what is typed, and when."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors
from bgtasks_gui.gui.editor import checking
from bgtasks_gui.gui.editor.fields import Known
from bgtasks_gui.gui.editor.parts.page import Page
from bgtasks_gui.gui.editor.parts.preview import Preview
from bgtasks_gui.gui.editor.review import Review
from bgtasks_gui.wire import codec, shapes
from tests.gui.editor.support.people import appear, type_into
from tests.gui.support import looping, views

OTHER = views.task(5, name="Mail archive")


class Desk:
    """A page, its preview and what keeps them in step."""

    def __init__(self, client: Client, catalog: shapes.CatalogView, qtbot: QtBot) -> None:
        known = Known(tasks=lambda: [OTHER])
        self.page, self.preview = Page(catalog, known), Preview()
        for widget in (self.page, self.preview):
            qtbot.addWidget(widget)
        self.review = Review(client, self.page, self.preview, known)

    def fill(self, **value: object) -> None:
        self.page.set_value({"name": "n", "kind": "command", "payload": {"argv": ["true"]}} | value)
        self.review.begin(None)

    def name_error(self) -> str | None:
        return self.page.head.fields["name"].error

    def argv_error(self) -> str | None:
        return self.page.kind.forms["command"].fields["argv"].error

    def type_argv(self, text: str) -> None:
        type_into(self.page.kind.forms["command"].fields["argv"].edit, text)


@pytest.fixture
async def desk(agent_client: Client, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(checking, "QUIET_MS", 1)
    one = Desk(agent_client, await agent_client(commands.show_catalog()), qtbot)
    for widget in (one.page, one.preview):
        await appear(widget)
    return one


async def test_a_task_is_said_in_words(desk: Desk) -> None:
    desk.fill(triggers=[{"type": "interval", "every": "PT1H"}])
    await looping.until(lambda: desk.preview.sentence.text() == "N runs `true`, every hour.")
    await looping.until(lambda: len(desk.preview.runs.rows) == 10)
    assert desk.page.triggers.cards[0].sentence.text() == "Every hour"


async def test_a_task_without_a_name_is_said_as_well(desk: Desk) -> None:
    desk.fill(name="")
    await looping.until(lambda: desk.preview.sentence.text() == "This task runs `true`.")
    assert desk.name_error() is None


async def test_other_tasks_are_called_by_their_names(desk: Desk) -> None:
    desk.fill(triggers=[{"type": "after", "task": OTHER.id}])
    said = "N runs `true`, after task “Mail archive” ended."
    await looping.until(lambda: desk.preview.sentence.text() == said)


async def test_an_untouched_field_shows_no_error(desk: Desk) -> None:
    desk.fill(name="", payload={})
    assert (desk.name_error(), desk.argv_error()) == (None, None)
    assert desk.preview.state.text() == "Not ready yet. Command line: Fill this in."
    desk.type_argv("x")
    desk.type_argv("")
    assert desk.argv_error() == "Fill this in."
    assert desk.name_error() is None


async def test_every_error_is_shown_to_who_wants_to_save(desk: Desk) -> None:
    desk.fill(name="", payload={})
    assert desk.review.find_problem(needs_name=True) == ("name",)
    assert desk.name_error() == "The name is empty; give the task a name."
    assert desk.argv_error() == "Fill this in."
    assert desk.review.find_problem(needs_name=False) == ("payload", "argv")
    desk.fill(name="")
    assert desk.name_error() is None
    assert desk.review.find_problem(needs_name=False) is None


async def test_the_agents_error_is_shown_where_somebody_typed(desk: Desk) -> None:
    desk.fill(payload={"argv": ["nothing-like-this"]})
    await looping.until(lambda: "There is no program" in desk.preview.state.text())
    assert desk.argv_error() is None
    desk.type_argv("nothing-like-that")
    await looping.until(lambda: desk.argv_error() is not None)
    assert desk.argv_error().startswith("There is no program 'nothing-like-that'")
    desk.type_argv("true")
    await looping.until(lambda: desk.preview.sentence.text() == "N runs `true`.")
    assert desk.argv_error() is None


async def test_a_name_that_is_taken(desk: Desk) -> None:
    desk.fill(name="Mail archive")
    assert desk.name_error() is None
    type_into(desk.page.head.fields["name"].edit, "Mail archive")
    assert desk.name_error() == "Another task has this name already; choose another one."
    # It can be seen all the same what the task would do.
    await looping.until(lambda: desk.preview.sentence.text() == "Mail archive runs `true`.")
    assert desk.review.find_problem(needs_name=True) == ("name",)
    desk.fill(name="Mail archive", group="another")
    assert desk.review.find_problem(needs_name=True) is None


async def test_what_is_refused_is_shown_at_once(desk: Desk) -> None:
    desk.fill()
    error = errors.DuplicateName("Choose another name.", field="name")
    assert desk.review.refuse(error) == ("name",)
    assert desk.name_error() == "Choose another name."


async def test_an_agent_that_is_away_is_told(desk: Desk) -> None:
    desk.fill()
    desk.review.checking.lost.emit("The agent is not running.")
    assert desk.preview.state.text() == "The agent is not running. What you typed is kept."


async def test_a_broken_value_asks_nobody(desk: Desk) -> None:
    desk.fill(triggers=[{"type": "interval", "every": "soon"}])
    assert "'soon' is not a duration" in desk.preview.state.text()
    assert not desk.review.checking._timer.isActive()
    value: codec.JsonObject = desk.page.value()
    assert value["triggers"] == [{"type": "interval", "every": "soon"}]
