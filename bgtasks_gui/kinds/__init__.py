"""What a task can do: one file per kind. Adding one is its file, a line here, and its test."""

from __future__ import annotations

from typing import Final

from bgtasks_gui.core import kind_ports
from bgtasks_gui.kinds.command import CommandKind
from bgtasks_gui.kinds.download import DownloadKind
from bgtasks_gui.kinds.python import PythonKind
from bgtasks_gui.kinds.upload import UploadKind

KINDS: Final[tuple[kind_ports.TaskKind, ...]] = (
    CommandKind(),
    PythonKind(),
    DownloadKind(),
    UploadKind(),
)
