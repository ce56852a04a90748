"""Which kinds and triggers there are, and the JSON of tasks as values of their types."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, cast, get_args

import msgspec

from bgtasks_gui.core import (
    checks,
    conditions,
    errors,
    kind_ports,
    ports,
    reasons,
    tasks,
    transfer_ports,
)
from bgtasks_gui.wire import codec, masks, shapes

#: Triggers and their words kept: the same few are asked for at every firing and in every list.
KEPT: Final = 2048

#: Where a rule comes from, said to readers of the code.
_SOURCE: Final = re.compile(r" \(concepts [^)]*\)")

_C = reasons.Code
#: The state in which a reason is usually met, where it is not a cancelled run.
_MET_IN: Final = {
    **dict.fromkeys((_C.OVERLAP, _C.EXPIRED, _C.DISABLED, _C.QUOTA), "skipped"),
    **dict.fromkeys(
        (_C.MISSED_ASLEEP, _C.MISSED_OFF, _C.MISSED_LATE, _C.MERGED, _C.DECLINED), "missed"
    ),
    **dict.fromkeys((_C.PAUSED, _C.USER_SUSPEND, _C.ADDRESS_EXPIRED), "suspended"),
    **dict.fromkeys(
        (
            *(_C.EXIT_STATUS, _C.KILLED, _C.CANNOT_START, _C.EXCEPTION),
            *(_C.CONNECTION, _C.SERVER_ANSWER, _C.WRONG_CONTENT, _C.FILE_UNUSABLE),
        ),
        "failed",
    ),
}


class _Tagged(msgspec.Struct):
    """What every trigger tells of itself."""

    type: str


class Catalog:
    """The kinds and triggers of this program."""

    def __init__(
        self, triggers: Sequence[type[msgspec.Struct]], kinds: Sequence[kind_ports.TaskKind]
    ) -> None:
        self._kinds = {kind.name: kind for kind in kinds}
        # Asked at every start and firing, and looking at a protocol takes a while.
        self._with_process = {
            one.name: one for one in kinds if isinstance(one, kind_ports.ProcessKind)
        }
        self._transfers = {
            one.name: one for one in kinds if isinstance(one, transfer_ports.TransferKind)
        }
        self._is_timed: dict[type, bool] = {}
        self._triggers = {str(one.__struct_config__.tag): one for one in triggers}
        self._decoded = functools.lru_cache(KEPT)(self._decode_trigger)
        self._said = functools.lru_cache(KEPT)(self._say_trigger)
        self._view: shapes.CatalogView | None = None

    # Kinds

    def kind(self, name: str) -> kind_ports.TaskKind:
        """Raises `errors.InvalidField` (field `kind`) where there is no such kind."""
        found = self._kinds.get(name)
        if found is None:
            known = ", ".join(self._kinds)
            raise errors.InvalidField(
                f"There is no kind {name!r}; known are {known}.", field="kind"
            )
        return found

    def process_kind(self, name: str) -> kind_ports.ProcessKind:
        """A kind whose runs are processes. Raises `errors.InvalidField` like `kind`."""
        found = self._with_process.get(name)
        if found is None:
            raise errors.InvalidField(
                f"Runs of the kind {self.kind(name).name} are no processes.", field="kind"
            )
        return found

    def transfer_kind(self, name: str) -> transfer_ports.TransferKind | None:
        """A kind whose runs are transfers; None for any other."""
        return self._transfers.get(name)

    def can_suspend(self, name: str) -> bool:
        """Whether runs of this kind can be suspended; of a kind that is not known, they cannot."""
        found = self._kinds.get(name)
        return found is not None and found.can_suspend

    def payload(self, kind_name: str, raw: msgspec.Raw) -> msgspec.Struct:
        """The payload of a stored task. Raises `errors.InvalidField`."""
        payload: msgspec.Struct = codec.decode(raw, self.kind(kind_name).payload_type, at="payload")
        return payload

    # Triggers

    def trigger(self, raw: msgspec.Raw) -> ports.Trigger:
        """A trigger of a stored task. Raises `errors.InvalidField`."""
        return self._decoded(bytes(raw))

    def time_trigger(self, raw: msgspec.Raw) -> ports.TimeTrigger | None:
        """The same, where it is one that knows its times."""
        trigger = self.trigger(raw)
        is_timed = self._is_timed.get(type(trigger))
        if is_timed is None:
            is_timed = self._is_timed[type(trigger)] = isinstance(trigger, ports.TimeTrigger)
        return cast(ports.TimeTrigger, trigger) if is_timed else None

    def triggers(self, spec: tasks.TaskSpec) -> tuple[ports.Trigger, ...]:
        return tuple(self.trigger(raw) for raw in spec.triggers)

    def planned_after(self, task: tasks.Task, after: datetime) -> list[tasks.Planned]:
        """When each time trigger of a task is due next."""
        planned = []
        for position, trigger in enumerate(self.triggers(task)):
            if isinstance(trigger, ports.TimeTrigger):
                at = trigger.next(after)
                if at is not None and task.has_expired(at):
                    at = None
                entry = tasks.Planned(
                    task_id=task.id, position=position, next_at=at, flex=task.flex
                )
                planned.append(entry)
        return planned

    def listeners(self, task: tasks.Task) -> tuple[tasks.Listener, ...]:
        """What the event triggers of a task listen to."""
        return tuple(
            tasks.Listener(task_id=task.id, position=position, topic=topic)
            for position, trigger in enumerate(self.triggers(task))
            if isinstance(trigger, ports.EventTrigger)
            for topic in trigger.topics()
        )

    # Registrations

    async def prepared(
        self,
        spec: tasks.TaskSpec,
        now: datetime,
        checker: kind_ports.Checker,
        *,
        kept: Sequence[msgspec.Raw] = (),
    ) -> tasks.TaskSpec:
        """The registration as it is stored: checked whole, with open defaults filled in.

        `kept` are the triggers of the task that it changes: one that is sent back as it was is
        not checked anew, since a time that has passed meanwhile is no reason to refuse a new name.

        Raises `errors.InvalidField`, its field as the person wrote it ("triggers[0].zone").
        """
        checks.check_spec(spec, now)
        kind = self.kind(spec.kind)
        masks.check(spec)
        triggers = tuple(self._prepared(spec, now, kept))
        payload: msgspec.Struct = codec.decode_strictly(
            spec.payload, kind.payload_type, at="payload"
        )
        try:
            payload = await kind.prepared(payload, spec, checker)
        except errors.InvalidField as error:
            raise error.under("payload") from error
        return msgspec.structs.replace(
            spec,
            payload=codec.raw(payload),
            triggers=triggers,
            expires_at=None if spec.expires_at is None else spec.expires_at.astimezone(UTC),
        )

    def phrases(self, spec: tasks.TaskSpec) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """What a task does, when, and under which conditions, in words."""
        when = tuple(self._said(bytes(raw)) for raw in spec.triggers)
        return self._say_payload(spec), when, tuple(map(conditions.describe, spec.conditions))

    def view(self) -> shapes.CatalogView:
        """Everything that can be registered, with its JSON Schema."""
        if self._view is None:
            self._view = self._make_view()
        return self._view

    # Inside

    def _decode_trigger(self, raw: bytes) -> ports.Trigger:
        trigger: ports.Trigger = codec.decode(raw, self._trigger_type(raw, "trigger"), at="trigger")
        return trigger

    def _trigger_type(self, raw: bytes | msgspec.Raw, at: str) -> type[msgspec.Struct]:
        tag = codec.decode(raw, _Tagged, at=at).type
        found = self._triggers.get(tag)
        if found is None:
            known = ", ".join(self._triggers)
            message = f"There is no trigger {tag!r}; known are {known}."
            raise errors.InvalidField(message, field=f"{at}.type")
        return found

    def _prepared(
        self, spec: tasks.TaskSpec, now: datetime, kept: Sequence[msgspec.Raw]
    ) -> Iterator[msgspec.Raw]:
        for index, raw in enumerate(spec.triggers):
            at = f"triggers[{index}]"
            before = _same(raw, kept, at)
            if before is not None:
                yield before
                continue
            trigger: ports.Trigger = codec.decode_strictly(raw, self._trigger_type(raw, at), at=at)
            try:
                yield codec.raw(trigger.prepared(now))
            except errors.InvalidField as error:
                raise error.under(at) from error

    def _say_payload(self, spec: tasks.TaskSpec) -> str:
        try:
            kind = self.kind(spec.kind)
            return kind.describe(self.payload(spec.kind, masks.payload(spec.payload)))
        except errors.InvalidField as error:
            return f"cannot be read: {error.message}"

    def _say_trigger(self, raw: bytes) -> str:
        try:
            return self._decoded(raw).describe()
        except errors.InvalidField as error:
            return f"cannot be read: {error.message}"

    def _make_view(self) -> shapes.CatalogView:
        from bgtasks_gui.wire import schema  # asked for by few, and its making takes time

        kinds = list(self._kinds.values())
        triggers = list(self._triggers.values())
        return shapes.CatalogView(
            kinds=tuple(
                shapes.CatalogEntry(
                    name=kind.name,
                    title=_title(kind.payload_type),
                    schema=schema.of_type(kind.payload_type),
                    can_suspend=kind.can_suspend,
                )
                for kind in kinds
            ),
            triggers=tuple(_entry(one, schema.of_type(one)) for one in triggers),
            conditions=tuple(
                _entry(one, schema.of_type(one)) for one in get_args(conditions.Condition)
            ),
            reasons=tuple(_reason(entry) for entry in reasons.ENTRIES),
            task=schema.of_registration([kind.payload_type for kind in kinds], triggers),
        )


def _same(raw: msgspec.Raw, kept: Sequence[msgspec.Raw], at: str) -> msgspec.Raw | None:
    """The one of these that says the same, however it is written."""
    given = codec.plain(raw, at=at)
    return next((one for one in kept if codec.plain(one) == given), None)


def _title(type_: type[msgspec.Struct]) -> str:
    line = (type_.__doc__ or type_.__name__).strip().splitlines()[0]
    return _SOURCE.sub("", line).rstrip(".")


def _entry(type_: type[msgspec.Struct], schema: msgspec.Raw) -> shapes.CatalogEntry:
    tag = str(type_.__struct_config__.tag)
    return shapes.CatalogEntry(name=tag, title=_title(type_), schema=schema)


def _reason(entry: reasons.Entry) -> shapes.ReasonEntry:
    example = reasons.make(entry.code, datetime.min.replace(tzinfo=UTC))
    return shapes.ReasonEntry(
        code=entry.code,
        actor=entry.actor,
        sentence=reasons.sentence(example, _MET_IN.get(entry.code, "canceled")),
        remedy=entry.remedy,
        remedy_action=entry.action,
        windows=entry.windows,
        ohos=entry.ohos,
    )
