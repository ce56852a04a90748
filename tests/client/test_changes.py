from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.client import changes
from bgtasks_gui.client.changes import Changes
from tests.cli.fakes import views

IDS = st.sampled_from("abc")
#: What an id stands for at one moment: its fields, or None where there is no such id.
PICTURES = st.dictionaries(IDS, st.fixed_dictionaries({"x": st.integers(0, 2)}), max_size=3)
ALL = frozenset({"id", "x"})
Picture = dict[str, dict[str, int]]


def step(before: Picture, after: Picture) -> Changes:
    """What a mirror would tell of this step, of tasks and of runs alike."""
    changed = {
        one: ALL if one not in before else frozenset({"x"})
        for one, fields in after.items()
        if before.get(one) != fields
    }
    removed = frozenset(before.keys() - after.keys())
    return Changes(tasks=changed, removed_tasks=removed, runs=changed, removed_runs=removed)


@given(st.lists(PICTURES, min_size=1, max_size=6))
def test_several_steps_tell_what_one_step_from_first_to_last_would(
    pictures: list[Picture],
) -> None:
    steps = [step(a, b) for a, b in itertools.pairwise(pictures)]
    merged = changes.merge(steps)
    first, last = pictures[0], pictures[-1]
    direct = step(first, last)
    assert merged.removed_tasks == direct.removed_tasks == merged.removed_runs
    assert merged.tasks == merged.runs
    # Nothing that differs is missing; what changed and changed back may be told too.
    assert all(fields <= merged.tasks[one] for one, fields in direct.tasks.items())
    assert merged.tasks.keys() <= last.keys()
    assert {one for one, fields in merged.tasks.items() if "id" in fields} == (
        last.keys() - first.keys()
    )


@given(st.lists(PICTURES, min_size=3, max_size=3))
def test_it_does_not_matter_where_steps_are_joined_first(pictures: list[Picture]) -> None:
    one = step({}, pictures[0])
    two = step(pictures[0], pictures[1])
    three = step(pictures[1], pictures[2])
    assert one.then(two).then(three) == one.then(two.then(three))
    assert changes.merge([one, two, three]) == one.then(two).then(three)


def test_nothing_is_nothing() -> None:
    assert not Changes()
    assert not changes.merge([])
    assert not Changes().then(Changes())
    came = Changes(tasks={"a": ALL})
    went = Changes(removed_tasks=frozenset("a"))
    assert not came.then(went)
    for something in (
        came,
        went,
        Changes(resync=True),
        Changes(system=True),
        Changes(connected=False),
        Changes(printed=frozenset("r")),
        Changes(warnings={"r": "Slow."}),
        Changes(passing={"r": views.run(state="failed")}),
    ):
        assert something


def test_the_last_word_on_the_connection_counts() -> None:
    lost = Changes(connected=False, trouble="The agent is not running.")
    back = Changes(connected=True)
    assert lost.then(Changes(system=True)) == Changes(
        connected=False, trouble="The agent is not running.", system=True
    )
    assert lost.then(back) == back
    assert back.then(lost) == lost


def test_marks_are_gathered() -> None:
    first, second = (views.run(id=name, state="failed") for name in "cd")
    one = Changes(
        printed=frozenset("a"), warnings={"a": "first", "b": "other"}, resync=True,
        passing={"c": first},
    )  # fmt: skip
    two = Changes(
        printed=frozenset("b"), warnings={"a": "second"}, system=True, passing={"d": second}
    )
    assert one.then(two) == Changes(
        printed=frozenset("ab"),
        warnings={"a": "second", "b": "other"},
        passing={"c": first, "d": second},
        resync=True,
        system=True,
    )
