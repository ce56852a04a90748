"""The window in which a task is created or changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.client import asgi, commands, exchange
from bgtasks_gui.client.client import Client
from bgtasks_gui.gui.editor import checking
from bgtasks_gui.gui.editor.editor import Editor
from bgtasks_gui.gui.editor.fields.base import FieldWidget
from bgtasks_gui.gui.editor.templates import Template
from bgtasks_gui.wire import codec, shapes
from tests.agent.support import embedded
from tests.gui.editor.support.people import press, type_into
from tests.gui.support import looping
from tests.gui.support.looks import Flashes

COMMAND = {"name": "n", "kind": "command", "payload": {"argv": ["true"]}}
Open = Callable[..., Awaitable[Editor]]


class CutWay(asgi.AsgiTransport):
    """The way to an agent, which the test can cut or hold."""

    def __init__(self, app: asgi.App) -> None:
        super().__init__(app)
        self.is_cut = False
        self.open = asyncio.Event()
        self.open.set()

    async def ask(self, call: commands.Call[object]) -> exchange.Answer:
        if self.is_cut:
            raise exchange.gone()
        await self.open.wait()
        return await super().ask(call)


@pytest.fixture
def way(agent: embedded.Embedded) -> CutWay:
    return CutWay(agent.agent.app)


@pytest.fixture
async def open_(way: CutWay, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Open]:
    """Opens editors, which are closed with the test."""
    monkeypatch.setattr(checking, "QUIET_MS", 1)
    client = Client(way)
    catalog = await client(commands.show_catalog())
    opened: list[Editor] = []

    async def open_one(templates: list[Template] | None = None, **changes: object) -> Editor:
        editor = Editor(client, catalog, **changes)
        # Deleted by the test, so that it can be looked at after it was closed.
        editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        if templates is not None:
            editor.offer(templates)
        editor.open()
        opened.append(editor)
        await looping.until(editor.isActiveWindow)
        return editor

    yield open_one
    for editor in opened:
        editor._may_close = True
        editor.reject()
        way.open.set()
        way.is_cut = False
        await editor.settle()
        editor.deleteLater()
    await client.close()


def field(editor: Editor, name: str) -> FieldWidget:
    if name == "name":
        return editor.page.head.fields["name"]
    return editor.page.kind.forms["command"].fields[name]


def after(widget: QWidget) -> QWidget:
    """Where Tab goes from here."""
    following = widget.nextInFocusChain()
    while not (following.focusPolicy() & Qt.FocusPolicy.TabFocus and following.isVisible()):
        following = following.nextInFocusChain()
    return following


async def names(client: Client) -> list[str]:
    return [task.name for task in await client(commands.list_tasks())]


# Creating


async def test_nothing_else_flashes_as_it_opens(open_: Open) -> None:
    with Flashes() as flashes:
        await open_([])
        await open_()
    assert flashes.seen == ["Editor", "Editor"]


async def test_a_task_is_created(open_: Open, agent_client: Client, qtbot: QtBot) -> None:
    editor = await open_()
    assert (editor.windowTitle(), editor.spread.title.text()) == ("New task", "New task")
    assert editor.spread.buttons.save.text() == "Create task"
    assert not editor.isModal()
    assert field(editor, "name").edit.hasFocus()
    type_into(field(editor, "name").edit, "Say hello")
    type_into(field(editor, "argv").edit, "echo 'hello there'")
    editor.page.triggers.add("interval")
    type_into(editor.page.triggers.cards[0].form.fields["every"].edit, "15m")
    assert editor.windowTitle() == "New task: Say hello"
    with qtbot.waitSignal(editor.saved) as told:
        editor.spread.buttons.save.click()
        await looping.until(lambda: not editor.isVisible())
    task = await agent_client(commands.show_task(told.args[0]))
    assert task.name == "Say hello"
    assert codec.plain(task.payload)["argv"] == ["echo", "hello there"]
    assert codec.plain(task.triggers[0])["every"] == "PT900S"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
async def test_control_and_enter_save(open_: Open, agent_client: Client, key: Qt.Key) -> None:
    editor = await open_(template=COMMAND)
    QTest.keyClick(field(editor, "name").edit, key)
    assert editor.spread.buttons.save.isEnabled()
    QTest.keyClick(field(editor, "name").edit, key, Qt.KeyboardModifier.ControlModifier)
    await looping.until(lambda: not editor.isVisible())
    assert await names(agent_client) == ["n"]


async def test_what_is_missing_is_shown_before_anything_is_asked(open_: Open) -> None:
    editor = await open_()
    editor.spread.buttons.save.click()
    assert editor.isVisible()
    assert field(editor, "name").error == "The name is empty; give the task a name."
    assert field(editor, "argv").error == "Fill this in."
    assert field(editor, "name").edit.hasFocus()
    assert editor.spread.buttons.save.isEnabled()


async def test_what_the_agent_refuses_is_shown_at_its_field(open_: Open) -> None:
    editor = await open_(template=COMMAND | {"payload": {"argv": ["nothing-like-this"]}})
    editor.spread.buttons.save.click()
    assert not editor.spread.buttons.save.isEnabled()
    assert editor.spread.buttons.save.text() == "Saving…"
    await looping.until(lambda: editor.spread.buttons.save.isEnabled())
    await looping.until(lambda: field(editor, "argv").error is not None)
    assert field(editor, "argv").error.startswith("There is no program")
    assert field(editor, "argv").edit.hasFocus()


async def test_a_name_that_was_taken_meanwhile(open_: Open, agent: embedded.Embedded) -> None:
    editor = await open_(template=COMMAND)
    await agent.add("n", "true")
    editor.spread.buttons.save.click()
    await looping.until(lambda: field(editor, "name").error is not None)
    assert field(editor, "name").error.startswith("A task named 'n' exists already")
    assert editor.isVisible()


async def test_one_saving_at_a_time(open_: Open, way: CutWay, agent_client: Client) -> None:
    editor = await open_(template=COMMAND)
    way.open.clear()
    editor.spread.buttons.save.click()
    editor._on_save()
    way.open.set()
    await looping.until(lambda: not editor.isVisible())
    assert await names(agent_client) == ["n"]


async def test_an_agent_that_is_away_costs_nothing(open_: Open, way: CutWay) -> None:
    editor = await open_(template=COMMAND)
    way.is_cut = True
    type_into(field(editor, "name").edit, "typed")
    await looping.until(lambda: "What you typed is kept" in editor.spread.preview.state.text())
    editor.spread.buttons.save.click()
    await looping.until(editor.spread.bar.isVisible)
    assert editor.spread.bar.words.text().endswith("It is not saved, and what you typed is kept.")
    assert editor.spread.buttons.save.isEnabled()
    assert field(editor, "name").edit.text() == "typed"
    way.is_cut = False
    editor.spread.buttons.save.click()
    await looping.until(lambda: not editor.isVisible())


async def test_tab_reaches_a_new_trigger_in_its_place(open_: Open) -> None:
    editor = await open_(template=COMMAND)
    card = editor.page.triggers.add("interval")
    assert card.form.fields["every"].edit.hasFocus()
    await looping.until(lambda: after(card.form.unfold_button) is editor.page.triggers.add_button)
    card.close_button.setFocus()
    way = [card.form.fields["every"].edit, card.form.unfold_button, editor.page.triggers.add_button]
    for widget in way:
        press(editor.focusWidget(), Qt.Key.Key_Tab)
        assert widget.hasFocus()


# Templates


async def test_a_template_is_chosen_first(open_: Open) -> None:
    template = Template(
        name="1", title="T", description="D.", icon="plus", spec=COMMAND, first="payload.argv"
    )
    editor = await open_(templates=[template])
    chooser = editor._stack.currentWidget()
    assert chooser.cards[0].hasFocus()
    editor._on_save()
    press(chooser.cards[0], Qt.Key.Key_Return)
    assert editor._stack.currentWidget() is editor.spread
    assert editor.page.value() == COMMAND
    assert field(editor, "argv").edit.hasFocus()
    # Nothing was typed, so nothing would be lost.
    editor.reject()
    assert not editor.isVisible()


# Changing


async def view_of(agent: embedded.Embedded, client: Client, **fields: object) -> shapes.TaskView:
    payload = {"argv": ["true"], "env": {"API_KEY": "abc"}}
    task = await agent.register("old", "command", payload, **fields)
    (view,) = await client(commands.list_tasks())
    assert view.id == task.id
    return view


async def test_a_task_is_changed(
    open_: Open, agent: embedded.Embedded, agent_client: Client, qtbot: QtBot
) -> None:
    view = await view_of(agent, agent_client, environment={"A": "1"}, modes=("voip",))
    editor = await open_(task=view)
    assert not editor.page.isEnabled()
    assert editor.spread.title.text() == "Edit old"
    assert editor.spread.buttons.save.text() == "Save"
    await looping.until(editor.page.isEnabled)
    assert editor.page.value()["environment"] == {"A": "1"}
    assert not editor.is_changed
    type_into(field(editor, "name").edit, "new")
    with qtbot.waitSignal(editor.saved) as told:
        editor.spread.buttons.save.click()
        await looping.until(lambda: not editor.isVisible())
    assert told.args == [view.id]
    after = await agent.agent.store.task(view.id)
    assert after is not None
    assert (after.name, after.environment, after.modes) == ("new", {"A": "1"}, ("voip",))
    assert codec.plain(after.payload)["env"] == {"API_KEY": "abc"}


async def test_its_own_name_is_not_taken(
    open_: Open, agent: embedded.Embedded, agent_client: Client
) -> None:
    view = await view_of(agent, agent_client)
    editor = await open_(task=view, tasks=lambda: [view])
    await looping.until(editor.page.isEnabled)
    assert editor.review.find_problem(needs_name=True) is None
    editor.page.triggers.add("after")
    task = editor.page.triggers.cards[0].form.fields["task"]
    assert task.problem() == "There is no other task yet."


async def test_a_task_that_is_gone(
    open_: Open, agent: embedded.Embedded, agent_client: Client
) -> None:
    view = await view_of(agent, agent_client)
    await agent_client(commands.remove_task(view.id))
    editor = await open_(task=view)
    await looping.until(editor.spread.bar.isVisible)
    bar = editor.spread.bar
    assert bar.words.text().startswith("There is no task")
    assert [button.text() for button in bar.buttons] == ["Close", "Try again"]
    editor._on_save()
    assert editor.isVisible()
    bar.buttons[0].click()
    assert not editor.isVisible()


async def test_a_task_that_cannot_be_read_yet(
    open_: Open, agent: embedded.Embedded, agent_client: Client, way: CutWay
) -> None:
    view = await view_of(agent, agent_client)
    way.is_cut = True
    editor = await open_(task=view)
    await looping.until(editor.spread.bar.isVisible)
    way.is_cut = False
    editor.spread.bar.buttons[1].click()
    await looping.until(editor.page.isEnabled)
    assert not editor.spread.bar.isVisible()
    assert field(editor, "name").edit.text() == "old"


# Closing


@pytest.mark.parametrize("way_out", ["escape", "button", "window"])
async def test_nothing_typed_is_thrown_away_unasked(open_: Open, way_out: str) -> None:
    editor = await open_(template=COMMAND)
    type_into(field(editor, "name").edit, "typed")
    leave = {
        "escape": lambda: press(editor, Qt.Key.Key_Escape),
        "button": editor.spread.buttons.cancel.click,
        "window": editor.close,
    }[way_out]
    leave()
    bar = editor.spread.bar
    assert editor.isVisible()
    assert bar.isVisible()
    assert bar.words.text() == "Discard what you typed?"
    assert [button.text() for button in bar.buttons] == ["Discard", "Keep editing"]
    assert bar.buttons[1].hasFocus()
    bar.buttons[1].click()
    assert not bar.isVisible()
    leave()
    bar.buttons[0].click()
    assert not editor.isVisible()


async def test_escape_twice_keeps_editing(open_: Open) -> None:
    editor = await open_(template=COMMAND)
    type_into(field(editor, "name").edit, "typed")
    for is_asked in (True, False):
        press(editor, Qt.Key.Key_Escape)
        assert editor.spread.bar.isVisible() is is_asked
    assert editor.isVisible()


async def test_typing_the_same_again_is_no_change(open_: Open) -> None:
    editor = await open_(template=COMMAND)
    type_into(field(editor, "name").edit, "other")
    type_into(field(editor, "name").edit, "n")
    editor.reject()
    assert not editor.isVisible()


# Test runs


async def test_a_test_run_is_shown_in_the_window(open_: Open, agent_client: Client) -> None:
    script = {"argv": ["echo it works"], "shell": True}
    editor = await open_(template=COMMAND | {"name": "", "payload": script})
    editor.spread.buttons.trial.click()
    panel = editor.spread.panel
    assert panel.isVisible()
    assert not editor.spread.buttons.trial.isEnabled()
    await looping.until(lambda: editor.spread.buttons.trial.isEnabled())
    await looping.until(lambda: panel.log.toPlainText() == "it works\n")
    assert panel.sentence.text().startswith("Completed ")
    assert await names(agent_client) == []
    panel.close_button.click()
    assert not panel.isVisible()


async def test_a_test_run_needs_what_the_task_needs(open_: Open, agent_client: Client) -> None:
    editor = await open_()
    editor.spread.buttons.trial.click()
    assert not editor.spread.panel.isVisible()
    assert field(editor, "argv").error == "Fill this in."
    type_into(field(editor, "argv").edit, "nothing-like-this")
    editor.spread.buttons.trial.click()
    panel = editor.spread.panel
    await looping.until(lambda: panel.sentence.text().startswith("There is no program"))
    await looping.until(lambda: field(editor, "argv").error is not None)
    assert await names(agent_client) == []


async def test_closing_the_window_ends_its_test_run(
    open_: Open, agent_client: Client, gate: embedded.Gate
) -> None:
    payload = {"argv": [f"echo on; {gate.wait}"], "shell": True}
    editor = await open_(template=COMMAND | {"payload": payload})
    editor.spread.buttons.trial.click()
    await looping.until(lambda: editor.spread.panel.log.toPlainText() == "on\n")
    assert await names(agent_client) == ["Test run of n"]
    editor.reject()
    assert not editor.isVisible()
    await editor.settle()
    assert await names(agent_client) == []
