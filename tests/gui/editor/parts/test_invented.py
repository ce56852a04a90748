"""A trigger, a kind and a condition that no window has seen: filled in, checked, and read back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bgtasks_gui import paths
from bgtasks_gui.agent import app
from bgtasks_gui.client import asgi, commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import conditions, errors
from bgtasks_gui.gui.editor import asking
from bgtasks_gui.gui.editor.fields import Known
from bgtasks_gui.gui.editor.parts.page import Page
from bgtasks_gui.gui.editor.schema import paths as places
from tests.agent.support import embedded
from tests.gui.editor.support import catalogs
from tests.gui.editor.support.people import appear, press, type_into


@pytest.fixture
def place(place: paths.Home, monkeypatch: pytest.MonkeyPatch) -> paths.Home:
    """The home of an agent that knows more than others."""
    monkeypatch.setattr(app, "TRIGGERS", catalogs.INVENTED_TRIGGERS)
    monkeypatch.setattr(app, "KINDS", catalogs.INVENTED_KINDS)
    monkeypatch.setattr(conditions, "Condition", catalogs.InventedCondition)
    return place


@pytest.fixture
async def client(agent: embedded.Embedded) -> AsyncIterator[Client]:
    async with Client(asgi.AsgiTransport(agent.agent.app)) as one:
        yield one


@pytest.fixture
async def page(client: Client, qtbot: QtBot) -> Page:
    one = Page(await client(commands.show_catalog()), Known())
    qtbot.addWidget(one)
    await appear(one)
    one.set_value({"name": "n"})
    return one


def choose(box: object, label: str) -> None:
    box.setCurrentIndex(box.findText(label))
    box.activated.emit(box.currentIndex())


async def test_an_invented_kind_and_trigger(page: Page, client: Client) -> None:
    choose(page.kind.choice.list, "Watch the sky")
    telescope = page.kind.forms["telescope"].fields
    choose(telescope["target"].list, "A comet")
    type_into(telescope["target"].current.fields["year"].edit, "1586")
    type_into(telescope["exposure"].edit, "2.5")
    press(telescope["mount"].form.fields["is_tracking"].box, Qt.Key.Key_Space)
    type_into(telescope["notes"].edit, '[{"gain": 0.5}]')
    titles = [action.text() for action in page.triggers.menu.actions()]
    page.triggers.menu.actions()[titles.index("At a phase of the moon")].trigger()
    moon = page.triggers.cards[0].form.fields
    choose(moon["phase"].list, "Full")
    type_into(moon["altitude"].edit, "91")
    assert list(page.problems()) == []

    # Checked: the agent names the fields, and the form knows where they are.
    for field, label, right in (
        ("triggers[0].altitude", "At a phase of the moon", "45"),
        ("payload.target.year", "Year", "1986"),
    ):
        with pytest.raises(errors.InvalidField) as caught:
            await asking.check(client, page.value(), None)
        assert caught.value.field == field
        path = places.parse(field)
        page.show_error_at(path, caught.value.message)
        assert page.label_at(path) == label
        assert page.is_touched_at(path)
        page.focus_at(path)
        edit = page.focusWidget()
        assert edit.accessibleDescription() == caught.value.message
        type_into(edit, right)

    # Read back, as the agent keeps it.
    checked = await asking.check(client, page.value(), None)
    assert (checked.does, checked.when) == ("watches the sky", ("at full moon",))
    view = await asking.save(client, page.value(), None)
    kept = asking.Origin(view=view).value
    assert kept["payload"] == {
        "target": {"type": "comet", "year": 1986}, "exposure": 2.5,
        "mount": {"is_tracking": False}, "filters": [], "notes": [{"gain": 0.5}],
    }  # fmt: skip
    assert kept["triggers"] == [{"type": "moon", "phase": "full", "altitude": 45}]
    page.set_value(kept)
    assert page.value() == kept


async def test_an_invented_condition(page: Page) -> None:
    titles = [action.text() for action in page.conditions.menu.actions()]
    page.conditions.menu.actions()[titles.index("The sky is clear")].trigger()
    clouds = page.conditions.cards[0].form.fields["clouds"]
    type_into(clouds.edit, "120")
    assert (("conditions", 0, "clouds"), "It must be from 0 to 100.") in list(page.problems())
    type_into(clouds.edit, "30")
    (value,) = page.value()["conditions"]
    assert value == {"type": "clear_sky", "clouds": 30}
    assert msgspec.convert(value, catalogs.ClearSky) == catalogs.ClearSky(clouds=30)
    page.set_value({"conditions": [value]})
    assert page.value()["conditions"] == [value]
