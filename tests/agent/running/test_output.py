"""The log of a run as it grows: progress out of its text, and readers that wait for more."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bgtasks_gui.agent.running import output
from bgtasks_gui.core import progress
from bgtasks_gui.supervisor.output import OutputLog
from tests.fakes.manual_clock import ManualClock

INTERVAL = timedelta(seconds=output.TELL_INTERVAL_S)


class Printing:
    """A run's log as the supervisor writes it, and what is heard of it."""

    def __init__(self, folder: Path, pattern: str | None = None) -> None:
        base = folder / "run.log"
        self.clock = ManualClock()
        self.log = OutputLog(str(base))
        self.figures: list[progress.Progress] = []
        self.totals: list[int] = []
        self.output = output.Output(
            base,
            pattern,
            self.clock,
            on_progress=self.figures.append,
            on_printed=self.totals.append,
        )

    def print(self, text: bytes) -> None:
        self.log.write(text)
        self.output.grew(self.log.total, self.log.lost)

    @property
    def done(self) -> list[float]:
        return [figure.done for figure in self.figures]


@pytest.fixture
def printing(tmp_path: Path) -> Printing:
    return Printing(tmp_path)


# Progress


def test_a_percentage_at_the_end_of_a_line_is_progress(printing: Printing) -> None:
    printing.print(b"copying\n")
    printing.print(b"copying: 12%\rcopying: 13%\r")
    printing.print(b"copying: 14%\n")
    assert printing.done == [13, 14]


def test_a_line_that_comes_in_two_pieces_is_read_as_one(printing: Printing) -> None:
    printing.print(b"copying: 4")
    printing.print(b"2%\n")
    assert printing.done == [42]


def test_a_task_may_name_its_own_pattern(tmp_path: Path) -> None:
    printing = Printing(tmp_path, "{done} of {total}")
    printing.print(b"file 3 of 8\n")
    ((done, total),) = [(figure.done, figure.total) for figure in printing.figures]
    assert (done, total) == (3, 8)


def test_of_a_flood_only_the_newest_piece_is_read(printing: Printing) -> None:
    printing.print(b"1%\n" + b"x" * output.SCAN_BYTES + b"\n99%\n")
    assert printing.done == [99]


def test_nothing_new_is_neither_read_nor_told(printing: Printing) -> None:
    printing.print(b"50%\n")
    printing.output.grew(printing.log.total, 7)
    printing.clock.advance(INTERVAL)
    assert (printing.done, printing.totals) == ([50], [4])
    assert printing.output.lost == 7


def test_a_log_that_is_not_there_is_no_progress(tmp_path: Path) -> None:
    printing = Printing(tmp_path)
    printing.output.grew(100, 0)
    assert printing.done == []


# Telling


def test_growth_is_told_at_once_and_then_at_most_four_times_a_second(printing: Printing) -> None:
    for _ in range(3):
        printing.print(b"line\n")
    assert printing.totals == [5]
    printing.clock.advance(INTERVAL)
    assert printing.totals == [5, 15]


def test_at_the_end_nothing_is_held_back(printing: Printing) -> None:
    printing.print(b"line\n")
    printing.print(b"last\n")
    printing.output.end()
    assert printing.totals == [5, 10]
    assert printing.clock.pending == 0


# Readers that wait


async def test_a_reader_behind_the_end_of_the_log_does_not_wait(printing: Printing) -> None:
    printing.print(b"line\n")
    await printing.output.wait_beyond(4, timeout_s=60)


@pytest.mark.parametrize("how", ["growth", "end"])
async def test_readers_wait_for_growth_or_the_end(printing: Printing, how: str) -> None:
    printing.print(b"line\n")
    readers = [asyncio.ensure_future(printing.output.wait_beyond(5, 60)) for _ in range(2)]
    await asyncio.sleep(0)
    assert not any(reader.done() for reader in readers)
    if how == "growth":
        printing.print(b"more\n")
    else:
        printing.output.end()
    await asyncio.wait_for(asyncio.gather(*readers), 10)


async def test_a_reader_is_let_go_when_its_time_is_over(printing: Printing) -> None:
    await asyncio.wait_for(printing.output.wait_beyond(0, timeout_s=0.01), 10)
