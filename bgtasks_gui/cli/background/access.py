"""`bgtasks access`: what programs may do in the background."""

from __future__ import annotations

from typing import Final

import click

from bgtasks_gui.cli import params
from bgtasks_gui.cli.show import outlet, tables
from bgtasks_gui.client import connect
from bgtasks_gui.client.calls import background
from bgtasks_gui.client.phrases import text
from bgtasks_gui.wire import shapes

OWNERS: Final = ("OWNER", "KEEPS RUNNING", "SYSTEM", "MODES")

_owner = click.argument("owner", metavar="OWNER")


@click.group()
def access() -> None:
    """Which programs may keep work running in the background, and in which modes.

    Modes are dataTransfer, audioPlayback, audioRecording, location, bluetoothInteraction,
    multiDeviceConnection, voip, taskKeeping and others; your own tasks need no access.
    """


@access.command("list", epilog=params.examples("bgtasks access list"))
@params.as_json
def list_access(as_json: bool) -> None:
    """Every program that is known, and what it may."""
    with connect() as client:
        found = client(background.list_access())
    if as_json:
        outlet.say_json(found)
    elif found:
        tables.show(OWNERS, [_row(one) for one in found])
    else:
        outlet.say("No program may keep work running in the background.")


@access.command(
    epilog=params.examples(
        "bgtasks access allow player --mode audioPlayback --mode dataTransfer",
        "bgtasks access allow indexer --system",
    )
)
@_owner
@click.option("--mode", "modes", metavar="MODE", multiple=True, help="A mode it may use.")
@click.option(
    "--system",
    "is_system",
    is_flag=True,
    help="It is a program of the system: it may use wifiInteraction and hold resources.",
)
@params.as_json
def allow(owner: str, modes: tuple[str, ...], is_system: bool, as_json: bool) -> None:
    """Let a program keep work of these modes running, and of no other.

    What was allowed before and is not said again is taken back.
    """
    with connect() as client:
        found = client(background.grant_access(owner, modes, is_system=is_system))
    if as_json:
        outlet.say_json(found)
    else:
        of = " ".join(found.modes) or "no mode yet; --mode names one"
        outlet.say(f"{text.one_line(owner)} may keep work running: {of}.")
        if found.is_system:
            outlet.say("It is a program of the system, and may hold resources.")


@access.command(
    epilog=params.examples("bgtasks access deny player", "bgtasks access deny player --forget")
)
@_owner
@click.option("--forget", is_flag=True, help="Keep nothing of it either: the program is gone.")
@params.as_json
def deny(owner: str, forget: bool, as_json: bool) -> None:
    """Take access back; what the program does in the background ends."""
    ask = (
        background.forget_access(owner)
        if forget
        else background.grant_access(owner, keep_running=False)
    )
    with connect() as client:
        found = client(ask)
    if as_json:
        outlet.say_json(found)
    elif forget:
        outlet.say(f"{text.one_line(owner)} is forgotten.")
    else:
        outlet.say(f"{text.one_line(owner)} may not keep work running any more.")


def _row(one: shapes.AccessView) -> tuple[str, ...]:
    return one.owner, _yes(one.keep_running), _yes(one.is_system), " ".join(one.modes) or "-"


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
