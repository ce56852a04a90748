"""`bgtasks delay`: short grace to finish work in the background, and how much of it is used."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Final

import click

from bgtasks_gui.cli import params
from bgtasks_gui.cli.show import outlet, tables
from bgtasks_gui.client import connect
from bgtasks_gui.client.calls import background
from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.wire import shapes

#: Who asks, where nobody is named.
OWNER: Final = "bgtasks"
BUDGETS: Final = ("OWNER", "USED", "OF", "", "COMES BACK")
OPEN: Final = ("REQUEST", "OWNER", "LEFT", "OF", "REASON", "RUN")
#: Cells of the bar of a budget.
_CELLS: Final = 20

_owner = click.option(
    "--owner", metavar="NAME", default=OWNER, show_default=True, help="The program that asks."
)
_number = click.argument("number", metavar="ID", type=int)


@click.group()
def delay() -> None:
    """Suspend delays: a few minutes for a program to finish what it does in the background.

    An owner has ten minutes a day, three requests at a time, and three minutes for each; one
    minute on a low battery. Time while it is in front does not count.
    """


@delay.command(
    epilog=params.examples(
        'bgtasks delay request "saving the drafts"',
        'bgtasks delay request "flushing" --owner editor --run "$BGTASKS_RUN_ID"',
    )
)
@click.argument("reason", metavar="REASON")
@_owner
@click.option("--run", "run_id", metavar="RUN", help="The run it is for; it ends with the time.")
@click.option(
    "--callback", metavar="NAME", help="A name by which the warning is told; one of its own else."
)
@params.as_json
def request(
    reason: str, owner: str, run_id: str | None, callback: str | None, as_json: bool
) -> None:
    """Ask for time; prints the number of the request and its milliseconds."""
    name = _free_name() if callback is None else callback
    with connect() as client:
        found = client(background.request_delay(owner, reason=reason, callback=name, run=run_id))
    if as_json:
        outlet.say_json(found)
        return
    granted = _ms(found.actual_delay_time)
    outlet.say(f"Request {found.request_id}: {granted}, until {_until(found, times.now())}.")


@delay.command(epilog=params.examples("bgtasks delay left 7 --owner editor"))
@_number
@_owner
@params.as_json
def left(number: int, owner: str, as_json: bool) -> None:
    """What is left of a request."""
    with connect() as client:
        found = client(background.show_remaining(number, owner))
    if as_json:
        outlet.say_json(found)
    else:
        outlet.say(f"Request {number}: {_ms(found.remaining)} left.")


@delay.command(epilog=params.examples("bgtasks delay cancel 7 --owner editor"))
@_number
@_owner
@params.as_json
def cancel(number: int, owner: str, as_json: bool) -> None:
    """Take a request back; the time it did not use stays."""
    with connect() as client:
        found = client(background.cancel_delay(number, owner))
    if as_json:
        outlet.say_json(found)
    else:
        outlet.say(f"Request {number} is taken back; {_ms(found.remaining)} of it stay.")


@delay.command("list", epilog=params.examples("bgtasks delay list", "bgtasks delay list --json"))
@params.as_json
def list_delays(as_json: bool) -> None:
    """How much of its ten minutes each owner has used, and what is open."""
    with connect() as client:
        found = client(background.list_budgets())
    if as_json:
        outlet.say_json(found)
        return
    if not found:
        outlet.say("No time for suspend delays is used.")
        return
    now = times.now()
    tables.show(BUDGETS, [_budget_row(budget, now) for budget in found])
    rows = [_open_row(one) for budget in found for one in budget.open]
    if rows:
        outlet.say()
        tables.show(OPEN, rows)


def _budget_row(budget: shapes.BudgetView, now: datetime) -> tuple[str, ...]:
    back = "-" if budget.frees_at is None else f"from {times.when(budget.frees_at, now)}"
    return (
        budget.owner,
        times.length(budget.used_s),
        times.length(budget.limit_s),
        bar(budget.used_s / budget.limit_s),
        back,
    )


def _open_row(one: shapes.DelayView) -> tuple[str, ...]:
    return (
        str(one.request_id),
        one.owner,
        times.length(one.remaining / 1000),
        times.length(one.actual_delay_time / 1000),
        one.reason,
        one.run_id or "-",
    )


def bar(share: float) -> str:
    """ "#####...............": nothing only for nothing, whole only for the whole."""
    filled = int(share * _CELLS)
    if share > 0:
        filled = min(max(filled, 1), _CELLS)
    return "#" * filled + "." * (_CELLS - filled)


def _ms(length: int) -> str:
    """ "2 min 30 s (150000 ms)"."""
    return f"{times.length(length / 1000)} ({length} ms)"


def _until(found: shapes.DelayView, now: datetime) -> str:
    return text.one_line(times.clock(found.ends_at, now))


def _free_name() -> str:
    """A name for the call back that no other command line uses."""
    return f"bgtasks-{os.getpid()}"
