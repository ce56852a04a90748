"""The catalogue as the agent tells it, also with parts that no window has seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, ClassVar, Literal, Self

import msgspec

from bgtasks_gui.agent.catalog import Catalog
from bgtasks_gui.core import conditions, errors, kind_ports, processes, runs, tasks
from bgtasks_gui.kinds import KINDS
from bgtasks_gui.triggers import TRIGGERS
from bgtasks_gui.wire import shapes

Meta = msgspec.Meta


class MoonTrigger(msgspec.Struct, frozen=True, kw_only=True, tag="moon"):
    """At a phase of the moon"""

    phase: Annotated[
        Literal["new", "full"],
        Meta(title="Phase", extra_json_schema={"x-labels": {"new": "New moon", "full": "Full"}}),
    ]
    altitude: Annotated[int, Meta(title="Above the horizon", extra_json_schema={"x-unit": "°"})] = 0

    def prepared(self, now: datetime) -> Self:
        if self.altitude > 90:
            raise errors.InvalidField("Nothing is higher than 90°.", field="altitude")
        return self

    def describe(self) -> str:
        return f"at {self.phase} moon"


class Star(msgspec.Struct, frozen=True, tag="star"):
    """A star."""

    name: str


class Comet(msgspec.Struct, frozen=True, tag="comet"):
    """A comet."""

    year: int


class Mount(msgspec.Struct, frozen=True, kw_only=True):
    is_tracking: bool = True


class TelescopePayload(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Watch the sky"""

    target: Annotated[Star | Comet, Meta(title="Target")]
    exposure: Annotated[float, Meta(title="Exposure", extra_json_schema={"x-unit": "s"})] = 30.0
    mount: Annotated[Mount, Meta(title="Mount")] = Mount()
    filters: Annotated[tuple[str, ...], Meta(title="Filters")] = ()
    notes: Annotated[list[dict[str, float]], Meta(title="Notes")] = []


class TelescopeKind:
    name: ClassVar[str] = "telescope"
    payload_type: ClassVar[type[msgspec.Struct]] = TelescopePayload
    can_suspend: ClassVar[bool] = False

    def describe(self, payload: msgspec.Struct) -> str:
        return "watches the sky"

    async def prepared(
        self, payload: msgspec.Struct, spec: tasks.TaskSpec, checker: kind_ports.Checker
    ) -> msgspec.Struct:
        assert isinstance(payload, TelescopePayload)
        if isinstance(payload.target, Comet) and payload.target.year < 1600:
            raise errors.InvalidField("It was not seen then.", field="target.year")
        return payload

    def process(
        self, payload: msgspec.Struct, task: tasks.Task, run: runs.Run
    ) -> processes.ProcessSpec:
        return processes.CommandProcess(argv=("true",), cwd="/", env={})


class ClearSky(msgspec.Struct, frozen=True, kw_only=True, tag="clear_sky"):
    """The sky is clear."""

    clouds: Annotated[int, Meta(ge=0, le=100, title="Clouds at most")] = 10


INVENTED_TRIGGERS: Sequence[type[msgspec.Struct]] = (*TRIGGERS, MoonTrigger)
INVENTED_KINDS: Sequence[kind_ports.TaskKind] = (*KINDS, TelescopeKind())
InventedCondition = conditions.Condition | ClearSky


def catalog() -> shapes.CatalogView:
    return Catalog(TRIGGERS, KINDS).view()


def entry(name: str, view: shapes.CatalogView | None = None) -> shapes.CatalogEntry:
    found = view or catalog()
    return next(
        one for one in (*found.kinds, *found.triggers, *found.conditions) if one.name == name
    )
