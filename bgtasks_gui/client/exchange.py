"""One request and its answer in HTTP/1.1, without the connection: what every transport shares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeVar

import h11
import msgspec

from bgtasks_gui.client import commands
from bgtasks_gui.core import errors
from bgtasks_gui.wire import codec, shapes

T = TypeVar("T")

NOT_RUNNING: Final = "The agent is not running. Start it with: bgtasks agent start"
#: Seconds a whole answer may take; more than the 30 that reading a log may wait for.
TIMEOUT_S: Final = 60.0
#: Bytes read at once: what a Unix socket holds by default.
READ_BYTES: Final = 256 * 1024
#: Bodies up to this size are sent without looking up the limit.
_SURELY_ACCEPTED: Final = 64 * 1024
#: What a socket raises when its time is up; the second when there was none left to wait.
_TOO_LATE: Final = (TimeoutError, BlockingIOError)
_EVENTS_PATH: Final = "/v1/events"


class Answer(msgspec.Struct, frozen=True):
    """What came back, not yet understood."""

    status: int
    body: bytes


class Exchange:
    """Requests and answers of one connection, one after the other."""

    def __init__(self) -> None:
        self._http = h11.Connection(h11.CLIENT)
        #: Status of the present answer; 0 until its head has come.
        self.status = 0
        self.is_complete = False
        #: Whether any byte of the present answer came.
        self._has_begun = False

    @property
    def is_reusable(self) -> bool:
        """Whether the connection can carry another request."""
        ours, theirs = self._http.our_state, self._http.their_state
        return ours is h11.DONE and theirs is h11.DONE and self._http.trailing_data == (b"", False)

    def may_repeat(self, call: commands.Call[object], error: errors.AgentUnreachable) -> bool:
        """Whether a failure says only that the agent had let go of a kept connection, while the
        request was on its way, so that the same can be asked on a new one."""
        took_too_long = isinstance(error.__cause__, _TOO_LATE)
        return call.is_repeatable and not self._has_begun and not took_too_long

    def ask(self, call: commands.Call[object]) -> bytes:
        """The bytes of a request.

        Raises `errors.TooLarge` where the agent would not read it.
        """
        if self.is_complete:
            self._http.start_next_cycle()
        self.status, self.is_complete, self._has_begun = 0, False, False
        body = call.body or b""
        check_size(body)
        request = h11.Request(method=call.method, target=call.target, headers=headers(call))
        parts: list[h11.Event] = [request, h11.EndOfMessage()]
        if body:
            parts.insert(1, h11.Data(data=body))
        return b"".join(self._http.send(part) or b"" for part in parts)

    def receive(self, received: bytes) -> bytes:
        """Take what the connection gave (b"" is its end); the part of the body it holds.

        Raises `errors.AgentUnreachable` where it is no answer, or only a part of one.
        """
        if not received and not self._has_begun:
            raise errors.AgentUnreachable("The agent closed the connection without an answer.")
        self._has_begun = True
        try:
            self._http.receive_data(received)
            return b"".join(self._pieces())
        except h11.RemoteProtocolError as error:
            if not received:
                raise gone() from error
            raise unreadable(str(error)) from error

    def _pieces(self) -> Iterator[bytes]:
        while not self.is_complete:
            event = self._http.next_event()
            if isinstance(event, h11.Response):
                self.status = event.status_code
            elif isinstance(event, h11.Data):
                yield bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                self.is_complete = True
            elif event is h11.NEED_DATA:
                return


def headers(call: commands.Call[object]) -> list[tuple[bytes, bytes]]:
    accept = b"text/event-stream" if call.path == _EVENTS_PATH else b"application/json"
    found = [(b"host", b"localhost"), (b"accept", accept)]
    if call.body is not None:
        found.append((b"content-type", b"application/json"))
    if call.method != "GET":
        found.append((b"content-length", str(len(call.body or b"")).encode()))
    return found


def check_size(body: bytes) -> None:
    """Raises `errors.TooLarge` for a body that the agent would not read."""
    if len(body) <= _SURELY_ACCEPTED:
        return
    from bgtasks_gui.wire import routes  # the route table is not needed otherwise

    if len(body) > routes.MAX_BODY_BYTES:
        raise errors.TooLarge(
            f"This is {len(body):,} bytes; at most {routes.MAX_BODY_BYTES:,} are accepted.",
            field="body",
        )


def events_call(after: int | None) -> commands.Call[shapes.EventView]:
    """The request for the stream of events; what follows `after` comes first."""
    query = {} if after is None else {"after": str(after)}
    return commands.Call("GET", _EVENTS_PATH, shapes.EventView, query)


def read_answer(call: commands.Call[T], answer: Answer) -> T:
    """The value that was asked for. Raises the error the agent answered with instead."""
    if not 200 <= answer.status < 300:
        raise error_of(answer)
    try:
        value: T = codec.decode(answer.body, call.answer)
    except errors.InvalidField as error:
        raise unreadable_value(error) from error
    return value


_BY_CODE: Final = {
    one.code: one for one in vars(errors).values()
    if isinstance(one, type) and issubclass(one, errors.UserError)
}  # fmt: skip


def error_of(answer: Answer) -> errors.UserError:
    """The error that an answer tells of, as the class its code belongs to."""
    try:
        told: shapes.ErrorDetail = codec.decode(answer.body, shapes.ErrorView).error
    except errors.InvalidField:
        return unreadable(f"status {answer.status} without an explanation")
    known = _BY_CODE.get(told.code)
    if known is not None:
        return known(told.message, field=told.field)
    if told.number is not msgspec.UNSET:
        from bgtasks_gui.core.background import codes  # only programs in the background meet them

        subcode = None if told.subcode is msgspec.UNSET else told.subcode
        return codes.of_answer(told.code, told.message, subcode, told.field)
    error = errors.UserError(told.message, field=told.field)
    error.code = told.code
    return error


def not_reached(error: OSError, timeout_s: float = TIMEOUT_S) -> errors.AgentUnreachable:
    """What a failure of the connection means to a person."""
    if isinstance(error, _TOO_LATE):
        return errors.AgentUnreachable(f"The agent did not answer within {timeout_s:g} s.")
    if isinstance(error, ConnectionError | FileNotFoundError):
        return errors.AgentUnreachable(NOT_RUNNING)
    return errors.AgentUnreachable(f"The agent cannot be reached: {error.strerror or error}.")


def gone() -> errors.AgentUnreachable:
    return errors.AgentUnreachable("The agent went away in the middle of its answer.")


def unreadable(why: str) -> errors.AgentUnreachable:
    return errors.AgentUnreachable(f"The agent's answer cannot be read: {why}.")


def unreadable_value(error: errors.InvalidField) -> errors.AgentUnreachable:
    """The agent sent JSON that is not what this version expects."""
    return unreadable(f"{error.message.rstrip('.')} (at {error.field})")
