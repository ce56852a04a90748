"""The descriptions a form is made of."""

from __future__ import annotations

from bgtasks_gui.gui.editor.schema import tree


def test_an_object_knows_its_fixed_members() -> None:
    assert tree.Object(constants=(("type", "cron"),)).fixed == {"type": "cron"}


def test_a_union_finds_the_branch_of_a_tag() -> None:
    star = tree.Branch(tag="star", title="A star", form=tree.Object())
    union = tree.Union(tag_name="type", branches=(star,))
    assert union.branch("star") is star
    assert union.branch("comet") is None
    assert union.branch(None) is None
