"""What a command was told, and where it may keep its work."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from dafu.cluster import Cluster
from dafu.kept import Stack, open_stack
from dafu.memo import Memo
from dafu.pool import Pool

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a command was told."""

    content: Path
    output: Path
    base_url: str | None = None
    jobs: int = 1
    cluster: str | None = None
    """The address of a Dask cluster's scheduler, whose workers take the place of `jobs` processes."""
    use_cache: bool = True
    quiet: bool = False
    keeps_outside: bool = False
    """Whether the result tells which addresses elsewhere the pages link to."""
    passing: Path | None = None
    """Where what passes between workers lies; None where that may be among the system's passing folders."""

    @property
    def cache(self) -> Path | None:
        """Where work is kept between commands; None where none may be."""
        return Path(self.content).resolve().parent / ".cache" if self.use_cache else None

    @property
    def memo(self) -> Memo:
        return self.open_memo("memo")

    def open_stack(self) -> Stack:
        """Where letters are kept: in the cache, or where none may be, or can be, among the system's passing folders."""
        try:
            return open_stack(self.cache and self.cache / "letters", self.passing)
        except OSError:
            return open_stack(None, self.passing)

    def open_pool(self) -> Pool:
        """Those that share the work."""
        if self.cluster is None:
            return Pool(self.jobs)
        workers = Cluster(self.cluster, self.output)
        return Pool(workers.jobs, workers)

    def open_memo(self, name: str) -> Memo:
        """A folder of `.cache/`, beside the content."""
        return Memo(self.cache / name if self.cache else None, self.passing)


def show_progress(items: Iterable[T], what: str, quiet: bool) -> Iterator[T]:
    """The same items; on long work a line on the terminal says how far it is."""
    last = time.perf_counter()
    shown = False
    for number, item in enumerate(items, 1):
        yield item
        now = time.perf_counter()
        if not quiet and now - last > 1 and sys.stderr.isatty():
            print(f"\r{number:,} {what}", end="", file=sys.stderr, flush=True)
            last, shown = now, True
    if shown:
        print(file=sys.stderr)
