"""Whatever surfaces do, in whichever order: in the end each notice is where it belongs, once."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bgtasks_gui.agent.telling import showing
from bgtasks_gui.core.notices import notice, surface
from tests.agent.telling.fakes.recording import Icon, JobView, Messages, OtherMessages
from tests.agent.telling.fakes.scenes import a_notice, others, take_turns
from tests.fakes.manual_clock import ManualClock

KEYS = ("failed:1", "failed:2", "live:1", "live:2")
_ways = st.integers(0, 3)
_notices = st.tuples(st.sampled_from(("show", "withdraw", "move")), st.sampled_from(KEYS))
#: "fade" and "wake" are to go and to come without a word, which only a look finds out.
_does = ("go_away", "come_back", "restart", "hang", "answer", "fade", "wake")
_events = st.tuples(st.sampled_from(_does), _ways)
_passing = st.tuples(st.sampled_from(("turns", "seconds")), st.integers(0, 90))
_steps = st.lists(st.one_of(_notices, _events, _passing), max_size=40)


class Scene:
    """What is up over all kinds of surfaces, and what should be."""

    def __init__(self) -> None:
        self.ways = (Messages(), OtherMessages(), JobView(), Icon())
        self.clock = ManualClock()
        self.showing = showing.Showing(self.ways, self.clock)
        self.wanted: dict[str, notice.Notice] = {}
        self.heard: list[surface.Heard] = []
        self.showing.on_heard = self.heard.append
        self._said = 0

    async def do(self, what: str, which: str | int) -> None:
        match what, which:
            case "show" | "move", str() as key:
                self._said += 1
                self.wanted[key] = a_notice(key, body=str(self._said))
                self.showing.show(self.wanted[key], moves_only=what == "move")
            case "withdraw", str() as key:
                self.wanted.pop(key, None)
                self.showing.withdraw(key)
            case "turns", int() as turns:
                await take_turns(turns)
            case "seconds", int() as seconds:
                await self.clock.advance_async(timedelta(seconds=seconds))
            case "fade" | "wake", int() as number:
                self.ways[number].is_away = what == "fade"
            case _, int() as number:
                getattr(self.ways[number], what)()

    async def come_to_rest(self) -> None:
        for way in self.ways:
            way.answer()
        for _ in range(3):
            await take_turns(200)
            await self.clock.advance_async(timedelta(seconds=showing.LONGEST_S))
        # A move is shown where that is of use; all else is as it was shown last.
        for told in self.wanted.values():
            self.showing.show(told)
        await take_turns(200)

    def expected(self) -> list[dict[str, notice.Notice]]:
        here = [not way.is_away for way in self.ways]
        messenger = 0 if here[0] else 1
        found: list[dict[str, notice.Notice]] = [{}, {}, {}, {}]
        for key, told in self.wanted.items():
            main = 2 if told.kind is notice.Kind.LIVE and here[2] else messenger
            for number in (main, 3):
                if here[number]:
                    found[number][key] = told
        return found


@settings(max_examples=60)
@given(_steps)
async def test_in_the_end_each_notice_is_where_it_belongs(
    steps: list[tuple[str, str | int]],
) -> None:
    scene = Scene()
    await scene.showing.start()
    for what, which in steps:
        await scene.do(what, which)
    await scene.come_to_rest()
    shown = [{} if way.is_away else way.up for way in scene.ways]
    assert shown == scene.expected()
    assert scene.heard == []
    await scene.showing.close()
    assert (others(), scene.clock.pending) == (set(), 0)
