"""One file over several connections, each of them limited: `python -m tests.benchmarks segments`.

The server gives each connection 20 MiB a second; so many connections should be so many times as
fast. aria2c does the same beside ours.
"""

from __future__ import annotations

import filecmp
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

from tests.benchmarks import table
from tests.benchmarks.transfers import servers

SIZE: Final = 256 * 1024 * 1024
COUNTS: Final = (1, 4, 16)
ROUNDS: Final = 3
#: Sixteen connections may take so much of the time of one, and of what aria2c takes.
OF_ONE: Final = 1 / 15
OF_THEIRS: Final = 0.9


class Taken(NamedTuple):
    wall_s: float
    cpu_s: float


def fetch(how: str, count: int, served: servers.Served, to: Path) -> Taken:
    """The file, which is compared with what was served."""
    to.unlink(missing_ok=True)
    url = f"{served.plain}/limited/large.bin"
    if how == "aria2c":
        command = [how, "-q", f"-x{count}", f"-s{count}", "-k1M", "--file-allocation=none",
                   "-d", str(to.parent), "-o", to.name, url]  # fmt: skip
    else:
        module = "tests.benchmarks.transfers.fetching"
        command = [sys.executable, "-m", module, f"engine x{count}", url, str(to), ""]
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    if not filecmp.cmp(to, served.root / "large.bin", shallow=False):
        raise RuntimeError(f"{how} fetched something else")
    if how != "aria2c":
        # From the first request on, since an agent is there already.
        figures = json.loads(done.stdout)
        return Taken(figures["wall"], figures["cpu"])
    return Taken(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def show(shown: table.Table, found: dict[tuple[str, int], list[Taken]]) -> None:
    one = [taken.wall_s for taken in found["ours", COUNTS[0]]]
    for count in COUNTS:
        ours = [taken.wall_s for taken in found["ours", count]]
        if count == COUNTS[-1]:
            shown.add(f"{count} connections: time", ours, "s", beside=table.Peer("one", one),
                      target=table.ratio_at_most(OF_ONE))  # fmt: skip
        theirs = found.get(("aria2c", count))
        walls = None if theirs is None else table.Peer("aria2c", [each.wall_s for each in theirs])
        costs = None if theirs is None else table.Peer("aria2c", [each.cpu_s for each in theirs])
        is_judged = walls is not None and count == COUNTS[-1]
        shown.add(f"{count} connections: time", ours, "s", beside=walls,
                  target=table.ratio_at_most(OF_THEIRS) if is_judged else None)  # fmt: skip
        shown.add("  CPU", [taken.cpu_s for taken in found["ours", count]], "s", beside=costs)


def measure(shown: table.Table) -> None:
    shown.begin("256 MiB, 20 MiB a second for each connection")
    if shutil.which("nginx") is None:
        shown.note("not measured: nginx is not installed")
        return
    hows = ["ours", *(["aria2c"] if shutil.which("aria2c") else [])]
    found: dict[tuple[str, int], list[Taken]] = {(h, n): [] for h in hows for n in COUNTS}
    with tempfile.TemporaryDirectory(prefix="bgt-segments-") as root:
        folder = Path(root)
        folder.chmod(0o755)
        with servers.serving(folder) as served:
            servers.make_file(served.root / "large.bin", SIZE)
            for _ in range(ROUNDS):
                for how, count in found:
                    taken = fetch(how, count, served, folder / "fetched.bin")
                    found[how, count].append(taken)
    show(shown, found)


if __name__ == "__main__":
    table.run(measure)
