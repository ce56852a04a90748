"""Watches a folder until it is cancelled, then says what it saw and why it was cancelled.

A cancel is a question, not a blow: the function sees it, cleans up within the grace of its task and
returns. What it prints is its log.

    bgtasks add python watch keep_watch:watch --kwargs '{"folder": "/tmp"}'
    bgtasks run watch
    bgtasks cancel watch --reason "enough for today"
    bgtasks logs watch
"""

from __future__ import annotations

import sys
from pathlib import Path

from bgtasks_gui.worker import current_run


def watch(folder: str, every_s: float = 0.5) -> None:
    """Print the name of each file that appears in the folder."""
    run = current_run()
    known = set(Path(folder).iterdir())
    seen = 0
    say(f"watching {folder}")
    run.progress(seen, unit="files", message="watching")
    while not run.wait_canceled(every_s):
        for path in sorted(set(Path(folder).iterdir()) - known):
            known.add(path)
            seen += 1
            say(f"new: {path.name}")
            run.progress(seen, unit="files", message=path.name)
    with run.deferral():
        reason = run.cancel_reason or {}
        say(f"saw {seen} new files; cancelled by {reason.get('actor')}: {reason.get('text')}")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
