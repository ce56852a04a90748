"""Finds the largest files below a folder; its answer is kept with the run.

bgtasks add python largest largest_files:find_largest --kwargs '{"folder": "/var/log"}'
bgtasks run largest --wait
bgtasks status largest --json
"""

from __future__ import annotations

import heapq
import os
from pathlib import Path

from bgtasks_gui.worker import current_run


def find_largest(folder: str, count: int = 5) -> list[dict[str, object]]:
    """The largest files, the largest first: their names and sizes in bytes."""
    run = current_run()
    folders = [Path(top) for top, _, _ in os.walk(folder)]
    sizes: list[tuple[int, str]] = []
    for done, each in enumerate(folders, 1):
        sizes += [(path.lstat().st_size, str(path)) for path in each.iterdir() if path.is_file()]
        run.progress(done, len(folders), unit="folders", message=str(each))
        if run.canceled:
            break
    return [{"file": name, "bytes": size} for size, name in heapq.nlargest(count, sizes)]
