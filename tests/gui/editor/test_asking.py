"""What the editor asks of the agent."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors
from bgtasks_gui.gui.editor import asking
from bgtasks_gui.wire import codec, shapes
from tests.agent.support import embedded

COMMAND = {"name": "n", "kind": "command", "payload": {"argv": ["true"]}}
CRON = {"type": "cron", "expression": "0 1 * * *"}
PAST = {"type": "date", "at": "2001-01-01T00:00:00Z"}
SECRETS = {
    "argv": ["curl", "https://ada:love@example.org/x", "--token=abc"], "shell": False,
    "env": {"API_KEY": "abc", "LANG": "C"},
}  # fmt: skip
members = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3))


async def test_a_task_is_looked_at_without_being_stored(agent_client: Client) -> None:
    checked = await asking.check(agent_client, COMMAND | {"triggers": [CRON]}, None)
    assert (checked.does, len(checked.when), len(checked.next)) == ("runs `true`", 1, 10)
    assert await agent_client(commands.list_tasks()) == ()


async def test_a_task_without_a_name_can_be_looked_at(agent_client: Client) -> None:
    assert (await asking.check(agent_client, COMMAND | {"name": ""}, None)).does == "runs `true`"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"payload": {"argv": ["nothing-like-this"]}}, "payload.argv[0]"),
        ({"triggers": [CRON, CRON | {"expression": "x"}]}, "triggers[1].expression"),
        ({"triggers": [PAST]}, "triggers[0].at"),
        ({"time_limit": "soon"}, "time_limit"),
        ({"conditions": [{"type": "battery_above", "percent": 101}]}, "conditions[0].percent"),
    ],
)
async def test_what_is_wrong_is_named(
    agent_client: Client, changes: codec.JsonObject, field: str
) -> None:
    with pytest.raises(errors.InvalidField) as caught:
        await asking.check(agent_client, COMMAND | changes, None)
    assert caught.value.field == field


async def stored(agent: embedded.Embedded, client: Client, **fields: object) -> asking.Origin:
    task = await agent.register("old", "command", SECRETS, **fields)
    return await asking.read(client, task.id)


async def test_hidden_secrets_are_no_trouble_for_a_look(
    agent: embedded.Embedded, agent_client: Client
) -> None:
    origin = await stored(agent, agent_client, environment={"MY_TOKEN": "x", "PATH": "/bin"})
    assert origin.value["payload"]["env"]["API_KEY"] == "***"
    assert origin.value["environment"]["MY_TOKEN"] == "***"
    checked = await asking.check(agent_client, origin.value, origin)
    assert "https://ada:***@example.org/x" in checked.does
    fresh = origin.value | {"payload": {"argv": ["true"], "env": {"B_KEY": "***"}}}
    with pytest.raises(errors.InvalidField, match="hidden when it was shown"):
        await asking.check(agent_client, fresh, None)


async def test_a_trigger_that_stays_may_have_passed(
    agent: embedded.Embedded, agent_client: Client
) -> None:
    origin = await stored(agent, agent_client, triggers=(CRON,))
    passed = asking.Origin(view=_with_triggers(origin, [PAST, origin.value["triggers"][0]]))
    value = passed.value | {"triggers": [*passed.value["triggers"], CRON | {"expression": "x"}]}
    with pytest.raises(errors.InvalidField) as caught:
        await asking.check(agent_client, value, passed)
    assert caught.value.field == "triggers[2].expression"
    checked = await asking.check(agent_client, passed.value, passed)
    assert checked.when[0] == "said before"
    assert checked.when[1].startswith("at 01:00")


def _with_triggers(origin: asking.Origin, triggers: list[codec.JsonObject]) -> shapes.TaskView:
    raw = tuple(codec.raw(one) for one in triggers)
    return msgspec.structs.replace(origin.view, triggers=raw, when=("said before", "and this"))


async def test_an_edit_loses_nothing(agent: embedded.Embedded, agent_client: Client) -> None:
    origin = await stored(
        agent, agent_client, triggers=(CRON,), modes=("voip",), owner="me", group="home",
        environment={"MY_TOKEN": "x"}, progress_pattern="{percent}%", enabled=False,
    )  # fmt: skip
    before = await agent.agent.store.task(origin.id)
    await asking.save(agent_client, origin.value | {"name": "new"}, origin)
    after = await agent.agent.store.task(origin.id)
    assert before is not None
    assert after is not None
    assert (before.name, after.name) == ("old", "new")
    assert codec.plain(after.payload)["env"]["API_KEY"] == "abc"
    assert after.environment == {"MY_TOKEN": "x"}
    for name in ("triggers", "modes", "owner", "group", "progress_pattern", "enabled", "payload"):
        assert getattr(after, name) == getattr(before, name)


async def test_what_was_changed_elsewhere_meanwhile_stays(
    agent: embedded.Embedded, agent_client: Client
) -> None:
    origin = await stored(agent, agent_client)
    await agent_client(commands.disable_task(origin.id))
    view = await asking.save(agent_client, origin.value | {"group": "mine"}, origin)
    assert (view.enabled, view.group) == (False, "mine")


async def test_a_new_task_is_registered(agent_client: Client) -> None:
    view = await asking.save(agent_client, COMMAND, None)
    assert (await agent_client(commands.show_task(view.id))).name == "n"
    with pytest.raises(errors.DuplicateName) as caught:
        await asking.save(agent_client, COMMAND, None)
    assert caught.value.field == "name"


@given(members, members, members)
def test_mine_over_theirs(
    mine: dict[str, int], before: dict[str, int], theirs: dict[str, int]
) -> None:
    merged = asking.merge(mine, before, theirs)
    for name in {*mine, *theirs}:
        is_mine = name in mine and mine[name] != before.get(name)
        if is_mine:
            assert merged[name] == mine[name]
        elif name in theirs and mine.get(name) == before.get(name):
            assert merged[name] == theirs[name]
