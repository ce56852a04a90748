"""Secrets are hidden, come back when a task is edited, and never become three stars."""

from __future__ import annotations

import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core import errors, tasks
from bgtasks_gui.wire import codec, masks


def a_spec(payload: object, environment: dict[str, str] | None = None) -> tasks.TaskSpec:
    return tasks.TaskSpec(
        name="n", kind="command", payload=codec.raw(payload), environment=environment
    )


@pytest.mark.parametrize(
    "name",
    [
        "TOKEN", "GITHUB_TOKEN", "MY_SECRET", "password", "PGPASSWD", "API_KEY", "ApiKey",
        "AWS_ACCESS_KEY_ID", "GOOGLE_CREDENTIALS", "AUTH", "HTTP_AUTHORIZATION", "X-Auth",
        "SESSION_COOKIE", "SSH_AUTH_SOCK",
    ],
)  # fmt: skip
def test_names_of_secrets(name: str) -> None:
    assert masks.is_secret(name)


@pytest.mark.parametrize("name", ["PATH", "HOME", "KEYBOARD", "XAUTHORITY", "GIT_AUTHOR_NAME"])
def test_names_of_no_secrets(name: str) -> None:
    assert not masks.is_secret(name)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://ada:love@example.org/a?b=c", "https://ada:***@example.org/a?b=c"),
        ("postgres://u:p%40:x@h/db and ftp://a:b@c", "postgres://u:***@h/db and ftp://a:***@c"),
        ("https://:token@h", "https://:***@h"),
        ("https://ada:a@b@example.org", "https://ada:***@example.org"),
        ("https://ada@example.org:8080/x@y", "https://ada@example.org:8080/x@y"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("--password=hunter2", "--password=***"),
        ("API_KEY=a=b", "API_KEY=***"),
        ("--output=file", "--output=file"),
        ("a:b@c", "a:b@c"),
        ("", ""),
    ],
)
def test_texts(text: str, shown: str) -> None:
    assert masks.text(text) == shown
    assert masks.text(shown) == shown


def test_the_environment() -> None:
    shown = masks.environment({"A_TOKEN": "x", "EMPTY_KEY": "", "URL": "http://a:b@c", "N": "1"})
    assert shown == {"A_TOKEN": "***", "EMPTY_KEY": "", "URL": "http://a:***@c", "N": "1"}
    assert masks.environment(None) is None


def test_a_payload() -> None:
    payload = {
        "argv": ["curl", "-H", "x", "https://a:b@c"],
        "env": {"KEY": "k", "PATH": "/bin"},
        "kwargs": {"key": "name", "api_key": "k", "deep": [{"token": "t", "n": 1}]},
    }
    assert codec.plain(masks.payload(codec.raw(payload))) == {
        "argv": ["curl", "-H", "x", "https://a:***@c"],
        "env": {"KEY": "***", "PATH": "/bin"},
        "kwargs": {"key": "name", "api_key": "***", "deep": [{"token": "***", "n": 1}]},
    }  # fmt: skip


def test_a_payload_without_anything_suspect_is_the_same_text() -> None:
    raw = msgspec.Raw(b'{ "argv": ["true"] }')
    assert masks.payload(raw) is raw


def test_a_hostile_text_takes_no_time() -> None:
    started = time.process_time()
    masks.text("a." * 64_000 + "://" + "b:" * 30_000)
    masks.text("a://b:" * 20_000)
    assert time.process_time() - started < 5


def test_what_was_hidden_comes_back() -> None:
    before = a_spec(
        {
            "argv": ["curl", "http://a:b@c", "x"],
            "env": {"A_KEY": "k"},
            "kwargs": {"t": {"token": "s"}},
        },
        {"A_TOKEN": "t", "PATH": "/bin"},
    )
    # The person moved the address, added a word, changed the path, and left the rest as shown.
    shown = codec.plain(masks.payload(before.payload))
    shown["argv"] = ["wget", "-q", shown["argv"][1]]
    environment = (masks.environment(before.environment) or {}) | {"PATH": "/usr/bin", "NEW": "1"}
    after = masks.restored(a_spec(shown, environment), before)
    assert codec.plain(after.payload) == {
        "argv": ["wget", "-q", "http://a:b@c"],
        "env": {"A_KEY": "k"},
        "kwargs": {"t": {"token": "s"}},
    }
    assert after.environment == {"A_TOKEN": "t", "PATH": "/usr/bin", "NEW": "1"}
    masks.check(after)


def test_what_was_written_anew_stays() -> None:
    before = a_spec({"env": {"A_KEY": "k"}}, {"A_TOKEN": "t"})
    after = masks.restored(a_spec({"env": {"A_KEY": "new"}}, {"A_TOKEN": "other"}), before)
    assert codec.plain(after.payload) == {"env": {"A_KEY": "new"}}
    assert after.environment == {"A_TOKEN": "other"}
    assert masks.restored(a_spec({}), before).environment is None


@pytest.mark.parametrize(
    ("payload", "environment", "field"),
    [
        ({"env": {"A_KEY": "***"}}, None, "payload.env.A_KEY"),
        ({"argv": ["x", "http://a:***@c"]}, None, "payload.argv[1]"),
        ({"argv": ["--password=***"]}, None, "payload.argv[0]"),
        ({"kwargs": {"a": [{"token": "***"}]}}, None, "payload.kwargs.a[0].token"),
        ({"n": 1}, {"A_TOKEN": "***"}, "environment.A_TOKEN"),
    ],
)
def test_a_hidden_value_is_refused(
    payload: object, environment: dict[str, str] | None, field: str
) -> None:
    with pytest.raises(errors.InvalidField) as caught:
        masks.check(a_spec(payload, environment))
    assert caught.value.field == field


def test_three_stars_elsewhere_are_three_stars() -> None:
    masks.check(a_spec({"argv": ["echo", "***", "a=***"], "env": {"STARS": "***"}}, {"S": "***"}))


def test_a_text_that_was_hidden_is_no_answer() -> None:
    masks.check_text("https://ada:secret@example.org/a", "url")
    with pytest.raises(errors.InvalidField, match="was hidden") as caught:
        masks.check_text(masks.text("https://ada:secret@example.org/a"), "url")
    assert caught.value.field == "url"


names = st.sampled_from(["env", "token", "key", "argv", "kwargs", "n"])
texts = st.sampled_from(["", "x", "http://a:b@c", "--key=v", "***"])
payloads = st.dictionaries(
    names,
    texts | st.lists(texts, max_size=3) | st.dictionaries(names, texts, max_size=3) | st.integers(),
    max_size=4,
)


@given(payloads)
def test_showing_and_editing_without_a_change_changes_nothing(payload: dict[str, object]) -> None:
    before = a_spec(payload)
    shown = msgspec.structs.replace(before, payload=masks.payload(before.payload))
    assert codec.plain(masks.restored(shown, before).payload) == payload
