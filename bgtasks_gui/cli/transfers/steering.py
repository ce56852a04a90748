"""`bgtasks set-url`, `limit`: what may be changed of transfers while they go on."""

from __future__ import annotations

import click
import msgspec

from bgtasks_gui.cli import failures, params
from bgtasks_gui.cli.show import outlet
from bgtasks_gui.client import commands, connect
from bgtasks_gui.client.phrases import runs, text, times
from bgtasks_gui.core import durations, errors
from bgtasks_gui.wire import shapes


@click.command("set-url", epilog=params.examples(
    "bgtasks set-url films https://example.org/new/a.mkv", "bgtasks set-url 019a8f3c-... URL"
))  # fmt: skip
@params.target_argument
@click.argument("url", metavar="URL")
@params.as_json
def set_url(target: str, url: str, as_json: bool) -> None:
    """Let a download or upload go on from another address, with the bytes that are there.

    For a task it is its newest run. A task that only ever runs by hand keeps the address.
    """
    with connect() as client:
        try:
            found = client(commands.readdress_run(target, url))
        except errors.InvalidField as error:
            failures.end(failures.tell_error(error, as_json=as_json, option="URL"))
    if as_json:
        outlet.say_json(found)
    else:
        _tell(found, "goes on from the new address")


@click.command(epilog=params.examples(
    "bgtasks limit 2M", "bgtasks limit off", "bgtasks limit 500K films"
))  # fmt: skip
@click.argument("rate", metavar="RATE|off", callback=params.reads(durations.parse_rate))
@click.argument(
    "target", metavar="[TASK|RUN]", required=False, shell_complete=params.complete_tasks
)
@params.as_json
def limit(rate: int | None, target: str | None, as_json: bool) -> None:
    """Limit the speed of all transfers together, or of one run from now to its end.

    RATE is bytes a second: "500K", "2M", "1.5MB/s".
    """
    with connect() as client:
        if target is not None:
            run = client(commands.limit_run(target, rate))
            outlet.say_json(run) if as_json else _tell(run, f"speed: {_said(rate)}")
            return
        known = client(commands.show_settings())
        changed = msgspec.structs.replace(known, rate_limit=rate)
        known = client(commands.change_settings(changed))
    if as_json:
        outlet.say_json(known)
    else:
        outlet.say(f"All transfers together: {_said(known.rate_limit)}.")


def _said(rate: int | None) -> str:
    return durations.say_rate(rate) if rate is None else f"at most {durations.say_rate(rate)}"


def _tell(run: shapes.RunView, said: str) -> None:
    now = times.now()
    note = text.clean(runs.note(run, now))
    outlet.say(f"{text.one_line(run.task_name)}: {said}; {runs.summary(run, now)}. {note}".rstrip())
