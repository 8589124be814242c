"""What faults are let loose on: work that turns an old state, as readers see it, into a new one; and the count of what came of it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

from bench.faults.runs import Ended, Run, Setup, nothing, start

Tree = dict[str, bytes]

TOLD = {0: "new", 1: "old", 2: "old"}
"""What readers must see after a command that ended by itself with a status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A command and all that is needed to try it again and again. Publishing is one more of these."""

    arguments: tuple[str, ...]
    """Of `build.py`."""
    folder: Path
    """Where the command stands."""
    scratch: Path
    """Its folder for what is passing, empty at the end."""
    reset: Callable[[], None]
    """Puts everything back to where it was before the command."""
    read: Callable[[], Tree]
    """What readers see at this moment."""
    old: Tree
    new: Tree
    find_litter: Callable[[], list[str]] = list
    """What lies about that no plain run would have left; asked after the next run."""
    setup: Setup = nothing

    def start(self) -> Run:
        """The command, begun."""
        return start(self.arguments, self.folder, scratch=self.scratch, setup=self.setup)

    def run(self) -> Ended:
        """The command from beginning to end."""
        return self.start().wait()


@dataclass(slots=True)
class Tally:
    """One row of the table."""

    case: str
    tries: int = 0
    struck: int = 0
    """Tries in which the fault did something: the process was killed, the disk was full."""
    old: int = 0
    new: int = 0
    other: int = 0
    right: int = 0
    """Tries after which the next run, without a fault, gave exactly the new state and left nothing lying about."""
    complaints: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether nothing went wrong."""
        return not self.other and self.right == self.tries and not self.complaints

    @property
    def row(self) -> str:
        """The row as Markdown."""
        cells = (self.case, self.tries, self.struck, self.old, self.new, self.other, self.right)
        return "| " + " | ".join(map(str, cells)) + " |"


HEAD = "| case | tries | struck | old site | new site | anything else | next run right |\n|---|---|---|---|---|---|---|"


def try_once(job: Job, tally: Tally, disturb: Callable[[Job], Ended], *, statuses: tuple[int, ...] = (0, 1, 2), next_job: Job | None = None) -> None:
    """Lets a fault loose on a job that has been put back, counts what readers see, and runs the job again without a fault."""
    job.reset()
    ended = disturb(job)
    state = job.read()
    seen = "new" if state == job.new else "old" if state == job.old else "other"
    tally.tries += 1
    tally.struck += ended.status != 0
    setattr(tally, seen, getattr(tally, seen) + 1)
    _complain(tally, ended, statuses)
    if TOLD.get(ended.status, seen) != seen:
        tally.complaints.append(f"{seen} state after status {ended.status}")
    _run_again(next_job or job, tally)


def _complain(tally: Tally, ended: Ended, statuses: tuple[int, ...]) -> None:
    if "Traceback" in ended.log or "Error:" in ended.log or "Exception" in ended.log:
        tally.complaints.append(f"a traceback: {ended.log[-1500:]}")
    elif ended.status not in statuses:
        tally.complaints.append(f"status {ended.status}: {ended.log[-300:]}")
    if ended.status == 2 and not ended.log.startswith("build.py: "):
        tally.complaints.append(f"no clear message: {ended.log[-300:]}")
    if ended.orphans:
        tally.complaints.append(f"processes that went on: {len(ended.orphans)}")


def _run_again(job: Job, tally: Tally) -> None:
    ended = job.run()
    litter = [*job.find_litter(), *(f"passing: {path.name}" for path in job.scratch.iterdir())]
    is_new = job.read() == job.new
    if ended.status == 0 and not ended.log.strip() and is_new and not litter:
        tally.right += 1
    else:
        tally.complaints.append(f"next run: status {ended.status}, {'new' if is_new else 'NOT new'}, {litter[:5]}, {ended.log[-300:]!r}")


def measure(job: Job, times: int = 3) -> float:
    """Seconds that a job takes, in the middle of some runs."""
    seconds = []
    for _ in range(times):
        job.reset()
        began = time.monotonic()
        ended = job.run()
        assert ended.status == 0, ended.log
        seconds.append(time.monotonic() - began)
    return median(seconds)


def refill(folder: Path, source: Path | None) -> None:
    """Makes a folder hold what another holds (None: nothing); it stays the same folder, as a disk may be mounted there."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    if source is not None and source.exists():
        shutil.copytree(source, folder, symlinks=True, dirs_exist_ok=True)


def with_setup(job: Job, setup: Setup) -> Job:
    """The same job in a process that does something first."""
    return replace(job, setup=setup)
