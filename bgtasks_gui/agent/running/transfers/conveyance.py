"""One transfer that the engine has, as the agent sees it."""

from __future__ import annotations

import asyncio

import msgspec

from bgtasks_gui.agent.running import activity
from bgtasks_gui.agent.running.transfers.settling import Wishes
from bgtasks_gui.core import progress, tasks, transfers

UNIT = "bytes"


class Conveyance:
    """From the decision to start it until it is settled."""

    def __init__(self, host: activity.Host, run_id: str, task: tasks.Task, attempts: int) -> None:
        self.run_id = run_id
        self.task = task
        self.attempts = attempts
        self.wishes = Wishes()
        #: Chosen for this run: bytes a second, 0 is no limit, None what the task says.
        self.rate: int | None = None
        #: Whether the engine has it; until then it can be taken back.
        self.is_moving = False
        #: Whether what becomes of the run is decided; no wish counts any more.
        self.is_settling = False
        #: Done when the attempt is over and what became of the run is stored.
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.activity = activity.Activity(host, run_id, task)
        self._told: tuple[int, int, int] = (0, 0, 0)

    def at_rate(self, spec: transfers.Spec, rate: int | None) -> transfers.Spec:
        """What to move, at the rate that was chosen for this run."""
        self.rate = rate
        return spec if rate is None else msgspec.structs.replace(spec, rate=rate or None)

    def moved(self, figure: transfers.Figure) -> None:
        self.activity.came_to(
            progress.Progress(
                done=figure.done, total=figure.total, unit=UNIT, message=figure.message
            )
        )

    def is_news(self, receipt: transfers.Receipt) -> bool:
        """Whether the receipt says something that it did not say before, figures left out."""
        told = (
            len(receipt.attempts) + receipt.attempts_left_out,
            len(receipt.again) + receipt.again_left_out,
            len(receipt.notes),
        )
        before, self._told = self._told, told
        return told != before

    def with_wishes(self, record: transfers.Record) -> transfers.Record:
        """What the engine keeps, with what it does not know of."""
        rate = record.rate if self.rate is None else self.rate
        record = msgspec.structs.replace(record, rate=rate)
        if self.wishes.address is None:
            return record
        return msgspec.structs.replace(record, url=self.wishes.address, failures=0)
