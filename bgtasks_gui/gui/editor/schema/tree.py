"""What a form consists of: one frozen description for each field, whatever draws it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bgtasks_gui.wire import codec


@dataclass(frozen=True, kw_only=True)
class Field:
    """One value of a form. What has no default and is not required may be absent."""

    #: Its key in the object around it; "" for the whole.
    name: str = ""
    label: str = ""
    hint: str = ""
    example: codec.JsonValue = None
    is_required: bool = False
    is_nullable: bool = False
    default: codec.JsonValue = None
    #: What null, or an empty text, means.
    empty: str = ""
    #: Siblings and the schema each must match for this field to be shown.
    shown_when: tuple[tuple[str, codec.JsonObject], ...] = ()
    #: Whether few people need it.
    is_rare: bool = False


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """A text; the format says what it names ("cron", "zone"), if anything."""

    format: str = ""


@dataclass(frozen=True, kw_only=True)
class Path(Field):
    """The path of a folder or a file."""

    is_folder: bool = False


@dataclass(frozen=True, kw_only=True)
class Duration(Field):
    """A length of time, ISO 8601 in JSON."""


@dataclass(frozen=True, kw_only=True)
class Moment(Field):
    """A point in time, with its offset from UTC in JSON."""


@dataclass(frozen=True, kw_only=True)
class Whole(Field):
    """A whole number."""

    least: int | None = None
    most: int | None = None
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """Any number."""

    least: float | None = None
    most: float | None = None
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Size(Field):
    """A number of bytes."""


@dataclass(frozen=True, kw_only=True)
class Switch(Field):
    """True or false."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """One of the values there are to choose from."""

    value: codec.JsonValue
    label: str


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One of several values."""

    options: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class Several(Field):
    """Any of several values, as a list."""

    options: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class TextList(Field):
    """A list of texts."""

    format: str = ""


@dataclass(frozen=True, kw_only=True)
class CommandLine(Field):
    """A program and its arguments, or one line of shell where a sibling switch says so."""

    shell: str = ""


@dataclass(frozen=True, kw_only=True)
class TextMap(Field):
    """Texts by name, as variables of an environment."""

    #: What one of them is called.
    entry: str = "variable"


@dataclass(frozen=True, kw_only=True)
class AnyJson(Field):
    """A value without a form of its own, written as JSON."""

    holds: Literal["array", "object", "anything"] = "anything"


@dataclass(frozen=True, kw_only=True)
class Object(Field):
    """Fields by name, and members that always have the same value (the tag of a type)."""

    fields: tuple[Field, ...] = ()
    constants: tuple[tuple[str, codec.JsonValue], ...] = ()
    #: Whether its fields stand among those around it.
    is_inline: bool = False

    @property
    def fixed(self) -> codec.JsonObject:
        return dict(self.constants)


@dataclass(frozen=True, kw_only=True)
class Branch:
    """One of the objects a union may be."""

    tag: str
    title: str
    form: Object


@dataclass(frozen=True, kw_only=True)
class Union(Field):
    """One of several objects, told apart by the member `tag_name`."""

    tag_name: str
    branches: tuple[Branch, ...]

    def branch(self, tag: object) -> Branch | None:
        return next((one for one in self.branches if one.tag == tag), None)
