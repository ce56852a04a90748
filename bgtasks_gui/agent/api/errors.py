"""Errors as answers: one table from the error's type to the status."""

from __future__ import annotations

import logging
from typing import Final

import msgspec

from bgtasks_gui.core import errors
from bgtasks_gui.core.background import codes
from bgtasks_gui.wire import codec, shapes

_log = logging.getLogger(__name__)

#: The first type that fits decides.
STATUS: Final[tuple[tuple[type[errors.UserError], int], ...]] = (
    (errors.NotFound, 404),
    (errors.DuplicateName, 409),
    (errors.AmbiguousName, 409),
    (errors.NotPossibleNow, 409),
    (errors.TooLarge, 413),
    (errors.Malformed, 400),
    (errors.StorageUnavailable, 507),
    (codes.PermissionDenied, 403),
    (codes.NotSystemProgram, 403),
    (codes.BadParameter, 400),
    (codes.ServiceFailed, 503),
    (codes.DelayServiceFailed, 503),
    (codes.ResourceServiceFailed, 503),
    (codes.ContinuousNotStored, 507),
    (codes.ServiceError, 409),
    (errors.UserError, 422),
)
INTERNAL: Final = 500
INTERNAL_WORDS: Final = "Something went wrong inside the agent; its log says what."


def status_of(error: errors.UserError) -> int:
    return next(status for type_, status in STATUS if isinstance(error, type_))


def answer(error: Exception) -> tuple[int, bytes]:
    """Status and body for an error. One that is a bug is logged and said in general words."""
    if isinstance(error, errors.UserError):
        return status_of(error), _encode(_detail(error))
    _log.error("A request failed", exc_info=error, extra={"action": "answer"})
    return INTERNAL, body("internal", INTERNAL_WORDS)


def body(code: str, message: str, field: str | None = None) -> bytes:
    return _encode(shapes.ErrorDetail(code=code, message=message, field=field))


def _detail(error: errors.UserError) -> shapes.ErrorDetail:
    detail = shapes.ErrorDetail(code=error.code, message=error.message, field=error.field)
    if not isinstance(error, codes.ServiceError):
        return detail
    subcode = msgspec.UNSET if error.subcode is None else error.subcode
    return msgspec.structs.replace(detail, number=error.number, subcode=subcode)


def _encode(detail: shapes.ErrorDetail) -> bytes:
    return codec.encode(shapes.ErrorView(error=detail))
