"""What a Python task may ask of the run it is in: `from bgtasks_gui.worker import current_run`.

Standard library only, and readable by Python 3.9 and later: a task may have an interpreter of its
own, and this package is lent to it.
"""

from __future__ import annotations

from bgtasks_gui.worker.deferrals import Deferral
from bgtasks_gui.worker.run import CurrentRun, current_run

__all__ = ["CurrentRun", "Deferral", "current_run"]
