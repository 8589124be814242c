"""Files of one folder that stand in another too: they keep their bytes and times."""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, wait
from functools import partial
from itertools import islice
from pathlib import Path

from dafu.paths import Paths
from dafu.pool import Pool

LINKED, ROWS = 10_000, 8
"""Files that are taken over in one go, and rows of so many that wait for it while others are still made: this bounds the memory."""


def link_or_copy(old: str | Path, new: str | Path) -> None:
    """A second name for a file, in the place of what a worker that was lost may have left there; where the disk has no second names, a copy."""
    try:
        return os.link(old, new)
    except FileExistsError:
        os.unlink(new)
    except OSError:
        os.makedirs(os.path.dirname(new), exist_ok=True)
    try:
        os.link(old, new)
    except OSError:
        shutil.copy2(old, new)


def link_all(old: str, new: str, names: Iterable[str]) -> None:
    """Files of one folder stand in another too."""
    for name in names:
        link_or_copy(f"{old}/{name}", f"{new}/{name}")


class Linking:
    """Files that are taken over while it is still found which they are, by a pool's processes where they are many."""

    def __init__(self, old: Path, new: Path, pool: Pool | None) -> None:
        self.pool = pool if pool and pool.jobs > 1 else None
        self._work = partial(link_all, str(old), str(new))
        self._waiting = Paths()
        """Files that no process has been given yet."""
        self._begun: deque[Future[None]] = deque()

    def take(self, path: str) -> None:
        """Takes a file over, now or later."""
        self._waiting.add(path)
        if self.pool and len(self._waiting) >= LINKED and self._count_begun(self.pool) < ROWS:
            self._begun.append(self.pool.begin(self._work, list(self._waiting)))
            self._waiting = Paths()

    def _count_begun(self, pool: Pool) -> int:
        """How many rows of files are still to be taken over."""
        while self._begun and self._begun[0].done():
            pool.finish(self._begun.popleft())
        return len(self._begun)

    def finish(self) -> None:
        """Ends when all files that were taken stand in the other folder."""
        waiting = iter(self._waiting)
        rows = iter(lambda: list(islice(waiting, LINKED)), [])
        for _ in self.pool.spread(self._work, rows) if self.pool else map(self._work, rows):
            pass
        while self.pool and self._begun:
            self.pool.finish(self._begun.popleft())

    def leave(self) -> None:
        """Ends when no process takes files over any more."""
        for each in self._begun:
            each.cancel()
        wait(self._begun)
