"""What a type would have accepted at a place: words of a closed set, and names of fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import inspect

_STEP: Final = re.compile(r"[^.\[\]]+|\[[^\]]*\]")


def known_values(type_: object, path: str) -> tuple[str, ...]:
    """The words accepted at a path ("overlap.policy", "conditions[0].type"); () for free text."""
    return tuple(dict.fromkeys(word for one in _at(type_, path) for word in _words(one)))


def field_names(type_: object, path: str) -> tuple[str, ...]:
    """The names of the fields that an object at a path may have."""
    found = [option for one in _at(type_, path) for option in _options(one)]
    kinds = [one for one in found if isinstance(one, inspect.StructType)]
    tags = [one.tag_field for one in kinds if one.tag_field is not None]
    names = [field.encode_name for one in kinds for field in one.fields]
    return tuple(dict.fromkeys([*tags, *names]))


def _at(type_: object, path: str) -> list[inspect.Type]:
    found = [inspect.type_info(type_)]
    for step in _STEP.findall(path):
        found = [inner for one in found for inner in _inside(one, step)]
    return found


def _options(found: inspect.Type) -> Iterator[inspect.Type]:
    if isinstance(found, inspect.Metadata):
        yield from _options(found.type)
    elif isinstance(found, inspect.UnionType):
        for one in found.types:
            yield from _options(one)
    else:
        yield found


def _inside(found: inspect.Type, step: str) -> Iterator[inspect.Type]:
    """What the types of this place hold at a field, an index or a key."""
    for one in _options(found):
        match one:
            case inspect.StructType(tag_field=tag_field) if step == tag_field:
                yield inspect.LiteralType(values=(one.tag,))
            case inspect.StructType():
                yield from (field.type for field in one.fields if field.encode_name == step)
            case inspect.DictType():
                yield one.value_type
            case inspect.TupleType():
                yield from one.item_types
            case inspect.ListType() | inspect.VarTupleType():
                yield one.item_type


def _words(found: inspect.Type) -> Iterator[str]:
    for one in _options(found):
        if isinstance(one, inspect.LiteralType):
            yield from (str(value) for value in one.values)
        elif isinstance(one, inspect.EnumType):
            yield from (str(member.value) for member in one.cls)
