"""The fields of every transfer: what they are when nobody names them, and what is no field."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from bgtasks_gui.core import transfers
from bgtasks_gui.kinds import fields


def read(text: str) -> fields.TransferPayload:
    return msgspec.json.decode(text, type=fields.TransferPayload)


def test_nothing_has_to_be_said() -> None:
    payload = read("{}")
    assert payload == fields.TransferPayload()
    assert payload.request_timeout == timedelta(seconds=transfers.REQUEST_TIMEOUT_S)
    assert payload.resource_timeout == timedelta(days=7)
    assert payload.connect_timeout == timedelta(seconds=transfers.CONNECT_TIMEOUT_S)
    assert (payload.rate, payload.floor, payload.attempts) == (None, None, transfers.ATTEMPTS)
    assert payload.priority == "normal"


def test_what_was_said_is_kept_in_full() -> None:
    text = msgspec.json.encode(read('{"headers":{"X-A":"b"},"rate":4096,"priority":"low"}'))
    said = msgspec.json.decode(text)
    assert said["headers"] == {"X-A": "b"}
    assert set(said) == set(fields.TransferPayload.__struct_fields__)
    assert read(text.decode()) == fields.TransferPayload(
        headers={"X-A": "b"}, rate=4096, priority="low"
    )


@pytest.mark.parametrize(
    "text", ['{"speed":1}', '{"priority":"urgent"}', '{"rate":"fast"}', '{"http2":1}']
)
def test_what_is_no_field_or_not_of_its_kind_is_refused(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(text)


def test_only_what_many_need_is_shown_at_once() -> None:
    (_,), parts = msgspec.json.schema_components([fields.TransferPayload])
    shown = [
        name
        for name, field in parts["TransferPayload"]["properties"].items()
        if not field.get("x-rare")
    ]
    assert shown == ["rate"]
