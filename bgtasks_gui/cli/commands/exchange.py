"""`bgtasks export`, `import`: tasks as a file, for another computer or for later."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import click
import msgspec

from bgtasks_gui.cli import asking, failures, params
from bgtasks_gui.cli.show import outlet
from bgtasks_gui.cli.words import triggers
from bgtasks_gui.client import blocking, commands, connect
from bgtasks_gui.client.phrases import tasks, text
from bgtasks_gui.core import errors, ids
from bgtasks_gui.core.tasks import TaskSpec
from bgtasks_gui.wire import codec, shapes

FORMAT: Final = "bgtasks-tasks"
VERSION: Final = 1


class TaskFile(msgspec.Struct, frozen=True, kw_only=True):
    """What `export` writes. Tasks that follow others name them, since ids stay behind."""

    format: str
    version: int
    tasks: tuple[TaskSpec, ...]


@click.command(epilog=params.examples("bgtasks export tasks.json", "bgtasks export > tasks.json"))
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--environment", is_flag=True, help="Write the stored variables of each task too.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, as it always does.")
def export(file: Path | None, environment: bool, as_json: bool) -> None:
    """Write every task to a file, or to standard output."""
    with connect() as client:
        found = list(asking.every_task(client))
        if environment:
            found = [client(commands.show_task(task.id)) for task in found]
    written = TaskFile(format=FORMAT, version=VERSION, tasks=tuple(specs_of(found)))
    text = msgspec.json.format(codec.encode(written), indent=2) + b"\n"
    if file is None or str(file) == "-":
        click.echo(text, nl=False)
        return
    try:
        file.write_bytes(text)
    except OSError as error:
        raise errors.InvalidField(
            f"{file} cannot be written: {error.strerror}.", field="file"
        ) from error
    outlet.remark(f"Wrote {len(found)} task{'s' * (len(found) != 1)} to {file}.")


def specs_of(found: Iterable[shapes.TaskView]) -> Iterator[TaskSpec]:
    """The registrations behind tasks, those they follow by name."""
    known = list(found)
    names = {task.id: task.name for task in known}
    for task in known:
        values = {name: getattr(task, name) for name in TaskSpec.__struct_fields__}
        spec: TaskSpec = codec.decode(codec.encode(values), TaskSpec)
        yield _renamed(spec, names)


@click.command(
    "import", epilog=params.examples("bgtasks import tasks.json", "bgtasks import tasks.json --yes")
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--enable", is_flag=True, help="Add them as they were, instead of switched off.")
@click.option("--replace", is_flag=True, help="Take the place of tasks of the same name.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@params.as_json
def import_tasks(file: Path, enable: bool, replace: bool, yes: bool, as_json: bool) -> None:
    """Add the tasks of a file, switched off so that you can look at them first.

    Each is shown as a sentence; on a terminal you are asked whether to add them. FILE may be "-".
    """
    found = in_order(read_file(file))
    if not enable:
        found = [msgspec.structs.replace(spec, enabled=False) for spec in found]
    with connect() as client:
        for spec in found:
            outlet.remark(_review(client, spec))
        if not yes and outlet.is_terminal(sys.stdin) and not _agreed(len(found)):
            outlet.remark("Nothing was added.")
            failures.end(failures.CANCELED)
        added = list(_add(client, found, "replace" if replace else "refuse"))
    if as_json:
        outlet.say_json(added)
        return
    for task in added:
        outlet.say(task.id)
    state = "" if enable else ", switched off: bgtasks enable TASK"
    outlet.remark(f"Added {len(added)} task{'s' * (len(added) != 1)}{state}.")


def read_file(file: Path) -> tuple[TaskSpec, ...]:
    """The registrations in a file that `export` wrote.

    Raises `errors.InvalidField` naming the field that is not acceptable.
    """
    try:
        text = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}."
        raise errors.InvalidField(message, field="file") from error
    try:
        head = codec.decode(text, _Head)
        if head.format != FORMAT:
            message = f'It is no file of tasks: its format is "{head.format}", not "{FORMAT}".'
            raise errors.InvalidField(message, field="format")
        if head.version != VERSION:
            message = f"Version {head.version} of the file is not known, only {VERSION}."
            raise errors.InvalidField(message, field="version")
        found: TaskFile = codec.decode(text, TaskFile)
    except errors.InvalidField as error:
        place = f"{file}, {error.field}"
        raise errors.InvalidField(
            f"{place}: {error.message}", field=error.field or "file"
        ) from error
    return found.tasks


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    format: str = ""
    version: int = 0


def in_order(found: Sequence[TaskSpec]) -> list[TaskSpec]:
    """The same, each after those of the file that it follows.

    Raises `errors.InvalidField` for tasks that follow one another in a circle.
    """
    left, placed, ordered = list(found), set[str](), list[TaskSpec]()
    names = {spec.name for spec in found}
    while left:
        free = [spec for spec in left if not (set(_followed(spec)) & names) - placed - {spec.name}]
        if not free:
            circle = ", ".join(sorted(spec.name for spec in left))
            message = f"These tasks follow one another in a circle: {circle}."
            raise errors.InvalidField(message, field="triggers")
        ordered += free
        placed.update(spec.name for spec in free)
        left = [spec for spec in left if spec not in free]
    return ordered


def _review(client: blocking.BlockingClient, spec: TaskSpec) -> str:
    """What a registration would be, in a sentence."""
    # Tasks of the same file have no ids yet, while a file is only looked at.
    named = [name for name in _followed(spec) if not ids.is_id(name)]
    stand_ins = {name: ids.make_id(0, number) for number, name in enumerate(named)}
    checked = client(commands.check_task(_renamed(spec, stand_ins)))
    warnings = [f"\n  Note: {text.clean(warning)}" for warning in checked.warnings]
    said = "".join([tasks.check_sentence(spec.name, checked), *warnings])
    for name, stand_in in stand_ins.items():
        said = said.replace(stand_in, text.one_line(name))
    return said


def _agreed(count: int) -> bool:
    return click.confirm(f"Add {'it' if count == 1 else f'these {count} tasks'}?", err=True)


def _add(
    client: blocking.BlockingClient, found: Sequence[TaskSpec], if_exists: shapes.IfExists
) -> Iterator[shapes.TaskView]:
    """Add one after the other; an error says which one it was, and what was added before."""
    added = dict[str, str]()
    for spec in found:
        names = {name: client(commands.show_task(name)).id for name in _followed(spec)
                 if name not in added and not ids.is_id(name) and name != spec.name}  # fmt: skip
        try:
            ready = _renamed(spec, names | added)
            task = client(commands.register_task(ready, if_exists=if_exists))
        except errors.InvalidField as error:
            before = f" Added before it: {', '.join(added)}." if added else ""
            message = f"{spec.name}: {error.message}{before}"
            raise type(error)(message, field=error.field or "") from error
        added[spec.name] = task.id
        yield task


def _followed(spec: TaskSpec) -> list[str]:
    """The tasks whose runs its triggers follow."""
    kinds = [codec.plain(trigger) for trigger in spec.triggers]
    return [str(one.get("task", "")) for one in kinds if one.get("type") == "after"]


def _renamed(spec: TaskSpec, names: dict[str, str]) -> TaskSpec:
    """The same with other names for the tasks it follows."""
    ready = []
    for trigger in spec.triggers:
        if codec.plain(trigger).get("type") == "after":
            after: triggers.After = codec.decode(trigger, triggers.After)
            task = names.get(after.task, after.task)
            trigger = codec.raw(msgspec.structs.replace(after, task=task))
        ready.append(trigger)
    return msgspec.structs.replace(spec, triggers=tuple(ready))
