"""`bgtasks watch`, `emit`: events as they happen, and events raised by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator

import click

from bgtasks_gui.cli import params
from bgtasks_gui.cli.show import outlet
from bgtasks_gui.client import blocking, commands, connect
from bgtasks_gui.client.phrases import text
from bgtasks_gui.core import errors
from bgtasks_gui.wire import shapes

#: Seconds between two tries to reach an agent that went away.
AGAIN_S = 0.5


@click.command(epilog=params.examples("bgtasks watch", "bgtasks watch --keep | jq -r .type"))
@click.option("--after", metavar="SEQ", type=click.IntRange(min=0), help="Begin after this event.")
@click.option("--keep", is_flag=True, help="Wait for the agent to come back when it goes away.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as it always does.")
def watch(after: int | None, keep: bool, as_json: bool) -> None:
    """Print every event as one line of JSON, until Ctrl-C."""
    with connect() as client:
        events = kept_events(client, after) if keep else client.events(after)
        for event in events:
            outlet.say_json(event)


def kept_events(client: blocking.BlockingClient, after: int | None) -> Iterator[shapes.EventView]:
    """Events without end: after a loss of the agent from where they broke off."""
    told = False
    while True:
        try:
            if after is None:
                # Else what happens while it is away could not be asked for later.
                after = client(commands.show_health()).seq
            for event in client.events(after):
                told, after = False, event.seq
                yield event
        except errors.AgentUnreachable as error:
            if not told:
                outlet.remark(f"{error.message} Waiting for it.")
            told = True
            time.sleep(AGAIN_S)


@click.command(
    epilog=params.examples(
        "bgtasks emit disk-mounted", "bgtasks emit photo-added --data '{\"n\": 3}'"
    )
)
@click.argument("event", metavar="EVENT")
@click.option(
    "--data", "values", metavar="JSON", callback=params.reads(params.json_object),
    help="A JSON object handed to the runs; @FILE reads it from a file.",
)  # fmt: skip
@params.as_json
def emit(event: str, values: dict[str, object] | None, as_json: bool) -> None:
    """Raise an event: tasks added with `--on EVENT` run."""
    with connect() as client:
        found = client(commands.emit_event(event, values))
    if as_json:
        outlet.say_json(found)
        return
    started = [f"{text.one_line(run.task_name)} {run.id}" for run in found.runs]
    outlet.say("\n".join(started) if started else f"No task waits for {text.one_line(event)}.")
