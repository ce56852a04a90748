"""`bgtasks list`, `show`, `enable`, `disable`, `remove`: what is registered."""

from __future__ import annotations

import click

from bgtasks_gui.cli import asking, params
from bgtasks_gui.cli.show import outlet, tables, tasks
from bgtasks_gui.client import commands, connect
from bgtasks_gui.client.phrases import tasks as phrases
from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.wire import shapes


@click.command("list", epilog=params.examples("bgtasks list", "bgtasks list --group home --json"))
@click.option("--group", metavar="GROUP", help="Only the tasks of this group.")
@click.option("--ids", is_flag=True, help="Show the ids too.")
@params.as_json
def list_tasks(group: str | None, ids: bool, as_json: bool) -> None:
    """Every task with its next time and how it last ended."""
    with connect() as client:
        found = list(asking.every_task(client, group))
        if as_json:
            outlet.say_json(found)
            return
        pause = client(commands.show_system()).pause if found else None
    if not found:
        of = "" if group is None else f" in the group {text.one_line(group)}"
        outlet.remark(f"There are no tasks{of}. Add one with: bgtasks add command NAME -- ARGV...")
        return
    _draw(found, pause, ids=ids)


def _draw(found: list[shapes.TaskView], pause: shapes.PauseView | None, *, ids: bool) -> None:
    now = times.now()
    in_groups = any(task.group for task in found)
    extra = [("ID", ids), ("GROUP", in_groups)]
    titles = [title for title, wanted in extra if wanted]
    rows = []
    for task in found:
        cells = [
            cell for cell, (_, wanted) in zip((task.id, task.group), extra, strict=True) if wanted
        ]
        name, *rest = tasks.row(task, now, pause)
        rows.append([name, *cells, *rest])
    tables.show([tasks.TITLES[0], *titles, *tasks.TITLES[1:]], rows)


@click.command(epilog=params.examples("bgtasks show backup", "bgtasks show backup --json"))
@params.task_argument
@click.option(
    "--environment", is_flag=True, help="Show the stored environment, variable by variable."
)
@params.as_json
def show(task: str, environment: bool, as_json: bool) -> None:
    """Everything about one task."""
    with connect() as client:
        found = client(commands.show_task(task))
    if as_json:
        outlet.say_json(found)
        return
    lines = tasks.environment(found) if environment else tasks.paragraph(found, times.now())
    for line in lines:
        outlet.say(line)


@click.command(epilog=params.examples("bgtasks enable backup"))
@params.task_argument
@params.as_json
def enable(task: str, as_json: bool) -> None:
    """Let the triggers of a task fire."""
    with connect() as client:
        found = client(commands.enable_task(task))
    if as_json:
        outlet.say_json(found)
    else:
        outlet.say(f"Enabled: {phrases.sentence(found, times.now())}")


@click.command(epilog=params.examples("bgtasks disable backup"))
@params.task_argument
@params.as_json
def disable(task: str, as_json: bool) -> None:
    """Keep the triggers of a task from firing. It can still be run by hand."""
    with connect() as client:
        found = client(commands.disable_task(task))
    if as_json:
        outlet.say_json(found)
    else:
        outlet.say(f"Disabled: {text.one_line(found.name)} runs by hand only.")


@click.command(epilog=params.examples("bgtasks remove backup", "bgtasks remove backup --cancel"))
@params.task_argument
@click.option("--cancel", is_flag=True, help="Cancel its runs too, instead of letting them end.")
@params.as_json
def remove(task: str, cancel: bool, as_json: bool) -> None:
    """Unregister a task. Its runs stay in the history."""
    with connect() as client:
        gone = client(commands.remove_task(task, cancel=cancel))
    if as_json:
        outlet.say_json(gone)
        return
    count = len(gone.canceled_runs)
    runs = f" and cancelled {count} run{'s' * (count != 1)}" if count else ""
    outlet.say(f"Removed {text.one_line(gone.name)}{runs}.")
