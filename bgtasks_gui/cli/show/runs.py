"""A run on the command line: its row in a table, and everything about one of them."""

from __future__ import annotations

from datetime import datetime
from itertools import zip_longest
from typing import Final

from bgtasks_gui.client.phrases import receipts, runs, text, times, transfers
from bgtasks_gui.wire import codec, shapes

TITLES: Final = ("RUN", "TASK", "STATE", "STARTED", "TOOK", "WHY")


def row(run: shapes.RunView, now: datetime) -> tuple[str, ...]:
    """Its line in a table under `TITLES`."""
    when = times.when(run.started_at or run.triggered_at, now)
    took = runs.took(run, now) or "-"
    return (run.id, run.task_name, runs.word(run.state), when, took, note(run, now))


def note(run: shapes.RunView, now: datetime) -> str:
    """What there is to say of it beside its state."""
    said = runs.note(run, now)
    return said if said or run.receipt is None else transfers.outcome(run.receipt)


def ending(run: shapes.RunView, now: datetime) -> str:
    """ "backup: failed after 3 min. Failed: exit status 3." """
    took = f" after {runs.took(run, now)}" if run.started_at is not None else ""
    told = f"{text.one_line(run.task_name)}: {runs.word(run.state)}{took}"
    why = runs.note(run, now)
    if not why and run.receipt is not None:
        return f"{told}: {transfers.outcome(run.receipt)}."
    return f"{told}. {text.clean(why)}".rstrip()


def paragraph(run: shapes.RunView, now: datetime) -> list[str]:
    """Everything a person wants to know of one run, the most important first."""
    lines = [f"{text.one_line(run.task_name)}: {runs.summary(run, now)}"]
    if said := runs.note(run, now):
        lines.append(text.clean(said))
    lines.append("; ".join([f"Asked for {runs.asked_by(run, now)}", *runs.spent(run)]))
    if run.exit_code is not None:
        lines.append(f"Exit status {run.exit_code}")
    if run.receipt is not None:
        lines += _receipt(run.receipt, now)
    elif run.result is not None:
        lines.append(f"Result {text.one_line(codec.encode(run.result).decode())}")
    lines.append(f"Run {run.id}")
    return lines


def _receipt(known: shapes.ReceiptView, now: datetime) -> list[str]:
    """A subject a line; what belongs to the same one stands below it."""
    lines = []
    for title, said in receipts.facts(known, now):
        lines += [f"{head:<12}{line}" for head, line in zip_longest([title], said, fillvalue="")]
    return lines
