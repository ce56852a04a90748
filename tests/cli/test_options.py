from __future__ import annotations

import dataclasses

import click

from bgtasks_gui.cli import options
from bgtasks_gui.cli.words import specs

#: Beside those of a registration.
OTHERS = {"replace", "keep_both", "as_json"}


def _command() -> click.Command:
    @click.command()
    @options.of_a_process
    def made(**_: object) -> None:
        return None

    return made


def test_every_field_of_a_registration_has_its_option() -> None:
    names = {parameter.name for parameter in _command().params}
    fields = {field.name for field in dataclasses.fields(specs.Chosen)}
    assert fields <= names
    assert names - fields == OTHERS


def test_what_has_no_process_has_all_that_must_be_known() -> None:
    @click.command()
    @options.of_a_task
    def made(**_: object) -> None:
        return None

    nothing = dataclasses.MISSING
    needed = {one.name for one in dataclasses.fields(specs.Chosen) if one.default is nothing}
    assert {parameter.name for parameter in made.params} == needed | OTHERS


def test_without_options_nothing_is_chosen() -> None:
    context = _command().make_context("x", [])
    given = {
        name: value for name, value in context.params.items() if value not in (None, (), False)
    }
    assert given == {}


def test_every_option_says_what_it_does() -> None:
    assert [one.name for one in _command().params if not getattr(one, "help", None)] == []
