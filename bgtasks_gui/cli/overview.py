"""`bgtasks overview`: what goes on, what needs the person, what comes next, what failed last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import click

from bgtasks_gui.cli import asking, params
from bgtasks_gui.cli.show import outlet
from bgtasks_gui.client import blocking, commands, connect
from bgtasks_gui.client.phrases import runs, tasks, text, times
from bgtasks_gui.core.runs import RunState
from bgtasks_gui.wire import shapes

#: Lines of one part.
_MOST = 5
#: Failures older than this are for the history.
_RECENT = timedelta(days=1)

_ACTIVE = ("pending", "waiting", "running", "suspended", "canceling")


class Overview(shapes.Shape, frozen=True, kw_only=True):
    """What is shown, and printed with --json."""

    system: shapes.SystemView
    active: tuple[shapes.RunView, ...]
    #: Tasks with a planned time, the nearest first.
    next: tuple[shapes.TaskView, ...]
    failures: tuple[shapes.RunView, ...]


@click.command(epilog=params.examples("bgtasks overview", "bgtasks overview --json"))
@params.as_json
def overview(as_json: bool) -> None:
    """What is going on, as text. Starts the agent where none runs."""
    show(as_json=as_json)


def show(*, as_json: bool) -> None:
    """Start the agent where none runs, and show the overview."""
    asking.ensure_agent()
    with connect() as client:
        found = gather(client, times.now())
    if as_json:
        outlet.say_json(found)
        return
    for line in lines(found, times.now()):
        outlet.say(line)


def gather(client: blocking.BlockingClient, now: datetime) -> Overview:
    planned = [task for task in asking.every_task(client) if task.next_run_at is not None]
    planned.sort(key=lambda task: task.next_run_at or "")
    since = now - _RECENT
    return Overview(
        system=client(commands.show_system()),
        active=tuple(asking.newest_runs(client, 1000, states=_ACTIVE)),
        next=tuple(planned[:_MOST]),
        failures=tuple(asking.newest_runs(client, _MOST, states=("failed",), since=since)),
    )


def lines(found: Overview, now: datetime) -> Iterator[str]:
    """The parts that have something to say, and how to go on."""
    if found.system.pause.paused:
        yield f"Everything is paused {tasks.until(found.system.pause, now)}."
    running = [run for run in found.active if run.state is RunState.RUNNING]
    others = [run for run in found.active if run.state is not RunState.RUNNING]
    yield from _part("Running now", running, now)
    yield from _part("Needs you, or waits", others, now)
    for notice in found.system.notices:
        yield f"  {text.one_line(notice)}"
    if found.next and not found.system.pause.paused:
        yield "Next"
        for task in found.next:
            yield f"  {text.one_line(task.name)}  {tasks.following(task, now)}"
    yield from _part("Failed in the last day", found.failures, now)
    if not found.system.tasks:
        yield "There are no tasks yet. Add one: bgtasks add command NAME --every 1h -- PROGRAM"
    command = "bgtasks --help lists the commands"
    yield f"{command}; bgtasks why TASK says why a task does not run."


def _part(
    title: str, found: list[shapes.RunView] | tuple[shapes.RunView, ...], now: datetime
) -> Iterator[str]:
    if not found:
        return
    yield title
    for run in found[:_MOST]:
        words = (run.task_name, runs.summary(run, now), runs.note(run, now))
        yield f"  {'  '.join(text.one_line(part) for part in words)}".rstrip()
    if len(found) > _MOST:
        yield f"  and {len(found) - _MOST} more: bgtasks runs"
