"""What the log of a download says of requests and answers."""

from __future__ import annotations

from bgtasks_gui.core import durations
from bgtasks_gui.transfers.downloads import ranges
from bgtasks_gui.transfers.web import secrets


def request(method: str, url: str, asked: ranges.Ask | None) -> str:
    """ "GET https://host/path (from 12.3 MiB)"."""
    first = 0 if asked is None else asked.first
    suffix = f" (from {durations.say_size(first)})" if first else ""
    return f"{method} {secrets.without(url)}{suffix}"


def answer(phrase: str, heard: ranges.Heard) -> str:
    """ "206 Partial Content, 34 MiB of 100 MiB, ETag "abc"" """
    parts = [f"{heard.status} {phrase}".rstrip()]
    whole = None if heard.length is None else durations.say_size(heard.length)
    if heard.span is not None:
        part = durations.say_size(heard.span[1] - heard.span[0])
        parts.append(part if whole is None else f"{part} of {whole}")
    elif whole is not None:
        parts.append(whole)
    if heard.etag is not None:
        parts.append(f"ETag {heard.etag}")
    elif heard.modified is not None:
        parts.append(f"of {heard.modified}")
    return ", ".join(parts)
