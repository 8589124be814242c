"""Work spread over processes."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection, get_context, parent_process
from typing import TypeVar

from dafu.problems import SettingsError

A = TypeVar("A")
B = TypeVar("B")


def map_in_processes(work: Callable[[A], B], items: Sequence[A], jobs: int, chunk: int = 1) -> Iterator[B]:
    """What `work` makes of each item, in their order; in this process where one is enough."""
    if jobs < 2 or len(items) < 2:
        yield from map(work, items)
        return
    # `serve` builds beside the threads of its server, and a process with threads can't be forked safely.
    with ProcessPoolExecutor(min(jobs, len(items)), mp_context=get_context("spawn"), initializer=_end_with_parent) as pool:
        with _leave_interrupts():
            results = pool.map(work, items, chunksize=chunk)
        try:
            yield from results
        except BrokenProcessPool as error:
            raise SettingsError(f"--jobs {jobs}: one of the processes was killed, perhaps for want of memory. Try fewer.") from error


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
