"""What a window can have to show of notices and of the machine: nothing, a usual day, too much."""

from __future__ import annotations

from bgtasks_gui.wire import shapes
from bgtasks_gui.wire.notices import NoticeView
from tests.gui.fakes import background as made
from tests.gui.fakes import notices
from tests.gui.support import views
from tests.gui.support.stages import Stage


def nothing(stage: Stage) -> None:
    """Nothing was told, and no program does anything."""
    _answer(stage, (), made.background())
    stage.way.on("GET /v1/telling", notices.telling(*_surfaces()))


def usual(stage: Stage) -> None:
    """Some of everything."""
    told = tuple(_usual_notices())
    _answer(stage, told, _usual_background())
    telling = notices.telling(*_surfaces(), held_back=4)
    stage.way.on("GET /v1/telling", telling)


def much(stage: Stage, long: str) -> None:
    """200 notices with long words, in quiet hours, and as many programs."""
    outcomes = ("held_back", "added", "expired", "removed", "cleared")
    kinds = ("failed", "needs_you", "warning", "ended", "digest", "live")
    told = tuple(
        notices.notice(
            at, outcomes[at % 5], kind=kinds[at % 6], title=f"{at}: {long}", body=f"{long}. {long}",
            held_because=f"Quiet hours, since {long}." if at % 5 == 0 else None,
        )
        for at in range(199, 0, -1)
    )  # fmt: skip
    modes = ("dataTransfer", "audioPlayback", "location")
    _answer(stage, told, made.background(
        continuous=tuple(
            made.continuous(
                at, owner=f"org.example.{at}.{'Very' * 40}", title=long, text=long, modes=modes,
                checks=tuple(made.check(one, None, f"Cannot be checked here: {long}.")
                             for one in modes), keeps_awake=True,
            )
            for at in range(1, 9)
        ),
        budgets=tuple(
            made.budget(120.0 * at, *(made.delay(n, reason=long) for n in range(3)),
                        owner=f"org.example.{at}.{'Very' * 40}")
            for at in range(1, 6)
        ),
        access=tuple(made.access(f"org.example.{at}.{'Very' * 40}", modes=modes * 3)
                     for at in range(1, 9)),
        holds=tuple(made.hold(why=long, what="idle:sleep:shutdown") for _ in range(4)),
    ))  # fmt: skip
    surfaces = [notices.surface(f"s{at}", title=long, sentence=long, is_used=at == 0)
                for at in range(5)]  # fmt: skip
    stage.way.on("GET /v1/telling", notices.telling(
        *surfaces, held_back=12_345, is_quiet=True, quiet_until=views.stamp(9 * 3600)
    ))  # fmt: skip


def facts() -> tuple[shapes.FactView, ...]:
    """What is known of a usual machine beside what the sidebar has."""
    return (
        shapes.FactView(name="idle", value="for 2 min", ok=True),
        shapes.FactView(name="power saver", value="off", ok=True),
        shapes.FactView(name="supervisor", value="running, 2 runs", ok=True),
        shapes.FactView(name="disk", value="118 GiB free of 512 GiB", ok=True),
    )


def _answer(stage: Stage, told: tuple[NoticeView, ...], background: shapes.BackgroundView) -> None:
    stage.way.on("GET /v1/notices", told)
    stage.way.on("GET /v1/background", background)


def _surfaces() -> tuple[notices.SurfaceView, ...]:
    return (
        notices.surface("freedesktop", title="Desktop notifications",
                        sentence="dunst 1.9.0 shows progress and buttons"),
        notices.surface("portal", title="Notifications of the desktop portal", is_available=False,
                        is_used=False, sentence="there is no portal on the session bus"),
        notices.surface("kde_jobs", title="Plasma's list of running work", is_available=False,
                        is_used=False, sentence="no list of running work on this desktop"),
        notices.surface("launcher", title="Count and progress on the icon",
                        sentence="a dock shows a count and progress"),
    )  # fmt: skip


def _usual_notices() -> list[NoticeView]:
    return [
        notices.notice(
            9, kind="live", title="Home backup", body="62 % of 4.2 GB, 38 MB/s, 42 s left",
            at=views.stamp(210), changed_at=views.stamp(590),
        ),
        notices.notice(
            8, "removed", title="Virus scan of Downloads failed",
            body="Its program ended with exit status 2.", at=views.stamp(440),
            changed_at=views.stamp(452),
        ),
        notices.notice(
            7, kind="needs_you", title="Update feeds was missed",
            body="The computer was asleep from 03:00 to 07:12. Run it now?", at=views.stamp(300),
        ),
        notices.notice(
            6, "expired", kind="ended", title="Thumbnails is done", body="412 files in 3 min.",
            at=views.stamp(-900), changed_at=views.stamp(-890),
        ),
        notices.notice(
            5, "cleared", kind="warning", title="Convert holiday films is near its limit",
            body="It has run for 54 of 60 min.", at=views.stamp(-3000),
            changed_at=views.stamp(-2640),
        ),
        notices.notice(
            4, "held_back", kind="failed", title="Photo library to NAS failed",
            body="The host nas cannot be reached.", at=views.stamp(-9 * 3600),
            changed_at=views.stamp(-9 * 3600), held_because="Quiet hours from 22:00 to 07:00.",
        ),
        notices.notice(
            3, "held_back", kind="ended", title="Mail archive is done", body="18,204 messages.",
            at=views.stamp(-10 * 3600), changed_at=views.stamp(-10 * 3600),
            held_because="You looked at the window.",
        ),
        notices.notice(
            2, "expired", kind="digest", title="3 runs failed", run_id=None, task_id=None,
            body="Thumbnails, Sync calendar, Check certificates", at=views.stamp(-16 * 3600),
            changed_at=views.stamp(-16 * 3600 + 10),
        ),
        notices.notice(
            1, "cleared", kind="live", title="Defragment old disk", body="100 % of 80 GB",
            at=views.stamp(-30 * 3600), changed_at=views.stamp(-28 * 3600),
            surfaces=("freedesktop", "launcher"),
        ),
    ]  # fmt: skip


def _usual_background() -> shapes.BackgroundView:
    music = made.continuous(
        2, owner="org.example.Radio", title="Radio recording", text="Evening concert until 22:00",
        modes=("audioRecording", "bluetoothInteraction", "location"), keeps_awake=True,
        started_at=views.stamp(-3600), ability="recorder",
        checks=(
            made.check("audioRecording", True, "It records from “Line in”."),
            made.check("bluetoothInteraction", False, "No device is connected."),
            made.check("location", None, "It cannot be checked here: there is no GeoClue service."),
        ),
    )  # fmt: skip
    return made.background(
        continuous=(made.continuous(), music),
        budgets=(
            made.budget(252.0, made.delay()),
            made.budget(600.0, owner="org.example.Mail"),
            made.budget(8.0, owner="thumbnailer"),
        ),
        access=(
            made.access(), made.access("org.example.Radio", modes=music.modes),
            made.access("org.example.Tracker", keep_running=False, modes=("location",)),
        ),
        holds=(
            made.hold(),
            made.hold(what="idle", why="Radio recording goes on.", since=views.stamp(-3600)),
        ),
    )  # fmt: skip
