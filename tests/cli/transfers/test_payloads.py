from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.cli.transfers import payloads
from bgtasks_gui.core import errors, ids

URL = "https://a.example/disc.iso"
TOKENS = st.text("abcXYZ019-", min_size=1, max_size=8)
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=8)


def test_only_what_is_given_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    given_ = {
        "url": URL, "to": "discs/", "rate": None, "headers": {}, "http2": False, "repeat": True,
        "attempts": 0, "request_timeout": timedelta(seconds=5), "certificate": "me.pem",
        "body": "", "other": "x",
    }  # fmt: skip
    assert payloads.payload(given_, payloads.DOWNLOAD) == {
        "url": URL, "to": f"{tmp_path}/discs/", "repeat": True, "attempts": 0,
        "request_timeout": timedelta(seconds=5), "certificate": f"{tmp_path}/me.pem",
    }  # fmt: skip


PROXY = "http://ada:love@proxy.example:3128"


@pytest.mark.parametrize("names", [payloads.DOWNLOAD, payloads.UPLOAD])
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_proxy_of_this_shell_is_taken_along(
    name: str, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, PROXY)
    given_ = {"url": URL, "file": "/a.mkv"}
    assert payloads.payload(given_, names)["proxy"] == PROXY


@pytest.mark.parametrize("given_", ["direct", "http://other.example"])
def test_proxy_that_is_named_goes_first(given_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    found = payloads.payload({"url": URL, "proxy": given_}, payloads.DOWNLOAD)
    assert found["proxy"] == given_


@pytest.mark.parametrize(
    ("url", "variables"),
    [
        (URL, {"HTTP_PROXY": PROXY}),
        (URL, {"HTTPS_PROXY": PROXY, "NO_PROXY": "localhost,a.example"}),
        ("https://a.example:8443/x", {"HTTPS_PROXY": PROXY, "no_proxy": "a.example:8443"}),
        ("https://a.example:port/x", {"HTTPS_PROXY": PROXY}),
        ("https://[::1/x", {"HTTPS_PROXY": PROXY}),
        ("a.example", {"ALL_PROXY": PROXY}),
        ("", {"ALL_PROXY": PROXY}),
        (URL, {"HTTPS_PROXY": "http://\udcff.example"}),
    ],
)
def test_no_proxy_is_taken_along(
    url: str, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert payloads.payload({"url": url}, payloads.DOWNLOAD) == {"url": url}


def test_an_empty_address_is_left_for_the_agent_to_explain() -> None:
    assert payloads.payload({"url": ""}, payloads.COMMON) == {"url": ""}


@pytest.mark.parametrize(
    ("path", "whole"),
    [
        ("a.bin", "{}/a.bin"), ("sub/../b/", "{}/b/"), ("./", "{}/"), ("/x", "/x"), ("/", "/"),
        ("~/a", os.path.expanduser("~/a")),
    ],
)  # fmt: skip
def test_paths_as_seen_from_here(
    path: str, whole: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert payloads.absolute(path, "payload.to") == whole.format(tmp_path)


def test_a_folder_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(errors.InvalidField, match="does not exist any more") as raised:
        payloads.absolute("a", "payload.to")
    assert raised.value.field == "payload.to"


def test_headers() -> None:
    assert payloads.parse_header("Accept: text/html; q=1:2 ") == ("Accept", "text/html; q=1:2")
    assert payloads.parse_header("X-Empty:") == ("X-Empty", "")


@pytest.mark.parametrize("line", ["Accept", "", ": text", " :x"])
def test_what_is_no_header(line: str) -> None:
    with pytest.raises(errors.InvalidField, match="is no header; write it as"):
        payloads.parse_header(line)


def test_the_same_header_twice_is_joined() -> None:
    pairs = [("Accept", "a"), ("Cookie", "x=1"), ("accept", "b"), ("COOKIE", "y=2"), ("X", "")]
    joined = payloads.join_headers(pairs)
    assert joined == {"Accept": "a, b", "Cookie": "x=1; y=2", "X": ""}


@given(st.lists(st.tuples(TOKENS, VALUES)))
def test_joining_loses_no_value_and_no_name(pairs: list[tuple[str, str]]) -> None:
    lines = [payloads.parse_header(f"{name}: {value}") for name, value in pairs]
    assert lines == pairs
    joined = payloads.join_headers(lines)
    assert {name.lower() for name in joined} == {name.lower() for name, _ in pairs}
    for name, value in joined.items():
        assert value == ", ".join(part for key, part in pairs if key.lower() == name.lower())


@pytest.mark.parametrize(
    ("url", "to", "name"),
    [
        (URL, "", "disc.iso"),
        (URL, "./", "disc.iso"),
        (URL, "x/other.iso", "other.iso"),
        (URL, "/tmp", "disc.iso"),
        ("https://a.example/a%20b%0Ac.txt?x=1", "", "a b c.txt"),
        ("https://a.example", "", "a.example"),
        ("https://a.example/x/", "", "a.example"),
        ("http://[a", "", "download"),
        ("https://a.example/019a8f3c-0000-7000-8000-00000000000a", "",
         "file 019a8f3c-0000-7000-8000-00000000000a"),
    ],
)  # fmt: skip
def test_what_it_is_called(url: str, to: str, name: str) -> None:
    assert payloads.name_of(url, to) == name


@given(st.text(), st.text())
def test_it_always_has_a_name_that_a_task_may_have(url: str, to: str) -> None:
    name = payloads.name_of(url, to.replace("\0", ""))
    assert name
    assert name == name.strip()
    assert len(name) <= 80
    assert not ids.is_id(name)
