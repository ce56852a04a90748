from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui import sides
from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.detail.runs_tab import RunsTab
from tests.gui.fakes import moves
from tests.gui.support import views
from tests.gui.support.stages import Stage


async def test_every_side_can_be_made_and_told_of_something(stage: Stage, qtbot: QtBot) -> None:
    made = sides.make_sides(stage.parts, str)
    assert [side.title for side in made] == ["Transfer", "Overview", "Why", "Log", "Runs"]
    for side in made:
        tab = side.make()
        assert isinstance(tab, QWidget)
        qtbot.addWidget(tab)
        tab.show_subject(Subject(views.task(1), None))
        tab.close()


async def test_only_transfers_have_the_side_of_transfers(stage: Stage) -> None:
    first, *others = sides.make_sides(stage.parts, str)
    assert first.fits(Subject(moves.task(), moves.run()))
    for subject in (Subject(moves.task(), None), Subject(views.task(), views.run())):
        assert not first.fits(subject)
        assert all(side.fits(subject) for side in others)


async def test_a_run_that_is_opened_there_is_shown(stage: Stage, qtbot: QtBot) -> None:
    shown: list[str] = []
    tab = sides.make_sides(stage.parts, shown.append)[-1].make()
    assert isinstance(tab, RunsTab)
    qtbot.addWidget(tab)
    tab.opened.emit("1")
    assert shown == ["1"]
