from __future__ import annotations

from datetime import timedelta

import click
import pytest

from bgtasks_gui.cli.transfers import options, payloads


def _command(kind: str) -> click.Command:
    @click.command()
    def made(**_: object) -> None:
        return None

    own = options.of_a_download if kind == "download" else options.of_an_upload
    return own(made)


def _given(*words: str) -> dict[str, object]:
    return _command("download").make_context("x", list(words)).params


@pytest.mark.parametrize(
    ("kind", "fields", "apart"),
    [("download", payloads.DOWNLOAD, {"url", "to"}), ("upload", payloads.UPLOAD, {"url", "file"})],
)
def test_every_field_has_its_option_and_says_what_it_is(
    kind: str, fields: tuple[str, ...], apart: set[str]
) -> None:
    parameters = _command(kind).params
    assert {one.name for one in parameters} == set(fields) - apart
    assert all(getattr(one, "help", None) for one in parameters)


def test_they_are_read() -> None:
    given = _given(
        "--limit", "1.5MB/s", "--min-speed", "10", "--min-speed-time", "2m", "--header", "A: b",
        "--header", "a: c", "--request-timeout", "5", "--segments", "4", "--attempts", "0",
    )  # fmt: skip
    assert (given["rate"], given["floor"]) == (1_500_000, 10)
    assert given["floor_window"] == timedelta(minutes=2)
    assert given["headers"] == {"A": "b, c"}
    assert given["request_timeout"] == timedelta(seconds=5)
    assert (given["segments"], given["attempts"]) == (4, 0)


def test_without_any_nothing_is_sent() -> None:
    assert payloads.payload(_given(), ["rate", "headers", "http2", "repeat", "body"]) == {}
    assert _given("--limit", "off")["rate"] is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--limit", "fast"), "'fast' is no speed"),
        (("--limit", "1"), "1 KiB/s is the least"),
        (("--min-speed", "x"), "'x' is no speed"),
        (("--header", "A"), "'A' is no header"),
        (("--priority", "most"), "is not one of"),
        (("--request-timeout", "soon"), "is not a duration"),
    ],
)
def test_what_cannot_be_read_is_said(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(click.BadParameter, match=said):
        _given(*words)
