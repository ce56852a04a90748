from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from bgtasks_gui import settings
from bgtasks_gui.client.commands import Call
from bgtasks_gui.core import errors
from bgtasks_gui.gui.dialogs.limit import LimitDialog
from bgtasks_gui.gui.editor.adding.offers import Offer
from bgtasks_gui.gui.views.transfers_page import TransfersPage
from bgtasks_gui.wire import codec
from tests.gui.fakes import moves
from tests.gui.support import looping, views
from tests.gui.support.letters import ids
from tests.gui.support.stages import Stage, collect

SETTINGS = "/v1/settings"


@pytest.fixture
def page(stage: Stage, qtbot: QtBot) -> TransfersPage:
    one = TransfersPage(stage.parts)
    qtbot.addWidget(one)
    one.resize(1060, 560)
    one.show()
    one.activateWindow()
    return one


def fill(stage: Stage) -> None:
    """One in each state that a chip is for."""
    states = ("running", "waiting", "suspended", "failed", "completed", "canceled")
    runs = [moves.run(at, state) for at, state in enumerate(states, 1)]
    held = moves.run(9, "suspended", reason=moves.expired())
    by_hand = views.reason("Suspended by you.", code="user_suspend", actor="user")
    runs[2] = msgspec.structs.replace(runs[2], reason=by_hand)
    stage.load([moves.task()], [*runs, held, views.run(20)])


def chips(page: TransfersPage) -> dict[str, int]:
    """Words and figures of the chips that are seen."""
    seen = [button.text() for button, _ in page._buttons if button.isVisible()]
    return {text.rpartition("  ")[0]: int(text.rpartition("  ")[2]) for text in seen}


async def test_chips_tell_what_is_where(stage: Stage, page: TransfersPage) -> None:
    fill(stage)
    assert chips(page) == {
        "All": 7, "Running": 1, "Waiting": 1, "Needs you": 1, "Suspended": 1, "Failed": 1,
        "Done": 1,
    }  # fmt: skip
    page.show_state("needs_you")
    assert ids(page.table) == [views.run(9).id]


@pytest.mark.parametrize(
    ("states", "count"),
    [
        ([], (0, "")),
        (["completed", "failed"], (0, "")),
        (["waiting", "pending"], (2, "waiting")),
        (["running", "canceling", "waiting"], (2, "running")),
    ],
)
async def test_the_sidebar_says_what_runs_else_what_waits(
    stage: Stage, page: TransfersPage, states: list[str], count: tuple[int, str]
) -> None:
    stage.load([moves.task()], [moves.run(at, state) for at, state in enumerate(states)])
    assert page.count() == count


async def test_what_needs_somebody_is_counted_before_what_runs(
    stage: Stage, page: TransfersPage
) -> None:
    fill(stage)
    assert page.count() == (1, "needs_you")


async def test_what_is_selected_is_a_run_with_its_task(stage: Stage, page: TransfersPage) -> None:
    fill(stage)
    page.pick(views.run(9).id)
    [subject] = page.subjects()
    assert subject.task == moves.task()
    assert subject.run is not None
    assert subject.run.id == views.run(9).id
    assert page.state_of(subject) == "needs_you"


async def test_it_says_what_would_be_here_and_offers_to_begin(
    stage: Stage, page: TransfersPage
) -> None:
    stage.load()
    words = [one.text() for one in page.empty.findChildren(QLabel) if one.isVisible()]
    assert words[0] == "Paste an address or drop it here"
    wanted = collect(page.transfer_wanted)
    page.empty.acted.emit()
    assert wanted == [(None,)]


# Speeds and the limit of everything


async def test_the_speed_of_everything_is_told_while_it_is_seen(
    stage: Stage, page: TransfersPage
) -> None:
    stage.load([moves.task()], [moves.run(1), moves.run(2)])
    for number in (1, 2):
        stage.progress(views.run(number).id, moves.moving(5, rate=1024.0 * 1024))
    page.refresh()
    assert page.bar.down.text() == "2 MiB/s"
    page.hide()
    page._summed_at = 0.0
    stage.progress(views.run(1).id, moves.moving(6, rate=5.0))
    assert page.bar.down.text() == "2 MiB/s"


def keep(stage: Stage, known: settings.Settings) -> list[settings.Settings]:
    """An agent that keeps its settings; each that was put."""
    put: list[settings.Settings] = []

    def take(call: Call[object]) -> settings.Settings:
        put.append(codec.decode(call.body, settings.Settings))
        stage.way.on(f"GET {SETTINGS}", put[-1])
        return put[-1]

    stage.way.on(f"GET {SETTINGS}", known)
    stage.way.on(f"PUT {SETTINGS}", take)
    return put


async def test_the_limit_is_read_when_it_is_looked_at(stage: Stage, page: TransfersPage) -> None:
    keep(stage, settings.Settings(rate_limit=512_000))
    page.appear()
    await looping.until(lambda: page.bar.limit.text().strip() == "Limit 500 KiB/s")


async def test_nothing_is_said_of_a_limit_that_cannot_be_read(
    stage: Stage, page: TransfersPage
) -> None:
    refused = collect(stage.performer.refused)
    stage.way.is_away = True
    page.appear()
    await looping.quiet()
    assert refused == []


async def test_a_limit_changes_nothing_else_of_the_settings(
    stage: Stage, page: TransfersPage
) -> None:
    put = keep(stage, settings.Settings(transfers_at_once=7))
    page.bar.limit_chosen.emit(102_400)
    await looping.until(lambda: page.bar.limit.text().strip() == "Limit 100 KiB/s")
    assert put == [settings.Settings(transfers_at_once=7, rate_limit=102_400)]
    page.bar.limit_chosen.emit(None)
    await looping.until(lambda: page.bar.limit.text().strip() == "No limit")


async def test_a_limit_of_ones_own_is_typed(stage: Stage, page: TransfersPage) -> None:
    put = keep(stage, settings.Settings())
    page.bar.other_wanted.emit()
    dialog = page.findChild(LimitDialog)
    dialog.words.setText("3M")
    dialog.confirm.click()
    await looping.until(lambda: put)
    assert put[0].rate_limit == 3 << 20


async def test_a_limit_that_is_refused_is_told_and_not_shown(
    stage: Stage, page: TransfersPage
) -> None:
    refused = collect(stage.performer.refused)
    stage.way.on(f"GET {SETTINGS}", settings.Settings())
    stage.way.on(f"PUT {SETTINGS}", errors.InvalidField("Too slow.", field="rate_limit"))
    page.limit_all(5000)
    await looping.until(lambda: refused)
    assert refused == [("Too slow.",)]
    assert page.bar.limit.text().strip() == "Limit…"


async def test_the_bar_is_grey_while_the_agent_is_away_and_true_again_after_it(
    stage: Stage, page: TransfersPage
) -> None:
    page.set_stale(is_stale=True)
    assert not page.bar.isEnabled()
    keep(stage, settings.Settings(rate_limit=512_000))
    page.set_stale(is_stale=False)
    assert page.bar.isEnabled()
    await looping.until(lambda: page.bar.limit.text().strip() == "Limit 500 KiB/s")


# Pasting


async def test_addresses_are_pasted_into_the_list(stage: Stage, page: TransfersPage) -> None:
    fill(stage)
    page.focus_list()
    wanted = collect(page.transfer_wanted)
    QGuiApplication.clipboard().setText("see https://a.example/1 and\nhttps://b.example/2.")
    QTest.keySequence(QApplication.focusWidget(), "Ctrl+V")
    assert wanted == [(Offer(addresses=("https://a.example/1", "https://b.example/2")),)]


async def test_files_are_pasted_to_be_sent(
    stage: Stage, page: TransfersPage, tmp_path: Path
) -> None:
    stage.load()
    page.focus_list()
    wanted = collect(page.transfer_wanted)
    copied = QMimeData()
    copied.setUrls([QUrl.fromLocalFile(str(tmp_path / "a"))])
    QGuiApplication.clipboard().setMimeData(copied)
    QTest.keySequence(QApplication.focusWidget(), "Ctrl+V")
    assert wanted == [(Offer(files=(tmp_path / "a",)),)]


async def test_what_is_no_address_is_said(stage: Stage, page: TransfersPage) -> None:
    stage.load()
    page.focus_list()
    refused = collect(stage.performer.refused)
    QGuiApplication.clipboard().setText("nothing of the kind")
    QTest.keySequence(page, Qt.Key.Key_V | Qt.KeyboardModifier.ControlModifier)
    assert refused == [("there is no web address in the clipboard.",)]
