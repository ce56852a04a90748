"""`bgtasks run`: ask for a run by hand, and wait for it where that is wanted."""

from __future__ import annotations

import click

from bgtasks_gui.cli import failures, params
from bgtasks_gui.cli.show import outlet, runs
from bgtasks_gui.client import blocking, commands, connect
from bgtasks_gui.client.phrases import times
from bgtasks_gui.wire import shapes


@click.command(
    epilog=params.examples(
        "bgtasks run backup", "bgtasks run backup --wait", "bgtasks run resize --arg width=800"
    )
)
@params.task_argument
@click.option("--wait", is_flag=True, help="Show its progress and end as it does.")
@click.option(
    "--arg", "pairs", metavar="KEY=VALUE", multiple=True, help="A text handed to the run (repeat)."
)
@click.option(
    "--args", "given", metavar="JSON", callback=params.reads(params.json_object),
    help="A JSON object handed to the run; @FILE reads it from a file.",
)  # fmt: skip
@params.as_json
def run(
    task: str, wait: bool, pairs: tuple[str, ...], given: dict[str, object] | None, as_json: bool
) -> None:
    """Run a task now. Prints the id of the run.

    With --wait it exits as the run did: 0 completed, 1 failed, 5 cancelled, skipped or missed.
    Ctrl-C then stops the waiting only (exit status 130); `bgtasks cancel` ends the run.
    """
    from bgtasks_gui.cli.words import environment

    arguments = (given or {}) | environment.parse_pairs(pairs, field="arguments")
    with connect() as client:
        found = client(commands.run_task(task, arguments))
        if not wait:
            outlet.say_json(found) if as_json else outlet.say(found.id)
            return
        if not as_json:
            outlet.say(found.id)
        ended = _wait(client, found)
    if as_json:
        outlet.say_json(ended)
    else:
        outlet.remark(runs.ending(ended, times.now()))
    failures.end(failures.exit_code_of(ended.state))


def _wait(client: blocking.BlockingClient, found: shapes.RunView) -> shapes.RunView:
    from bgtasks_gui.cli import bar, waiting

    try:
        with bar.make_bar() as shown:
            return waiting.wait_for(client, found, shown)
    except KeyboardInterrupt:
        outlet.remark(
            f"\nThe run goes on. bgtasks status {found.id} shows it, "
            f"bgtasks cancel {found.id} ends it."
        )
        failures.end(failures.INTERRUPTED)
