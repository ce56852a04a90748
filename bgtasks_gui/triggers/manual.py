"""The trigger of tasks that are started by a person or a program only (ApplicationTrigger)."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import msgspec


class ManualTrigger(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="manual"
):
    """By hand"""

    def prepared(self, now: datetime) -> Self:
        return self

    def describe(self) -> str:
        return "by hand"
