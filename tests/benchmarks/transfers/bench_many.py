"""Very many transfers at once, each at a steady rate: `python -m tests.benchmarks many`.

Ours beside aria2c and stock httpx, all in the same rounds. What counts is how much longer than the
server's rate alone it takes, what it costs, and how late the loop of whoever started them is.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

from tests.benchmarks import table
from tests.benchmarks.transfers import drip

SIZE: Final = 5 * 1024 * 1024
ROUNDS: Final = 3
PATIENCE_S: Final = 300.0


class Crowd(NamedTuple):
    """So many transfers of so many bytes a second each."""

    count: int
    rate: int
    #: Milliseconds that the loop of the owner may be late, usually and ever.
    late_ms: tuple[float, float]
    #: Most times the ideal duration, and megabytes; None is not judged.
    most: float | None = None
    memory_mb: float | None = None
    #: Most times the duration of each peer.
    of_peers: tuple[tuple[str, float], ...] = ()
    #: httpx is left out where it takes minutes.
    ways: tuple[str, ...] = ("engine", "aria2c", "httpx")

    @property
    def ideal_s(self) -> float:
        return SIZE / self.rate

    @property
    def name(self) -> str:
        return f"{self.count:,} x {self.rate / 1e6:g} MB/s"


CROWDS: Final = (
    Crowd(200, 1_000_000, (10.0, 50.0), 1.05, 80, (("aria2c", 1.0),)),
    Crowd(1000, 250_000, (5.0, 50.0), 1.05, 200, ways=("engine", "aria2c")),
    Crowd(1000, 1_000_000, (5.0, 50.0), of_peers=(("aria2c", 0.7), ("httpx", 0.25))),
)


class Taken(NamedTuple):
    """What one round took."""

    #: Times the ideal duration.
    ratio: float
    cpu_s: float
    memory_mb: float
    lag_p99_ms: float = 0.0
    lag_max_ms: float = 0.0


def fetch(how: str, crowd: Crowd, folder: Path) -> Taken:
    """All of them at once, into an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    # What the last one left to write must not be on this one's bill.
    os.sync()
    with drip.dripping(crowd.rate, SIZE) as server:
        run = _run_theirs if how == "aria2c" else _run_ours
        taken = run(how, crowd, server.url, folder)
    whole = sum(path.stat().st_size == SIZE for path in folder.iterdir())
    if whole != crowd.count:
        raise RuntimeError(f"{how} fetched {whole} of {crowd.count} files")
    return taken


def _run_ours(how: str, crowd: Crowd, url: str, folder: Path) -> Taken:
    command = [sys.executable, "-m", "tests.benchmarks.transfers.crowds", how, url]
    done = subprocess.run(
        [*command, str(crowd.count), str(folder)],
        check=True, stdout=subprocess.PIPE, timeout=PATIENCE_S,
    )  # fmt: skip
    found = json.loads(done.stdout)
    return Taken(found["wall"] / crowd.ideal_s, found["cpu"], found["memory"], found["lag_p99"],
                 found["lag_max"])  # fmt: skip


def _run_theirs(how: str, crowd: Crowd, url: str, folder: Path) -> Taken:
    wanted = folder.parent / "wanted"
    wanted.write_text("".join(f"{url}/{n}\n  out={n}\n" for n in range(crowd.count)))
    command = [how, "-q", "-x1", f"-j{crowd.count}", "--file-allocation=falloc", "-i", str(wanted)]
    begin = time.perf_counter()
    with subprocess.Popen([*command, "-d", str(folder)], stdin=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - begin
    if process.returncode:
        raise RuntimeError(f"{how} ended with {process.returncode}")
    return Taken(wall / crowd.ideal_s, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6)


def show(shown: table.Table, crowd: Crowd, found: dict[str, list[Taken]]) -> None:
    ours = found["engine"]
    names = (
        ("time, of the ideal", "x", crowd.most),
        ("CPU", "s", None),
        ("memory", "MB", crowd.memory_mb),
    )
    for at, (name, unit, most) in enumerate(names):
        figures = [taken[at] for taken in ours]
        target = None if most is None else table.at_most(most)
        shown.add(f"{crowd.name}: {name}", figures, unit, target=target)
        for peer, taken in found.items():
            if peer != "engine":
                beside = table.Peer(peer, [each[at] for each in taken])
                wanted = None if at else dict(crowd.of_peers).get(peer)
                judged = None if wanted is None else table.ratio_at_most(wanted)
                shown.add("", figures, unit, beside=beside, target=judged)
    stock = found.get("httpx")
    for at, (name, most) in enumerate(zip(("p99", "most"), crowd.late_ms, strict=True), 3):
        peer = None if stock is None else table.Peer("httpx", [each[at] for each in stock])
        target = table.at_most(most)
        figures = [taken[at] for taken in ours]
        shown.add(f"  lateness of the owner's loop, {name}", figures, "ms", beside=peer,
                  target=target)  # fmt: skip


def _fast_folder() -> str | None:
    """Where files cost no time of a disk, if there is room for all of them."""
    needed = 2 * SIZE * max(crowd.count for crowd in CROWDS)
    try:
        return "/dev/shm" if shutil.disk_usage("/dev/shm").free > needed else None
    except OSError:
        return None


def measure(shown: table.Table) -> None:
    shown.begin("many transfers at once, 5 MiB each")
    if _fast_folder() is not None:
        shown.note("the files are in memory: on a disk, it is the disk that is measured")
    shown.note("httpx itself moves the files on the loop whose lateness is told of it")
    with tempfile.TemporaryDirectory(prefix="bgt-many-", dir=_fast_folder()) as root:
        folder = Path(root) / "files"
        for crowd in CROWDS:
            ways = [how for how in crowd.ways if how != "aria2c" or shutil.which(how)]
            found: dict[str, list[Taken]] = {how: [] for how in ways}
            for _ in range(ROUNDS):
                for how in ways:
                    found[how].append(fetch(how, crowd, folder))
            show(shown, crowd, found)


if __name__ == "__main__":
    table.run(measure)
