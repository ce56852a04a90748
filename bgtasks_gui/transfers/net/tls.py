"""Whom to trust, and how to show who we are: the settings of TLS connections."""

from __future__ import annotations

import functools
import ssl
from pathlib import Path

import truststore


class Unusable(Exception):
    """A file of certificates cannot be used; the message says which and why."""


@functools.lru_cache(maxsize=16)
def make_context(
    authorities: str = "", certificate: str = "", key: str = "", *, http2: bool = False
) -> ssl.SSLContext:
    """A context that trusts what the system does, or a file of authorities in its place.

    `http2` is part of the question because httpcore writes the protocols it offers into the
    context. Raises `Unusable`.
    """
    context: ssl.SSLContext
    if authorities:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        _load(context.load_verify_locations, authorities, "authorities")
    else:
        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if certificate:
        try:
            context.load_cert_chain(certificate, key or None)
        except (OSError, ssl.SSLError) as error:
            raise Unusable(_say(error, key or certificate, certificate)) from error
    return context


def _load(load: object, path: str, what: str) -> None:
    assert callable(load)
    try:
        load(path)
    except (OSError, ssl.SSLError) as error:
        if isinstance(error, ssl.SSLError):
            raise Unusable(f"{path} holds no certificates of {what} in PEM format") from error
        raise Unusable(f"{path} cannot be read: {error.strerror}") from error


def _say(error: OSError | ssl.SSLError, key: str, certificate: str) -> str:
    if isinstance(error, ssl.SSLError):
        if error.reason == "KEY_VALUES_MISMATCH":
            return f"the key in {key} does not belong to the certificate in {certificate}"
        return f"{certificate} holds no certificate with its key in PEM format"
    for path in (certificate, key):
        if not Path(path).is_file():
            return f"there is no file {path}"
    return f"{certificate} cannot be read: {error.strerror}"
