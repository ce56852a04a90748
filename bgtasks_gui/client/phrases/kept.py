"""How much of the work of a cancelled run is kept, or had been done."""

from __future__ import annotations

from typing import Final

from bgtasks_gui.client.phrases import runs, transfers
from bgtasks_gui.core.runs import RunState
from bgtasks_gui.wire import shapes

NOTHING: Final = "nothing is kept"


def kept(run: shapes.RunView) -> str:
    """ "kept 34 of 100 MiB, goes on from there", "had done 40 of 100 files", "nothing is kept".

    Nothing at all of a run that was not cancelled, or of which nobody knows how far it was.
    """
    if run.state is not RunState.CANCELED:
        return ""
    if run.kind in transfers.KINDS:
        return _of_transfer(run)
    if run.progress is None:
        return ""
    return f"had done {runs.amount(run.progress) or runs.percent(run.progress)}"


def sentence(run: shapes.RunView) -> str:
    """The same as a sentence: "It had done 40 of 100 files."."""
    said = kept(run)
    if said.startswith("had"):
        return f"It {said}."
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def is_of_use(run: shapes.RunView) -> bool:
    """Whether the next run of the task goes on with what this transfer has."""
    known = run.receipt
    has_some = known is not None and known.done > 0 and known.can_resume is not False
    return has_some and not is_given_up(run)


def is_given_up(run: shapes.RunView) -> bool:
    """Whether the part file is gone: a person who cancels a download does not want it.

    What a server has of an upload is not taken back.
    """
    is_by_you = run.reason is not None and run.reason.actor == "user"
    return is_by_you and run.state is RunState.CANCELED and run.kind == "download"


def _of_transfer(run: shapes.RunView) -> str:
    if not is_of_use(run):
        has_begun = run.receipt is not None or run.started_at is not None
        return NOTHING if has_begun else ""
    return f"kept {transfers.stopped_at(run)}, goes on from there"
