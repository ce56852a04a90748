"""What a tray shows, asked for as the tray itself asks: StatusNotifierItem and dbusmenu."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from dbus_fast import Variant

from tests.desktop.support.bus import Bus, CallRefused
from tests.desktop.support.programs import NotReady

WATCHER, WATCHER_PATH = "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher"
_ITEM, _MENU = "org.kde.StatusNotifierItem", "com.canonical.dbusmenu"
_GONE = tuple(
    f"org.freedesktop.DBus.Error.{name}" for name in ("ServiceUnknown", "NoReply", "UnknownObject")
)


@dataclass(frozen=True)
class MenuEntry:
    """One line of a menu, submenus included; a separator has no label."""

    id: int
    label: str
    is_enabled: bool
    is_visible: bool
    is_separator: bool
    #: None where nothing can be ticked.
    is_checked: bool | None


@dataclass(frozen=True)
class TrayItem:
    """An icon in the tray. What it looks like is what it was when the tray was asked."""

    id: str
    title: str
    #: Active, Passive or NeedsAttention.
    status: str
    tooltip: str
    icon_name: str
    #: Width, height and ARGB bytes of each size that the program gives.
    pixmaps: tuple[tuple[int, int, bytes], ...]
    pid: int
    _bus: Bus
    _service: str
    _path: str
    _menu: str

    def activate(self) -> None:
        """What a left click does."""
        self._bus.call(self._service, self._path, _ITEM, "Activate", "ii", 0, 0)

    def activate_secondary(self) -> None:
        """What a middle click does."""
        self._bus.call(self._service, self._path, _ITEM, "SecondaryActivate", "ii", 0, 0)

    def menu(self) -> list[MenuEntry]:
        """What a right click shows, from top to bottom."""
        self._ask("AboutToShow", "i", 0)
        _, (_, _, children) = self._ask("GetLayout", "iias", 0, -1, [])
        return _entries(children)

    def choose(self, label: str) -> None:
        """Click on the line with this label."""
        shown = [each for each in self.menu() if each.is_visible and not each.is_separator]
        found = [each for each in shown if each.label == label]
        if not found:
            raise NotReady(f"no {label!r} in the menu, but {[each.label for each in shown]}")
        if not found[0].is_enabled:
            raise NotReady(f"{label!r} cannot be chosen now")
        moment = int(time.time()) & 0xFFFFFFFF
        self._ask("Event", "isvu", found[0].id, "clicked", Variant("i", 0), moment)

    def _ask(self, member: str, signature: str, *body: object) -> list[Any]:
        return self._bus.call(self._service, self._menu, _MENU, member, signature, *body)


def has_host(bus: Bus) -> bool:
    """If there is a tray that shows StatusNotifierItems."""
    if not bus.has_owner(WATCHER):
        return False
    return bool(bus.properties(WATCHER, WATCHER_PATH, WATCHER)["IsStatusNotifierHostRegistered"])


def items(bus: Bus) -> list[TrayItem]:
    """What the tray shows now; nothing without a tray."""
    if not bus.has_owner(WATCHER):
        return []
    listed = bus.properties(WATCHER, WATCHER_PATH, WATCHER)["RegisteredStatusNotifierItems"]
    found = (_item(bus, each) for each in listed)
    return [each for each in found if each is not None]


def _item(bus: Bus, address: str) -> TrayItem | None:
    service, slash, path = address.partition("/")
    path = slash + path or "/StatusNotifierItem"
    try:
        said, pid = bus.properties(service, path, _ITEM), bus.pid_of(service)
    except CallRefused as refused:
        if refused.args[0] in _GONE:
            return None
        raise
    tooltip = said.get("ToolTip", ("", [], "", ""))
    return TrayItem(
        id=said["Id"],
        title=said.get("Title", ""),
        status=said.get("Status", ""),
        tooltip="\n".join(text for text in tooltip[2:] if text),
        icon_name=said.get("IconName", ""),
        pixmaps=tuple((width, height, bytes(dots)) for width, height, dots in said["IconPixmap"]),
        pid=pid,
        _bus=bus,
        _service=service,
        _path=path,
        _menu=said.get("Menu", "/MenuBar"),
    )


def _entries(children: list[Any]) -> list[MenuEntry]:
    found = []
    for number, said, below in children:
        toggle = said.get("toggle-state", -1) if said.get("toggle-type") else -1
        entry = MenuEntry(
            id=number,
            label=_without_mnemonic(said.get("label", "")),
            is_enabled=said.get("enabled", True),
            is_visible=said.get("visible", True),
            is_separator=said.get("type", "") == "separator",
            is_checked=None if toggle < 0 else bool(toggle),
        )
        found += [entry, *_entries(below)]
    return found


def _without_mnemonic(label: str) -> str:
    # One underscore marks the key, two are one.
    return label.replace("__", "\0").replace("_", "").replace("\0", "_")
