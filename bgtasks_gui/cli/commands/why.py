"""`bgtasks why`, `next`: what keeps a task from starting, and when it may start (design 8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click

from bgtasks_gui.cli import asking, params
from bgtasks_gui.cli.show import outlet, tables
from bgtasks_gui.client import commands, connect
from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.wire import shapes


@click.command(epilog=params.examples("bgtasks why backup", "bgtasks why 019a8f3c-..."))
@params.target_argument
@params.as_json
def why(target: str, as_json: bool) -> None:
    """What keeps a task or run from starting or going on, and what would lift it."""
    with connect() as client:
        found = asking.of_task_or_run(client, target, commands.explain_task, commands.explain_run)
    if as_json:
        outlet.say_json(found)
        return
    for line in explanation(found, times.now()):
        outlet.say(text.clean(line))


def explanation(found: shapes.WhyView, now: datetime) -> Iterator[str]:
    """The blockers, then every condition, the next times and how the last run ended."""
    subject = "It" if found.run_id is None else "This run"
    if not found.blockers:
        yield (
            f"{subject} can start now." if found.can_start else f"Nothing holds {subject.lower()}."
        )
    else:
        hinders = "does not start now" if not found.can_start else "can start, but"
        yield f"{subject} {hinders}:"
    for blocker in found.blockers:
        yield f"  - {blocker.sentence}"
        if blocker.lifts:
            yield f"    Lifted {blocker.lifts}"
    met = [check for check in found.checks if check.holds]
    if met:
        yield "Conditions that hold:"
    for check in met:
        value = f" ({check.value})" if check.value not in check.sentence else ""
        yield f"  - {check.sentence}{value}"
    if found.next:
        first = ", ".join(_chance(chance, now) for chance in found.next[:3])
        yield f"Next times: {first}"
    if found.last:
        yield f"Last run: {found.last}"


def _chance(chance: shapes.ChanceView, now: datetime) -> str:
    when = times.when(chance.at, now)
    return f"{when} ({chance.note})" if chance.note else when


@click.command("next", epilog=params.examples("bgtasks next backup", "bgtasks next backup -n 3"))
@params.task_argument
@click.option(
    "-n", "count", metavar="N", type=click.IntRange(min=1), default=10, show_default=True,
    help="How many.",
)  # fmt: skip
@params.as_json
def next_times(task: str, count: int, as_json: bool) -> None:
    """The next planned times of a task, with a note where clocks change."""
    with connect() as client:
        found = client(commands.plan_task(task, count))
    if as_json:
        outlet.say_json(found)
    elif not found:
        outlet.remark("It has no planned times: it is run by hand or by events.")
    else:
        now = times.now()
        rows = [(one.local, times.when(one.at, now), one.note or "") for one in found]
        tables.show(("TIME", "WHEN", "NOTE"), rows)
