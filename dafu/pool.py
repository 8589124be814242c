"""Work spread over workers: processes of this machine, or others that take part."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import chain, islice
from multiprocessing import connection
from pathlib import Path
from typing import Any, Protocol, TypeVar

from dafu.heap import settle
from dafu.problems import SettingsError
from dafu.processes import Processes, hear_thread, leave_interrupts

A = TypeVar("A")
B = TypeVar("B")


POOL_FROM = 300
"""Letters from which on more than one process pays."""

AHEAD = 3
"""Items a process that are handed out before what was made of the first is asked for."""


HANDS = 16
"""Rows that work is dealt out in: so many that it makes no difference when one of them takes longer."""


def deal(items: Sequence[A]) -> list[Sequence[A]]:
    """Items dealt out, so that each row has some of those that stand together."""
    return [items[first::HANDS] for first in range(HANDS)]


class Spread(Protocol):
    """Does some work on each item; what it makes of them comes in the items' order. So many items a process are handed out ahead."""

    def __call__(self, work: Callable[[A], B], items: Iterable[A], ahead: int = AHEAD) -> Iterator[B]: ...


class Pool:
    """Workers side by side, started when there is work for them, for as many kinds of work as there are; with one process, none but this."""

    def __init__(self, jobs: int, workers: Workers | None = None) -> None:
        """`workers` are those that take the work; without them, so many processes of this machine."""
        self.jobs = jobs
        self._workers = workers or Processes(jobs)
        self._hook = threading.excepthook

    def __enter__(self) -> Pool:
        self._hook = threading.excepthook
        threading.excepthook = partial(hear_thread, self._hook)
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._workers.close()
        finally:
            threading.excepthook = self._hook

    @property
    def place(self) -> Path | None:
        """Where all workers can read what passes between them; None where they do so anywhere."""
        return self._workers.place

    @property
    def can_copy(self) -> bool:
        """Whether workers can be copies of this process, as it stands."""
        return self.jobs > 1 and self._workers.can_copy

    @contextmanager
    def hand_down(self, work: Callable[[A], B]) -> Iterator[Callable[[A], B]]:
        """Some work as workers can be given it: they begin anew as copies of this process, and have what the work holds of it; else it goes to them as it is."""
        if not self.can_copy:
            yield work
            return
        _handed_down.append(work)
        try:
            settle()
            self._workers.copy()
            yield _do_handed_down
        finally:
            _handed_down.clear()

    @contextmanager
    def aside(self, work: Callable[[], B], *, is_small: bool = False) -> Iterator[Callable[[], B]]:
        """Some work that a copy of this process does meanwhile, and what asks for what it came to. Where there is little of it, or can be no copy, it is done when
        it is asked for."""
        if is_small or not self.can_copy:
            yield work
            return
        settle()
        with self._workers.begin(work) as receiving:
            yield partial(self._receive, receiving)

    def _receive(self, receiving: connection.Connection) -> Any:
        """What a copy sends, or what it ended with."""
        with self._explaining():
            try:
                is_done, found = receiving.recv()
            except (EOFError, OSError) as error:
                raise BrokenProcessPool("a process has ended") from error
        if is_done:
            return found
        raise found

    def map(self, work: Callable[[A], B], items: Sequence[A], *, chunk: int = 1, is_small: bool = False) -> Iterator[B]:
        """What `work` makes of each item, in their order, begun at once; in this process, one by one, where there is little of it."""
        if self.jobs < 2 or len(items) < 2 or is_small:
            return map(work, items)
        begun = deque(self._begin(partial(_do_each, work), items[first : first + chunk]) for first in range(0, len(items), chunk))
        return (made for batch in self._take(begun) for made in batch)

    def spread(self, work: Callable[[A], B], items: Iterable[A], ahead: int = AHEAD) -> Iterator[B]:
        """The same; items are taken a few ahead, so that not all need be there at once. An only item needs no other process."""
        return map(work, items) if self.jobs < 2 else self._run_ahead(work, items, ahead * self.jobs)

    def _run_ahead(self, work: Callable[[A], B], items: Iterable[A], most: int) -> Iterator[B]:
        begun: deque[Future[B]] = deque()
        taken = iter(items)
        first = list(islice(taken, 2))
        if len(first) < 2:
            yield from map(work, first)
            return
        for item in chain(first, taken):
            begun.append(self._begin(work, item))
            if len(begun) > most:
                yield self._finish(begun.popleft())
        yield from self._take(begun)

    def _begin(self, work: Callable[[A], B], item: A) -> Future[B]:
        with leave_interrupts(), self._explaining():
            return self._workers.executor.submit(work, item)

    def _take(self, begun: deque[Future[B]]) -> Iterator[B]:
        """What becomes of work that was begun, in its order."""
        try:
            while begun:
                yield self._finish(begun.popleft())
        finally:
            for future in begun:
                future.cancel()

    def _finish(self, future: Future[B]) -> B:
        with self._explaining():
            return future.result()

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        """Says what it means where work ended without having been done."""
        try:
            yield
        except Exception as error:
            told = self._workers.explain(error)
            if told is None:
                raise
            raise SettingsError(told) from error


_handed_down: list[Callable[[Any], Any]] = []
"""What copies of this process find here."""


def _do_handed_down(item: Any) -> Any:
    """What was handed down, done on an item."""
    return _handed_down[0](item)


def _do_each(work: Callable[[A], B], items: Sequence[A]) -> list[B]:
    return [work(item) for item in items]


class Workers(Protocol):
    """Those that take a pool's work."""

    @property
    def place(self) -> Path | None:
        """Where all of them can read what passes between them; None where they do so anywhere."""

    @property
    def executor(self) -> Executor: ...

    @property
    def can_copy(self) -> bool:
        """Whether they can be copies of this process."""

    def copy(self) -> None:
        """Begin anew as copies; asked for only where they can be."""

    def begin(self, work: Callable[[], object]) -> AbstractContextManager[connection.Connection]:
        """Have a copy do some work, and begin anew themselves, as copies or not; what it sends can be received as long as this lasts. Asked for only where they can
        be copies."""

    def explain(self, error: Exception) -> str | None:
        """What to tell whoever gave the command when work ends so; None where the error tells it."""

    def close(self) -> None:
        """Ends when nobody works any more; what hasn't been begun isn't."""


@contextmanager
def open_workers(jobs: int) -> Iterator[Spread]:
    """What spreads work over processes of its own."""
    with Pool(jobs) as pool:
        yield pool.spread
