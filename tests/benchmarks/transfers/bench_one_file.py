"""One large file from a fast server: `python -m tests.benchmarks one_file`.

Ours beside programs that do the same, all in the same rounds. Theirs are whole processes; of ours
and of httpx what counts is from the first request on, since an agent is there already.
"""

from __future__ import annotations

import filecmp
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tests.benchmarks import table
from tests.benchmarks.transfers import fetching, servers

SIZE: Final = 2 * 1024**3
ROUNDS: Final = 5
_GIB: Final = SIZE / 1024**3


class Taken(NamedTuple):
    """What one fetch took: seconds, and seconds of the processor for each GiB."""

    wall: float
    cpu: float


class Fetcher:
    """Fetches one address again and again, in many ways, and always to the same place."""

    def __init__(self, url: str, served: servers.Served, source: Path) -> None:
        self._url = url
        self._authority = str(served.authority)
        self._source = source
        self._to = source.parent.parent / "fetched.bin"
        self._digest = fetching.sha256(str(source))
        #: Ways whose file was compared with the source.
        self._right: set[str] = set()

    def fetch(self, how: str) -> Taken:
        for leftover in self._to.parent.glob("fetched*"):
            leftover.unlink()
        # What the last one left to write must not be on this one's bill.
        os.sync()
        taken = self._run_ours(how) if how in fetching.WAYS else self._run_theirs(how)
        if self._to.stat().st_size != SIZE:
            raise RuntimeError(f"{how} fetched {self._to.stat().st_size} of {SIZE} bytes")
        if how not in self._right and not filecmp.cmp(self._to, self._source, shallow=False):
            raise RuntimeError(f"{how} fetched something else")
        self._right.add(how)
        return taken

    def _run_ours(self, how: str) -> Taken:
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.transfers.fetching", how, self._url,
             str(self._to), self._authority],
            env={**os.environ, "SHA256": self._digest}, check=True, stdout=subprocess.PIPE,
        )  # fmt: skip
        figures = json.loads(done.stdout)
        return Taken(figures["wall"], figures["cpu"] / _GIB)

    def _run_theirs(self, how: str) -> Taken:
        before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(
            self._command(how), check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Taken(wall, cpu / _GIB)

    def _command(self, how: str) -> Sequence[str]:
        to, url, trusted = str(self._to), self._url, self._authority
        curl = ["curl", "-sSf", "--http1.1", "--cacert", trusted, "-o", to, url]
        match how:
            case "wget":
                return ["wget", "-q", f"--ca-certificate={trusted}", "-O", to, url]
            case "aria2c -x1":
                return ["aria2c", "-q", "-x1", "--file-allocation=none", "-d", str(self._to.parent),
                        f"--ca-certificate={trusted}", "-o", self._to.name, url]  # fmt: skip
            case "curl && sync":
                return ["sh", "-c", '"$@" && sync "$0"', to, *curl]
            case "curl && sha256sum":
                return ["sh", "-c", '"$@" && sha256sum "$0"', to, *curl]
        return curl


def measure_ways(fetcher: Fetcher, ways: Sequence[str]) -> dict[str, list[Taken]]:
    """By way, one figure a round; those of programs that are not there are left out."""
    there = [how for how in ways if how in fetching.WAYS or shutil.which(how.split()[0])]
    found: dict[str, list[Taken]] = {how: [] for how in there}
    for number in range(ROUNDS):
        # Each round begins with another: who comes first finds the page cache in another state.
        first = number * len(there) // ROUNDS
        for how in there[first:] + there[:first]:
            found[how].append(fetcher.fetch(how))
    return found


def show(
    shown: table.Table,
    found: dict[str, list[Taken]],
    pair: tuple[str, str],
    most: tuple[float | None, float | None] = (None, None),
) -> None:
    """Ours beside a peer, where both were measured; targets are for time and processor."""
    ours, theirs = pair
    if ours not in found or theirs not in found:
        return
    for at, (name, unit) in enumerate((("time", "s"), ("CPU a GiB", "s"))):
        bound = most[at]
        shown.add(
            f"{ours}: {name}",
            [taken[at] for taken in found[ours]],
            unit,
            beside=table.Peer(theirs, [taken[at] for taken in found[theirs]]),
            target=None if bound is None else table.ratio_at_most(bound),
        )


def measure_plain(shown: table.Table, fetcher: Fetcher) -> None:
    shown.begin("2 GiB over plain HTTP, one connection")
    ways = ("curl", "web", "engine", "httpx", "wget", "aria2c -x1", "curl && sync", "web and sync",
            "curl && sha256sum", "engine with sha256")  # fmt: skip
    found = measure_ways(fetcher, ways)
    show(shown, found, ("web", "curl"), (0.8, 0.8))
    show(shown, found, ("web and sync", "curl && sync"), (0.7, None))
    show(shown, found, ("engine", "curl && sync"), (0.7, None))
    show(shown, found, ("engine with sha256", "curl && sha256sum"), (0.4, None))
    for peer in ("wget", "aria2c -x1", "httpx"):
        show(shown, found, ("web", peer))


def measure_tls(shown: table.Table, fetcher: Fetcher) -> None:
    shown.begin("2 GiB over TLS 1.3, one connection")
    found = measure_ways(fetcher, ("curl", "web", "engine", "httpx", "wget", "aria2c -x1"))
    show(shown, found, ("web", "curl"), (1.0, 1.0))
    show(shown, found, ("engine", "curl"))
    show(shown, found, ("web", "httpx"), (1 / 3, None))
    for peer in ("wget", "aria2c -x1"):
        show(shown, found, ("web", peer))


def measure(shown: table.Table) -> None:
    if shutil.which("nginx") is None:
        shown.begin("2 GiB, one connection")
        shown.note("not measured: nginx is not installed")
        return
    with tempfile.TemporaryDirectory(prefix="bgt-one-file-") as root:
        folder = Path(root)
        folder.chmod(0o755)
        with servers.serving(folder) as served:
            source = served.root / "large.bin"
            servers.make_file(source, SIZE)
            measure_plain(shown, Fetcher(f"{served.plain}/large.bin", served, source))
            measure_tls(shown, Fetcher(f"{served.tls}/large.bin", served, source))


if __name__ == "__main__":
    table.run(measure)
