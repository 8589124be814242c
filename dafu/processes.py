"""Processes of this machine as a pool's workers: how they begin, and that they end with their parent."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, InvalidStateError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool, _ExecutorManagerThread
from contextlib import contextmanager
from functools import cached_property
from multiprocessing import connection, get_context, parent_process

from dafu.heap import be_patient, count_held


MUCH = 1 << 29
"""Bytes that this process holds from which on workers that need nothing of it aren't its copies: it takes them longer to begin with nothing, but what a copy has of
its parent counts as its own memory."""


class Processes:
    """Processes of this machine."""

    place = None

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs

    @cached_property
    def executor(self) -> Executor:
        # `serve` builds beside the threads of its server, and a process with threads can't be forked safely.
        return ProcessPoolExecutor(self.jobs, mp_context=get_context("spawn"), initializer=_start)

    @property
    def can_copy(self) -> bool:
        """On Linux, where no thread runs but this and those of the executor, which end with it."""
        others = [thread for thread in threading.enumerate() if thread is not threading.current_thread()]
        return sys.platform == "linux" and all(isinstance(thread, _ExecutorManagerThread) or thread.name == "QueueFeederThread" for thread in others)

    def copy(self) -> None:
        self.close()
        self.executor = ProcessPoolExecutor(self.jobs, mp_context=get_context("fork"), initializer=_start)

    @contextmanager
    def begin(self, work: Callable[[], object]) -> Iterator[connection.Connection]:
        self.close()
        receiving, sending = connection.Pipe(duplex=False)
        process = get_context("fork").Process(target=_do_aside, args=(work, sending), daemon=True)
        with leave_interrupts():
            process.start()
        sending.close()
        if count_held() < MUCH:
            self.copy()
        self.executor.submit(int).result()  # copies begin now, before this process has threads or holds more
        with receiving:
            try:
                yield receiving
            finally:
                process.kill()
                process.join()

    def explain(self, error: Exception) -> str | None:
        return f"--jobs {self.jobs}: one of the processes was killed, perhaps for want of memory. Try fewer." if isinstance(error, BrokenProcessPool) else None

    def close(self) -> None:
        if "executor" in self.__dict__:
            self.executor.shutdown(cancel_futures=True)
            del self.executor


def _do_aside(work: Callable[[], object], sending: connection.Connection) -> None:
    """Does some work, and sends what it came to or ended with."""
    _start()
    try:
        told = True, work()
    except Exception as error:
        told = False, error
    try:
        sending.send(told)
    except Exception:  # what can't be sent is told in words
        sending.send((False, RuntimeError(repr(told[1]))))


def _start() -> None:
    """What a process does first."""
    for sign in (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])):
        signal.signal(sign, signal.SIG_DFL)  # a copy has those of its parent
    gc.enable()
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
def leave_interrupts() -> Iterator[None]:
    """Processes that start here take no heed of Ctrl+C; their parent hears it when all have started."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def hear_thread(others: Callable[[threading.ExceptHookArgs], object], told: threading.ExceptHookArgs) -> None:
    """Some releases of Python have an executor's thread stumble over work that nobody wants any more when a worker is killed; that is told where work is waited for."""
    if not (isinstance(told.thread, _ExecutorManagerThread) and told.exc_type is InvalidStateError):
        others(told)
