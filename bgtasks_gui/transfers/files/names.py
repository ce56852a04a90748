"""What a file is called: as the server says, else as its address says, made safe."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
import unicodedata
import urllib.parse
from collections.abc import Iterator
from typing import Final

#: Where nobody names the file.
UNNAMED: Final = "download"
#: Bytes of UTF-8; leaves room for " (12)" and ".part" within the 255 that file systems take.
LONGEST: Final = 200
#: Characters that Windows, and file systems made for it, do not take; the separators apart.
_FORBIDDEN: Final = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
#: Control characters, what changes the direction of what follows, and halves of characters.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"}
)
#: A longer ending is none that means anything.
_ENDING: Final = re.compile(r"(?<=[^.\s])((?:\.tar)?\.[^\s.]{1,20})\Z", re.IGNORECASE)
_LONGEST_ENDING: Final = 24
_ENCODED_WORD: Final = re.compile(r"=\?([\w-]+)\?([bq])\?([^?]*)\?=", re.IGNORECASE)
#: The encodings that RFC 8187 and what came before it know.
_ENCODINGS: Final = frozenset({"utf-8", "utf8", "iso-8859-1", "latin1", "us-ascii"})


def choose(disposition: str | None, url: str) -> str:
    """The name for a file from this address, with this Content-Disposition."""
    said = said_by_server(disposition) if disposition else None
    return made_safe(said or said_by_address(url) or UNNAMED)


def said_by_server(disposition: str) -> str | None:
    """The file name in a Content-Disposition, as it stands there (RFC 6266, RFC 8187)."""
    found: dict[str, str] = {}
    for name, value in _parameters(disposition):
        found.setdefault(name, value)
    extended = _extended(found.get("filename*", ""))
    return extended or _repaired(found.get("filename", "")) or None


def said_by_address(url: str) -> str:
    """The last part of an address' path, decoded."""
    try:
        path = urllib.parse.urlsplit(url).path
    except ValueError:
        return ""
    return urllib.parse.unquote(path.rpartition("/")[2])


def made_safe(name: str) -> str:
    """A name that no system takes for something else than a plain file in the folder."""
    visible = "".join(char for char in name if unicodedata.category(char) not in _INVISIBLE)
    plain = unicodedata.normalize("NFC", _without_folders(visible)).translate(_FORBIDDEN)
    clean = _trimmed(plain)
    if clean.partition(".")[0].rstrip().lower() in _RESERVED:
        clean = f"_{clean}"
    return _trimmed(shortened(clean, LONGEST)) or UNNAMED


def shortened(name: str, longest: int) -> str:
    """At most so many bytes of UTF-8, cut before its ending."""
    if len(name.encode()) <= longest:
        return name
    stem, ending = split(name)
    return _cut(stem, longest - len(ending.encode())).rstrip(". ") + ending


def split(name: str) -> tuple[str, str]:
    """Its stem and its ending: ("backup", ".tar.gz"), ("notes", "")."""
    match = _ENDING.search(name)
    if match is None or len(match[1].encode()) > _LONGEST_ENDING:
        return name, ""
    return name[: match.start()], match[1]


def _cut(text: str, size: int) -> str:
    return text.encode()[: max(0, size)].decode(errors="ignore")


def _without_folders(name: str) -> str:
    parts = [part for part in re.split(r"[/\\]", name) if part.strip(". ")]
    return parts[-1] if parts else ""


def _trimmed(name: str) -> str:
    return name.strip().lstrip(". ").rstrip(". ").strip()


# Content-Disposition


def _parameters(disposition: str) -> Iterator[tuple[str, str]]:
    """Names in lower case and values, without their quotes; forgiving."""
    at = 0
    while at < len(disposition):
        name, at = _up_to(disposition, at, "=;")
        if disposition[at : at + 1] == "=":
            value, at = _value(disposition, at + 1)
            yield name.strip().lower(), value
        at += 1


def _up_to(text: str, at: int, stops: str) -> tuple[str, int]:
    behind = at
    while behind < len(text) and text[behind] not in stops:
        behind += 1
    return text[at:behind], behind


def _value(text: str, at: int) -> tuple[str, int]:
    """A value, and where the semicolon behind it is."""
    while text[at : at + 1] in (" ", "\t"):
        at += 1
    if text[at : at + 1] != '"':
        value, behind = _up_to(text, at, ";")
        return value.strip(), behind
    found, at = [], at + 1
    while at < len(text) and text[at] != '"':
        # Windows paths are sent with backslashes that escape nothing.
        at += text[at] == "\\" and text[at + 1 : at + 2] in ('"', "\\")
        found.append(text[at])
        at += 1
    return "".join(found), _up_to(text, at, ";")[1]


def _extended(value: str) -> str | None:
    """ "UTF-8'en'na%C3%AFve" decoded; None where it is not of that form."""
    charset, quote, rest = value.partition("'")
    _, another, text = rest.partition("'")
    if not (quote and another) or charset.strip().lower() not in _ENCODINGS:
        return None
    try:
        return urllib.parse.unquote_to_bytes(text).decode(charset.strip())
    except UnicodeError:
        return None


def _repaired(value: str) -> str:
    """What servers send against the standard, as they mean it."""
    with_words = _ENCODED_WORD.sub(_word, value)
    if with_words != value:
        return with_words
    if re.search("%[0-9a-fA-F]{2}", value) and " " not in value:
        return _decoded(urllib.parse.unquote_to_bytes(value)) or value
    try:
        # UTF-8 that was read as if each byte were a character.
        return _decoded(value.encode("latin-1")) or value
    except UnicodeEncodeError:
        return value


def _word(match: re.Match[str]) -> str:
    """One encoded word of a mail (RFC 2047)."""
    charset, how, text = match.groups()
    try:
        if how.lower() == "b":
            octets = base64.b64decode(text)
        else:
            octets = quopri.decodestring(text.replace("_", " "))
        return octets.decode(charset)
    except (LookupError, UnicodeError, binascii.Error):
        return match[0]


def _decoded(octets: bytes) -> str | None:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return None
