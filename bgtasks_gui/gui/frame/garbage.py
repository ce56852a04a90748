"""Python's garbage is looked for on Qt's own thread alone: widgets may be among it.

The collector runs on whichever thread makes the next object, and a widget that a worker thread
destroys takes the process with it.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject

#: New objects after which it is worth looking. A sorted list of a hundred thousand rows makes as
#: many, and none of them is garbage.
YOUNG: Final = 50_000
#: After so many looks at what is young everything is looked at.
_WHOLE: Final = 50


class Garbage(QObject):
    """Takes the collector's place from `start` to `stop`; `look` is called where things happen.

    While nothing happens no garbage is made, so there is no timer.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._looks = 0

    def start(self) -> None:
        gc.disable()

    def look(self) -> None:
        """Look for garbage if there may be some."""
        if gc.get_count()[0] > YOUNG:
            self._looks += 1
            gc.collect(2 if self._looks % _WHOLE == 0 else 1)

    def stop(self) -> None:
        """Leave it to Python again."""
        gc.enable()
