from __future__ import annotations

from dataclasses import replace

import pytest

from bgtasks_gui.gui.models.order import Order
from tests.gui.support.letters import COLUMNS, PLACES, Letter

NAME, SHARE = COLUMNS[0], COLUMNS[PLACES["share"]]


def make_order(*names: str, is_descending: bool = False) -> Order[Letter]:
    order = Order(NAME, is_descending=is_descending)
    order.replace({name: Letter(name, name) for name in names})
    return order


def shown(order: Order[Letter]) -> list[str]:
    return [order.id_at(at) for at in range(len(order))]


def test_rows_are_found_by_place_and_by_id() -> None:
    order = make_order("b", "c", "a")
    assert shown(order) == ["a", "b", "c"]
    assert [order.position(one) for one in ("a", "b", "c", "d")] == [0, 1, 2, -1]
    down = make_order("b", "c", "a", is_descending=True)
    assert shown(down) == ["c", "b", "a"]
    assert [down.position(one) for one in ("a", "b", "c", "d")] == [2, 1, 0, -1]


@pytest.mark.parametrize("is_descending", [False, True])
@pytest.mark.parametrize("name", ["0", "a", "bb", "c", "cc", "z"])
@pytest.mark.parametrize("row_id", ["a", "b", "d", "new"])
def test_a_row_is_placed_where_it_was_said_to_belong(
    row_id: str, name: str, is_descending: bool
) -> None:
    order = make_order("a", "b", "c", "d", is_descending=is_descending)
    order.take(Letter(row_id, name))
    target = order.target(row_id)
    order.place(row_id)
    assert order.position(row_id) == target
    names = [order.rows[one].name for one in shown(order)]
    assert names == sorted(names, reverse=is_descending)


def test_what_is_taken_says_whether_it_has_to_be_placed() -> None:
    order = make_order("a", "b")
    assert order.take(Letter("c", "c"))
    order.place("c")
    assert not order.take(Letter("c", "c", size=3))
    assert order.take(Letter("c", "0"))
    order.place("c")
    order.only(lambda row: row.state == "idle")
    order.filter()
    assert order.take(Letter("c", "0", state="failed"))
    assert order.target("c") == -1
    order.place("c")
    assert not order.take(Letter("c", "0", state="running"))
    assert shown(order) == ["a", "b"]


def test_live_columns_wait_to_be_arranged() -> None:
    order = make_order("a", "b")
    order.sort_by(SHARE, is_descending=False)
    assert not order.take(replace(order.rows["b"], share=-1))
    assert order.is_stale
    assert shown(order) == ["a", "b"]
    order.arrange()
    assert not order.is_stale
    assert shown(order) == ["b", "a"]


def test_a_search_says_whether_it_is_another() -> None:
    order = make_order("home films", "films")
    assert order.search("Films  home")
    assert not order.search("films home ")
    order.filter()
    assert shown(order) == ["home films"]


def test_rows_are_forgotten_alone_or_many_at_once() -> None:
    order = make_order("a", "b", "c", "d")
    order.drop("b")
    assert shown(order) == ["a", "c", "d"]
    order.arrange(without=["a", "d"])
    assert shown(order) == ["c"]
    assert list(order.rows) == ["c"]
    order.take(Letter("e", "e"))
    order.drop("e")
    assert shown(order) == ["c"]
