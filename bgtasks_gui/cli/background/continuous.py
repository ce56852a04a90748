"""`bgtasks continuous`: long work of programs, shown for as long as it goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import click

from bgtasks_gui.cli import params
from bgtasks_gui.cli.show import outlet, tables
from bgtasks_gui.client import connect
from bgtasks_gui.client.calls import background
from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.wire import shapes

GOING: Final = ("NUMBER", "OWNER", "PART", "MODES", "TITLE", "SINCE", "RUN")

_owner = click.option(
    "--owner", metavar="NAME", default="", help="The program; with --run it is known."
)
_part = click.option(
    "--part", "ability", metavar="NAME", default="main", show_default=True,
    help="The part of the program; each may have one at a time.",
)  # fmt: skip


def _wanted(function: Callable[..., Any]) -> Callable[..., Any]:
    """What a start and an update say."""
    options = (
        _owner,
        _part,
        click.option("--mode", "modes", metavar="MODE", multiple=True, help="What it does."),
        click.option("--title", metavar="TEXT", default="", help="The heading of its notice."),
        click.option("--text", metavar="TEXT", default="", help="The rest of its notice."),
        click.option("--run", metavar="RUN", help="The run it belongs to; it needs no access."),
        click.option("--keep-awake", is_flag=True, help="Keep the computer from sleep for it."),
        params.as_json,
    )
    for option in reversed(options):
        function = option(function)
    return function


@click.group()
def continuous() -> None:
    """Continuous tasks: work of a program that goes on and on, with a notice while it does.

    A program needs access for it (`bgtasks access allow`). A run whose task declares modes has
    one by itself.
    """


@continuous.command(
    "list", epilog=params.examples("bgtasks continuous list", "bgtasks continuous list --json")
)
@params.as_json
def list_continuous(as_json: bool) -> None:
    """What goes on, and whether it does what it declares."""
    with connect() as client:
        found = client(background.list_continuous())
    if as_json:
        outlet.say_json(found)
        return
    if not found:
        outlet.say("No continuous task goes on.")
        return
    tables.show(GOING, [_row(one) for one in found])
    for one in found:
        for check in one.checks:
            if not check.used:
                outlet.say(f"{one.id}: {check.mode}: {text.one_line(check.sentence)}")


@continuous.command(
    epilog=params.examples(
        "bgtasks continuous start --owner phone --mode voip --title Calling --text Ada"
    )
)
@_wanted
def start(as_json: bool, keep_awake: bool, **wanted: Any) -> None:
    """Start one; prints its number, which is that of its notice too."""
    asked = shapes.ContinuousRequest(keep_awake=keep_awake, **wanted)
    with connect() as client:
        found = client(background.start_continuous(asked))
    if as_json:
        outlet.say_json(found)
    elif found is not None:
        outlet.say(f"Continuous task {found.id}: {' '.join(found.modes)}.")


@continuous.command(
    epilog=params.examples("bgtasks continuous update --owner player --mode dataTransfer")
)
@_wanted
def update(as_json: bool, keep_awake: bool, **wanted: Any) -> None:
    """Give one other modes; with the same ones nothing changes."""
    asked = shapes.ContinuousRequest(keep_awake=keep_awake, **wanted)
    with connect() as client:
        found = client(background.update_continuous(asked))
    if as_json:
        outlet.say_json(found)
    else:
        outlet.say(f"Continuous task {found.id}: {' '.join(found.modes)}.")


@continuous.command(epilog=params.examples("bgtasks continuous stop --owner player"))
@_owner
@_part
@params.as_json
def stop(owner: str, ability: str, as_json: bool) -> None:
    """Stop one, as its program does when the work is done."""
    with connect() as client:
        found = client(background.stop_continuous(owner, ability))
    if as_json:
        outlet.say_json(found)
    else:
        outlet.say(f"Continuous task {found.id} is stopped.")


@continuous.command(epilog=params.examples('bgtasks continuous cancel 3 --reason "too loud"'))
@click.argument("number", metavar="NUMBER", type=int)
@click.option("--reason", metavar="TEXT", help="Your own words, told to the program.")
@params.as_json
def cancel(number: int, reason: str | None, as_json: bool) -> None:
    """End one against its program's will; a run it belongs to is cancelled with it."""
    with connect() as client:
        found = client(background.cancel_continuous(number, reason))
    if as_json:
        outlet.say_json(found)
        return
    run = "" if found.run_id is None else f", with its run {found.run_id}"
    outlet.say(f"Continuous task {number} of {_name(found.owner)} is cancelled{run}.")


def _row(one: shapes.ContinuousView) -> tuple[str, ...]:
    return (
        str(one.id),
        _name(one.owner),
        "-" if one.ability == f"run:{one.run_id}" else one.ability,
        " ".join(one.modes),
        one.title,
        times.when(one.started_at, times.now()),
        one.run_id or "-",
    )


def _name(owner: str) -> str:
    return text.one_line(owner) if owner else "you"
