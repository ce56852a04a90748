"""What of a task is checked before it is registered, whatever its kind and triggers."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from bgtasks_gui.core import conditions, durations, errors, patterns, tasks

LONGEST_NAME: Final = 200
#: Bytes that a payload, a trigger or an environment may hold.
LARGEST: Final = 1024 * 1024
MOST_ATTEMPTS: Final = 100
MOST_MISSED: Final = 1000
LONGEST_GRACE: Final = timedelta(seconds=60)
LONGEST_FLEX: Final = timedelta(days=1)
#: Longer waits and limits are taken for mistakes, and would leave the calendar.
LONGEST_LIMIT: Final = timedelta(days=3650)
LEAST_MEMORY: Final = 1024 * 1024
GENTLEST: Final = 19
#: The strings of OpenHarmony's background modes (concepts 2.3).
MODES: Final = (
    "dataTransfer", "audioPlayback", "audioRecording", "location", "bluetoothInteraction",
    "multiDeviceConnection", "wifiInteraction", "voip", "taskKeeping", "workout",
    "specialScenarioProcessing", "nearlink",
)  # fmt: skip
_ZERO: Final = timedelta(0)
#: Control characters, line breaks, and marks that turn the direction of the text around them.
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def check_spec(spec: tasks.TaskSpec, now: datetime) -> None:
    """Raises `errors.InvalidField`, which names the field and says what would be right."""
    check_name(spec.name)
    for field, text in (("group", spec.group), ("owner", spec.owner)):
        check_text(text, field)
    _check_sizes(spec)
    _check_environment(spec.environment)
    _check_times(spec, now)
    _check_policies(spec)
    _check_resources(spec.resources)
    for index, condition in enumerate(spec.conditions):
        try:
            conditions.check(condition)
        except errors.InvalidField as error:
            raise error.under(f"conditions[{index}]") from error
    for index, mode in enumerate(spec.modes):
        if mode not in MODES:
            message = f"{mode!r} is no mode; the modes are {', '.join(MODES)}."
            raise errors.InvalidField(message, field=f"modes[{index}]")
    if spec.progress_pattern is not None:
        patterns.check_pattern(spec.progress_pattern)


def warnings(spec: tasks.TaskSpec) -> list[str]:
    """Sentences about what is accepted, yet hardly meant."""
    return [*conditions.contradictions(spec.conditions), *_idle_settings(spec)]


def check_name(name: str) -> None:
    """Raises `errors.InvalidField` (field `name`) where a task cannot have this name."""
    if not name:
        raise errors.InvalidField("The name is empty; give the task a name.", field="name")
    if name != name.strip():
        raise errors.InvalidField("The name must not begin or end with a space.", field="name")
    check_text(name, "name")
    try:
        uuid.UUID(name)
    except ValueError:
        return
    # Tasks are asked for by name or by identifier, and one word must not mean both.
    raise errors.InvalidField("The name looks like an identifier; use words.", field="name")


def check_text(text: str, field: str) -> None:
    """Raises `errors.InvalidField` where this is too long for a name, or not printable."""
    if len(text) > LONGEST_NAME:
        message = f"The {field} has {len(text):,} characters; at most {LONGEST_NAME} are allowed."
        raise errors.InvalidField(message, field=field)
    if _CONTROL.search(text):
        message = f"The {field} holds a control character; use printable characters only."
        raise errors.InvalidField(message, field=field)


def _check_sizes(spec: tasks.TaskSpec) -> None:
    _check_size("payload", len(bytes(spec.payload)))
    for index, trigger in enumerate(spec.triggers):
        _check_size(f"triggers[{index}]", len(bytes(trigger)))


def _check_size(field: str, size: int) -> None:
    if size > LARGEST:
        message = f"{field}: {size:,} bytes is more than the {LARGEST:,} a task may hold."
        raise errors.TooLarge(message, field=field)


def check_variables(variables: Mapping[str, str], field: str) -> None:
    """Raises `errors.InvalidField` where these cannot be variables of an environment."""
    for name, value in variables.items():
        if not name or "=" in name or "\0" in name + value:
            message = f"{name!r} cannot be a variable: no empty name, no '=' in it, no NUL."
            raise errors.InvalidField(message, field=field)


def _check_environment(environment: dict[str, str] | None) -> None:
    field = "environment"
    if environment is None:
        return
    check_variables(environment, field)
    texts = (text for pair in environment.items() for text in pair)
    _check_size(field, sum(len(text.encode(errors="replace")) for text in texts))


def _check_times(spec: tasks.TaskSpec, now: datetime) -> None:
    for field, limit in (("time_limit", spec.time_limit), ("idle_limit", spec.idle_limit)):
        if limit is not None:
            _check_duration(field, limit, LONGEST_LIMIT, is_zero_allowed=False)
    _check_duration("grace", spec.grace, LONGEST_GRACE)
    _check_duration("flex", spec.flex, LONGEST_FLEX)
    _check_duration("retry.backoff", spec.retry.backoff, LONGEST_LIMIT)
    _check_duration("retry.max_delay", spec.retry.max_delay, LONGEST_LIMIT)
    if spec.expires_at is None:
        return
    if spec.expires_at.tzinfo is None:
        message = 'The expiry has no offset from UTC; end it with "Z" or one like "+02:00".'
        raise errors.InvalidField(message, field="expires_at")
    if spec.expires_at <= now:
        message = "The expiry is in the past; give a time that is still to come, or none."
        raise errors.InvalidField(message, field="expires_at")


def _check_duration(
    field: str, value: timedelta, longest: timedelta, *, is_zero_allowed: bool = True
) -> None:
    if value < _ZERO or (value == _ZERO and not is_zero_allowed):
        least = "zero or more" if is_zero_allowed else "more than zero"
        raise errors.InvalidField(f"{field} must be {least}.", field=field)
    if value > longest:
        message = f"{field} must be at most {durations.say_duration(longest)}."
        raise errors.InvalidField(message, field=field)


def _check_policies(spec: tasks.TaskSpec) -> None:
    _check_number("retry.attempts", spec.retry.attempts, 0, MOST_ATTEMPTS)
    _check_number("missed.limit", spec.missed.limit, 1, MOST_MISSED)
    if spec.overlap.limit < 1:
        raise errors.InvalidField("overlap.limit must be 1 or more.", field="overlap.limit")


def _check_resources(resources: tasks.Resources) -> None:
    _check_number("resources.nice", resources.nice, 0, GENTLEST)
    memory = resources.memory_max
    if memory is not None and memory < LEAST_MEMORY:
        message = f"resources.memory_max must be at least {durations.say_size(LEAST_MEMORY)}."
        raise errors.InvalidField(message, field="resources.memory_max")


def _check_number(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise errors.InvalidField(f"{field} must be from {least} to {most:,}.", field=field)


def _idle_settings(spec: tasks.TaskSpec) -> Iterator[str]:
    """Settings that can never act."""
    if spec.time_limit and spec.idle_limit and spec.idle_limit >= spec.time_limit:
        yield "The idle limit is not below the time limit, so it never acts."
    if spec.overlap.limit > 1 and spec.overlap.policy is not tasks.OverlapPolicy.PARALLEL:
        yield "The overlap limit acts only with the policy parallel."
    if spec.retry.attempts and spec.retry.max_delay < spec.retry.backoff:
        yield "The longest retry delay is below the first one, so every wait is the longest one."
