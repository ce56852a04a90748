"""What a download or upload is, from the options of a person."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from bgtasks_gui.client.phrases import text
from bgtasks_gui.core import errors, ids
from bgtasks_gui.transfers.net import environment

#: Fields of payloads that hold a path.
_PATHS: Final = ("to", "body", "certificate", "certificate_key", "authorities", "file")
#: Fields that every transfer has, and those of one kind; options carry the same names.
COMMON: Final = (
    "url", "method", "headers", "rate", "priority", "request_timeout", "resource_timeout",
    "connect_timeout", "floor", "floor_window", "attempts", "proxy", "certificate",
    "certificate_key", "authorities", "user", "http2", "repeat",
)  # fmt: skip
DOWNLOAD: Final = (*COMMON, "to", "checksum", "segments", "body")
UPLOAD: Final = (*COMMON, "file", "protocol")
#: Letters of a name that stays readable in a table.
_LONGEST_NAME: Final = 80


def payload(given: Mapping[str, object], names: Iterable[str]) -> dict[str, object]:
    """The fields that were given, and the proxy of this shell; the agent knows the rest.

    Raises `errors.InvalidField` where a path means nothing.
    """
    found = {name: given[name] for name in names if _is_given(name, given.get(name))}
    for name in _PATHS:
        path = found.get(name)
        if isinstance(path, str):
            found[name] = absolute(path, f"payload.{name}")
    if "proxy" not in found and (proxy := _proxy_of_shell(str(found.get("url", "")))):
        found["proxy"] = proxy
    return found


def _proxy_of_shell(url: str) -> str:
    """The one that this shell has for it: the agent may have been started without (wishes W29)."""
    try:
        parts = urlsplit(url)
        found = environment.find_proxy(os.environ, parts.scheme, parts.hostname or "", parts.port)
        # What is no text in UTF-8 has no place in JSON.
        found.encode()
    except ValueError:
        # The agent says what is wrong with the address.
        return ""
    return found if parts.hostname else ""


def _is_given(name: str, value: object) -> bool:
    # An empty address is worth a sentence about it, not one about a missing field.
    return name in ("url", "file") or not (value is None or value is False or value in ("", {}))


def absolute(path: str, field: str) -> str:
    """The path as seen from here; a slash at its end stays, since it says "folder"."""
    try:
        whole = os.path.abspath(os.path.expanduser(path))
    except FileNotFoundError as error:
        message = "The folder you are in does not exist any more; give a whole path."
        raise errors.InvalidField(message, field=field) from error
    return whole if not path.endswith("/") or whole.endswith("/") else f"{whole}/"


def parse_header(line: str) -> tuple[str, str]:
    """Name and value of a header: "Accept: text/html".

    Raises `errors.InvalidField`.
    """
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        message = f"{line!r} is no header; write it as 'Accept: text/html'."
        raise errors.InvalidField(message, field="headers")
    return name.strip(), value.strip()


def join_headers(given: Iterable[tuple[str, str]]) -> dict[str, str]:
    """One value a header: those of the same one are joined (concepts R27)."""
    named: dict[str, str] = {}
    found: dict[str, str] = {}
    for name, value in given:
        first = named.setdefault(name.lower(), name)
        # Cookies are the one list that has another sign between its parts (RFC 6265 4.2.1).
        between = "; " if name.lower() == "cookie" else ", "
        found[first] = f"{found[first]}{between}{value}" if first in found else value
    return found


def name_of(url: str, to: str) -> str:
    """What a task is called that fetches this: after its file, else after its server."""
    named = "" if to.endswith("/") or os.path.isdir(to) else os.path.basename(to)
    try:
        parts = urlsplit(url)
        host, last = parts.hostname or "", unquote(parts.path.rpartition("/")[2])
    except ValueError:
        # The agent says what is wrong with it.
        host, last = "", ""
    found = re.sub(r"\s+", " ", text.one_line(named or last or host)).strip()[:_LONGEST_NAME]
    if ids.is_id(found):
        # One word must not mean a name and an identifier.
        found = f"file {found}"
    return found.strip() or "download"
