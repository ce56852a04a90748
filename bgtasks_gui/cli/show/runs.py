"""A run on the command line: its row in a table, and everything about one of them."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import zip_longest
from typing import Final

from bgtasks_gui.client.phrases import kept, receipts, runs, text, times, transfers
from bgtasks_gui.core.runs import RunState
from bgtasks_gui.wire import codec, shapes

TITLES: Final = ("RUN", "TASK", "STATE", "STARTED", "TOOK", "WHY")
#: What is typed for what a reason's remedy asks for.
_REMEDIES: Final[Mapping[str, Callable[[shapes.RunView], str]]] = {
    "run": lambda run: f"run {_name(run)}",
    "edit": lambda run: f"add {run.kind} {_name(run)} ... --replace",
    "logs": lambda run: f"logs {run.id}",
    "resume": lambda run: f"resume {'--all' if _is_paused(run) else run.id}",
    "enable": lambda run: f"enable {_name(run)}",
    "address": lambda run: f"set-url {run.id} URL",
}


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
    if said := runs.stopping(run, now) or runs.note(run, now):
        lines.append(text.clean(said))
    if left := kept.sentence(run):
        lines.append(text.clean(left))
    lines.append("; ".join([f"Asked for {runs.asked_by(run, now)}", *runs.spent(run)]))
    if run.exit_code is not None:
        lines.append(f"Exit status {run.exit_code}")
    if run.receipt is not None:
        lines += _receipt(run, run.receipt, now)
    elif run.result is not None:
        lines.append(f"Result {text.one_line(codec.encode(run.result).decode())}")
    if helps := remedy(run):
        lines.append(helps)
    lines.append(f"Run {run.id}")
    return lines


def remedy(run: shapes.RunView) -> str:
    """ "Run again: bgtasks run backup": what helps, and how it is typed; "" where nothing does."""
    reason = run.reason
    if reason is None or not reason.remedy or _is_lost(run, reason):
        return ""
    typed = _REMEDIES.get(reason.remedy_action or "")
    return f"{reason.remedy}: bgtasks {typed(run)}" if typed else ""


def _is_lost(run: shapes.RunView, reason: shapes.ReasonView) -> bool:
    """Whether its task went with it: removed by a person, or made for a file that will not come."""
    if reason.code == "abort" and reason.actor == "user":
        return True
    has_given_up = run.state in (RunState.CANCELED, RunState.FAILED)
    return run.kind in transfers.KINDS and has_given_up and not kept.is_of_use(run)


def _is_paused(run: shapes.RunView) -> bool:
    return run.reason is not None and run.reason.code == "paused"


def _name(run: shapes.RunView) -> str:
    """How its task is named on a command line; by its id where that would be read otherwise."""
    name = run.task_name
    is_plain = name == text.one_line(name) and not name.startswith("-")
    return shlex.quote(name) if is_plain else run.task_id


def _receipt(run: shapes.RunView, known: shapes.ReceiptView, now: datetime) -> list[str]:
    """A subject a line; what belongs to the same one stands below it."""
    lines = []
    for title, said in receipts.facts(known, now):
        # How much is kept stands above, and what is given up has no file any more.
        if (title == "So far" and kept.kept(run)) or (title == "File" and kept.is_given_up(run)):
            continue
        lines += [f"{head:<12}{line}" for head, line in zip_longest([title], said, fillvalue="")]
    return lines
