"""The OpenAPI 3.1 document, made from the routes and the types they carry."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

import bgtasks_gui
from bgtasks_gui import kinds, triggers
from bgtasks_gui.wire import codec, requests, routes, schema, shapes

_PLACE: Final = "#/components/schemas/{name}"
_ERROR: Final = {"$ref": "#/components/responses/Error"}
_JSON: Final = "application/json"
_PARAMETER: Final = re.compile(r"\{(\w+)\}")
_EVENTS: Final = (
    "Each event has an `id`, its number. The first is `hello`; its number is the one after which "
    "the stream goes on. A reader that comes back with the number of the last event it knows gets "
    "all that followed, or one `resync` where that is no longer known: then everything is to be "
    "read anew. Of progress and output only the newest of each run is sent, 20 times a second at "
    "most."
)


@functools.lru_cache(maxsize=1)
def document() -> bytes:
    """The document, with payload and triggers of a registration typed."""
    types = list(dict.fromkeys(_types()))
    payloads = [kind.payload_type for kind in kinds.KINDS]
    found, parts = schema.components(types, payloads, triggers.TRIGGERS, _PLACE)
    schemas = dict(zip(types, found, strict=True))
    paths: dict[str, codec.JsonObject] = {}
    for route in routes.ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas, parts)
    paths[routes.EVENTS_PATH] = {"get": _events(schemas, parts)}
    # They have become parameters; nothing refers to them.
    for type_ in types:
        if isinstance(type_, type) and issubclass(type_, requests.Query):
            del parts[type_.__name__]
    return codec.encode(
        {
            "openapi": "3.1.0",
            "jsonSchemaDialect": schema.DIALECT,
            "info": {
                "title": "Background Tasks",
                "version": bgtasks_gui.__version__,
                "summary": "Tasks that run in the background, and why they do or do not.",
                "license": {"name": "MIT", "identifier": "MIT"},
            },
            "servers": [{"url": "http://localhost", "description": "Over the agent's Unix socket"}],
            "paths": paths,
            "components": {
                "schemas": parts,
                "responses": {"Error": _content("An error", schemas[shapes.ErrorView])},
            },
        }
    )


def _types() -> Iterator[object]:
    yield from (shapes.ErrorView, shapes.EventView, shapes.EventsQuery)
    for route in routes.ROUTES:
        yield from (one for one in (route.answer, route.query, route.body) if one is not None)


def _operation(
    route: routes.Route, schemas: Mapping[object, codec.JsonObject], parts: codec.JsonObject
) -> codec.JsonObject:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(route.path)
    ]
    operation: codec.JsonObject = {
        "operationId": f"{route.subject}_{route.name}",
        "tags": [route.subject],
        "summary": route.summary,
        "parameters": [*parameters, *_query(route.query, parts)],
        "responses": {
            str(route.status): _content("Done", schemas[route.answer]),
            **_errors(route, has_parameters=bool(parameters)),
        },
    }
    if route.body is not None:
        required = bool(parts[route.body.__name__].get("required"))
        content = {_JSON: {"schema": schemas[route.body]}}
        operation["requestBody"] = {"required": required, "content": content}
    return operation


def _query(type_: type[msgspec.Struct] | None, parts: codec.JsonObject) -> list[codec.JsonObject]:
    if type_ is None:
        return []
    found = []
    for name, told in parts[type_.__name__]["properties"].items():
        about = dict(told)
        parameter = {"name": name, "in": "query", "required": False}
        parameter["description"] = about.pop("description")
        found.append(parameter | {"schema": _without_null(about)})
    return found


def _without_null(told: codec.JsonObject) -> codec.JsonObject:
    """A query string cannot say null; the name is left out instead."""
    given = [one for one in told.get("anyOf", ()) if one != {"type": "null"}]
    return given[0] if len(given) == 1 else told


def _errors(route: routes.Route, *, has_parameters: bool) -> codec.JsonObject:
    met = {"500"}
    if has_parameters:
        met |= {"404", "409"}
    if route.body is not None:
        met |= {"400", "413", "422"}
    if route.query is not None:
        met.add("422")
    if route.method != "GET":
        met |= {"409", "507"}
    if route.subject == "background":
        met |= {"400", "403", "409", "503"}
    return dict.fromkeys(sorted(met), _ERROR)


def _events(
    schemas: Mapping[object, codec.JsonObject], parts: codec.JsonObject
) -> codec.JsonObject:
    header = {
        "name": "Last-Event-ID",
        "in": "header",
        "required": False,
        "description": "Number of the last event that is known already; over `after`",
        "schema": {"type": "string"},
    }
    return {
        "operationId": "events",
        "tags": ["events"],
        "summary": "What happens, as server-sent events for as long as the connection stays",
        "description": _EVENTS,
        "parameters": [*_query(shapes.EventsQuery, parts), header],
        "responses": {
            "200": {
                "description": "The `data` of each event is an EventView",
                "content": {"text/event-stream": {"schema": schemas[shapes.EventView]}},
            },
            "422": _ERROR,
        },
    }


def _content(description: str, schema_: codec.JsonObject) -> codec.JsonObject:
    return {"description": description, "content": {_JSON: {"schema": schema_}}}
