"""`bgtasks resource`: what programs of the system keep at work, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import click

from bgtasks_gui.cli import params
from bgtasks_gui.cli.show import outlet, tables
from bgtasks_gui.client import connect
from bgtasks_gui.client.calls import background
from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.core import durations
from bgtasks_gui.core.background import resources
from bgtasks_gui.wire import shapes

HELD: Final = ("OWNER", "RESOURCE", "SINCE", "UNTIL", "FOR", "REASON")
_MS: Final = timedelta(milliseconds=1)

_owner = click.option("--owner", metavar="NAME", required=True, help="The program.")
_types = click.argument("types", metavar="RESOURCE...", nargs=-1, required=True)
_process = click.option(
    "--process", "is_process", is_flag=True,
    help="For one process of the program, apart from its own.",
)  # fmt: skip


@click.group()
def resource() -> None:
    """Efficiency resources: a program of the system keeps the processor at work (CPU) or the
    computer awake (RUNNING_LOCK).

    Only a program that you take for one of the system may (`bgtasks access allow NAME --system`).
    """


@resource.command(
    epilog=params.examples(
        'bgtasks resource apply cpu --owner indexer --for 10m --reason "building the index"',
        'bgtasks resource apply running_lock --owner radio --persist --reason "on air"',
    )
)
@_types
@_owner
@click.option("--reason", metavar="TEXT", required=True, help="Why; you see it while it is held.")
@click.option(
    "--for", "length", metavar="DURATION", callback=params.reads(durations.parse_duration),
    help="How long at most.",
)  # fmt: skip
@click.option("--persist", is_flag=True, help="Until they are released, instead of --for.")
@_process
@params.as_json
def apply(
    types: tuple[str, ...],
    owner: str,
    reason: str,
    length: timedelta | None,
    persist: bool,
    is_process: bool,
    as_json: bool,
) -> None:
    """Hold resources; one that is held already is held for the longer time."""
    if (length is None) is not persist:
        raise click.UsageError("Give either --for DURATION or --persist.")
    wanted = shapes.ResourceRequest(
        owner=owner, resource_types=resources.parse(types), is_apply=True, reason=reason,
        timeout_ms=0 if length is None else length // _MS, is_persist=persist,
        is_process=is_process,
    )  # fmt: skip
    _act(wanted, as_json)


@resource.command(epilog=params.examples("bgtasks resource release cpu --owner indexer"))
@_types
@_owner
@_process
@params.as_json
def release(types: tuple[str, ...], owner: str, is_process: bool, as_json: bool) -> None:
    """Give resources back before their time is over."""
    wanted = shapes.ResourceRequest(
        owner=owner, resource_types=resources.parse(types), is_apply=False, is_process=is_process
    )
    _act(wanted, as_json)


@resource.command(epilog=params.examples("bgtasks resource reset --owner indexer"))
@_owner
@params.as_json
def reset(owner: str, as_json: bool) -> None:
    """Give back everything a program holds."""
    with connect() as client:
        found = client(background.reset_resources(owner))
    if as_json:
        outlet.say_json(found)
    elif found:
        names = ", ".join(dict.fromkeys(one.resource for one in found))
        outlet.say(f"{text.one_line(owner)} gave back {names}.")
    else:
        outlet.say(f"{text.one_line(owner)} held nothing.")


@resource.command(
    "list", epilog=params.examples("bgtasks resource list", "bgtasks resource list --json")
)
@params.as_json
def list_resources(as_json: bool) -> None:
    """What is held, by whom, why and until when."""
    with connect() as client:
        found = client(background.show_background()).resources
    if as_json:
        outlet.say_json(found)
    elif found:
        now = times.now()
        tables.show(HELD, [_row(one, now) for one in found])
    else:
        outlet.say("No resource is held.")


def _act(wanted: shapes.ResourceRequest, as_json: bool) -> None:
    with connect() as client:
        found = client(background.act_on_resources(wanted))
    if as_json:
        outlet.say_json(found)
        return
    now = times.now()
    held = "; ".join(f"{one.resource} {_until(one, now)}" for one in found) or "nothing"
    outlet.say(f"{text.one_line(wanted.owner)} holds {held}.")


def _until(one: shapes.ResourceView, now: datetime) -> str:
    if one.until is None:
        return "until it is released"
    return f"until {text.one_line(times.clock(one.until, now))}"


def _row(one: shapes.ResourceView, now: datetime) -> tuple[str, ...]:
    return (
        one.owner,
        one.resource,
        times.when(one.since, now),
        "-" if one.until is None else times.when(one.until, now),
        "a process" if one.is_process else "the program",
        one.reason,
    )
