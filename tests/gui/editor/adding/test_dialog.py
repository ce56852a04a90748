from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from bgtasks_gui.client.commands import Call
from bgtasks_gui.core import errors, tasks
from bgtasks_gui.gui.editor.adding.dialog import AddDialog
from bgtasks_gui.gui.editor.adding.offers import Offer
from bgtasks_gui.wire import codec
from tests.gui.fakes import moves
from tests.gui.support import accessible, looping, views
from tests.gui.support.stages import Stage, collect

URLS = ("https://a.example/1.iso", "https://a.example/2.iso", "https://a.example/3.iso")
Open = Callable[[Offer], AddDialog]


@pytest.fixture
async def show(stage: Stage) -> AsyncIterator[Open]:
    made: list[AddDialog] = []

    def make(offer: Offer) -> AddDialog:
        one = AddDialog(stage.bridge.client, moves.catalog(), offer)
        one.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        made.append(one)
        one.show()
        one.activateWindow()
        assert QTest.qWaitForWindowActive(one)
        return one

    yield make
    for one in made:
        one.done(0)
        await one.settle()
        one.deleteLater()


@pytest.fixture
def taken(stage: Stage) -> list[tasks.TaskSpec]:
    """What the agent registers and runs; an address with "bad" in it is refused."""
    specs: list[tasks.TaskSpec] = []

    def register(call: Call[object]) -> object:
        spec = codec.decode(call.body, tasks.TaskSpec)
        if "bad" in codec.plain(spec.payload)["url"]:
            return errors.InvalidField("This is no address.", field="payload.url")
        specs.append(spec)
        return moves.task(len(specs))

    stage.way.on("POST /v1/tasks", register)
    for number in range(1, 4):
        stage.way.on(f"POST /v1/tasks/{views.task(number).id}/run", moves.run(number))
    return specs


def said(dialog: AddDialog) -> list[str]:
    return [one.text() for one in dialog.findChildren(QLabel) if one.isVisible()]


async def test_each_line_is_a_download(show: Open, taken: list[tasks.TaskSpec]) -> None:
    dialog = show(Offer(addresses=URLS))
    added = collect(dialog.added)
    assert dialog.words.toPlainText().splitlines() == list(URLS)
    folder = dialog.form.fields["to"].findChild(QLineEdit)
    QTest.keyClicks(folder, "/tmp/isos")
    dialog.confirm.click()
    await looping.until(lambda: added)
    assert [spec.name for spec in taken] == ["1.iso", "2.iso", "3.iso"]
    assert {codec.plain(spec.payload)["to"] for spec in taken} == {"/tmp/isos"}
    assert added == [((moves.run(1), moves.run(2), moves.run(3)),)]
    assert not dialog.isVisible()


async def test_files_are_sent_to_one_address(
    show: Open, taken: list[tasks.TaskSpec], tmp_path: Path
) -> None:
    dialog = show(Offer(files=(tmp_path / "a b", tmp_path / "c")))
    assert "Upload a b, c" in dialog.accessibleName()
    QTest.keyClicks(dialog.words, "https://a.example/in/")
    QTest.keyClick(dialog.words, Qt.Key.Key_Return)
    await looping.until(lambda: not dialog.isVisible())
    assert [codec.plain(spec.payload)["url"] for spec in taken] == [
        "https://a.example/in/a%20b", "https://a.example/in/c",
    ]  # fmt: skip
    assert [spec.kind for spec in taken] == ["upload", "upload"]


async def test_what_is_wrong_with_an_address_is_said_below_it(
    show: Open, taken: list[tasks.TaskSpec]
) -> None:
    bad = "https://a.example/bad"
    dialog = show(Offer(addresses=(URLS[0], bad, URLS[1])))
    added = collect(dialog.added)
    dialog.confirm.click()
    await looping.until(lambda: dialog.note.text() == "This is no address.")
    assert dialog.isVisible()
    assert dialog.focusWidget() is dialog.words
    assert dialog.words.toPlainText().splitlines() == [bad, URLS[1]], "the first is on its way"
    dialog.words.setPlainText(URLS[2])
    assert dialog.note.text() == "One on each line."
    QTest.keyClick(dialog.words, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await looping.until(lambda: added)
    assert [spec.name for spec in taken] == ["1.iso", "3.iso"]


async def test_what_was_begun_is_told_also_when_the_rest_is_given_up(
    show: Open, taken: list[tasks.TaskSpec]
) -> None:
    dialog = show(Offer(addresses=(URLS[0], "https://a.example/bad")))
    added = collect(dialog.added)
    dialog.confirm.click()
    await looping.until(lambda: dialog.note.text() == "This is no address.")
    dialog.reject()
    assert added == [((moves.run(1),),)]


async def test_what_is_wrong_with_an_option_is_said_at_it(show: Open, stage: Stage) -> None:
    refused = errors.InvalidField("A checksum is ALGORITHM:HEX.", field="payload.checksum")
    stage.way.on("POST /v1/tasks", refused)
    dialog = show(Offer(addresses=URLS[:1]))
    assert not dialog.form.fields["checksum"].isVisible()
    dialog.confirm.click()
    await looping.until(lambda: dialog.form.fields["checksum"].error)
    assert dialog.form.fields["checksum"].isVisible()
    assert "A checksum is ALGORITHM:HEX." in said(dialog)
    assert dialog.confirm.isEnabled()


async def test_an_agent_that_is_away_is_said(show: Open, stage: Stage) -> None:
    stage.way.is_away = True
    dialog = show(Offer(addresses=URLS[:1]))
    dialog.confirm.click()
    await looping.until(lambda: errors.AgentUnreachable().message in said(dialog))
    assert dialog.words.toPlainText() == URLS[0]


async def test_nothing_is_no_address(show: Open, stage: Stage) -> None:
    dialog = show(Offer())
    dialog.confirm.click()
    assert dialog.note.text() == "Fill in an address."
    assert stage.way.asked == []


async def test_most_options_are_folded_away(show: Open) -> None:
    dialog = show(Offer())
    fields = dialog.form.fields
    assert [name for name, one in fields.items() if one.isVisible()] == ["to"]
    assert "url" not in fields
    dialog.form.unfold_button.click()
    assert all(one.isVisible() for one in fields.values())


async def test_it_is_of_use_to_everybody(show: Open, tmp_path: Path) -> None:
    for offer in (Offer(addresses=URLS), Offer(files=(tmp_path / "a",))):
        dialog = show(offer)
        assert accessible.faults(dialog) == []
        dialog.form.unfold_button.click()
        await looping.quiet()
        assert accessible.faults(dialog) == []
