"""The worker under an interpreter of the task's own: started by path, with nothing but this folder.

That interpreter gets `bgtasks_gui.worker` lent, and nothing else of ours.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
from importlib.machinery import ModuleSpec, PathFinder

HERE = os.path.dirname(os.path.abspath(__file__))
#: Environment variable with the number of the channel's file descriptor.
CHANNEL = "BGTASKS_CHANNEL"


class WorkerFinder:
    """Finds `bgtasks_gui.worker` in this folder, wherever that lies."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name == "bgtasks_gui.worker":
            return importlib.util.spec_from_file_location(
                name, os.path.join(HERE, "__init__.py"), submodule_search_locations=[HERE]
            )
        if name == "bgtasks_gui" and PathFinder.find_spec(name) is None:
            return ModuleSpec(name, None, is_package=True)
        return None


def main() -> int:
    """Take the run's description from the channel, and do it."""
    if sys.path and os.path.abspath(sys.path[0]) == HERE:
        del sys.path[0]
    sys.meta_path.insert(0, WorkerFinder())
    from bgtasks_gui.worker import channel, child

    # Taken away, so that a program the task starts does not take the number for its own.
    end = socket.socket(fileno=int(os.environ.pop(CHANNEL)))
    end.set_inheritable(False)
    line = channel.Channel(end)
    spec = line.wait_for_message()
    if spec is None:
        return child.EXIT_BUG
    sys.path[:] = child.search_path(spec, os.getcwd(), sys.path)
    child.take_main_module()
    sys.argv = [str(spec.get("callable", ""))]
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(line_buffering=True, errors="backslashreplace")
    return child.work(spec, line)


if __name__ == "__main__":
    sys.exit(main())
