"""The files from which bus, panel and dunst of a session learn what to be."""

from __future__ import annotations

import shutil
from pathlib import Path

_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><keep_umask/><listen>unix:path={socket}</listen>
<auth>EXTERNAL</auth><servicedir>{services}</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"""
# The panel reads its settings from it. Nothing else may start by itself, as a real desktop's own
# notification daemon or keyring would.
_ACTIVATED = "org.xfce.Xfconf.service"
_SERVICES = Path("/usr/share/dbus-1/services")

_PANEL = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
 <property name="configver" type="int" value="2"/>
 <property name="panels" type="array"><value type="int" value="1"/>
  <property name="panel-1" type="empty">
   <property name="position" type="string" value="p=8;x={x};y={y}"/>
   <property name="position-locked" type="bool" value="true"/>
   <property name="length" type="uint" value="100"/>
   <property name="size" type="uint" value="{height}"/>
   <property name="plugin-ids" type="array">
    <value type="int" value="1"/><value type="int" value="2"/><value type="int" value="3"/>
   </property>
  </property>
 </property>
 <property name="plugins" type="empty">
  <property name="plugin-1" type="string" value="tasklist"/>
  <property name="plugin-2" type="string" value="separator">
   <property name="expand" type="bool" value="true"/>
   <property name="style" type="uint" value="0"/>
  </property>
  <property name="plugin-3" type="string" value="systray">
   <property name="square-icons" type="bool" value="true"/>
  </property>
 </property>
</channel>
"""
PANEL_HEIGHT = 28

_DUNST = """[global]
    width = 340
    height = 200
    origin = top-right
    offset = 12x12
    follow = none
    progress_bar = true
    font = DejaVu Sans 10
    mouse_left_click = do_action, close_current
    mouse_right_click = close_current
    show_indicators = yes
    idle_threshold = 0
"""


def write_bus(folder: Path, socket: Path) -> Path:
    """A bus that listens at this socket, and on which next to nothing starts by itself."""
    services = folder / "services"
    services.mkdir()
    if (_SERVICES / _ACTIVATED).exists():
        shutil.copy(_SERVICES / _ACTIVATED, services)
    written = folder / "bus.conf"
    written.write_text(_BUS.format(socket=socket, services=services))
    return written


def write_panel(config: Path, width: int, height: int) -> None:
    """A panel along the lower edge: open windows on the left, the tray on the right."""
    folder = config / "xfce4" / "xfconf" / "xfce-perchannel-xml"
    folder.mkdir(parents=True)
    y = height - PANEL_HEIGHT // 2 + 2
    text = _PANEL.format(x=width // 2, y=y, height=PANEL_HEIGHT)
    (folder / "xfce4-panel.xml").write_text(text)


def write_dunst(config: Path) -> None:
    """Notifications at the upper right, clickable."""
    folder = config / "dunst"
    folder.mkdir(parents=True)
    (folder / "dunstrc").write_text(_DUNST)
