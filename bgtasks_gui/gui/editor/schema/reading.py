"""JSON Schema (2020-12) read as a tree of fields; what has no form becomes a field of JSON."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from bgtasks_gui.gui.editor.schema import tree, words
from bgtasks_gui.wire import codec, shapes

Schema = codec.JsonObject

#: How a path is recognised where no format says so.
_FOLDER_NAME: Final = re.compile(r"(^|_)(cwd|dir|directory|folder)$")
_FILE_NAME: Final = re.compile(r"(^|_)(file|path|filename)$")


def read(schema: Schema | codec.JsonValue, *, name: str = "") -> tree.Field:
    """The field that a whole schema, with what it refers to, describes."""
    return _Reader(schema.get("$defs", {})).field(schema, name, is_required=True)


def read_entry(entry: shapes.CatalogEntry) -> tree.Branch:
    """The form of a kind, a trigger or a condition of the catalogue."""
    found = read(codec.plain(entry.schema))
    form = found if isinstance(found, tree.Object) else tree.Object()
    # What must be filled in comes first, wherever it was written.
    fields = tuple(sorted(form.fields, key=lambda one: not one.is_required))
    form = dataclasses.replace(form, fields=fields)
    return tree.Branch(tag=entry.name, title=entry.title, form=form)


class _Reader:
    def __init__(self, parts: Mapping[str, Schema]) -> None:
        self._parts = parts
        #: References that lead here; one that comes again would never end.
        self._way: list[str] = []

    def field(self, schema: Schema, name: str, *, is_required: bool) -> tree.Field:
        before = len(self._way)
        found, is_nullable = self._plain(schema)
        common = {
            "name": name,
            "label": found.get("title") or words.in_words(name),
            "hint": found.get("description", ""),
            "example": next(iter(found.get("examples", ())), None),
            "is_required": is_required,
            "is_nullable": is_nullable,
            "default": found.get("default"),
            "empty": found.get("x-empty", ""),
            "shown_when": tuple(found.get("x-when", {}).items()),
            "is_rare": bool(found.get("x-rare", False)),
        }
        made = self._typed(found, common)
        del self._way[before:]
        return made

    def _plain(self, schema: Schema) -> tuple[Schema, bool]:
        """The schema without references and without null, and whether null is allowed."""
        found, is_nullable = schema, False
        while True:
            reference = found.get("$ref")
            options = [one for one in found.get("anyOf", ()) if not _is_null(one)]
            if reference is not None:
                target, own = self._target(str(reference)), _without(found, "$ref")
                # The target tells of itself; a use with words of its own needs none of them.
                found = (
                    _without(target, "title", *(["description"] if "title" in own else [])) | own
                )
            elif found.get("anyOf") and len(options) < len(found["anyOf"]):
                is_nullable = True
                found = _without(found, "anyOf") | ({"anyOf": options} if options else {})
            elif len(options) == 1:
                found = options[0] | _without(found, "anyOf")
            else:
                return found, is_nullable or _lists_null(found)

    def _target(self, reference: str) -> Schema:
        name = reference.rsplit("/", 1)[-1]
        if name in self._way or name not in self._parts:
            return {}
        self._way.append(name)
        return self._parts[name]

    def _typed(self, schema: Schema, common: Schema) -> tree.Field:
        if "anyOf" in schema or "oneOf" in schema:
            return self._union(schema, common) or tree.AnyJson(**common)
        types = [one for one in _listed(schema.get("type")) if one != "null"]
        scalars = {"string", "integer", "number"}
        if "enum" in schema or (schema.get("x-labels") and scalars.issuperset(types)):
            return tree.Choice(options=_options(schema), **common)
        make = _TYPES.get(types[0] if len(types) == 1 else "")
        if make is not None:
            return make(self, schema, common)
        if types and {"integer", "number"}.issuperset(types):
            return _number(self, schema, common)
        return tree.AnyJson(**common)

    # Objects

    def object(self, schema: Schema, common: Schema) -> tree.Field:
        properties = schema.get("properties", {})
        if not properties:
            rest = schema.get("additionalProperties")
            if isinstance(rest, dict) and self._plain(rest)[0].get("type") == "string":
                return tree.TextMap(entry=schema.get("x-entry", "variable"), **common)
            return tree.AnyJson(holds="object", **common)
        required = schema.get("required", ())
        constants = {name: _constant(part) for name, part in properties.items()}
        fields = (
            self.field(part, name, is_required=name in required)
            for name, part in properties.items()
            if constants[name] is None
        )
        fixed = tuple((name, value) for name, value in constants.items() if value is not None)
        is_inline = bool(schema.get("x-inline", False))
        return tree.Object(fields=tuple(fields), constants=fixed, is_inline=is_inline, **common)

    def _union(self, schema: Schema, common: Schema) -> tree.Field | None:
        """The tagged union that these options are, or None."""
        options = schema.get("anyOf") or schema.get("oneOf") or ()
        read = [self.field(one, "", is_required=True) for one in options]
        forms = [one for one in read if isinstance(one, tree.Object)]
        tags = [set(one.fixed) for one in forms]
        shared = sorted(set.intersection(*tags)) if tags else []
        if len(forms) < len(options) or not shared:
            return None
        tag_name = schema.get("discriminator", {}).get("propertyName", shared[0])
        branches = tuple(
            tree.Branch(
                tag=str(form.fixed.get(tag_name)),
                title=form.hint.rstrip(".") or words.in_words(str(form.fixed.get(tag_name))),
                form=form,
            )
            for form in forms
        )
        return tree.Union(tag_name=tag_name, branches=branches, **common)

    # Lists

    def array(self, schema: Schema, common: Schema) -> tree.Field:
        items, _ = self._plain(schema.get("items", {}))
        if "enum" in items or "x-labels" in items:
            return tree.Several(options=_options(items), **common)
        if items.get("type") == "string":
            if schema.get("format") == "argv":
                return tree.CommandLine(shell=schema.get("x-shell", ""), **common)
            return tree.TextList(format=items.get("format", ""), **common)
        return tree.AnyJson(holds="array", **common)


def _text(_: _Reader, schema: Schema, common: Schema) -> tree.Field:
    format_, name = schema.get("format", ""), common["name"]
    if format_ == "duration":
        return tree.Duration(**common)
    if format_ == "date-time":
        return tree.Moment(**common)
    if format_ in ("folder", "file"):
        return tree.Path(is_folder=format_ == "folder", **common)
    if not format_ and (_FOLDER_NAME.search(name) or _FILE_NAME.search(name)):
        return tree.Path(is_folder=_FOLDER_NAME.search(name) is not None, **common)
    return tree.Text(format=format_, **common)


def _whole(_: _Reader, schema: Schema, common: Schema) -> tree.Field:
    if schema.get("format") == "size":
        return tree.Size(**common)
    least, most = schema.get("minimum"), schema.get("maximum")
    if "exclusiveMinimum" in schema:
        least = schema["exclusiveMinimum"] + 1
    if "exclusiveMaximum" in schema:
        most = schema["exclusiveMaximum"] - 1
    return tree.Whole(least=least, most=most, unit=schema.get("x-unit", ""), **common)


def _number(_: _Reader, schema: Schema, common: Schema) -> tree.Field:
    least, most = schema.get("minimum"), schema.get("maximum")
    return tree.Number(least=least, most=most, unit=schema.get("x-unit", ""), **common)


def _switch(_: _Reader, schema: Schema, common: Schema) -> tree.Field:
    if not common["is_nullable"]:
        return tree.Switch(**common)
    yes_no = tree.Option(value=True, label="Yes"), tree.Option(value=False, label="No")
    return tree.Choice(options=yes_no, **common)


_TYPES: Final[Mapping[str, Callable[[_Reader, Schema, Schema], tree.Field]]] = {
    "string": _text,
    "integer": _whole,
    "number": _number,
    "boolean": _switch,
    "array": _Reader.array,
    "object": _Reader.object,
}


def _options(schema: Schema) -> tuple[tree.Option, ...]:
    values = [one for one in schema.get("enum", ()) if one is not None]
    is_text = schema.get("type", "string") == "string"
    return words.options(values, schema.get("x-labels", {}), is_text=is_text)


def _constant(schema: Schema) -> codec.JsonValue:
    """The only value there can be, or None."""
    values = schema.get("enum", [schema["const"]] if "const" in schema else ())
    return values[0] if len(values) == 1 else None


def _without(schema: Schema, *names: str) -> Schema:
    return {name: part for name, part in schema.items() if name not in names}


def _is_null(schema: Schema) -> bool:
    return schema.get("type") == "null" or schema.get("const", "") is None


def _lists_null(schema: Schema) -> bool:
    return "null" in _listed(schema.get("type")) or None in schema.get("enum", ())


def _listed(value: codec.JsonValue) -> Iterator[str]:
    yield from value if isinstance(value, list) else [value] if value else []
