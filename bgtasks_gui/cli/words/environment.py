"""Which variables of a shell are stored with a task (wishes W29), and which never are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from bgtasks_gui.core import errors

#: Words of a name whose value is nobody else's business.
_SECRET: Final = re.compile(
    r"TOKEN|SECRET|PASSW(OR)?D|PASSPHRASE|CREDENTIAL|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|COOKIE"
    r"|(^|_)(AUTH|PASS|PWD|KEY)(_|$)|AUTHORIZATION",
    re.IGNORECASE,
)
#: Names that only sound like it: the shell's folder, and sockets and files that programs need.
_HARMLESS: Final = frozenset({"PWD", "OLDPWD", "SSH_AUTH_SOCK", "XAUTHORITY"})
#: An address that carries a password, as in http://user:password@proxy.
_PASSWORD_IN_ADDRESS: Final = re.compile(r"://[^/\s:@]*:[^/\s@]+@")
#: What belongs to this one shell or terminal.
_PASSING: Final = frozenset(
    {"_", "SHLVL", "PWD", "OLDPWD", "COLUMNS", "LINES", "BGTASKS_DEBUG", "_BGTASKS_COMPLETE"}
)


def capture(environ: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The variables to store, and the names of those left out because they look secret."""
    secret = sorted(name for name, value in environ.items() if looks_secret(name, value))
    left_out = {*secret, *_PASSING}
    kept = {
        name: text for name, text in environ.items()
        # What is no text in UTF-8 has no place in JSON.
        if name not in left_out and _is_utf8(name + text)
    }  # fmt: skip
    return kept, tuple(secret)


def looks_secret(name: str, value: str) -> bool:
    """Whether a variable is likely to hold a password, a key or a token."""
    if name in _HARMLESS:
        return False
    return bool(_SECRET.search(name) or _PASSWORD_IN_ADDRESS.search(value))


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def parse_pairs(pairs: Iterable[str], *, field: str) -> dict[str, str]:
    """Each "NAME=VALUE"; the last of one name holds.

    Raises `errors.InvalidField` where one is not written so.
    """
    values = dict[str, str]()
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise errors.InvalidField(f"{pair!r} is not written as NAME=VALUE.", field=field)
        values[name] = value
    return values
