"""A keyring in memory in place of the system's, for one block."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import keyring
import keyring.backend
import keyring.errors


class Ring(keyring.backend.KeyringBackend):
    """Knows what it is given; locked, it says so."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, known: dict[tuple[str, str], str], *, is_locked: bool = False) -> None:
        super().__init__()
        self._known = known
        self._is_locked = is_locked

    def get_password(self, service: str, username: str) -> str | None:
        if self._is_locked:
            raise keyring.errors.KeyringLocked("nobody\nunlocked it")
        return self._known.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._known[service, username] = password


@contextlib.contextmanager
def ring(known: dict[tuple[str, str], str], *, is_locked: bool = False) -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(Ring(known, is_locked=is_locked))
    try:
        yield
    finally:
        keyring.set_keyring(before)
