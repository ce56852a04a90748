"""What a notification service can do, and how a notice is put to it.

The words are whole without any hint, since no two services heed the same ones.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

import msgspec

from bgtasks_gui import paths
from bgtasks_gui.agent.surfaces import buses
from bgtasks_gui.core import errors
from bgtasks_gui.core.notices import notice

if TYPE_CHECKING:
    from dbus_fast import Variant

APP_NAME: Final = "Background Tasks"
#: The name of the action that a click on the notice itself is.
DEFAULT: Final = "default"
#: Of `Notify`.
SIGNATURE: Final = "susssasa{sv}i"
#: Services that show `value` as a bar beside the text. Others show the bar in place of the text
#: (xfce4-notifyd), or nothing at all (notify-osd), so they get the text alone.
_WITH_PROGRESS: Final = frozenset({"dunst", "mako", "swaynotificationcenter"})
_URGENCIES: Final = {"low": 0, "normal": 1, "critical": 2}
#: To marks that look alike, "\u2039" and "\u203a".
_NO_TAGS: Final = str.maketrans("<>", "\u2039\u203a")
#: How long it is shown: as the person set it, or until it is taken down.
_AS_SET, _FOR_EVER = -1, 0


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A notification service, by what it says of itself."""

    name: str
    version: str
    capabilities: frozenset[str]

    @property
    def shows_progress(self) -> bool:
        """Whether it shows how far something is, and moves that without a new pop-up."""
        return self.name.lower() in _WITH_PROGRESS

    @property
    def sentence(self) -> str:
        """What it is good for."""
        shown = ["progress"] if self.shows_progress else []
        shown += ["buttons"] if "actions" in self.capabilities else []
        return f"{self.name} {self.version} shows {' and '.join(shown) or 'messages only'}"

    def arguments(self, told: notice.Notice, number: int) -> list[object]:
        """Of `Notify`, in the place of the notice of this number, or in none (0)."""
        return [
            APP_NAME,
            number,
            _find_icon(),
            buses.plain(told.title),
            self._words(buses.plain(told.body)),
            _buttons(told) if "actions" in self.capabilities else [],
            self._hints(told),
            _FOR_EVER if told.is_resident else _AS_SET,
        ]

    def _words(self, body: str) -> str:
        if "body-markup" in self.capabilities:
            return html.escape(body, quote=False)
        if self.name.lower() == "dunst":
            # Unless its settings mention markup it reads tags, drops them, and does not say so.
            return body.translate(_NO_TAGS)
        return body

    def _hints(self, told: notice.Notice) -> dict[str, Variant]:
        from dbus_fast import Variant

        hints = {
            "urgency": Variant("y", _URGENCIES[told.urgency]),
            "desktop-entry": Variant("s", buses.DESKTOP_ENTRY),
            "resident": Variant("b", told.is_resident),
            "transient": Variant("b", told.urgency == "low" and not told.is_resident),
        }
        if told.category:
            hints["category"] = Variant("s", told.category)
        if told.fraction is not None and self.shows_progress:
            hints["value"] = Variant("i", min(max(round(told.fraction * 100), 0), 100))
        return hints


def _buttons(told: notice.Notice) -> list[str]:
    shown = [(DEFAULT, notice.Action.SHOW), *((each.value, each) for each in told.actions)]
    return [text for name, action in shown for text in (name, notice.LABELS[action])]


def _find_icon() -> str:
    try:
        icon = paths.find_resources() / "icons" / "app" / "bgtasks.svg"
    except errors.ResourcesMissing:
        return buses.DESKTOP_ENTRY
    return icon.as_uri()
