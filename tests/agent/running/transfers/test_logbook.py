from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from bgtasks_gui import paths
from bgtasks_gui.agent.running.transfers.logbook import Logbook
from bgtasks_gui.supervisor import segments

AT = datetime(2026, 11, 26, 14, 2, 3, tzinfo=UTC)


async def test_lines_have_the_time_and_stay_in_order(home: Path) -> None:
    book, place = Logbook(paths.find_home()), paths.find_home()
    grown: list[int] = []
    for number in range(3):
        book.write("1", AT, f"line {number} · ü", lambda total, lost: grown.append(total))
    book.close("1")
    book.write("1", AT, "and on", lambda total, lost: grown.append(total))
    await book.end()
    await asyncio.sleep(0)
    text = segments.read(place.run_log_text("1"), 0, 10_000)[1].decode()
    stamp = f"{AT.astimezone():%Y-%m-%d %H:%M:%S}"
    lines = [f"{stamp}  line {number} · ü" for number in range(3)]
    assert text.splitlines() == [*lines, f"{stamp}  and on"]
    assert grown == sorted(grown)
    assert grown[-1] == len(text.encode())


async def test_without_a_line_there_is_no_thread(home: Path) -> None:
    book = Logbook(paths.find_home())
    book.close("1")
    await book.end()
