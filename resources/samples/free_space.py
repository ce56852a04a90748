"""Prints how much room is left on the disk of a folder, with the time: a line a run.

bgtasks add command room --every 1h -- python3 free_space.py /home
bgtasks logs room
"""

from __future__ import annotations

import shutil
import sys
from datetime import datetime


def main(folder: str) -> int:
    usage = shutil.disk_usage(folder)
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    sys.stdout.write(f"{now}  {usage.free / usage.total:.0%} of {folder} is free\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "/"))
