"""Prints the SHA-256 of every file below a folder, and shows its progress to the terminal.

Progress is told by the terminal sequence OSC 9;4, which many programs print already; Background
Tasks reads it from any command, without knowing the program.

    bgtasks add command sums -- python3 hash_files.py ~/Pictures
    bgtasks run sums --wait
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path


def show_progress(done: int, total: int) -> None:
    sys.stdout.write(f"\x1b]9;4;1;{100 * done // total}\x07")
    sys.stdout.flush()


def main(folder: Path) -> int:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for done, path in enumerate(files, 1):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        show_progress(done, len(files))
        sys.stdout.write(f"{digest}  {path.relative_to(folder)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
