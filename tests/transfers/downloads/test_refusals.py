from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bgtasks_gui.core.reasons import Code
from bgtasks_gui.core.transfers import Failed, Held
from bgtasks_gui.transfers.downloads import refusals

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_an_address_that_was_good_expires(status: int) -> None:
    held = refusals.outcome(status, "No", None, NOW, has_bytes=True)
    assert held == Held(code=Code.ADDRESS_EXPIRED, detail=f"the server answered {status} No")
    failed = refusals.outcome(status, "No", None, NOW, has_bytes=False)
    assert failed == Failed(code=Code.SERVER_ANSWER, detail=f"{status} No")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
@pytest.mark.parametrize("has_bytes", [True, False])
def test_what_may_pass(status: int, has_bytes: bool) -> None:
    found = refusals.outcome(status, "", "7", NOW, has_bytes=has_bytes)
    assert found == Failed(code=Code.SERVER_ANSWER, detail=str(status), is_passing=True, wait_s=7.0)


@pytest.mark.parametrize("status", [204, 304, 400, 402, 405, 409, 412, 416, 451])
def test_what_does_not(status: int) -> None:
    found = refusals.outcome(status, "", None, NOW, has_bytes=True)
    assert found == Failed(code=Code.SERVER_ANSWER, detail=str(status))
