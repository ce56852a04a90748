"""Error codes of seed 3 as typed errors (concepts 2.3): the number, and a subcode for the cause."""

from __future__ import annotations

import enum
from typing import ClassVar, Final

import msgspec

from bgtasks_gui.core import errors


class ServiceError(errors.UserError):
    """What was asked for in the background cannot be had; `number` is the code of seed 3."""

    code = "service_error"
    number: ClassVar[int]

    def __init__(
        self, message: str | None = None, *, cause: Cause | None = None, field: str | None = None
    ) -> None:
        super().__init__(message or (cause.sentence if cause else None), field=field)
        self.cause = cause

    @property
    def subcode(self) -> int | None:
        """The number with the two digits of its cause behind it (980000501)."""
        return None if self.cause is None else self.number * 100 + self.cause.tail


class PermissionDenied(ServiceError):
    """This owner may not keep work running in the background; `bgtasks access allow` lets it."""

    code = "permission_denied"
    number = 201


class NotSystemProgram(ServiceError):
    """Only programs of the system may ask for this."""

    code = "not_system_program"
    number = 202


class BadParameter(ServiceError):
    """A parameter is missing, of a wrong type, or out of its range."""

    code = "bad_parameter"
    number = 401


class TransactionFailed(ServiceError):
    """The agent could not be asked."""

    code = "transaction_failed"
    number = 9800003


class ServiceFailed(ServiceError):
    """The service behind it is not there, or failed."""

    code = "service_failed"
    number = 9800004


class ContinuousRefused(ServiceError):
    """The continuous task was not accepted."""

    code = "continuous_refused"
    number = 9800005


class NoticeRefused(ServiceError):
    """The live notice of the continuous task was not accepted."""

    code = "notice_refused"
    number = 9800006


class ContinuousNotStored(ServiceError):
    """The continuous task could not be stored; nothing was changed."""

    code = "continuous_not_stored"
    number = 9800007


class DelayCallerRefused(ServiceError):
    """This owner has no suspend delay of that number."""

    code = "delay_caller_refused"
    number = 9900001


class DelayRefused(ServiceError):
    """The suspend delay was not granted."""

    code = "delay_refused"
    number = 9900002


class DelayServiceFailed(ServiceError):
    """The service behind suspend delays is not there, or failed."""

    code = "delay_service_failed"
    number = 9900004


class ResourceRefused(ServiceError):
    """The efficiency resources were not granted."""

    code = "resource_refused"
    number = 18700001


class ResourceServiceFailed(ServiceError):
    """The service behind efficiency resources is not there, or failed."""

    code = "resource_service_failed"
    number = 18700004


class Cause(msgspec.Struct, frozen=True):
    """Why exactly: the two digits behind the number, and a sentence."""

    tail: int
    sentence: str


class Causes(enum.Enum):
    """Every cause that is raised here."""

    STARTED_ALREADY = Cause(
        1, "This part of the program has a continuous task already; stop it first."
    )
    NOT_STARTED = Cause(2, "This part of the program has no continuous task; start one first.")
    MODE_NOT_DECLARED = Cause(3, "The program has not declared this mode.")
    MODE_NOT_HERE = Cause(4, "This computer has no such mode.")
    TOO_MANY = Cause(5, "The program has ten continuous tasks already; stop one first.")
    NO_WORDS = Cause(1, "A title and a text are needed for the notice.")
    NOT_SHOWN = Cause(2, "The notice could not be shown.")
    NO_PROGRESS_HERE = Cause(3, "Only a data transfer has progress to show.")
    WRONG_NOTICE = Cause(4, "There is no such notice; use the number that the start returned.")
    CALLBACK_IN_USE = Cause(1, "This callback is in use by another request.")
    TOO_LATE = Cause(2, "The program left the front more than 5 s ago.")
    TOO_MANY_DELAYS = Cause(3, "Three requests are open already; cancel one first.")
    USED_UP = Cause(4, "The ten minutes of this day are used up.")
    UNKNOWN_REQUEST = Cause(1, "There is no such request, or it is over.")
    UNKNOWN_RESOURCE = Cause(1, "There are no such resources.")
    # Above the numbers that the service of the seed has by now.
    RESOURCE_NOT_HERE = Cause(20, "A computer like this has nothing to give for these resources.")


#: Every code, for the table in the documents and for programs that read it.
CODES: Final[tuple[type[ServiceError], ...]] = (
    PermissionDenied, NotSystemProgram, BadParameter, TransactionFailed, ServiceFailed,
    ContinuousRefused, NoticeRefused, ContinuousNotStored, DelayCallerRefused, DelayRefused,
    DelayServiceFailed, ResourceRefused, ResourceServiceFailed,
)  # fmt: skip

_BY_CODE: Final = {one.code: one for one in CODES}


def of_answer(
    code: str, message: str, subcode: int | None = None, field: str | None = None
) -> errors.UserError:
    """The error that an answer of the agent tells of; any other one for a word not known here."""
    kind = _BY_CODE.get(code)
    if kind is None:
        error = errors.UserError(message, field=field)
        error.code = code
        return error
    cause = None if subcode is None else Cause(tail=subcode % 100, sentence=message)
    return kind(message, cause=cause, field=field)
