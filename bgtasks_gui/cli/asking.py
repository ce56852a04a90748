"""Questions that several commands ask the agent: whether it is there, a run, whole lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from bgtasks_gui import paths
from bgtasks_gui.cli.show import outlet
from bgtasks_gui.client import blocking, commands, launching
from bgtasks_gui.core import errors, ids
from bgtasks_gui.wire import shapes, times

T = TypeVar("T")
R = TypeVar("R")

#: Tasks, or runs, asked for at once where more may be wanted.
PAGE = 1000


def ensure_agent() -> None:
    """Start the agent where none runs, and say so. Raises `errors.AgentUnreachable`."""
    home = paths.find_home()
    if launching.find_agent(home) is None:
        health = launching.start_agent(home)
        outlet.remark(f"Started the agent (pid {health.pid}).")


def of_task_or_run(
    client: blocking.BlockingClient,
    target: str,
    of_task: Callable[[str], commands.Call[T]],
    of_run: Callable[[str], commands.Call[R]],
) -> T | R:
    """The answer for a task of this name or id, or else for a run: ids do not say whose they are.

    Raises `errors.RunNotFound` or `errors.TaskNotFound`.
    """
    try:
        return client(of_task(target))
    except errors.TaskNotFound:
        if not ids.is_id(target):
            raise
    return client(of_run(target))


def find_run(client: blocking.BlockingClient, target: str) -> shapes.RunView | None:
    """The run of this id, or the newest run of this task.

    None where the run is older than the history (concepts R118) or the task has none.
    Raises `errors.RunNotFound` for a run that never was, `errors.TaskNotFound`.
    """
    if not ids.is_id(target):
        return _newest(client, target)
    never_was = None
    try:
        found = client(commands.show_run(target))
        if found is not None:
            return found
    except errors.RunNotFound as error:
        never_was = error
    try:
        return _newest(client, target)
    except errors.TaskNotFound:
        if never_was is not None:
            raise never_was from None
        return None


def every_task(
    client: blocking.BlockingClient, group: str | None = None
) -> Iterator[shapes.TaskView]:
    """All tasks by name, in as many questions as it takes."""
    after = None
    while True:
        page = client(commands.list_tasks(group=group, limit=PAGE, after=after))
        if len(page) < PAGE:
            yield from page
            return
        # Other owners' tasks may share the last name; they are read together, with the next page.
        whole = [task for task in page if task.name != page[-1].name] or list(page)
        yield from whole
        after = whole[-1].name


def newest_runs(
    client: blocking.BlockingClient,
    count: int,
    *,
    task: str | None = None,
    states: Sequence[str] = (),
    since: datetime | None = None,
) -> list[shapes.RunView]:
    """So many runs at most, newest first, in as many questions as it takes."""
    found = list[shapes.RunView]()
    state, began = ",".join(states) or None, times.stamp_or_none(since)
    while len(found) < count:
        wanted = min(count - len(found), PAGE)
        cursor = found[-1].id if found else None
        call = commands.list_runs(task=task, state=state, since=began, limit=wanted, cursor=cursor)
        page = client(call)
        found += page
        if len(page) < wanted:
            break
    return found


def _newest(client: blocking.BlockingClient, task: str) -> shapes.RunView | None:
    found = client(commands.list_runs(task=task, limit=1))
    return found[0] if found else None
