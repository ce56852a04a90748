from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from bgtasks_gui.core import errors
from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.detail.transfer.speeds import Speeds
from bgtasks_gui.gui.detail.transfer.transfer_tab import TransferTab
from tests.gui.fakes import moves
from tests.gui.support import accessible, looping, views
from tests.gui.support.stages import Stage

RUN = moves.run(1, receipt=moves.receipt())
ROUTE = f"GET /v1/runs/{RUN.id}"


@pytest.fixture
async def tab(stage: Stage) -> AsyncIterator[TransferTab]:
    speeds = Speeds(stage.bridge.mirror, stage.tally, stage.now)
    one = TransferTab(stage.bridge.client, stage.now, speeds)
    one.resize(900, 200)
    one.show()
    yield one
    one.close()
    await looping.quiet()
    one.deleteLater()


def facts(tab: TransferTab) -> dict[str, str]:
    """What is said, by its title."""
    said = [one.text() for one in tab.facts.findChildren(QLabel) if one.isVisible()]
    return dict(zip(said[::2], said[1::2], strict=True))


async def test_the_receipt_is_told_in_sentences(tab: TransferTab) -> None:
    tab.show_subject(Subject(moves.task(), RUN))
    assert facts(tab)["So far"] == "50 MiB of 100 MiB, in 2 pieces; it can go on from there"
    assert facts(tab)["Attempts"].startswith("1. 10 min ago from 0 bytes to 50 MiB, answer 200")
    assert accessible.name(tab.pieces) == facts(tab)["So far"]
    assert tab.pieces.isVisible()


async def test_its_address_can_be_copied(tab: TransferTab) -> None:
    tab.show_subject(Subject(moves.task(), RUN))
    assert tab.address.text() == moves.URL
    tab.copy.click()
    assert QGuiApplication.clipboard().text() == moves.URL
    tab.show_subject(Subject(None, moves.run(2)))
    assert not tab.copy.isEnabled()


async def test_what_progress_does_not_carry_is_read(stage: Stage, tab: TransferTab) -> None:
    tab.show_subject(Subject(moves.task(), RUN))
    stage.way.on(ROUTE, moves.run(1, receipt=moves.receipt(done=80 * moves.MIB)))
    await tab.read()
    assert facts(tab)["So far"].startswith("80 MiB of 100 MiB")
    stage.way.on(ROUTE, errors.NotFound("It is gone."))
    await tab.read()
    assert facts(tab)["So far"].startswith("80 MiB of 100 MiB"), "it stays as it was"


async def test_an_answer_about_another_run_comes_too_late(stage: Stage, tab: TransferTab) -> None:
    tab.show_subject(Subject(moves.task(), moves.run(2)))
    stage.way.on(f"GET /v1/runs/{views.run(2).id}", RUN)
    await tab.read()
    assert facts(tab) == {"So far": "Nothing was told yet"}


async def test_nothing_is_read_of_nothing(stage: Stage, tab: TransferTab) -> None:
    tab.show_subject(Subject(moves.task(), None))
    await tab.read()
    assert stage.way.asked == []


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("waiting", "It has not begun yet"),
        ("running", "Nothing was told yet"),
        ("skipped", "It never began"),
    ],
)
async def test_before_there_is_a_receipt(tab: TransferTab, state: str, said: str) -> None:
    tab.show_subject(Subject(moves.task(), moves.run(1, state)))
    assert facts(tab) == {"So far": said}
    assert not tab.pieces.isVisible()


async def test_a_length_that_is_not_known_has_no_map(tab: TransferTab) -> None:
    receipt = moves.receipt(length=None)
    tab.show_subject(Subject(moves.task(), moves.run(1, receipt=receipt)))
    assert not tab.pieces.isVisible()


async def test_the_receipt_of_another_run_is_not_shown(tab: TransferTab) -> None:
    tab.show_subject(Subject(moves.task(), RUN))
    tab.show_subject(Subject(moves.task(), moves.run(2)))
    assert facts(tab) == {"So far": "Nothing was told yet"}


async def test_the_plot_gives_way_where_there_is_little_room(tab: TransferTab) -> None:
    tab.show_subject(Subject(moves.task(), RUN))
    await looping.until(lambda: tab.plot.plot is not None)
    assert tab.plot.isVisible()
    tab.resize(500, 200)
    assert not tab.plot.isVisible()


async def test_it_is_of_use_to_everybody(tab: TransferTab) -> None:
    tab.show_subject(Subject(moves.task(), RUN))
    await looping.until(lambda: tab.plot.plot is not None)
    await looping.quiet()
    assert accessible.faults(tab) == []


@pytest.mark.parametrize(
    ("actor", "said", "has_file"),
    [
        ("system", "Kept 50 of 100 MiB, goes on from there.", True),
        ("user", "Nothing is kept.", False),
    ],
)
async def test_what_is_kept_of_one_that_was_cancelled(
    tab: TransferTab, actor: str, said: str, has_file: bool
) -> None:
    why = views.reason("Cancelled.", actor=actor)
    ended = moves.run(1, "canceled", receipt=moves.receipt(), reason=why)
    tab.show_subject(Subject(moves.task(), ended))
    told = facts(tab)
    assert told["Kept"] == said
    assert "So far" not in told
    assert ("File" in told) is has_file
