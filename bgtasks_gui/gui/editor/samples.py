"""The sample tasks: something to look at on the first day, harmless and short."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from bgtasks_gui.core import tasks

#: What stands for the folder of the sample programs, and for the Python to run them with.
_FOLDER = "{samples}"
_PYTHON = "{python}"


def load(resources: Path) -> list[tasks.TaskSpec]:
    """The registrations of the samples; reads a file, so it is called beside the loop."""
    folder = resources / "samples"
    text = (folder / "tasks.json").read_text()
    for placeholder, path in ((_FOLDER, str(folder)), (_PYTHON, sys.executable)):
        text = text.replace(placeholder, msgspec.json.encode(path).decode()[1:-1])
    return msgspec.json.decode(text, type=list[tasks.TaskSpec])
