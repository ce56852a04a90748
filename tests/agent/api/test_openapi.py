"""The OpenAPI document, looked at as a tool would."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from bgtasks_gui import kinds, triggers
from bgtasks_gui.agent.api import openapi
from bgtasks_gui.wire import codec, routes


@pytest.fixture(scope="module")
def document() -> codec.JsonObject:
    found: codec.JsonObject = json.loads(openapi.document())
    return found


def operations(document: codec.JsonObject) -> dict[tuple[str, str], codec.JsonObject]:
    paths = document["paths"].items()
    return {
        (method.upper(), path): operation
        for path, methods in paths
        for method, operation in methods.items()
    }


def walk(value: object) -> Iterator[codec.JsonObject]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from walk(part)
    elif isinstance(value, list):
        for part in value:
            yield from walk(part)


def look_up(document: codec.JsonObject, place: str) -> object:
    found: object = document
    for name in place.removeprefix("#/").split("/"):
        assert isinstance(found, dict)
        found = found[name]
    return found


def test_its_head(document: codec.JsonObject) -> None:
    assert document["openapi"] == "3.1.0"
    assert {"title", "version"} <= set(document["info"])
    assert document["paths"]


def test_every_reference_leads_somewhere(document: codec.JsonObject) -> None:
    places = {one["$ref"] for one in walk(document) if "$ref" in one}
    for one in walk(document):
        places |= set(one.get("discriminator", {}).get("mapping", {}).values())
    assert len(places) > 40
    for place in places:
        assert isinstance(look_up(document, place), dict)


def test_every_schema_is_referred_to(document: codec.JsonObject) -> None:
    places = {one["$ref"] for one in walk(document) if "$ref" in one}
    kept = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert kept <= places


def test_every_route_is_there_and_no_other(document: codec.JsonObject) -> None:
    known = {(route.method, route.path) for route in routes.ROUTES} | {("GET", routes.EVENTS_PATH)}
    assert set(operations(document)) == known


def test_operation_ids_are_unique_words(document: codec.JsonObject) -> None:
    ids = [one["operationId"] for one in operations(document).values()]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z_]+", one) for one in ids)


def test_path_parameters_are_those_of_the_path(document: codec.JsonObject) -> None:
    for (_, path), operation in operations(document).items():
        told = [one["name"] for one in operation["parameters"] if one["in"] == "path"]
        assert told == re.findall(r"\{(\w+)\}", path)
        assert all(one["required"] for one in operation["parameters"] if one["in"] == "path")


def test_query_parameters_are_told(document: codec.JsonObject) -> None:
    operation = operations(document)["GET", "/v1/runs"]
    told = {one["name"]: one for one in operation["parameters"]}
    assert set(told) == {"task", "state", "since", "limit", "cursor"}
    assert told["limit"]["schema"] == {"type": "integer", "default": 200}
    assert told["task"]["schema"] == {"type": "string"}
    assert all(one["description"] and not one["required"] for one in told.values())


def test_answers_and_errors_are_told(document: codec.JsonObject) -> None:
    for route in routes.ROUTES:
        responses = operations(document)[route.method, route.path]["responses"]
        answer = responses[str(route.status)]
        assert answer["content"]["application/json"]["schema"]
        assert responses["500"] == {"$ref": "#/components/responses/Error"}
        assert ("413" in responses) == (route.body is not None)
        assert ("404" in responses) == ("{" in route.path)
        assert ("403" in responses) == (route.subject == "background")
    error = document["components"]["responses"]["Error"]["content"]["application/json"]["schema"]
    assert error == {"$ref": "#/components/schemas/ErrorView"}


def test_bodies_are_told(document: codec.JsonObject) -> None:
    for route in routes.ROUTES:
        operation = operations(document)[route.method, route.path]
        assert ("requestBody" in operation) == (route.body is not None)
    told = operations(document)["POST", "/v1/tasks/{task}/run"]["requestBody"]
    assert told["required"] is False
    assert operations(document)["POST", "/v1/tasks"]["requestBody"]["required"] is True


def test_payloads_and_triggers_are_typed(document: codec.JsonObject) -> None:
    spec = document["components"]["schemas"]["TaskSpec"]["properties"]
    assert len(spec["payload"]["anyOf"]) == len(kinds.KINDS)
    mapping = spec["triggers"]["items"]["discriminator"]["mapping"]
    assert set(mapping) == {str(one.__struct_config__.tag) for one in triggers.TRIGGERS}


def test_the_stream_is_told(document: codec.JsonObject) -> None:
    operation = operations(document)["GET", routes.EVENTS_PATH]
    assert "text/event-stream" in operation["responses"]["200"]["content"]
    assert {one["name"] for one in operation["parameters"]} == {"after", "Last-Event-ID"}
