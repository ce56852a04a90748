"""What is asked: query strings and bodies of the API's requests."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

_Meta = msgspec.Meta


def _nothing() -> msgspec.Raw:
    # A factory: a schema cannot be made of a raw default.
    return msgspec.Raw(b"{}")


IfExists = Literal["refuse", "replace", "keep_both"]


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body; a name that is not listed is refused."""


class Query(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A query string; a name that is not listed is refused."""


class RegisterQuery(Query, frozen=True, kw_only=True):
    if_exists: Annotated[
        IfExists,
        _Meta(description="What to do where owner and group have a task of this name already"),
    ] = "refuse"


class TasksQuery(Query, frozen=True, kw_only=True):
    group: Annotated[str | None, _Meta(description="Only this group")] = None
    limit: Annotated[int, _Meta(description="At most so many")] = 1000
    after: Annotated[str | None, _Meta(description="Continue after the task of this name")] = None


class RemoveQuery(Query, frozen=True, kw_only=True):
    cancel: Annotated[bool, _Meta(description="Cancel its runs too")] = False


class NextQuery(Query, frozen=True, kw_only=True):
    n: Annotated[int, _Meta(description="How many planned times")] = 10


class RunsQuery(Query, frozen=True, kw_only=True):
    task: Annotated[str | None, _Meta(description="Only runs of this task, by id or name")] = None
    state: Annotated[
        str | None, _Meta(description='States with commas between them; also "active", "ended"')
    ] = None
    since: Annotated[str | None, _Meta(description="Only runs asked for at or after this")] = None
    limit: Annotated[int, _Meta(description="At most so many")] = 200
    cursor: Annotated[
        str | None, _Meta(description="Id of the last run of the page before this one")
    ] = None


class LogQuery(Query, frozen=True, kw_only=True):
    offset: Annotated[
        int,
        _Meta(
            ge=-(2**53),
            le=2**53,
            description="Byte of the output to begin at; a negative one counts from its end",
        ),
    ] = 0
    limit: Annotated[int, _Meta(description="At most so many bytes")] = 262_144
    wait: Annotated[
        float, _Meta(description="Seconds to wait for more where there is nothing yet, 30 at most")
    ] = 0.0


class EventsQuery(Query, frozen=True, kw_only=True):
    after: Annotated[
        int | None, _Meta(description="Number of the last event that is known already")
    ] = None


class RunRequest(Request, frozen=True, kw_only=True):
    arguments: Annotated[
        msgspec.Raw,
        _Meta(
            description="A JSON object that is handed to the run",
            extra_json_schema={"type": "object"},
        ),
    ] = msgspec.field(default_factory=_nothing)


class ActionRequest(Request, frozen=True, kw_only=True):
    reason: Annotated[
        str | None, _Meta(description="The person's own words, kept with the run")
    ] = None


class AddressRequest(Request, frozen=True, kw_only=True):
    url: Annotated[str, _Meta(description="The address that takes the place of the old one")] = ""


class RateRequest(Request, frozen=True, kw_only=True):
    rate: Annotated[
        Annotated[int, _Meta(ge=1024)] | None,
        _Meta(description="Bytes a second at most; null is no limit of its own"),
    ] = None


class PauseRequest(Request, frozen=True, kw_only=True):
    until: Annotated[
        str | None, _Meta(description="When the pause ends by itself; null is not at all")
    ] = None


class EmitRequest(Request, frozen=True, kw_only=True):
    data: Annotated[
        msgspec.Raw,
        _Meta(
            description="A JSON object: the arguments of the runs it asks for",
            extra_json_schema={"type": "object"},
        ),
    ] = msgspec.field(default_factory=_nothing)


class StopRequest(Request, frozen=True, kw_only=True):
    cancel: Annotated[
        bool, _Meta(description="Cancel what runs instead of letting it go on without the agent")
    ] = False
