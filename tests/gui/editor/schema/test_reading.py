"""JSON Schema read as fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core import checks
from bgtasks_gui.gui.editor.schema import reading, tree
from bgtasks_gui.wire import codec, schema
from tests.gui.editor.support import catalogs


def named(form: tree.Field, name: str) -> tree.Field:
    assert isinstance(form, tree.Object)
    return next(field for field in form.fields if field.name == name)


def every_field(form: tree.Field) -> Iterator[tree.Field]:
    yield form
    inner = getattr(form, "fields", ())
    for branch in getattr(form, "branches", ()):
        inner = (*inner, branch.form)
    for field in inner:
        yield from every_field(field)


# The catalogue


def test_named_texts_are_called_as_their_schema_says() -> None:
    headers = named(reading.read_entry(catalogs.entry("download")).form, "headers")
    variables = named(reading.read_entry(catalogs.entry("command")).form, "env")
    assert isinstance(headers, tree.TextMap)
    assert isinstance(variables, tree.TextMap)
    assert (headers.entry, variables.entry) == ("header", "variable")


def test_what_must_be_filled_in_comes_first() -> None:
    for kind in ("download", "upload"):
        names = [one.name for one in reading.read_entry(catalogs.entry(kind)).form.fields]
        needed = {"download": {"url"}, "upload": {"file", "url"}}[kind]
        assert set(names[: len(needed)]) == needed


def test_every_entry_of_the_catalogue_has_a_form_of_real_fields() -> None:
    view = catalogs.catalog()
    for entry in (*view.kinds, *view.triggers, *view.conditions):
        branch = reading.read_entry(entry)
        assert (branch.tag, branch.title) == (entry.name, entry.title)
        for field in branch.form.fields:
            assert field.label
            # Arguments of a function are any JSON; nothing else is.
            assert isinstance(field, tree.AnyJson) == (field.name in ("args", "kwargs"))
        tag = branch.form.fixed.get("type", entry.name)
        assert tag == entry.name


@pytest.mark.parametrize(
    ("entry", "name", "expected"),
    [
        ("command", "argv", tree.CommandLine),
        ("command", "shell", tree.Switch),
        ("command", "cwd", tree.Path),
        ("command", "env", tree.TextMap),
        ("python", "path", tree.TextList),
        ("python", "interpreter", tree.Path),
        ("interval", "every", tree.Duration),
        ("interval", "anchor", tree.Moment),
        ("date", "at", tree.Moment),
        ("calendar", "weekday", tree.Choice),
        ("calendar", "months", tree.Several),
        ("cron", "expression", tree.Text),
        ("after", "outcomes", tree.Several),
        ("battery_above", "percent", tree.Number),
        ("disk_free_above", "bytes", tree.Size),
        ("time_window", "days", tree.Several),
    ],
)
def test_the_type_of_a_field(entry: str, name: str, expected: type[tree.Field]) -> None:
    form = reading.read_entry(catalogs.entry(entry)).form
    assert type(named(form, name)) is expected


def test_what_a_field_says_of_itself() -> None:
    zone = named(reading.read_entry(catalogs.entry("cron")).form, "zone")
    assert zone == tree.Text(
        name="zone", label="Time zone", hint="The zone its times are in.", format="zone",
        example="Europe/Berlin", is_nullable=True, empty="The computer's own",
        is_rare=True,
    )  # fmt: skip
    argv = named(reading.read_entry(catalogs.entry("command")).form, "argv")
    assert isinstance(argv, tree.CommandLine)
    assert (argv.shell, argv.is_required, argv.is_nullable) == ("shell", True, False)
    weekday = named(reading.read_entry(catalogs.entry("calendar")).form, "weekday")
    assert isinstance(weekday, tree.Choice)
    assert [one.label for one in weekday.options][:2] == ["Monday", "Tuesday"]
    percent = named(reading.read_entry(catalogs.entry("battery_above")).form, "percent")
    assert isinstance(percent, tree.Number)
    assert (percent.least, percent.most, percent.unit) == (0, 100, "%")


def test_the_whole_task() -> None:
    form = reading.read(codec.plain(catalogs.catalog().task))
    assert isinstance(named(form, "overlap"), tree.Object)
    assert isinstance(named(form, "environment"), tree.TextMap)
    assert isinstance(named(form, "expires_at"), tree.Moment)
    modes = named(form, "modes")
    assert isinstance(modes, tree.Several)
    assert [one.value for one in modes.options] == list(checks.MODES)
    assert all(field.label for field in every_field(form) if field.name)


def test_a_union_of_tagged_objects() -> None:
    told = codec.plain(schema.of_type(catalogs.TelescopePayload))
    target = named(reading.read(told), "target")
    assert isinstance(target, tree.Union)
    assert {(one.tag, one.title) for one in target.branches} == {
        ("comet", "A comet"), ("star", "A star"),
    }  # fmt: skip


# What other schemas may hold


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"type": ["string", "null"]}, tree.Text(name="x", label="X", is_nullable=True)),
        ({"type": "string", "format": "of-later"},
         tree.Text(name="x", label="X", format="of-later")),
        ({"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 9},
         tree.Whole(name="x", label="X", least=1, most=8)),
        ({"type": ["integer", "number"]}, tree.Number(name="x", label="X")),
        ({"enum": ["a", None]}, tree.Choice(name="x", label="X", is_nullable=True,
         options=(tree.Option(value="a", label="A"),))),
        ({"type": ["boolean", "null"]}, tree.Choice(name="x", label="X", is_nullable=True,
         options=(tree.Option(value=True, label="Yes"), tree.Option(value=False, label="No")))),
        ({"type": "object"}, tree.AnyJson(name="x", label="X", holds="object")),
        ({"type": "array", "items": {"type": "object"}},
         tree.AnyJson(name="x", label="X", holds="array")),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, tree.AnyJson(name="x", label="X")),
        ({"anyOf": [{"type": "null"}]}, tree.AnyJson(name="x", label="X", is_nullable=True)),
        ({"$ref": "#/$defs/Missing"}, tree.AnyJson(name="x", label="X")),
        ({}, tree.AnyJson(name="x", label="X")),
    ],
)  # fmt: skip
def test_other_schemas(told: codec.JsonObject, expected: tree.Field) -> None:
    found = reading.read(told, name="x")
    assert found == dataclasses.replace(expected, is_required=True)


@pytest.mark.parametrize(
    ("name", "is_folder"),
    [("cwd", True), ("output_dir", True), ("file", False), ("log_path", False)],
)
def test_paths_are_known_by_their_names(name: str, is_folder: bool) -> None:
    found = reading.read({"type": "string"}, name=name)
    assert isinstance(found, tree.Path)
    assert found.is_folder is is_folder


def test_a_schema_that_refers_to_itself_comes_to_an_end() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}}
    found = reading.read({"$ref": "#/$defs/Node", "$defs": {"Node": node}})
    assert isinstance(named(found, "next"), tree.AnyJson)


def test_a_part_that_is_used_twice_is_read_twice() -> None:
    part = {"type": "object", "properties": {"a": {"type": "string"}}}
    both = {"one": {"$ref": "#/$defs/Part"}, "two": {"$ref": "#/$defs/Part"}}
    found = reading.read({"type": "object", "properties": both, "$defs": {"Part": part}})
    assert isinstance(named(found, "one"), tree.Object)
    assert isinstance(named(found, "two"), tree.Object)


scalars = st.fixed_dictionaries(
    {"type": st.sampled_from(["string", "integer", "number", "boolean", "null", "odd"])},
    optional={
        "format": st.sampled_from(["duration", "date-time", "size", "argv", "folder", "x"]),
        "default": st.none() | st.integers() | st.text(max_size=3),
        "enum": st.lists(st.none() | st.integers() | st.text(max_size=3), max_size=3),
        "x-labels": st.dictionaries(st.sampled_from(["1", "2", "-1"]), st.text(max_size=3)),
        "title": st.text(max_size=3),
        "examples": st.lists(st.integers(), max_size=2),
    },
)
schemas = st.recursive(
    scalars | st.just({}) | st.just({"$ref": "#/$defs/Gone"}),
    lambda inner: (
        st.fixed_dictionaries({"type": st.just("array"), "items": inner})
        | st.fixed_dictionaries({"anyOf": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries(
            {
                "type": st.just("object"),
                "properties": st.dictionaries(st.text("abc", max_size=2), inner, max_size=3),
            }
        )
    ),
    max_leaves=12,
)


@given(schemas)
def test_no_schema_is_too_odd_for_a_form(told: codec.JsonObject) -> None:
    assert isinstance(reading.read(told, name="x"), tree.Field)
