"""Work spread over processes."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain, islice
from multiprocessing import connection, get_context, parent_process
from typing import Protocol, TypeVar

from dafu.heap import be_patient
from dafu.problems import SettingsError

A = TypeVar("A")
B = TypeVar("B")


POOL_FROM = 300
"""Letters from which on more than one process pays."""

AHEAD = 3
"""Items a process that are handed out before what was made of the first is asked for."""


class Spread(Protocol):
    """Does some work on each item; what it makes of them comes in the items' order. So many items a process are handed out ahead."""

    def __call__(self, work: Callable[[A], B], items: Iterable[A], ahead: int = AHEAD) -> Iterator[B]: ...


class Pool:
    """Processes that work side by side, started when there is work for them, for as many kinds of work as there are; with one process, none but this."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._started: Executor | None = None

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        if self._started is not None:
            self._started.shutdown(cancel_futures=True)

    def map(self, work: Callable[[A], B], items: Sequence[A], *, chunk: int = 1, is_small: bool = False) -> Iterator[B]:
        """What `work` makes of each item, in their order, begun at once; in this process, one by one, where there is little of it."""
        if self.jobs < 2 or len(items) < 2 or is_small:
            return map(work, items)
        with _leave_interrupts():
            results = self._executor.map(work, items, chunksize=chunk)
        return self._follow(results)

    def spread(self, work: Callable[[A], B], items: Iterable[A], ahead: int = AHEAD) -> Iterator[B]:
        """The same; items are taken a few ahead, so that not all need be there at once. An only item needs no other process."""
        return map(work, items) if self.jobs < 2 else self._follow(self._run_ahead(work, items, ahead * self.jobs))

    @property
    def _executor(self) -> Executor:
        if self._started is None:
            # `serve` builds beside the threads of its server, and a process with threads can't be forked safely.
            self._started = ProcessPoolExecutor(self.jobs, mp_context=get_context("spawn"), initializer=_begin)
        return self._started

    def _run_ahead(self, work: Callable[[A], B], items: Iterable[A], most: int) -> Iterator[B]:
        waiting: deque[Future[B]] = deque()
        taken = iter(items)
        first = list(islice(taken, 2))
        if len(first) < 2:
            yield from map(work, first)
            return
        for item in chain(first, taken):
            with _leave_interrupts():
                waiting.append(self._executor.submit(work, item))
            if len(waiting) > most:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _follow(self, results: Iterator[B]) -> Iterator[B]:
        try:
            yield from results
        except BrokenProcessPool as error:
            raise SettingsError(f"--jobs {self.jobs}: one of the processes was killed, perhaps for want of memory. Try fewer.") from error


@contextmanager
def open_workers(jobs: int) -> Iterator[Spread]:
    """What spreads work over processes of its own."""
    with Pool(jobs) as pool:
        yield pool.spread


def _begin() -> None:
    """What a process does first."""
    be_patient()
    _end_with_parent()


def _end_with_parent() -> None:
    """Has this process end when its parent does, however that ends: of a parent that was killed it would never hear."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_wait_and_end, args=(parent.sentinel,), daemon=True).start()


def _wait_and_end(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


@contextmanager
def _leave_interrupts() -> Iterator[None]:
    """Processes that start here take no heed of Ctrl+C; their parent hears it when all have started."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
