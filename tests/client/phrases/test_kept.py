from __future__ import annotations

import pytest

from bgtasks_gui.client.phrases import kept
from bgtasks_gui.core.runs import RunState
from bgtasks_gui.wire import shapes
from tests.cli.fakes import receipts, views

S = RunState
BY_YOU = views.reason("Cancelled by you.")
BY_LIMIT = views.reason("Cancelled by its rules: it was too slow.", code="low_speed", actor="agent")


def canceled(**changes: object) -> shapes.RunView:
    return views.ended(S.CANCELED, **changes)


def transfer(kind: str = "download", **changes: object) -> shapes.RunView:
    known = {"kind": kind, "reason": BY_LIMIT, "receipt": receipts.receipt()}
    return views.ended(**({"state": S.CANCELED} | known | changes))


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (views.progress(40, 100, unit="files"), "had done 40 of 100 files"),
        (views.progress(40, 100, unit="%"), "had done 40 %"),
        (views.progress(3, unit="films", message="Crete"), "had done 3 films"),
        (views.progress(0, 100, unit="files"), "had done 0 of 100 files"),
        (None, ""),
    ],
)
def test_of_a_program_the_last_that_it_said(
    progress: shapes.ProgressView | None, words: str
) -> None:
    run = canceled(progress=progress)
    assert kept.kept(run) == words
    assert kept.sentence(run) == (f"It {words}." if words else "")


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (transfer(), "kept 34 of 100 MiB, goes on from there"),
        (transfer(receipt=receipts.receipt(length=None)), "kept 34 MiB, goes on from there"),
        (transfer(receipt=receipts.receipt(can_resume=False)), kept.NOTHING),
        (transfer(receipt=receipts.receipt(done=0, can_resume=None)), kept.NOTHING),
        # A person who cancels a download does not want the file.
        (transfer(reason=BY_YOU), kept.NOTHING),
        # What a server has stays there.
        (transfer("upload", reason=BY_YOU), "kept 34 of 100 MiB, goes on from there"),
        (transfer("upload", receipt=receipts.receipt(can_resume=False)), kept.NOTHING),
        (transfer(reason=None), "kept 34 of 100 MiB, goes on from there"),
        (transfer(receipt=None), kept.NOTHING),
        (transfer(receipt=None, started_at=None), ""),
    ],
)
def test_of_a_transfer_what_the_next_run_goes_on_with(run: shapes.RunView, words: str) -> None:
    assert kept.kept(run) == words
    assert kept.is_of_use(run) == words.startswith("kept")


def test_as_a_sentence() -> None:
    assert kept.sentence(transfer()) == "Kept 34 of 100 MiB, goes on from there."
    assert kept.sentence(transfer(reason=BY_YOU)) == "Nothing is kept."


@pytest.mark.parametrize("state", sorted(set(RunState) - {S.CANCELED}))
def test_nothing_is_said_of_what_was_not_cancelled(state: RunState) -> None:
    run = views.run(state=state, progress=views.progress(1, 2), receipt=receipts.receipt())
    assert (kept.kept(run), kept.sentence(run)) == ("", "")


def test_what_a_failed_transfer_has_is_of_use() -> None:
    failed = transfer(state=S.FAILED, reason=views.reason("Failed: no.", actor="user"))
    assert kept.is_of_use(failed)
    assert not kept.is_given_up(failed)
    assert kept.is_given_up(transfer(reason=BY_YOU))
