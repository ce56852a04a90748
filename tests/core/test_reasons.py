from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core import reasons, runs
from tests.core.samples import NOW, make_reason

C = reasons.Code
#: Windows BackgroundTaskCancellationReason and OpenHarmony ContinuousTaskCancelReason
#: (concepts 2.1 and 2.3; the table of design 7).
SEED_VALUES = {
    C.USER_CANCEL: ("user", 0, 1),
    C.USER_REMOVED_NOTICE: ("user", None, 3),
    C.ABORT: ("task", 0, None),
    C.TERMINATING: ("system", 1, 2),
    C.LOGGING_OFF: ("system", 2, 2),
    C.SERVICING_UPDATE: ("system", 3, 2),
    C.IDLE_TASK: ("agent", 4, 2),
    C.UNINSTALL: ("system", 5, 2),
    C.CONDITION_LOSS: ("system", 6, 2),
    C.SYSTEM_POLICY: ("system", 7, 14),
    C.QUIET_HOURS: ("system", 8, 2),
    C.TIME_LIMIT: ("agent", 9, 2),
    C.RESOURCE_REVOKED: ("system", 10, 2),
    C.ENERGY_SAVER: ("system", 11, 2),
    C.LOW_SPEED: ("agent", 7, 4),
    C.NO_PROGRESS: ("agent", 7, 12),
    C.MODE_NOT_USED_AUDIO_SESSION: ("agent", 7, 5),
    C.MODE_NOT_USED_AUDIO_PLAYBACK: ("agent", 7, 6),
    C.MODE_NOT_USED_AUDIO_RECORDING: ("agent", 7, 7),
    C.MODE_NOT_USED_LOCATION: ("agent", 7, 8),
    C.MODE_NOT_USED_BLUETOOTH: ("agent", 7, 9),
    C.MODE_NOT_USED_MULTI_DEVICE: ("agent", 7, 10),
    C.MODE_NOT_USED_VOIP: ("agent", 7, 13),
    C.MODE_MISUSE: ("agent", 7, 11),
    C.INTERRUPTED: ("system", 1, 2),
}
#: Firings that did not become a start: no cancel, so no value of a cancel.
NO_START = (
    C.REPLACED, C.OVERLAP, C.MISSED_ASLEEP, C.MISSED_OFF, C.MISSED_LATE, C.MERGED, C.EXPIRED,
    C.DISABLED, C.QUOTA,
)  # fmt: skip
EXIT_REASONS = {
    "Completed", "Aborted", "MemoryQuotaExceeded", "ExecutionTimeExceeded",
    "UnhandledException", "Terminated", "Other",
}  # fmt: skip


def test_every_code_has_exactly_one_entry() -> None:
    assert [entry.code for entry in reasons.ENTRIES] == list(reasons.CATALOGUE)
    assert set(reasons.CATALOGUE) == set(C)
    assert len(reasons.ENTRIES) == len(C)


@pytest.mark.parametrize("code", SEED_VALUES)
def test_actor_and_values_are_those_of_the_seeds(code: C) -> None:
    entry = reasons.CATALOGUE[code]
    assert (entry.actor, entry.windows, entry.ohos) == SEED_VALUES[code]


@pytest.mark.parametrize("code", NO_START)
def test_what_did_not_start_was_decided_by_the_agent(code: C) -> None:
    entry = reasons.CATALOGUE[code]
    assert (entry.actor, entry.windows, entry.ohos) == ("agent", None, None)
    assert entry.exit_reason == "Other"


def test_exit_reasons_are_words_of_the_seed() -> None:
    assert {entry.exit_reason for entry in reasons.ENTRIES} <= EXIT_REASONS
    told = {code: reasons.CATALOGUE[code].exit_reason for code in C}
    assert told[C.USER_CANCEL] == told[C.ABORT] == "Aborted"
    assert told[C.TIME_LIMIT] == "ExecutionTimeExceeded"
    assert told[C.RESOURCE_REVOKED] == "MemoryQuotaExceeded"
    assert told[C.EXCEPTION] == "UnhandledException"


@pytest.mark.parametrize("entry", reasons.ENTRIES, ids=lambda entry: entry.code)
def test_a_remedy_is_a_button_and_what_it_does(entry: reasons.Entry) -> None:
    assert (entry.remedy is None) == (entry.action is None)


@pytest.mark.parametrize("detail", [None, "used 612 MB of 500 MB"])
@pytest.mark.parametrize("state", list(runs.RunState))
@pytest.mark.parametrize("code", list(C))
def test_every_sentence_is_one(code: C, state: runs.RunState, detail: str | None) -> None:
    sentence = reasons.sentence(reasons.make(code, NOW, detail), state)
    assert re.fullmatch(r"[A-Z][^\n]*[^.\s]\.", sentence)
    assert "None" not in sentence
    assert "_" not in sentence
    assert "{" not in sentence
    assert ".." not in sentence
    assert "  " not in sentence
    assert sentence.count(": ") <= 1, "one explanation, not a chain of them"


@pytest.mark.parametrize("code", [code for code in C if code is not C.LOGGING_OFF])
def test_a_measured_value_is_shown(code: C) -> None:
    if "{detail}" in reasons.CATALOGUE[code].because_detail:
        assert "612 MB" in reasons.because(reasons.make(code, NOW, "used 612 MB"))


@pytest.mark.parametrize(
    ("code", "detail", "state", "sentence"),
    [
        (C.USER_CANCEL, None, "canceled", "Cancelled by you."),
        (C.USER_CANCEL, "not needed now", "canceled", "Cancelled by you: not needed now."),
        (C.USER_CANCEL, "enough! ", "canceling", "Being cancelled by you: enough!"),
        (C.USER_SUSPEND, None, "suspended", "Suspended by you."),
        (C.ABORT, None, "canceled", "Cancelled by the task: its own program asked for it."),
        (C.ABORT, "nothing to do.", "canceled", "Cancelled by the task: nothing to do."),
        (
            C.CONDITION_LOSS,
            "the network is metered, and this task runs only on a network that is not metered",
            "suspended",
            "Suspended by the system: the network is metered, and this task runs only on a "
            "network that is not metered.",
        ),
        (
            C.TIME_LIMIT,
            "1 h",
            "canceled",
            "Cancelled by its rules: it ran for its whole time limit of 1 h.",
        ),
        (
            C.MISSED_ASLEEP,
            "one run makes up for all missed times",
            "missed",
            "Missed: the computer was asleep (one run makes up for all missed times).",
        ),
        (C.EXPIRED, "at 14:00", "skipped", "Skipped: the task expired at 14:00."),
        (C.DISABLED, None, "skipped", "Skipped: the task is disabled."),
        (C.EXIT_STATUS, "3", "failed", "Failed: its program ended with exit status 3."),
        (C.PAUSED, "until 15:00", "waiting", "Waiting: everything is paused until 15:00."),
    ],
)  # fmt: skip
def test_how_it_reads(code: C, detail: str | None, state: str, sentence: str) -> None:
    assert reasons.sentence(reasons.make(code, NOW, detail), state) == sentence


def test_the_actor_can_be_another_one() -> None:
    reason = reasons.make(C.ABORT, NOW, "the task was removed", actor="user")
    assert reasons.sentence(reason, "canceled") == "Cancelled by you: the task was removed."


@given(st.text(max_size=2000))
def test_a_free_text_never_breaks_the_sentence(text: str) -> None:
    sentence = reasons.sentence(reasons.make(C.USER_CANCEL, NOW, text), "canceled")
    assert sentence.endswith((".", "!", "?"))
    assert not sentence.endswith("..")
    assert len(sentence.splitlines()) == 1
    assert len(sentence) < 400


def test_the_strongest_is_a_persons_own_then_the_first_of_the_catalogue() -> None:
    yours = reasons.make(C.PAUSED, NOW)
    early, late = reasons.make(C.TERMINATING, NOW), reasons.make(C.ENERGY_SAVER, NOW)
    for order in itertools.permutations([yours, early, late]):
        assert reasons.strongest(order) == yours
        assert reasons.strongest(one for one in order if one != yours) == early
    assert reasons.strongest([]) is None


@pytest.mark.parametrize(
    ("state", "code", "has_started", "word"),
    [
        ("completed", None, True, "Completed"),
        ("completed", None, False, None),
        ("skipped", "overlap", False, None),
        ("failed", "exception", True, "UnhandledException"),
        ("canceled", "time_limit", True, "ExecutionTimeExceeded"),
        ("canceled", "user_cancel", True, "Aborted"),
        ("failed", None, True, "Other"),
    ],
)
def test_exit_reason_is_the_word_of_seed_0(
    state: str, code: str | None, has_started: bool, word: str | None
) -> None:
    assert reasons.exit_reason(state, code, has_started=has_started) == word


@pytest.mark.parametrize(
    ("code", "state", "action"),
    [
        ("resource_revoked", "canceled", "edit"),
        ("resource_revoked", "suspended", "resume"),
        ("condition_loss", "suspended", "resume"),
        ("address_expired", "suspended", "address"),
        ("connection", "failed", "run"),
        ("connection", "waiting", None),
        ("exit_status", "waiting", "logs"),
    ],
)
def test_the_remedy_is_one_for_where_the_run_stands(
    code: str, state: str, action: str | None
) -> None:
    label, found = reasons.remedy(make_reason(code), state)
    assert found == action
    assert (label is None) == (action is None)
