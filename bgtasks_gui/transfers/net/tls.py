"""Whom to trust, and how to show who we are: the settings of TLS connections."""

from __future__ import annotations

import functools
import os
import ssl
import sys
from typing import Final

import truststore

_MISMATCH: Final = "KEY_VALUES_MISMATCH"


class Unusable(Exception):
    """A file of certificates cannot be used; the message says which and why."""


def make_context(
    authorities: str = "", certificate: str = "", key: str = "", *, http2: bool = False
) -> ssl.SSLContext:
    """A context that trusts what the system does, or a file of authorities in its place.

    Contexts are kept, since reading all authorities takes 20 ms; a file that has changed is read
    again. `http2` is part of the question because httpcore writes the protocols it offers into the
    context. Raises `Unusable`.
    """
    files = tuple((path, _state(path)) for path in (authorities, certificate, key))
    return _make_context(files, http2)


@functools.lru_cache(maxsize=16)
def _make_context(files: tuple[tuple[str, tuple[int, int]], ...], http2: bool) -> ssl.SSLContext:
    del http2
    (authorities, _), (certificate, _), (key, _) = files
    context = _trusting(authorities) if authorities else _trusting_system()
    if certificate:
        _identify(context, certificate, key)
    return context


def _trusting_system() -> ssl.SSLContext:
    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if sys.platform in ("darwin", "win32"):
        return context
    # There it asks the system about each certificate. Here it reads the authorities (those of
    # SSL_CERT_FILE, or where the distribution keeps them) for each connection anew; what it makes
    # of itself for the first has them already.
    first = context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost")
    return first.context


def _trusting(authorities: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(authorities)
    except ssl.SSLError as error:
        raise Unusable(f"{authorities} holds no certificates in PEM format") from error
    except OSError as error:
        raise Unusable(f"{authorities} cannot be read: {error.strerror}") from error
    return context


def _identify(context: ssl.SSLContext, certificate: str, key: str) -> None:
    try:
        # An encrypted key must not make OpenSSL ask for its password where nobody is.
        context.load_cert_chain(certificate, key or None, password=lambda: b"")
    except ssl.SSLError as error:
        raise Unusable(_say(error, certificate, key)) from error
    except OSError as error:
        raise Unusable(f"{key or certificate} cannot be read: {error.strerror}") from error


def _say(error: ssl.SSLError, certificate: str, key: str) -> str:
    keys = key or certificate
    if error.reason == _MISMATCH:
        return f"the key in {keys} does not belong to the certificate in {certificate}"
    if _has_block(keys, b"ENCRYPTED"):
        return f"the key in {keys} is locked by a password, which is not supported"
    if not _has_block(certificate, b"CERTIFICATE"):
        return f"{certificate} holds no certificate in PEM format"
    return f"{keys} holds no key in PEM format"


def _has_block(path: str, word: bytes) -> bool:
    """Whether a PEM file has a block of that name."""
    with open(path, "rb") as file:
        return any(word in line for line in file if line.startswith((b"-----BEGIN", b"Proc-Type")))


def _state(path: str) -> tuple[int, int]:
    """By which a changed file is noticed. Raises `Unusable`."""
    if not path:
        return (0, 0)
    try:
        found = os.stat(path)
    except FileNotFoundError as error:
        raise Unusable(f"there is no file {path}") from error
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}") from error
    return found.st_mtime_ns, found.st_size
