"""The session bus as far as the tray goes: who keeps its icons, and whether anybody shows them."""

from __future__ import annotations

from typing import Final, cast

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtDBus import (
    QDBusConnection,
    QDBusMessage,
    QDBusPendingCallWatcher,
    QDBusServiceWatcher,
    QDBusVariant,
)

WATCHER: Final = "org.kde.StatusNotifierWatcher"
_PATH: Final = "/StatusNotifierWatcher"
_PROPERTIES: Final = "org.freedesktop.DBus.Properties"
#: Signals of the watcher after which somebody else shows icons, or nobody.
_NEWS: Final = ("StatusNotifierHostRegistered", "StatusNotifierHostUnregistered")
#: The stubs want bytes here; PySide takes what `SLOT` makes, and nothing else.
_ON_NEWS: Final = cast(bytes, SLOT("on_news()"))


class Hosts(QObject):
    """Follows the watcher, as the program is called that programs tell of their icons.

    Signals: `changed` after `has_watcher` or `has_host` did, and after the first answer.
    """

    changed = Signal()

    def __init__(self, bus: QDBusConnection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        #: Whether the first question was answered.
        self.is_known = False
        self.has_watcher = False
        #: Whether what the watcher keeps is also shown.
        self.has_host = False
        self._bus = bus
        self._asked: QDBusPendingCallWatcher | None = None
        mode = QDBusServiceWatcher.WatchModeFlag.WatchForOwnerChange
        self._owners = QDBusServiceWatcher(WATCHER, bus, mode, self)
        self._owners.serviceOwnerChanged.connect(self._on_owner_changed)
        for news in _NEWS:
            bus.connect(WATCHER, _PATH, WATCHER, news, self, _ON_NEWS)
        self.ask()

    def close(self) -> None:
        self._owners.removeWatchedService(WATCHER)
        for news in _NEWS:
            self._bus.disconnect(WATCHER, _PATH, WATCHER, news, self, _ON_NEWS)
        self._asked = None
        self.deleteLater()

    def ask(self) -> None:
        """Ask the watcher; what it answers comes by `changed`."""
        question = QDBusMessage.createMethodCall(WATCHER, _PATH, _PROPERTIES, "Get")
        question.setArguments([WATCHER, "IsStatusNotifierHostRegistered"])
        # Looking for a tray must not start one.
        question.setAutoStartService(False)
        asked = QDBusPendingCallWatcher(self._bus.asyncCall(question), self)
        asked.finished.connect(self._on_answered)
        self._asked = asked

    @Slot()
    def on_news(self) -> None:
        self.ask()

    def _on_owner_changed(self, _name: str, _old: str, new: str) -> None:
        if new:
            self.ask()
        else:
            self._asked = None
            self._note(has_watcher=False, has_host=False)

    def _on_answered(self, asked: QDBusPendingCallWatcher) -> None:
        asked.deleteLater()
        if asked is not self._asked:
            # Another question was asked since, or the watcher has gone.
            return
        self._asked = None
        reply = asked.reply()
        if reply.type() is QDBusMessage.MessageType.ErrorMessage:
            # There is none, or it does not know the question: what it keeps may be seen or not.
            self._note(has_watcher=False, has_host=False)
        else:
            self._note(has_watcher=True, has_host=_is_true(reply.arguments()))

    def _note(self, *, has_watcher: bool, has_host: bool) -> None:
        before = (self.is_known, self.has_watcher, self.has_host)
        self.is_known, self.has_watcher, self.has_host = True, has_watcher, has_host
        if before != (True, has_watcher, has_host):
            self.changed.emit()


def watch(parent: QObject) -> Hosts | None:
    """Follow this session's bus; None where there is none."""
    bus = QDBusConnection.sessionBus()
    return Hosts(bus, parent) if bus.isConnected() else None


def _is_true(answers: list[object]) -> bool:
    return [one.variant() if isinstance(one, QDBusVariant) else one for one in answers] == [True]
