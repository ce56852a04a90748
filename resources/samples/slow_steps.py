"""Takes a number of small steps, one every so often, and says how far it is.

bgtasks add python steps slow_steps:walk --kwargs '{"steps": 60}'
bgtasks run steps --wait
"""

from __future__ import annotations

import sys

from bgtasks_gui.worker import current_run


def walk(steps: int = 60, every_s: float = 1.0, size: int = 4_194_304) -> int:
    """Walk; the number of steps that were taken. It can be suspended and cancelled at any one."""
    run = current_run()
    for step in range(1, steps + 1):
        if run.wait_canceled(every_s):
            sys.stdout.write(f"stopped at step {step} of {steps}\n")
            return step - 1
        run.progress(step * size, steps * size, unit="bytes", message=f"Step {step} of {steps}")
        if step % 10 == 0:
            sys.stdout.write(f"\x1b[32m{step}\x1b[0m of {steps} steps done\n")
            sys.stdout.flush()
    return steps
