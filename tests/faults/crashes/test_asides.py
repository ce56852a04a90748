"""Crashes at every step of a download whose file changes: the older version, the new one, no more.

At each step that is recorded or changes a name, the folder is copied; then an attempt goes on from
each such copy, with what was recorded by then and with what was recorded before.
"""

from __future__ import annotations

import functools
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bgtasks_gui.core import transfers
from bgtasks_gui.core.transfers import Done, Record
from bgtasks_gui.transfers.files import asides, partfile, syscalls
from bgtasks_gui.transfers.web.failures import Trouble
from tests.faults.support.apart import Apart
from tests.faults.support.entities import LATER, Entity, make_content
from tests.faults.support.owners import Owner
from tests.faults.support.scenarios import WHOLE, check_folder, make_download, until
from tests.faults.support.scripts import Meter, serve
from tests.faults.support.server import Exchange, Server
from tests.transfers.downloads.support.desks import Desk
from tests.transfers.downloads.support.servers import give, running

OLD, NEW = make_content(300_000), make_content(310_000, seed=1)
CHANGED = {"etag": '"two"', "modified": LATER}
MIB = 1024 * 1024
BIG = Entity(make_content(8 * MIB))
BIGGER = [
    Entity(make_content(8 * MIB + number, seed=number), etag=f'"{number}"') for number in (1, 2)
]


@dataclass
class Steps:
    """Copies of the folder, each with what was recorded last."""

    desk: Desk
    folder: Path
    copies: Path
    taken: list[Record] = field(default_factory=list)

    def take(self) -> None:
        shutil.copytree(self.folder, self.copies / str(len(self.taken)))
        self.taken.append(self.desk.outlet.record)

    def behind(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The call, and then a copy."""

        def take(*args: Any) -> Any:
            found = call(*args)
            self.take()
            return found

        return take

    def restore(self, number: int) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(self.copies / str(number), self.folder)


def watch(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asides, "reserve", steps.behind(asides.reserve))
    monkeypatch.setattr(asides, "remove", steps.behind(asides.remove))
    monkeypatch.setattr(syscalls, "exchange", steps.behind(syscalls.exchange))
    monkeypatch.setattr(partfile.PartFile, "finish", steps.behind(partfile.PartFile.finish))
    keep = type(steps.desk.outlet).keep
    monkeypatch.setattr(type(steps.desk.outlet), "keep", steps.behind(keep))


async def record_steps(
    desk: Desk, folder: Path, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> Steps:
    """A part of one version, a part of the next, and all of the third."""
    steps = Steps(desk, folder, copies)
    with monkeypatch.context() as patch:
        watch(steps, patch)
        for _ in range(2):
            with pytest.raises(Trouble):
                await desk.attempt()
        assert isinstance(await desk.attempt(), Done)
    return steps


@pytest.mark.parametrize("age", [0, 1, 3, 100])
async def test_crash_at_every_step(
    age: int, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many records before the crash were not heard."""
    monkeypatch.setattr(transfers, "ASIDE_FROM", 50_000)
    between = give(OLD[::-1], etag='"between"', modified=None, cut=90_000)
    new = give(NEW, **CHANGED)
    async with running(give(OLD, cut=100_000), between, new) as server:
        desk = Desk(server, folder)
        first = desk.record
        steps = await record_steps(desk, folder, tmp_path, monkeypatch)
        assert [path.name for path in folder.iterdir()] == ["file.bin"]
        assert len(steps.taken) > 12
        for number in range(len(steps.taken)):
            steps.restore(number)
            desk.record = steps.taken[number - age] if number >= age else first
            assert isinstance(await desk.attempt(), Done)
            assert [path.name for path in folder.iterdir()] == ["file.bin"], number
            assert desk.content == NEW
            assert (desk.record.part, desk.record.aside) == ("", "")


@pytest.mark.parametrize("segments", [1, 4])
@pytest.mark.parametrize("seed", range(3))
async def test_killed_while_the_file_changes(
    seed: int, segments: int, server: Server, folder: Path
) -> None:
    chance, meter, version = random.Random(seed), Meter(), [BIG]

    def answer(exchange: Exchange) -> None:
        serve(version[0], by=meter)(exchange)

    make = functools.partial(Apart, safe_every=MIB // 2)
    owner = Owner(make)
    spec = make_download(server.on("/file.bin", answer), folder / "file.bin", segments=segments)
    run = owner.start(spec, *(each.sha256 for each in (BIG, *BIGGER)))
    for version[0] in (BIG, *BIGGER):
        meter.allow(3 * MIB)
        await until(server, lambda: meter.is_used_up)
        assert isinstance(owner.engine, Apart)
        owner.engine.kill(heard=chance.random() < 0.5)
        owner.revive(make)
    meter.allow(float("inf"))
    WHOLE.check(await run.over())
    check_folder(folder, run, BIGGER[-1])
    await owner.close()
