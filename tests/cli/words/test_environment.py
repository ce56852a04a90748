from __future__ import annotations

import pytest

from bgtasks_gui.cli.words import environment
from bgtasks_gui.core import errors


@pytest.mark.parametrize(
    "name",
    [
        *("GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "MYSQL_PWD", "PASSWD", "api_key"),
        *("OPENAI_APIKEY", "SSH_PRIVATE_KEY", "SESSION_COOKIE", "NPM_AUTH", "HTTP_AUTHORIZATION"),
        *("GOOGLE_APPLICATION_CREDENTIALS", "GPG_PASSPHRASE", "SMTP_PASS", "ENCRYPTION_KEY"),
    ],
)
def test_names_that_look_secret(name: str) -> None:
    assert environment.looks_secret(name, "x")


@pytest.mark.parametrize(
    "name",
    [
        *("PATH", "HOME", "SSH_AUTH_SOCK", "XAUTHORITY", "AUTHOR", "KEYBOARD", "MONKEY", "PWD"),
        *("COMPASS", "GIT_AUTHOR_NAME", "XDG_RUNTIME_DIR"),
    ],
)
def test_names_that_do_not(name: str) -> None:
    assert not environment.looks_secret(name, "/some/value")


def test_addresses_with_a_password_are_secret() -> None:
    assert environment.looks_secret("HTTP_PROXY", "http://ada:sesame@proxy:3128")
    assert environment.looks_secret("REDIS_URL", "redis://:sesame@localhost/0")
    assert not environment.looks_secret("HTTP_PROXY", "http://ada@proxy:3128")
    assert not environment.looks_secret("HOMEPAGE", "https://example.org:80/@ada")


def test_capture_leaves_out_secrets_and_what_belongs_to_the_shell() -> None:
    kept, secret = environment.capture(
        {
            "PATH": "/bin", "LANG": "de_DE.UTF-8", "Z_TOKEN": "1", "A_SECRET": "2",
            "PWD": "/here", "OLDPWD": "/there", "SHLVL": "2", "_": "/bin/bgtasks",
            "BROKEN": "\udcff",
        }
    )  # fmt: skip
    assert kept == {"PATH": "/bin", "LANG": "de_DE.UTF-8"}
    assert secret == ("A_SECRET", "Z_TOKEN")


def test_pairs() -> None:
    found = environment.parse_pairs(["A=1", "B=x=y", "C=", "A=2"], field="env")
    assert found == {"A": "2", "B": "x=y", "C": ""}


@pytest.mark.parametrize("pair", ["A", "=1", ""])
def test_pairs_that_are_none(pair: str) -> None:
    with pytest.raises(errors.InvalidField, match="NAME=VALUE") as caught:
        environment.parse_pairs([pair], field="env")
    assert caught.value.field == "env"
