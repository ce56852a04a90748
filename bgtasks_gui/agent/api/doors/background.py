"""What the API says and does about what programs do in the background."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bgtasks_gui.agent.background import conducting, delaying, granting, resourcing, showing
from bgtasks_gui.core import ports, reasons
from bgtasks_gui.core.background import access, codes, continuous, modes, names, resources
from bgtasks_gui.wire import shapes


class BackgroundDoor:
    """Answers the routes of `wire.routes` with the subject "background".

    `checks(task)` says what was found of the use of its modes, `holds()` what keeps the computer
    from sleep or shutdown.
    """

    def __init__(
        self,
        conductor: conducting.Conducting,
        grants: granting.Granting,
        delayer: delaying.Delaying,
        clock: ports.Clock,
        *,
        resourcer: resourcing.Resourcing,
        checks: Callable[[continuous.ContinuousTask], Iterable[shapes.ModeCheckView]],
        holds: Callable[[], tuple[shapes.HoldView, ...]],
    ) -> None:
        self._conducting = conductor
        self._grants = grants
        self._delaying = delayer
        self._resourcing = resourcer
        self._clock = clock
        self._checks = checks
        self._holds = holds

    async def show(self) -> shapes.BackgroundView:
        return shapes.BackgroundView(
            continuous=await self.list_continuous(),
            budgets=await self.list_budgets(),
            access=await self.list_access(),
            holds=self._holds(),
            resources=tuple(showing.resource_view(one) for one in self._resourcing.held()),
        )

    # Continuous tasks

    async def list_continuous(self) -> tuple[shapes.ContinuousView, ...]:
        return tuple(self._view(one) for one in self._conducting.going())

    async def start(self, *, body: shapes.ContinuousRequest) -> shapes.ContinuousView | None:
        task = await self._conducting.start(_wish(body))
        # The older call, with one mode, returns nothing (concepts R102).
        return self._view(task) if body.mode is None else None

    async def update(self, *, body: shapes.ContinuousRequest) -> shapes.ContinuousView:
        return self._view(await self._conducting.update(_wish(body)))

    async def stop(self, *, query: shapes.ContinuousQuery) -> shapes.ContinuousView:
        return self._view(await self._conducting.stop(query.owner, query.ability))

    async def cancel(self, id: str, *, body: shapes.ActionRequest) -> shapes.ContinuousView:
        code, now = reasons.Code.USER_CANCEL, self._clock.now()
        reason = reasons.make(code, now, body.reason or None)
        return self._view(await self._conducting.cancel(_number(id), reason))

    async def progress(self, id: str, *, body: shapes.ProgressRequest) -> shapes.ContinuousView:
        said = continuous.Transferred(
            title=body.title, file_name=body.file_name, value=body.value
        )  # fmt: skip
        return self._view(self._conducting.progress(_number(id), body.notification_id, said))

    def _view(self, task: continuous.ContinuousTask) -> shapes.ContinuousView:
        return showing.continuous_view(task, self._checks(task))

    # Access

    async def list_access(self) -> tuple[shapes.AccessView, ...]:
        return tuple(showing.access_view(one) for one in self._grants.all())

    async def grant(self, owner: str, *, body: shapes.AccessRequest) -> shapes.AccessView:
        declared = modes.parse(body.modes) if body.modes else ()
        wanted = access.Access(
            owner=owner,
            keep_running=body.keep_running,
            modes=declared,
            is_system=body.is_system,
        )
        await self._grants.grant(wanted)
        return showing.access_view(wanted)

    async def forget(self, owner: str) -> shapes.AccessView:
        return showing.access_view(await self._grants.remove(owner))

    # Suspend delays

    async def list_budgets(self) -> tuple[shapes.BudgetView, ...]:
        now = self._clock.now()
        return tuple(showing.budget_view(one, now) for one in self._delaying.overview())

    async def request_delay(self, *, body: shapes.DelayRequest) -> shapes.DelayView:
        owner = _owner(body.owner)
        delay = await self._delaying.request(owner, body.reason, body.callback, body.run)
        return showing.delay_view(delay, self._clock.now())

    async def remaining(self, id: str, *, query: shapes.DelayQuery) -> shapes.RemainingView:
        found = self._delaying.find(_number(id), _owner(query.owner))
        return shapes.RemainingView(remaining=found.remaining_ms)

    async def cancel_delay(self, id: str, *, query: shapes.DelayQuery) -> shapes.DelayView:
        delay = await self._delaying.cancel(_number(id), _owner(query.owner))
        return showing.delay_view(delay, self._clock.now())

    async def move_front(self, *, body: shapes.FrontRequest) -> shapes.BudgetView | None:
        owner = _owner(body.owner)
        await self._delaying.set_front(owner, body.front)
        now = self._clock.now()
        mine = [one for one in self._delaying.overview() if one.owner == owner]
        return showing.budget_view(mine[0], now) if mine else None

    # Efficiency resources

    async def act_on_resources(
        self, *, body: shapes.ResourceRequest
    ) -> tuple[shapes.ResourceView, ...]:
        wanted = resources.Request(
            owner=body.owner,
            resource_types=body.resource_types,
            is_apply=body.is_apply,
            timeout_ms=body.timeout_ms,
            is_persist=body.is_persist,
            is_process=body.is_process,
            reason=body.reason,
        )
        return tuple(showing.resource_view(one) for one in await self._resourcing.act(wanted))

    async def reset_resources(
        self, *, query: shapes.ResourceQuery
    ) -> tuple[shapes.ResourceView, ...]:
        released = await self._resourcing.reset_all(_owner(query.owner))
        return tuple(showing.resource_view(one) for one in released)


def _wish(body: shapes.ContinuousRequest) -> continuous.Wish:
    return continuous.Wish(
        owner=body.owner,
        ability=body.ability,
        modes=continuous.read_modes(body.modes, body.mode),
        title=body.title,
        text=body.text,
        run_id=body.run,
        keeps_awake=body.keep_awake,
    )


def _owner(name: str) -> str:
    names.check(name, "owner", "Name the program that asks.")
    return name


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise codes.BadParameter(f"{text!r} is no number.", field="id") from None
