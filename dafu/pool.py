"""Work spread over processes."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def map_in_processes(work: Callable[[A], B], items: Sequence[A], jobs: int, chunk: int = 1) -> Iterator[B]:
    """What `work` makes of each item, in their order; in this process where one is enough."""
    if jobs < 2 or len(items) < 2:
        yield from map(work, items)
        return
    # `serve` builds beside the threads of its server, and a process with threads can't be forked safely.
    with ProcessPoolExecutor(min(jobs, len(items)), mp_context=get_context("spawn")) as pool:
        with _leave_interrupts():
            results = pool.map(work, items, chunksize=chunk)
        yield from results


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
