"""JSON in and out, and what is said of JSON that is wrong."""

from __future__ import annotations

import json
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core import errors
from bgtasks_gui.wire import codec


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Wheel(msgspec.Struct, kw_only=True):
    size: int = 1
    colour: Colour = Colour.RED


class Dog(msgspec.Struct, tag="dog"):
    name: str = ""


class Cat(msgspec.Struct, tag="cat", rename={"name": "called"}):
    name: str = ""


class Cart(msgspec.Struct, kw_only=True):
    owner: str
    wheels: tuple[Wheel, ...] = ()
    animals: list[Dog | Cat] = []
    spare: dict[str, Wheel] = {}
    load: msgspec.Raw = msgspec.Raw(b"{}")
    rest: timedelta = timedelta(0)
    side: Literal["left", "right"] = "left"
    people: Annotated[int, msgspec.Meta(ge=1, le=9)] = 1
    labels: dict[str, object] = {}


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    size: int = 1


def refused(text: str | bytes, type_: object = Cart, *, at: str = "") -> errors.InvalidField:
    text = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(errors.InvalidField) as caught:
        codec.decode_strictly(text, type_, at=at)
    return caught.value


def test_there_and_back() -> None:
    cart = Cart(owner="ada", wheels=(Wheel(size=3),), animals=[Cat("tom")])
    text = codec.encode(cart)
    assert codec.encode(codec.decode(text, Cart)) == text
    assert codec.encode(codec.decode_strictly(text, Cart)) == text


@pytest.mark.parametrize(
    ("text", "field", "message"),
    [
        ("{}", "owner", "This field is required."),
        ("[]", "body", "Expected an object, got a list."),
        ('{"owner":1}', "owner", "Expected text, got a whole number."),
        ('{"owner":"a","x":1}', "x", "There is no field 'x' here; known are owner, wheels,"),
        ('{"owner":"a","wheels":[{},{"x":1}]}', "wheels[1].x", "known are size, colour."),
        ('{"owner":"a","wheels":[{},1]}', "wheels[1]", "Expected an object, got a whole number."),
        (
            '{"owner":"a","wheels":[{"colour":"green"}]}', "wheels[0].colour",
            "'green' is not possible here; known are red, blue.",
        ),
        (
            '{"owner":"a","animals":[{"type":"cow"}]}', "animals[0].type",
            "'cow' is not possible here; known are dog, cat.",
        ),
        ('{"owner":"a","animals":[{}]}', "animals[0].type", "This field is required."),
        (
            '{"owner":"a","animals":[{"type":"cat","name":"x"}]}', "animals[0].name",
            "There is no field 'name' here; known are type, called.",
        ),
        ('{"owner":"a","spare":{"one":{"x":1}}}', "spare.one.x", "There is no field 'x' here"),
        ('{"owner":"a","side":"up"}', "side", "known are left, right."),
        ('{"owner":"a","people":0}', "people", "Expected a whole number >= 1."),
        ('{"owner":"a","rest":"5"}', "rest", 'This is no duration; write it as in "PT15M".'),
        ('{"owner":"a","rest":5}', "rest", 'Expected a duration as in "PT15M".'),
    ],
)  # fmt: skip
def test_what_is_wrong_names_the_field(text: str, field: str, message: str) -> None:
    error = refused(text)
    assert type(error) is errors.InvalidField
    assert error.field == field
    assert message in error.message


def test_fields_lie_below_the_place_that_is_decoded() -> None:
    assert refused("{}", at="triggers[0]").field == "triggers[0].owner"
    assert refused("[]", at="triggers[0]").field == "triggers[0]"
    assert refused('[{"size":"x"}]', list[Wheel], at="wheels").field == "wheels[0].size"
    assert refused('{"x":1}', at="cart").field == "cart.owner"


def test_a_type_that_forbids_unknown_fields_is_told_alike() -> None:
    error = refused('{"x":1}', Strict)
    assert (error.field, error.message) == ("x", "There is no field 'x' here; known are size.")


def test_a_type_without_fields_has_none_to_name() -> None:
    class Nothing(msgspec.Struct):
        pass

    assert refused('{"x":1}', Nothing).message == "There is no field 'x' here."


def test_what_may_hold_anything_is_not_looked_into() -> None:
    text = b'{"owner":"a","load":{"any":[{"thing":1}]},"labels":{"a":{"b":[{"c":1}]}}}'
    cart = codec.decode_strictly(text, Cart)
    assert codec.plain(cart.load) == {"any": [{"thing": 1}]}
    assert cart.labels == {"a": {"b": [{"c": 1}]}}


@pytest.mark.parametrize(
    "text",
    [
        b"", b"{", b'{"owner":}', b"\xff", b'{"owner":"\xff"}', b'{"owner":"a","load":"\xff"}',
        b'{"owner":"a","load":"\\ud800"}', b'{"owner":"a","load":' + b"[" * 99_999,
        b'{"owner":"a","load":[1e999]}',
    ],
)  # fmt: skip
def test_what_is_no_json_is_malformed(text: bytes) -> None:
    error = refused(text)
    assert isinstance(error, errors.Malformed)
    assert error.field == "body"
    assert error.message.startswith("This is not JSON: ")
    assert error.message.endswith(".")


@pytest.mark.parametrize("depth", [codec.DEEPEST - 1, codec.DEEPEST, 5000])
@pytest.mark.parametrize("inside", ["load", "labels"])
def test_nesting_is_bounded(inside: str, depth: int) -> None:
    text = b'{"owner":"a","%s":%s1%s}' % (inside.encode(), b'{"a":' * depth, b"}" * depth)
    if depth < codec.DEEPEST:
        assert codec.decode_strictly(text, Cart).owner == "a"
    else:
        assert "ested" in refused(text).message
        assert isinstance(refused(text), errors.Malformed)


def test_many_values_side_by_side_are_not_deep() -> None:
    text = b'{"owner":"a","labels":{"a":[%s]}}' % b",".join([b"[]"] * 500)
    assert codec.decode_strictly(text, Cart).labels == {"a": [[]] * 500}


def test_lenient_decoding_lets_unknown_fields_pass() -> None:
    assert codec.decode(b'{"owner":"a","newer":1}', Cart).owner == "a"


def test_a_query_string_spells_every_type() -> None:
    class Query(msgspec.Struct):
        n: int = 1
        yes: bool = False
        wait: float = 0.0
        text: str | None = None

    spelled = {"n": "5", "yes": "true", "wait": "1.5", "text": "null"}
    assert codec.convert(spelled, Query) == Query(n=5, yes=True, wait=1.5, text="null")
    for wrong, field in (({"n": "x"}, "n"), ({"m": "1"}, "m"), ({"yes": "maybe"}, "yes")):
        with pytest.raises(errors.InvalidField) as caught:
            codec.convert(wrong, Query)
        assert caught.value.field == field


def test_objects_are_kept_in_one_spelling() -> None:
    assert bytes(codec.raw_object(b'{ "a" : [1, 2] }', at="data")) == b'{"a":[1,2]}'
    for wrong in (b"[]", b"1", b"null", b"{"):
        with pytest.raises(errors.InvalidField) as caught:
            codec.raw_object(wrong, at="data")
        assert caught.value.field == "data"


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_raw_json_comes_back_as_it_was(value: object) -> None:
    raw = codec.raw(value)
    assert codec.plain(raw) == value
    assert json.loads(bytes(raw)) == value
    assert bytes(codec.raw(codec.plain(raw))) == bytes(raw)


@given(st.binary(max_size=60) | values.map(codec.encode))
def test_any_bytes_are_a_cart_or_a_sentence(text: bytes) -> None:
    told = ("body", "Fine.")
    try:
        codec.decode_strictly(text, Cart)
    except errors.InvalidField as error:
        told = (error.field or "", error.message)
    assert told[0]
    assert told[1].endswith(".")
