"""Everything that is measured, in one table: `make bench`, or `python -m tests.benchmarks`.

Names of subjects measure only these (`python -m tests.benchmarks idle cli`); `--markdown FILE`
writes the table there too.
"""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path

from tests.benchmarks import table

#: One module each. What needs the machine most for itself comes first.
SUBJECTS = (
    "cli", "window", "live", "start_latency", "firings", "processes", "idle", "api", "clock",
    "rows", "transfers", "store", "history", "one_file",
    "segments", "suspended", "many",
)  # fmt: skip
#: Those that lie in a folder of their own.
FOLDERS = {
    "window": "window.",
    "live": "window.",
    "rows": "window.",
    "transfers": "window.",
    "one_file": "transfers.",
    "segments": "transfers.",
    "suspended": "transfers.",
    "many": "transfers.",
}


def main(arguments: list[str]) -> int:
    """Measure; an exit status says only whether that could be done."""
    page = None
    if "--markdown" in arguments:
        at = arguments.index("--markdown")
        page = Path(arguments[at + 1])
        del arguments[at : at + 2]
    unknown = set(arguments) - set(SUBJECTS)
    if unknown:
        sys.stderr.write(f"no such subject: {', '.join(sorted(unknown))}\n")
        return 2
    begin = time.monotonic()
    shown = table.Table()
    print(table.surroundings())
    for subject in arguments or SUBJECTS:
        name = f"{FOLDERS.get(subject, '')}bench_{subject}"
        module = importlib.import_module(f"tests.benchmarks.{name}")
        if hasattr(module, "measure"):
            module.measure(shown)
        else:
            # It prints a table of its own.
            module.main()
    shown.end()
    print(f"{table.surroundings()}  took {time.monotonic() - begin:.0f} s")
    if page is not None:
        page.write_text(shown.to_markdown())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
