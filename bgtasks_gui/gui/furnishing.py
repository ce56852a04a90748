"""What a window gets once its first picture is there: the tray, dialogs, and a way to close it."""

from __future__ import annotations

from pathlib import Path

from bgtasks_gui.gui.closing import Closing
from bgtasks_gui.gui.frame.window import Window
from bgtasks_gui.gui.opening import Opening
from bgtasks_gui.gui.tray.tray import Tray


class Furniture:
    """Everything that is not needed to see the window."""

    def __init__(self, window: Window, resources: Path) -> None:
        parts = window.parts
        bridge = parts.bridge
        self.tray = Tray(bridge, parts.tally, parts.performer, parts.asked, bridge.mirror.tasks.get)
        self.closing = Closing(window, self.tray)
        self.opening = Opening(window, resources)
        self.tray.quit_wanted.connect(self.closing.quit)
        self.opening.quit_wanted.connect(self.closing.quit)
