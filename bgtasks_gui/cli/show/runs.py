"""A run on the command line: its row in a table, and everything about one of them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bgtasks_gui.client.phrases import runs, text, times
from bgtasks_gui.wire import codec, shapes

TITLES: Final = ("RUN", "TASK", "STATE", "STARTED", "TOOK", "WHY")


def row(run: shapes.RunView, now: datetime) -> tuple[str, ...]:
    """Its line in a table under `TITLES`."""
    when = times.when(run.started_at or run.triggered_at, now)
    took = runs.took(run, now) or "-"
    return (run.id, run.task_name, runs.word(run.state), when, took, runs.note(run, now))


def paragraph(run: shapes.RunView, now: datetime) -> list[str]:
    """Everything a person wants to know of one run, the most important first."""
    lines = [f"{text.one_line(run.task_name)}: {runs.summary(run, now)}"]
    if said := runs.note(run, now):
        lines.append(text.clean(said))
    lines.append("; ".join([f"Asked for {runs.asked_by(run, now)}", *runs.spent(run)]))
    if run.exit_code is not None:
        lines.append(f"Exit status {run.exit_code}")
    if run.result is not None:
        lines.append(f"Result {text.one_line(codec.encode(run.result).decode())}")
    lines.append(f"Run {run.id}")
    return lines
