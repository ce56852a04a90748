"""`bgtasks status`, `runs`: how runs stand and how they ended."""

from __future__ import annotations

from datetime import datetime

import click

from bgtasks_gui.cli import asking, params
from bgtasks_gui.cli.show import outlet, runs
from bgtasks_gui.client import connect
from bgtasks_gui.client.phrases import times
from bgtasks_gui.core import runs as states


@click.command(
    epilog=params.examples("bgtasks status backup", "bgtasks status 019a8f3c-... --json")
)
@params.target_argument
@params.as_json
def status(target: str, as_json: bool) -> None:
    """How a run, or the newest run of a task, stands.

    With --json, null stands for a run older than the history.
    """
    with connect() as client:
        found = asking.find_run(client, target)
    if as_json:
        outlet.say_json(found)
    elif found is None:
        outlet.say("There is no such run in the history: it is older, or the task never ran.")
    else:
        for line in runs.paragraph(found, times.now()):
            outlet.say(line)


def _check_states(
    context: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> tuple[str, ...]:
    named = [word for text in given for word in text.lower().split(",")]
    wanted = tuple(word.strip().replace("cancelled", "canceled") for word in named)
    unknown = [word for word in wanted if word not in set(states.RunState)]
    if unknown:
        message = f'"{unknown[0]}" is no state; there are: {", ".join(states.RunState)}.'
        raise click.BadParameter(message, context, parameter)
    return wanted


@click.command(
    "runs",
    epilog=params.examples(
        "bgtasks runs backup -n 5", "bgtasks runs --state failed,canceled --since yesterday"
    ),
)
@click.argument("task", metavar="[TASK]", required=False, shell_complete=params.complete_tasks)
@click.option(
    "--state", metavar="STATE", multiple=True, callback=_check_states,
    help="Only runs in this state; several with commas, or repeat it.",
)  # fmt: skip
@click.option(
    "--since", metavar="TIME", callback=params.reads(params.past_moment),
    help='Only runs from then on: "yesterday", "14:00", "2h ago".',
)  # fmt: skip
@click.option(
    "-n", "count", metavar="N", type=click.IntRange(min=1), default=20, show_default=True,
    help="At most so many.",
)  # fmt: skip
@params.as_json
def list_runs(
    task: str | None, state: tuple[str, ...], since: datetime | None, count: int, as_json: bool
) -> None:
    """Runs of one task or of all, newest first."""
    from bgtasks_gui.cli.show import tables

    with connect() as client:
        found = asking.newest_runs(client, count, task=task, states=state, since=since)
    if as_json:
        outlet.say_json(found)
    elif not found:
        outlet.remark("There are no such runs in the history.")
    else:
        now = times.now()
        tables.show(runs.TITLES, [runs.row(run, now) for run in found])
