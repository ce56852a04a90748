"""A request as data."""

from __future__ import annotations

import pytest

from bgtasks_gui.client.calls import call
from bgtasks_gui.core import errors


def test_a_path_holds_one_name_whatever_is_in_it() -> None:
    assert call.path("access", owner="a/b c") == "/v1/access/a%2Fb%20c"
    assert call.path("continuous", "cancel", id="7") == "/v1/continuous/7/cancel"
    with pytest.raises(errors.InvalidField, match="Name the owner") as caught:
        call.path("access", owner="")
    assert caught.value.field == "owner"


def test_a_query_holds_what_is_given() -> None:
    assert call.query(a=None, b=False, c=2.5, d="x") == {"b": "false", "c": "2.5", "d": "x"}


def test_the_target_is_path_and_query() -> None:
    assert call.Call("GET", "/v1/x", None).target == "/v1/x"
    assert call.Call("GET", "/v1/x", None, {"a": "b c&d"}).target == "/v1/x?a=b+c%26d"


def test_only_what_answers_the_same_twice_is_repeatable() -> None:
    repeatable = {method: call.Call(method, "/", None).is_repeatable for method in METHODS}
    assert repeatable == {"GET": True, "PUT": True, "POST": False, "DELETE": False}


METHODS = ("GET", "PUT", "POST", "DELETE")
