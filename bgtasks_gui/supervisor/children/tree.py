"""All processes of a run: found by parent, session and mark, and signalled as one."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Mapping

from bgtasks_gui.supervisor.children import processes
from bgtasks_gui.supervisor.children.processes import Process

#: Rounds after which a tree that keeps growing is left as it is.
_MOST_ROUNDS = 100
#: What is known of marks; a mark is set once, before a process does anything.
_marks: dict[tuple[int, int], str] = {}


class Root:
    """Whose tree it is: the run, its first process, and members known from earlier."""

    def __init__(
        self,
        run: str,
        pid: int,
        start_ticks: int,
        known: Iterable[tuple[int, int]] = (),
        *,
        is_just_reaped: bool = False,
    ) -> None:
        self.run = run
        self.pid = pid
        self.start_ticks = start_ticks
        self.known = frozenset(known)
        self.is_just_reaped = is_just_reaped


def members(root: Root, everything: Mapping[int, Process] | None = None) -> list[Process]:
    """The living processes of the tree, parents before children."""
    if everything is None:
        everything = processes.all_processes()
    children: dict[int, list[Process]] = {}
    for process in everything.values():
        children.setdefault(process.ppid, []).append(process)
    _forget_marks(everything)
    # Never part of a tree, even when a run has started them: this process, and those above it.
    reached = _own_line(everything)
    tree = []
    seeds = [each for each in everything.values() if _is_seed(root, each, everything)]
    for seed in sorted(seeds, key=lambda each: (each.pid != root.pid, each.start_ticks)):
        queue = [seed]
        for process in queue:
            if process.pid not in reached:
                reached.add(process.pid)
                tree.append(process)
                queue += children.get(process.pid, ())
    return [process for process in tree if process.is_alive]


def signal_all(root: Root, action: str) -> tuple[bool, int]:
    """Stop, continue, terminate or kill the tree.

    Whether the run's first process was alive, and how many processes got the signal.
    """
    main = processes.look_at(root.pid)
    is_alive = main is not None and main.start_ticks == root.start_ticks and main.is_alive
    if action == "stop":
        return is_alive, len(_stop(root))
    if action == "kill":
        return is_alive, _kill(root)
    tree = members(root)
    if action == "terminate":
        signalled = sum(processes.send(process, signal.SIGTERM) for process in tree)
        # A stopped process takes its SIGTERM when it goes on.
        _continue(tree)
        return is_alive, signalled
    return is_alive, _continue(tree)


def usage(root: Root, everything: Mapping[int, Process] | None = None) -> dict[str, object]:
    """Processor seconds and resident bytes of the tree now, and the number of its processes."""
    tree = members(root, everything)
    return {
        "cpu_s": round(sum(process.cpu_s for process in tree), 3),
        "rss": sum(process.rss for process in tree),
        "processes": len(tree),
    }


def leftover(root: Root, running: Iterable[int]) -> list[Process]:
    """What still lives of a run; its first process has just been reaped.

    `running` are this process's children that are not left over from anything. Orphans become
    children of this process, so that the usual answer, nothing, needs no look at the others.
    """
    orphans = processes.own_children()
    if orphans is not None:
        seen = map(processes.look_at, set(orphans).difference(running))
        if not any(each is not None and _is_orphan_of(root, each) for each in seen):
            return []
    return members(root)


def _own_line(everything: Mapping[int, Process]) -> set[int]:
    """This process, its parent, and so on up to the first process of all."""
    line = {0, 1}
    pid = os.getpid()
    while pid not in line:
        line.add(pid)
        process = everything.get(pid)
        pid = process.ppid if process is not None else 1
    return line


def _is_orphan_of(root: Root, process: Process) -> bool:
    return process.is_alive and (process.session == root.pid or _is_marked(root, process))


def _is_seed(root: Root, process: Process, everything: Mapping[int, Process]) -> bool:
    main = everything.get(root.pid)
    if process.key in root.known or (process is main and main.start_ticks == root.start_ticks):
        return True
    # A session keeps its number from being given out again. But once the first process is gone,
    # a session of that number may be a stranger's, who got it after the run's own had ended.
    is_ours = root.is_just_reaped if main is None else main.start_ticks == root.start_ticks
    return (is_ours and process.session == root.pid) or _is_marked(root, process)


def _is_marked(root: Root, process: Process) -> bool:
    return root.run != "" and _mark(process) == root.run


def _mark(process: Process) -> str | None:
    mark = _marks.get(process.key)
    # Kernel threads and ended processes have no memory, hence no environment.
    if mark is None and process.has_memory:
        mark = processes.mark_of(process)
        if mark is not None:
            _marks[process.key] = mark
    return mark


def _forget_marks(everything: Mapping[int, Process]) -> None:
    if len(_marks) > 2 * len(everything):
        living = {process.key for process in everything.values()}
        for key in _marks.keys() - living:
            del _marks[key]


def _stop(root: Root) -> dict[tuple[int, int], Process]:
    """Stop the tree; a process that is stopped, or about to, can start no other."""
    stopped: dict[tuple[int, int], Process] = {}
    for _ in range(_MOST_ROUNDS):
        fresh = [process for process in members(root) if process.key not in stopped]
        if not fresh:
            break
        for process in fresh:
            processes.send(process, signal.SIGSTOP)
            stopped[process.key] = process
    return stopped


def _kill(root: Root) -> int:
    tree = _stop(root)
    return sum(processes.send(process, signal.SIGKILL) for process in tree.values())


def _continue(tree: list[Process]) -> int:
    # Children first: a parent may look at their state as soon as it goes on.
    return sum(processes.send(process, signal.SIGCONT) for process in reversed(tree))
