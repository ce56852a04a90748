from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from bgtasks_gui.gui.detail.transfer import speed_plot
from bgtasks_gui.gui.detail.transfer.speed_plot import NEWS_MS, QUIET_MS, SpeedPlot
from bgtasks_gui.gui.detail.transfer.speeds import Speeds
from bgtasks_gui.gui.style import theme
from tests.gui.fakes import moves
from tests.gui.support import accessible, looping, views
from tests.gui.support.stages import Stage

MIB = moves.MIB
ONE, OTHER = views.run(1).id, views.run(2).id


@pytest.fixture
async def plot(stage: Stage) -> AsyncIterator[SpeedPlot]:
    stage.load([moves.task()], [moves.run(1), moves.run(2)])
    one = SpeedPlot(Speeds(stage.bridge.mirror, stage.tally, stage.now))
    one.resize(320, 110)
    one.show_run(ONE, is_moving=True)
    yield one
    one.close()
    one.deleteLater()


async def load(plot: SpeedPlot) -> None:
    plot.show()
    await looping.until(lambda: plot.plot is not None)


def tell(stage: Stage, rate: float, run_id: str = ONE) -> None:
    stage.now.advance(timedelta(seconds=1))
    stage.progress(run_id, moves.moving(5, rate=rate))


async def test_it_is_loaded_when_it_is_first_shown(plot: SpeedPlot) -> None:
    assert plot.plot is None
    assert plot._loading is None
    await load(plot)
    first = plot.plot
    plot.hide()
    plot.show()
    await looping.quiet()
    assert plot.plot is first


async def test_it_says_what_it_draws(stage: Stage, plot: SpeedPlot) -> None:
    await load(plot)
    assert plot.words.text() == "No speed was told yet"
    tell(stage, 3.0 * MIB)
    tell(stage, 2.0 * MIB)
    await looping.until(lambda: plot.words.text().startswith("2 MiB/s now"))
    assert plot.words.text() == "2 MiB/s now, 3 MiB/s at most in the last 5 min"
    assert len(plot.plot._line.getData()[0]) == 2
    assert accessible.name(plot.plot) == f"Speed: {plot.words.text()}"


async def test_what_stands_still_is_said_to(stage: Stage, plot: SpeedPlot) -> None:
    await load(plot)
    tell(stage, 3.0 * MIB)
    plot.show_run(OTHER, is_moving=False)
    assert plot.words.text() == "It does not move now"
    plot.show_run(ONE, is_moving=False)
    assert plot.words.text() == "Stands still, 3 MiB/s at most in the last 5 min"


async def test_news_of_many_a_second_are_drawn_four_times(stage: Stage, plot: SpeedPlot) -> None:
    await load(plot)
    assert plot._next.interval() == QUIET_MS
    tell(stage, 1.0)
    first = plot._next.interval()
    assert 0 < first <= NEWS_MS
    tell(stage, 2.0)
    assert plot._next.interval() <= first, "it is not put off"
    plot._draw()
    tell(stage, 1.0, OTHER)
    assert plot._next.interval() == QUIET_MS, "another one is no news here"


async def test_nothing_is_drawn_while_nobody_can_look(
    stage: Stage, plot: SpeedPlot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await load(plot)
    drawn: list[object] = []
    monkeypatch.setattr(plot.plot, "show_points", drawn.append)
    plot.hide()
    tell(stage, 1.0)
    assert not plot._next.isActive()
    plot.show()
    assert len(drawn) == 1
    plot.setWindowState(Qt.WindowState.WindowMinimized)
    plot._next.stop()
    tell(stage, 1.0)
    plot._draw()
    assert not plot._next.isActive()
    assert len(drawn) == 1


async def test_it_follows_the_theme(plot: SpeedPlot) -> None:
    await load(plot)
    theme.current().choose("dark")
    assert plot.plot.backgroundBrush().color() == theme.current().color("surface")


async def test_without_its_library_the_sentence_is_left(
    stage: Stage, plot: SpeedPlot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed_plot, "_NEEDED", ("no_such_library",))
    plot.show()
    await looping.until(lambda: plot._loading.done())
    assert plot.plot is None
    tell(stage, 2.0 * MIB)
    plot._draw()
    assert plot.words.text() == "2 MiB/s now, 2 MiB/s at most in the last 5 min"


async def test_it_is_closed_while_it_loads(plot: SpeedPlot) -> None:
    plot.show()
    plot.close()
    await looping.until(lambda: plot._loading.done())
    assert plot._loading.cancelled()


def test_the_window_starts_without_the_plot_and_what_it_needs() -> None:
    code = (
        "import sys\n"
        "from bgtasks_gui.gui import furnishing, program\n"
        "from bgtasks_gui.gui.views import PAGES\n"
        "from bgtasks_gui.gui.detail.transfer import transfer_tab\n"
        "print(*{'numpy', 'pyqtgraph'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == ""
