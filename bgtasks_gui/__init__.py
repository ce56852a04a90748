"""Background Tasks: work done while you do something else."""

from __future__ import annotations

__version__ = "0.1.0"
