"""The colours of the light and the dark look, each with its role."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Palette:
    """One look; every colour is "#rrggbb"."""

    name: str
    is_dark: bool
    #: The three planes: window (sidebar, status bar), surface (content), raised (fields, buttons).
    window: str
    surface: str
    raised: str
    hover: str
    selection: str
    border: str
    control_border: str
    #: The rail a progress bar runs on.
    track: str
    text: str
    second: str
    accent: str
    accent_hover: str
    on_accent: str
    #: States of runs, as text and shapes.
    running: str
    waiting: str
    done: str
    failed: str
    paused: str
    scheduled: str
    #: Bars of runs that stand still.
    bar_waiting: str
    bar_paused: str
    banner: str
    banner_border: str
    alarm: str
    alarm_border: str
    praise: str
    praise_border: str
    #: What a search has found in a log.
    hit: str


LIGHT: Final = Palette(
    name="light", is_dark=False,
    window="#F4F5F7", surface="#FFFFFF", raised="#FFFFFF", hover="#ECEEF2", selection="#E6ECFB",
    border="#E1E4EA", control_border="#C9CED8", track="#E1E4EA",
    text="#161A22", second="#565E6C",
    accent="#2F5BD0", accent_hover="#284FB6", on_accent="#FFFFFF",
    running="#1F5FCC", waiting="#875400", done="#1B7340", failed="#BE2626", paused="#565E6C",
    scheduled="#6541B0", bar_waiting="#B98326", bar_paused="#868F9E",
    banner="#FDF3DC", banner_border="#EBCF8C", alarm="#FDECEC", alarm_border="#F0BDBD",
    praise="#E9F6EE", praise_border="#B5DDC4", hit="#FFE69A",
)  # fmt: skip
DARK: Final = Palette(
    name="dark", is_dark=True,
    window="#15171C", surface="#1C1F26", raised="#262A33", hover="#262A33", selection="#222D47",
    border="#2B303A", control_border="#434A58", track="#333945",
    text="#E7E9EE", second="#A1A9B7",
    accent="#6E95FF", accent_hover="#86A7FF", on_accent="#0E1320",
    running="#82B1FF", waiting="#EDB84C", done="#63CC8A", failed="#FF8F86", paused="#A1A9B7",
    scheduled="#BBA6FF", bar_waiting="#B58A32", bar_paused="#737C8B",
    banner="#2E2714", banner_border="#574818", alarm="#361D1E", alarm_border="#6B3232",
    praise="#16291E", praise_border="#2B5A3D", hit="#5A4A12",
)  # fmt: skip
PALETTES: Final = (LIGHT, DARK)
#: Every name that stands for a colour.
ROLES: Final = tuple(one.name for one in fields(Palette) if one.name not in ("name", "is_dark"))


def contrast(one: str, other: str) -> float:
    """How far two colours stand apart, from 1 to 21 (WCAG 2.2, contrast ratio)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
