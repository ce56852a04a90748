"""Fails when the newest file of a folder is older than a day, and says so.

bgtasks add command backup-check --cron "0 9 * * *" -- python3 check_backup.py /mnt/backup
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

DAY_S = 24 * 60 * 60


def main(folder: Path) -> int:
    files = [path for path in folder.glob("*") if path.is_file()]
    if not files:
        sys.stderr.write(f"There is no backup in {folder}.\n")
        return 3
    newest = max(files, key=lambda path: path.stat().st_mtime)
    age_s = time.time() - newest.stat().st_mtime
    if age_s > DAY_S:
        sys.stderr.write(f"The newest backup, {newest.name}, is {age_s / DAY_S:.1f} days old.\n")
        return 4
    sys.stdout.write(f"{newest.name} is {age_s / 3600:.1f} hours old.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
