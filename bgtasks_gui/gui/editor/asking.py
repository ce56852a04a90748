"""What the editor asks of the agent: to look at a task, to store it, to show it whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors, tasks
from bgtasks_gui.gui.editor.schema import paths
from bgtasks_gui.wire import codec, masks, shapes

#: What a task is called in words before it has a name.
NAMELESS: Final = "This task"
#: Stands for a hidden secret while the agent only looks: it would refuse the stars.
_STAND_IN: Final = "hidden"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Origin:
    """The task that is changed, as it was shown last."""

    view: shapes.TaskView

    @property
    def id(self) -> str:
        return self.view.id

    @property
    def value(self) -> codec.JsonObject:
        return value_of(self.view)


def value_of(view: shapes.TaskView) -> codec.JsonObject:
    """The registration behind a task, as plain JSON."""
    members = {name: getattr(view, name) for name in tasks.TaskSpec.__struct_fields__}
    value: codec.JsonObject = codec.plain(codec.encode(members))
    return value


def spec_of(value: codec.JsonObject) -> tasks.TaskSpec:
    """Raises `errors.InvalidField` for the first value that is of the wrong type."""
    spec: tasks.TaskSpec = codec.decode(codec.encode(value), tasks.TaskSpec)
    return spec


async def read(client: Client, task_id: str) -> Origin:
    """A task with everything that belongs to it, its environment as well."""
    return Origin(view=await client(commands.show_task(task_id)))


async def check(
    client: Client, value: codec.JsonObject, origin: Origin | None
) -> shapes.CheckedView:
    """What the agent says of a task before it is stored.

    Raises `errors.InvalidField`, its field as it is called in `value`.
    """
    known = _Known(origin)
    asked = known.without_secrets(value) | {"name": str(value.get("name") or "") or NAMELESS}
    triggers = list(asked.get("triggers", []))
    #: Triggers that are asked about. One that stays as it was may name a time that has passed.
    left = list(range(len(triggers)))
    while True:
        try:
            spec = spec_of(asked | {"triggers": [triggers[place] for place in left]})
            checked = await client(commands.check_task(spec))
        except errors.InvalidField as error:
            place = _trigger_at(error, left)
            if place is None:
                raise
            if known.has_trigger(triggers[place]):
                left.remove(place)
                continue
            raise _moved(error, place) from error
        said = dict(zip(left, checked.when, strict=True))
        when = tuple(
            said.get(place) or known.say_trigger(trigger) for place, trigger in enumerate(triggers)
        )
        return msgspec.structs.replace(checked, when=when)


async def save(client: Client, value: codec.JsonObject, origin: Origin | None) -> shapes.TaskView:
    """Store a new task, or the changes of an old one."""
    if origin is None:
        return await client(commands.register_task(spec_of(value)))
    now = await read(client, origin.id)
    merged = merge(value, origin.value, now.value)
    return await client(commands.edit_task(origin.id, spec_of(merged)))


def merge(
    mine: codec.JsonObject, before: codec.JsonObject, theirs: codec.JsonObject
) -> codec.JsonObject:
    """What the person changed, over what was changed elsewhere meanwhile."""
    untouched = {name: one for name, one in theirs.items() if mine.get(name) == before.get(name)}
    return mine | untouched


class _Known:
    """What need not be checked again, since it is so already."""

    def __init__(self, origin: Origin | None) -> None:
        self._value: codec.JsonObject = {} if origin is None else origin.value
        self._said = () if origin is None else origin.view.when
        hidden = (self._value.get("payload"), self._value.get("environment"))
        self._hidden = {text for one in hidden for text in _texts(one) if masks.HIDDEN in text}

    def has_trigger(self, trigger: codec.JsonValue) -> bool:
        return trigger in self._value.get("triggers", [])

    def say_trigger(self, trigger: codec.JsonValue) -> str:
        triggers = self._value.get("triggers", [])
        return self._said[triggers.index(trigger)] if trigger in triggers else ""

    def without_secrets(self, value: codec.JsonObject) -> codec.JsonObject:
        shown = {name: value[name] for name in ("payload", "environment") if name in value}
        return value | {name: self._revealed(one) for name, one in shown.items()}

    def _revealed(self, value: codec.JsonValue) -> codec.JsonValue:
        if isinstance(value, str):
            return value.replace(masks.HIDDEN, _STAND_IN) if value in self._hidden else value
        if isinstance(value, list):
            return [self._revealed(one) for one in value]
        if isinstance(value, dict):
            return {name: self._revealed(one) for name, one in value.items()}
        return value


def _texts(value: codec.JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(inner)


def _trigger_at(error: errors.InvalidField, left: list[int]) -> int | None:
    """The place of the trigger an error is about."""
    path = paths.parse(error.field or "")
    is_one = len(path) > 1 and path[0] == "triggers" and isinstance(path[1], int)
    return left[int(path[1])] if is_one and int(path[1]) < len(left) else None


def _moved(error: errors.InvalidField, place: int) -> errors.InvalidField:
    path = paths.parse(error.field or "")
    field = paths.spell(("triggers", place, *path[2:]))
    return type(error)(error.message, field=field)
