"""The table of routes."""

from __future__ import annotations

import re

from bgtasks_gui.wire import requests, routes


def test_every_route_is_one_and_answers_by_one_method() -> None:
    places = [(route.method, route.path) for route in routes.ROUTES]
    targets = [(route.subject, route.name) for route in routes.ROUTES]
    assert len(set(places)) == len(set(targets)) == len(routes.ROUTES)


def test_paths_are_versioned() -> None:
    paths = [*(route.path for route in routes.ROUTES), routes.EVENTS_PATH]
    assert all(re.fullmatch(r"/v1(/[a-z]+|/\{[a-z]+\})+", path) for path in paths)
    assert routes.API_VERSION == 1


def test_reading_carries_no_body() -> None:
    assert all(route.body is None for route in routes.ROUTES if route.method == "GET")
    assert all(
        route.query is None or issubclass(route.query, requests.Query) for route in routes.ROUTES
    )


def test_what_is_made_is_answered_with_201() -> None:
    made = {route.path for route in routes.ROUTES if route.status == 201}
    assert made == {"/v1/tasks", "/v1/tasks/{task}/run", "/v1/continuous", "/v1/delays"}
