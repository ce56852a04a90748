"""The shapes of answers."""

from __future__ import annotations

import json

import msgspec
import pytest

from bgtasks_gui.wire import background, codec, requests, shapes, system

#: Design 11: what a run, a task and an explanation are shown with.
PROMISED = {
    shapes.RunView: "id task_id task_name state status triggered_at started_at completed_at "
    "trigger attempt exit_code forced reason progress result log_path receipt",
    shapes.ReasonView: "code actor sentence remedy detail at",
    shapes.ProgressView: "done total unit message rate eta",
    shapes.TaskView: "id name kind payload triggers conditions enabled group owner next_run_at "
    "expires_at registered last_run last_scheduled_at",
    shapes.WhyView: "task_id can_start blockers next",
    shapes.BlockerView: "code sentence value lifts",
    shapes.ChanceView: "at local note",
    shapes.EventView: "seq at type",
    shapes.ErrorDetail: "code message field",
}


@pytest.mark.parametrize("shape", PROMISED, ids=lambda shape: shape.__name__)
def test_promised_names_are_there(shape: type[msgspec.Struct]) -> None:
    assert set(PROMISED[shape].split()) <= set(shape.__struct_fields__)


def test_unknown_is_null_never_absent() -> None:
    told = json.loads(codec.encode(shapes.EventView(seq=1, at="t", type="hello")))
    assert set(told) == set(shapes.EventView.__struct_fields__)
    error = shapes.ErrorView(error=shapes.ErrorDetail(code="c", message="m"))
    assert json.loads(codec.encode(error)) == {
        "error": {"code": "c", "message": "m", "field": None}
    }


def test_only_an_error_with_a_code_of_seed_3_shows_its_number() -> None:
    detail = shapes.ErrorDetail(code="c", message="m", number=9800005, subcode=980000501)
    told = codec.encode(detail)
    assert json.loads(told)["subcode"] == 980000501
    assert codec.decode(told, shapes.ErrorDetail) == detail
    bare = codec.decode(b'{"code":"c","message":"m"}', shapes.ErrorDetail)
    assert bare.number is msgspec.UNSET


def test_all_shapes_are_found_in_one_place() -> None:
    for module in (requests, system, background):
        kinds = [one for one in vars(module).values() if isinstance(one, type)]
        own = [one for one in kinds if one.__module__ == module.__name__]
        own = [one for one in own if one not in (requests.Query, requests.Request)]
        assert own
        assert all(getattr(shapes, one.__name__) is one for one in own)
