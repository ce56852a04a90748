"""Addresses found in any text, and the names that their tasks get."""

from __future__ import annotations

import itertools
import re
from typing import Final
from urllib.parse import unquote, urlsplit

from bgtasks_gui.client.phrases import text as texts

#: Addresses that are taken from one text, and characters of it that are looked at.
MOST: Final = 500
LONGEST_TEXT: Final = 2_000_000
LONGEST_NAME: Final = 120
#: What ends an address: spaces, quotes, and what no address holds as it is.
_ADDRESS: Final = re.compile(
    r"""https?://[^\s<>"\u201c\u201d\u201e\u2018`{}|\\^]{1,8000}""", re.IGNORECASE
)
#: What a sentence adds behind an address.
_BEHIND: Final = ".,;:!?'\u2019*"
_PAIRS: Final = {")": "(", "]": "["}
#: The line of a shortcut file (`.url`, `.desktop`) with the address.
_SHORTCUT: Final = re.compile(r"^URL\s*=\s*(\S+)\s*$", re.IGNORECASE | re.MULTILINE)


def find(text: str) -> tuple[str, ...]:
    """The web addresses that a text holds, each once, in their order."""
    found = (_trimmed(one.group()) for one in _ADDRESS.finditer(text[:LONGEST_TEXT]))
    once = dict.fromkeys(one for one in found if _has_host(one))
    return tuple(itertools.islice(once, MOST))


def of_shortcut(text: str) -> tuple[str, ...]:
    """The address of a file that leads to one."""
    return find("\n".join(_SHORTCUT.findall(text[:LONGEST_TEXT])))


def lines(text: str) -> tuple[str, ...]:
    """What was typed, an address a line, as it is: the agent says what is wrong with it."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def name_of(url: str) -> str:
    """What a task that moves this is called: as its file."""
    try:
        parts = urlsplit(url)
        path, host = unquote(parts.path), parts.hostname or ""
    except ValueError:
        path, host = "", ""
    last = texts.one_line(path.rstrip("/").rpartition("/")[2])
    return (last or host or "Download")[:LONGEST_NAME]


def _trimmed(address: str) -> str:
    """The address without what the sentence or the bracket around it adds."""
    while address:
        last = address[-1]
        opening = _PAIRS.get(last)
        is_foreign = opening is not None and address.count(last) > address.count(opening)
        if last not in _BEHIND and not is_foreign:
            break
        address = address[:-1]
    return address


def _has_host(address: str) -> bool:
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False
