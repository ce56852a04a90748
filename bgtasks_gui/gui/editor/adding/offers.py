"""What is dropped or pasted, as what it offers to move: addresses to fetch, files to send."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData

from bgtasks_gui.gui.editor.adding import addresses

#: Files that lead to an address, and bytes of them that are read.
SHORTCUTS: Final = frozenset({".url"})
_MOST_READ: Final = 65_536
#: Schemes of addresses that can be fetched.
_WEB: Final = ("http", "https")


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Addresses to download from, files to upload."""

    addresses: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.addresses or self.files)


def of_mime(given: QMimeData) -> Offer:
    """What there is in a clipboard or under a mouse."""
    urls = given.urls() if given.hasUrls() else []
    web = [bytes(one.toEncoded().data()).decode() for one in urls if one.scheme() in _WEB]
    files = tuple(Path(one.toLocalFile()) for one in urls if one.isLocalFile())
    if web or files:
        return Offer(addresses=tuple(dict.fromkeys(web))[: addresses.MOST], files=files)
    return Offer(addresses=addresses.find(given.text()) if given.hasText() else ())


def resolve(offer: Offer) -> Offer:
    """The same with the addresses that its shortcut files lead to. Reads them: not for Qt's thread.

    Folders are left out: what is sent is one file.
    """
    shortcuts = [one for one in offer.files if one.suffix.lower() in SHORTCUTS]
    read = [address for one in shortcuts for address in _read(one)]
    others = tuple(one for one in offer.files if one not in shortcuts and one.is_file())
    every = tuple(dict.fromkeys((*offer.addresses, *read)))
    return Offer(addresses=every, files=others)


def _read(file: Path) -> tuple[str, ...]:
    try:
        with file.open("rb") as opened:
            return addresses.of_shortcut(opened.read(_MOST_READ).decode("utf-8", "replace"))
    except OSError:
        return ()
