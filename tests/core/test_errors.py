from __future__ import annotations

from collections.abc import Iterator

import pytest

from bgtasks_gui.core import errors


def every(kind: type[errors.BackgroundTasksError]) -> Iterator[type[errors.BackgroundTasksError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from every(child)


ALL = list(every(errors.BackgroundTasksError))
USER = list(every(errors.UserError))


@pytest.mark.parametrize("kind", [one for one in ALL if not issubclass(one, errors.InvalidField)])
def test_the_docstring_is_the_message_where_none_is_given(
    kind: type[errors.BackgroundTasksError],
) -> None:
    message = kind().message
    assert message == (kind.__doc__ or "").splitlines()[0]
    assert message.endswith((".", ": a bug."))


def test_a_message_of_its_own_wins() -> None:
    assert str(errors.TaskNotFound("No task is called backup.")) == "No task is called backup."


def test_codes_are_words_of_their_own() -> None:
    codes = [kind.code for kind in USER]
    assert len(set(codes)) == len(codes)
    assert all(code == code.lower() and " " not in code for code in codes)


def test_a_field_is_kept_only_when_given() -> None:
    assert errors.UserError("No.").field is None
    assert errors.UserError("No.", field="name").field == "name"


@pytest.mark.parametrize(
    ("prefix", "inner", "whole"),
    [
        ("triggers[0]", "zone", "triggers[0].zone"),
        ("conditions", "[2].days", "conditions[2].days"),
        ("payload", "", "payload"),
    ],
)
def test_an_error_seen_from_outside(prefix: str, inner: str, whole: str) -> None:
    error = errors.InvalidField("Not so.", field=inner).under(prefix)
    assert (error.field, error.message) == (whole, "Not so.")


def test_an_error_seen_from_outside_is_still_the_same_error() -> None:
    error = errors.TooLarge("Too much.", field="body").under("payload")
    assert type(error) is errors.TooLarge
    assert error.code == "too_large"


def test_a_bug_is_no_message_for_people() -> None:
    assert not issubclass(errors.IllegalMove, errors.UserError)
