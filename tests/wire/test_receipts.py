"""The shape of a receipt."""

from __future__ import annotations

import json

import msgspec

from bgtasks_gui.core import transfers
from bgtasks_gui.wire import codec, receipts, shapes

EMPTY = receipts.ReceiptView(
    url="https://example.org/a", path=None, part=None, length=None, done=0, offsets=(), etag=None,
    modified=None, can_resume=None, attempts=(), attempts_left_out=0, again=(), again_left_out=0,
    moved=0, active_s=0.0, suspended_s=0.0, mean_speed=None, connections=0, checked=None, notes=(),
)  # fmt: skip


def test_what_is_not_known_is_null_never_absent() -> None:
    told = json.loads(codec.encode(EMPTY))
    assert set(told) == set(receipts.ReceiptView.__struct_fields__)
    assert told["length"] is None
    assert told["offsets"] == []


def test_offsets_are_pairs() -> None:
    shown = msgspec.structs.replace(EMPTY, offsets=((0, 7), (100, 130)))
    told = codec.encode(shown)
    assert json.loads(told)["offsets"] == [[0, 7], [100, 130]]
    assert msgspec.json.decode(told, type=receipts.ReceiptView) == shown


def test_every_attempt_shows_all_that_is_kept_of_one() -> None:
    kept = set(transfers.Attempt.__struct_fields__)
    assert set(receipts.AttemptView.__struct_fields__) == kept
    assert set(receipts.AgainView.__struct_fields__) == set(transfers.Again.__struct_fields__)


def test_all_of_a_receipt_is_shown() -> None:
    kept = set(transfers.Receipt.__struct_fields__)
    assert kept <= set(receipts.ReceiptView.__struct_fields__)


def test_a_run_has_a_place_for_it() -> None:
    types = {field.name: field.type for field in msgspec.structs.fields(shapes.RunView)}
    assert types["receipt"] == receipts.ReceiptView | None
