from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.cli.words import policies
from bgtasks_gui.core import errors, tasks

O, M = tasks.OverlapPolicy, tasks.MissedPolicy  # noqa: E741


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("skip", tasks.Overlap(policy=O.SKIP)),
        ("QUEUE", tasks.Overlap(policy=O.QUEUE)),
        ("replace", tasks.Overlap(policy=O.REPLACE)),
        ("parallel(3)", tasks.Overlap(policy=O.PARALLEL, limit=3)),
        ("parallel=3", tasks.Overlap(policy=O.PARALLEL, limit=3)),
        ("parallel:3", tasks.Overlap(policy=O.PARALLEL, limit=3)),
    ],
)
def test_overlap(text: str, expected: tasks.Overlap) -> None:
    assert policies.parse_overlap(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("once", tasks.Missed(policy=M.ONCE)),
        ("skip", tasks.Missed(policy=M.SKIP)),
        ("ask", tasks.Missed(policy=M.ASK)),
        ("all", tasks.Missed(policy=M.ALL)),
        ("all(5)", tasks.Missed(policy=M.ALL, limit=5)),
    ],
)
def test_missed(text: str, expected: tasks.Missed) -> None:
    assert policies.parse_missed(text) == expected


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (policies.parse_overlap, "parallel"),
        (policies.parse_overlap, "skip(2)"),
        (policies.parse_overlap, "wait"),
        (policies.parse_overlap, "parallel(-1)"),
        (policies.parse_overlap, ""),
        (policies.parse_missed, "once(1)"),
        (policies.parse_missed, "always"),
        (policies.parse_missed, "all()"),
    ],
)
def test_refusals_name_what_there_is(parse: Callable[[str], object], text: str) -> None:
    with pytest.raises(errors.InvalidField, match=r"is not an? (overlap )?policy.*\(\d+\)"):
        parse(text)


@given(limit=st.integers(0, 999_999_999))
def test_any_number_is_kept(limit: int) -> None:
    assert policies.parse_overlap(f"parallel({limit})").limit == limit
    assert policies.parse_missed(f"all({limit})").limit == limit
