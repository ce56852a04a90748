"""What may be asked."""

from __future__ import annotations

import msgspec
import pytest

from bgtasks_gui.wire import codec, requests

KINDS = [
    one
    for one in vars(requests).values()
    if isinstance(one, type) and issubclass(one, requests.Query | requests.Request)
]
ASKED = [one for one in KINDS if one not in (requests.Query, requests.Request)]


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.__name__)
def test_nothing_need_be_said(kind: type[msgspec.Struct]) -> None:
    assert codec.decode_strictly(b"{}", kind) == kind()
    assert codec.convert({}, kind) == kind()


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.__name__)
def test_every_field_is_described(kind: type[msgspec.Struct]) -> None:
    schema = msgspec.json.schema(kind)["$defs"][kind.__name__]
    assert all(about["description"] for about in schema["properties"].values())
    assert schema["additionalProperties"] is False


def test_no_arguments_are_an_empty_object() -> None:
    assert bytes(requests.RunRequest().arguments) == b"{}"
    assert bytes(requests.EmitRequest().data) == b"{}"
