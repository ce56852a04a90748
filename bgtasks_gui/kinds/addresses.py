"""What of the fields of downloads and uploads is refused, and what becomes of the rest."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from bgtasks_gui.core import durations, errors, kind_ports, transfers
from bgtasks_gui.kinds.fields import TransferPayload

#: Bytes a second below which a limit is taken for a mistake.
LEAST_RATE: Final = durations.LEAST_RATE
LONGEST_URL: Final = 32_768
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL: Final = re.compile(r"[\x00-\x20\x7f]")
#: Headers that follow from what is asked for, and what says it.
_OURS: Final = {
    "host": "the address",
    "content-length": "the file",
    "transfer-encoding": "the file",
    "range": "what is there already",
    "if-range": "what is there already",
    "accept-encoding": "the program, which takes the file as it is",
    "connection": "the program",
}
_DIGITS: Final = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}


def check_url(url: str, field: str = "url") -> None:
    """Raises `errors.InvalidField` where it is no address of a web server."""
    if not url.strip():
        raise errors.InvalidField(
            "The address is empty; give one that begins with https:// or http://.", field=field
        )
    if len(url) > LONGEST_URL:
        message = f"The address is longer than {LONGEST_URL:,} characters."
        raise errors.TooLarge(message, field=field)
    if _CONTROL.search(url):
        message = "The address holds a space or a control character; write a space as %20."
        raise errors.InvalidField(message, field=field)
    parts, port = _split(url, field)
    if parts.scheme.lower() not in ("http", "https"):
        given = f"{parts.scheme}: is not taken" if parts.scheme else f"{url!r} has no scheme"
        raise errors.InvalidField(
            f"{given}; an address begins with https:// or http://.", field=field
        )
    if not parts.hostname:
        raise errors.InvalidField(f"{url!r} names no host.", field=field)
    if port == 0:
        raise errors.InvalidField("The port 0 is no port; one is from 1 to 65535.", field=field)


def _split(url: str, field: str) -> tuple[Any, int | None]:
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError as error:
        message = f"{url!r} is no address: {str(error)[:1].lower()}{str(error)[1:]}."
        raise errors.InvalidField(message, field=field) from error


def check_checksum(text: str, field: str = "checksum") -> str:
    """The checksum in lower case. Raises `errors.InvalidField`."""
    algorithm, colon, digest = text.strip().partition(":")
    algorithm, digest = algorithm.strip().lower(), digest.strip().lower()
    if not colon or algorithm not in _DIGITS:
        known = ", ".join(_DIGITS)
        raise errors.InvalidField(
            f"{text!r} is no checksum; write it like sha256:9f86d0…, with one of {known}.",
            field=field,
        )
    if not re.fullmatch(r"[0-9a-f]*", digest):
        raise errors.InvalidField(
            f"The digest of {algorithm} holds something else than the digits 0-9 and a-f.",
            field=field,
        )
    if len(digest) != _DIGITS[algorithm]:
        raise errors.InvalidField(
            f"The digest of {algorithm} has {_DIGITS[algorithm]} digits, this one has "
            f"{len(digest)}.",
            field=field,
        )
    return f"{algorithm}:{digest}"


def check_method(method: str) -> str:
    """The method in upper case. Raises `errors.InvalidField`."""
    if not _TOKEN.fullmatch(method):
        raise errors.InvalidField(
            f"{method!r} is no method; it is a word like GET, POST or PUT.", field="method"
        )
    if method.upper() in ("CONNECT", "HEAD", "TRACE"):
        raise errors.InvalidField(f"{method.upper()} brings no file.", field="method")
    return method.upper()


async def check_common(payload: TransferPayload, checker: kind_ports.Checker) -> dict[str, object]:
    """What is changed of the fields that all transfers have. Raises `errors.InvalidField`."""
    _check_headers(payload.headers)
    _check_figures(payload)
    if payload.proxy not in ("", "direct"):
        check_proxy(payload.proxy)
    if payload.certificate_key and not payload.certificate:
        raise errors.InvalidField(
            "There is a key and no certificate; give the certificate too.", field="certificate"
        )
    # Spaces around a value are no part of it, and not sent (RFC 9110 5.5).
    headers = {name: value.strip(" \t") for name, value in payload.headers.items()}
    changed: dict[str, object] = {"headers": headers}
    for field in ("certificate", "certificate_key", "authorities"):
        path = getattr(payload, field)
        if path:
            changed[field] = await checker.find_file(path, field)
    return changed


def check_proxy(address: str) -> None:
    parts, _ = _split(address if "://" in address else f"http://{address}", "proxy")
    if parts.scheme not in ("http", "https", "socks5", "socks5h") or not parts.hostname:
        raise errors.InvalidField(
            f"{address!r} is no proxy; write it like http://proxy.example:3128, or direct.",
            field="proxy",
        )


def _check_headers(headers: dict[str, str]) -> None:
    for name, value in headers.items():
        field = f"headers.{name}"
        if not _TOKEN.fullmatch(name):
            message = f"{name!r} is no name of a header; it is made of letters, digits and -."
            raise errors.InvalidField(message, field=field)
        if name.lower() in _OURS:
            message = f"{name} cannot be given: {_OURS[name.lower()]} says it."
            raise errors.InvalidField(message, field=field)
        if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value) or not value.isascii():
            message = f"The value of {name} holds a line break or a character beyond ASCII."
            raise errors.InvalidField(message, field=field)


def _check_figures(payload: TransferPayload) -> None:
    for field in ("rate", "floor"):
        value = getattr(payload, field)
        if value is not None and value < (LEAST_RATE if field == "rate" else 1):
            least = durations.say_size(LEAST_RATE) if field == "rate" else "1 byte"
            message = f"{value} bytes a second is too little; it is at least {least}."
            raise errors.InvalidField(message, field=field)
    for field in ("request_timeout", "resource_timeout", "connect_timeout", "floor_window"):
        if getattr(payload, field) <= timedelta(0):
            raise errors.InvalidField("It has to be longer than nothing.", field=field)
    if not 1 <= payload.attempts <= 1000:
        message = f"{payload.attempts} is not possible; it is from 1 to 1,000."
        raise errors.InvalidField(message, field="attempts")


def spec_fields(payload: TransferPayload, method: str) -> dict[str, Any]:
    """The fields that both specifications have."""
    return {
        "method": method,
        "headers": payload.headers,
        "rate": payload.rate,
        "connect_timeout_s": payload.connect_timeout.total_seconds(),
        "request_timeout_s": payload.request_timeout.total_seconds(),
        "resource_timeout_s": payload.resource_timeout.total_seconds(),
        "floor": payload.floor,
        "floor_window_s": payload.floor_window.total_seconds(),
        "proxy": payload.proxy,
        "certificate": payload.certificate,
        "certificate_key": payload.certificate_key,
        "authorities": payload.authorities,
        "user": payload.user,
        "http2": payload.http2,
        "is_repeatable": payload.repeat or method in transfers.IDEMPOTENT,
    }


def host(url: str) -> str:
    """The server of an address, for a sentence."""
    try:
        return urlsplit(url).hostname or "a server"
    except ValueError:
        return "a server"
