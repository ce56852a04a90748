"""Windows of others that are measured beside ours, each with its first questions answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Peer:
    """A program of Debian's that shows long work in a list, and has an icon in the tray."""

    name: str
    argv: tuple[str, ...]
    #: Writes what it would ask for at its first start into this folder for settings.
    prepare: Callable[[Path], None]


def _prepare_transmission(config: Path) -> None:
    known = {
        "user-has-given-informed-consent": True,
        "port-forwarding-enabled": False,
        "main-window-width": 1000,
        "main-window-height": 640,
    }
    _write(config / "transmission" / "settings.json", json.dumps(known))


def _prepare_qbittorrent(config: Path) -> None:
    _write(config / "qBittorrent" / "qBittorrent.conf", "[LegalNotice]\nAccepted=true\n")


def _prepare_nothing(config: Path) -> None:
    """It asks nothing while its service is not looked for."""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)


PEERS = (
    Peer("transmission-qt", ("transmission-qt",), _prepare_transmission),
    Peer("qbittorrent", ("qbittorrent",), _prepare_qbittorrent),
    Peer("boinc-manager", ("boincmgr", "--no-daemon"), _prepare_nothing),
)
