"""One table from errors to statuses."""

from __future__ import annotations

import json

import pytest

from bgtasks_gui.agent.api import errors as api_errors
from bgtasks_gui.core import errors
from bgtasks_gui.core.background import codes


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.NotFound(), 404),
        (errors.TaskNotFound(), 404),
        (errors.RunNotFound(), 404),
        (errors.DuplicateName("taken", field="name"), 409),
        (errors.AmbiguousName(), 409),
        (errors.NotPossibleNow(), 409),
        (errors.TooLarge("large", field="body"), 413),
        (errors.Malformed("no JSON", field="body"), 400),
        (errors.InvalidField("bad", field="x"), 422),
        (errors.CannotStart(), 422),
        (errors.StorageUnavailable(), 507),
        (codes.PermissionDenied(), 403),
        (codes.NotSystemProgram(), 403),
        (codes.BadParameter(), 400),
        (codes.ServiceFailed(), 503),
        (codes.DelayServiceFailed(), 503),
        (codes.ResourceServiceFailed(), 503),
        (codes.ContinuousNotStored(), 507),
        (codes.ContinuousRefused(), 409),
        (codes.NoticeRefused(), 409),
        (codes.DelayRefused(), 409),
        (codes.DelayCallerRefused(), 409),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_status(error: errors.UserError, status: int) -> None:
    assert api_errors.answer(error)[0] == status


def test_every_user_error_has_a_status() -> None:
    kinds = [one for one in vars(errors).values() if isinstance(one, type)]
    for kind in kinds:
        if issubclass(kind, errors.UserError):
            error = kind.__new__(kind)
            assert 400 <= api_errors.status_of(error) < 600


def test_body_names_code_message_and_field() -> None:
    _, body = api_errors.answer(errors.InvalidField("No.", field="triggers[0].zone"))
    assert json.loads(body) == {
        "error": {"code": "invalid_field", "message": "No.", "field": "triggers[0].zone"}
    }


def test_a_code_of_seed_3_is_told_with_its_number_and_cause() -> None:
    cause = codes.Causes.STARTED_ALREADY.value
    _, body = api_errors.answer(codes.ContinuousRefused(cause=cause))
    assert json.loads(body)["error"] == {
        "code": "continuous_refused", "message": cause.sentence, "field": None,
        "number": 9800005, "subcode": 980000501,
    }  # fmt: skip
    _, body = api_errors.answer(codes.PermissionDenied())
    assert json.loads(body)["error"]["number"] == 201
    assert "subcode" not in json.loads(body)["error"]


def test_a_bug_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    status, body = api_errors.answer(errors.IllegalMove("completed -> running"))
    assert status == 500
    assert json.loads(body)["error"] == {
        "code": "internal", "message": api_errors.INTERNAL_WORDS, "field": None,
    }  # fmt: skip
    assert "completed -> running" in caplog.text
