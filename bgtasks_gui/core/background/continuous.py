"""Continuous tasks: long work that is shown for as long as it goes on (concepts R98 to R112).

Everything here decides only: a new value comes back, or the code of seed 3 is raised.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from bgtasks_gui.core import reasons, runs, tasks
from bgtasks_gui.core.background import access, codes, modes, names

#: Continuous tasks that one owner may have at a time, over all its parts.
MOST_PER_OWNER: Final = 10
#: The ability of the continuous task that a run has by itself begins so; no program may use it.
RUN_ABILITY: Final = "run:"
#: SlotType and ContentType of seed 3's notification record: a live view for what has progress,
#: a plain text else.
LIVE_VIEW: Final = (4, 5)
PLAIN_TEXT: Final = (0xFFFF, 0)
#: The end of a scale of progress.
WHOLE: Final = 100

_Causes = codes.Causes
#: What a mode can be cancelled for beside its own code.
_ALSO_UNUSED: Final[dict[modes.Mode, reasons.Code]] = {
    modes.Mode.DATA_TRANSFER: reasons.Code.LOW_SPEED,
    modes.Mode.AUDIO_PLAYBACK: reasons.Code.MODE_NOT_USED_AUDIO_SESSION,
}
_UNUSED: Final = frozenset(
    {entry.unused for entry in modes.ENTRIES if entry.unused} | set(_ALSO_UNUSED.values())
)


class Transferred(msgspec.Struct, frozen=True, kw_only=True):
    """What a program says of its data transfer (seed 3's downloadTemplate)."""

    title: str
    file_name: str
    #: 0 to 100.
    value: int


class ContinuousTask(msgspec.Struct, frozen=True, kw_only=True):
    """One that goes on."""

    #: Rises from 1; it is the number of its notice too, and stays when the modes change.
    id: int
    owner: str
    #: The part of the owner that asked; each may have one at a time.
    ability: str
    modes: tuple[modes.Mode, ...]
    title: str
    text: str
    started_at: datetime
    run_id: str | None = None
    keeps_awake: bool = False
    #: The last that was said of its progress, and when. Not stored.
    transferred: Transferred | None = None
    progressed_at: datetime | None = None

    @property
    def notification_id(self) -> int:
        return self.id

    @property
    def slot_type(self) -> int:
        return self._record[0]

    @property
    def content_type(self) -> int:
        return self._record[1]

    @property
    def is_automatic(self) -> bool:
        """Whether a run has it by itself, since its task declares modes."""
        return self.ability.startswith(RUN_ABILITY)

    @property
    def _record(self) -> tuple[int, int]:
        return LIVE_VIEW if modes.Mode.DATA_TRANSFER in self.modes else PLAIN_TEXT


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a program asks for: to begin, or to change what goes on."""

    owner: str
    ability: str
    modes: tuple[modes.Mode, ...]
    title: str = ""
    text: str = ""
    run_id: str | None = None
    keeps_awake: bool = False


def read_modes(names: Iterable[str] | None, number: int | None) -> tuple[modes.Mode, ...]:
    """The modes asked for: several names, or one number of the older call (concepts R100).

    Raises `codes.BadParameter` for none, both, or what is no mode.
    """
    if names is not None and number is not None:
        raise codes.BadParameter("Give either modes or one mode, not both.", field="modes")
    if number is not None:
        return (modes.of_number(number),)
    return modes.parse(names or ())


def start(
    wish: Wish,
    allowed: access.Access | None,
    going: Iterable[ContinuousTask],
    *,
    id: int,
    now: datetime,
) -> ContinuousTask:
    """The new continuous task beside those that go on.

    Raises `codes.BadParameter`, `codes.PermissionDenied`, `codes.NotSystemProgram`,
    `codes.ContinuousRefused` or `codes.NoticeRefused`.
    """
    _check_names(wish)
    access.check(allowed, wish.modes)
    others = [one for one in going if one.owner == wish.owner and not one.is_automatic]
    if any(one.ability == wish.ability for one in others):
        raise codes.ContinuousRefused(cause=_Causes.STARTED_ALREADY.value)
    if len(others) >= MOST_PER_OWNER:
        raise codes.ContinuousRefused(cause=_Causes.TOO_MANY.value)
    if not (wish.title.strip() and wish.text.strip()):
        raise codes.NoticeRefused(cause=_Causes.NO_WORDS.value)
    return ContinuousTask(
        id=id,
        owner=wish.owner,
        ability=wish.ability,
        modes=wish.modes,
        title=wish.title,
        text=wish.text,
        started_at=now,
        run_id=wish.run_id,
        keeps_awake=wish.keeps_awake,
    )


def of_run(run: runs.Run, task: tasks.Task, *, id: int, now: datetime) -> ContinuousTask:
    """The one a run has by itself; nobody asked for it, so nobody is refused."""
    declared = modes.parse(task.modes)
    return ContinuousTask(
        id=id,
        owner=task.owner,
        ability=f"{RUN_ABILITY}{run.id}",
        modes=declared,
        title=task.name,
        text="; ".join(modes.CATALOGUE[mode].label for mode in declared),
        started_at=now,
        run_id=run.id,
        keeps_awake=modes.Mode.TASK_KEEPING in declared,
    )


def update(
    wish: Wish, allowed: access.Access | None, going: Iterable[ContinuousTask]
) -> ContinuousTask:
    """What goes on, changed; the very same where its modes stay (concepts R107).

    Other modes are checked as at the start, and raise the same; words that are not given stay.
    """
    _check_names(wish)
    if allowed is None or not allowed.keep_running:
        raise codes.PermissionDenied
    known = find(wish.owner, wish.ability, going)
    if set(wish.modes) == set(known.modes):
        return known
    access.check(allowed, wish.modes)
    return msgspec.structs.replace(
        known,
        modes=wish.modes,
        title=wish.title if wish.title.strip() else known.title,
        text=wish.text if wish.text.strip() else known.text,
        keeps_awake=wish.keeps_awake,
    )


def find(owner: str, ability: str, going: Iterable[ContinuousTask]) -> ContinuousTask:
    """What this part of the owner started. Raises `codes.ContinuousRefused` for nothing."""
    for one in going:
        if (one.owner, one.ability) == (owner, ability) and not one.is_automatic:
            return one
    raise codes.ContinuousRefused(cause=_Causes.NOT_STARTED.value)


def progress(
    known: ContinuousTask, notification_id: int, said: Transferred, *, now: datetime
) -> ContinuousTask:
    """What goes on, further (concepts R109).

    Raises `codes.NoticeRefused` or `codes.BadParameter`.
    """
    if modes.Mode.DATA_TRANSFER not in known.modes:
        raise codes.NoticeRefused(cause=_Causes.NO_PROGRESS_HERE.value)
    if notification_id != known.notification_id:
        raise codes.NoticeRefused(cause=_Causes.WRONG_NOTICE.value, field="notification_id")
    for name, given in (("title", said.title), ("file_name", said.file_name)):
        if not given.strip():
            raise codes.BadParameter("This is needed for a notice of progress.", field=name)
    if not 0 <= said.value <= WHOLE:
        raise codes.BadParameter(f"The progress is between 0 and {WHOLE}.", field="value")
    return msgspec.structs.replace(known, transferred=said, progressed_at=now)


def reported(known: ContinuousTask, reason: reasons.Reason) -> reasons.Reason:
    """The reason that is told: of several modes the first one's (concepts R106)."""
    first = known.modes[0]
    own = modes.CATALOGUE[first].unused
    if reason.code not in _UNUSED or own is None:
        return reason
    if reason.code in (own, _ALSO_UNUSED.get(first)):
        return reason
    return reasons.make(own, reason.at)


def is_told(reason: reasons.Reason | None) -> bool:
    """Whether an end with this reason is a cancel to the program: not its own stop (R105)."""
    return reason is not None and reason.actor != "task"


def _check_names(wish: Wish) -> None:
    if wish.owner or wish.run_id is None:
        names.check(wish.owner, "owner", "Name the program that asks.")
    names.check(wish.ability, "ability", "Name the part of the program that asks.")
    if wish.ability.startswith(RUN_ABILITY):
        raise codes.BadParameter(
            f"A name that begins with {RUN_ABILITY} stands for a run's own.", field="ability"
        )
