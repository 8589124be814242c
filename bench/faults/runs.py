"""Commands of `build.py` in processes of their own: forked from a server that has read the program already, so that hundreds of them cost little."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 120
"""A command that takes longer hangs."""

SABOTAGE = "FAULTS_SABOTAGE"
"""A variable that names a setup for every process: what is broken on purpose must be found."""

Setup = Callable[[], None]
"""What a process does before the command: gives up rights, gets a wrong clock, is sabotaged. It stands at the top of a module, so that its name can be sent."""


def nothing() -> None:
    """The setup of a process that is as it should be."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    status: int
    """Of a signal's work the signal's number below zero; -99 for a command that hung."""
    log: str
    """All that it said."""
    orphans: tuple[int, ...] = ()
    """Processes of its that went on running."""


@dataclass(frozen=True, slots=True)
class Run:
    """A command that is running, in a group of its own."""

    process: BaseProcess
    log: Path
    began: float = field(default_factory=time.monotonic)

    def send(self, sign: signal.Signals, *, to_group: bool) -> bool:
        """Sends a signal to the main process or to all; False where all had ended before."""
        if not self.process.is_alive():
            return False
        try:
            (os.killpg if to_group else os.kill)(self.process.pid or 0, sign)
        except ProcessLookupError:
            return False
        return True

    def wait(self, timeout_s: float = PATIENCE_S) -> Ended:
        """How the command ended; what hangs is killed."""
        self.process.join(timeout_s)
        is_hung = self.process.is_alive()
        if is_hung:
            os.killpg(self.process.pid or 0, signal.SIGKILL)
            self.process.join()
        orphans = wait_for_orphans(self.process.pid or 0)
        log = self.log.read_text("utf-8", "replace")
        self.log.unlink()
        return Ended(-99 if is_hung else self.process.exitcode or 0, log, orphans)


def _make_context() -> Any:
    os.environ["PYTHONPATH"] = str(ROOT)
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__, "bench.faults.warm"])
    return context


_CONTEXT = _make_context()


def start(arguments: Sequence[str], folder: Path, *, scratch: Path, setup: Setup = nothing) -> Run:
    """Starts `build.py ARGUMENTS` in a folder, with a folder for what is passing; returns when it has begun."""
    file, log = tempfile.mkstemp(prefix="faults-log-")
    os.close(file)
    hear, tell = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_run, args=(list(arguments), folder, scratch, setup, log, tell))
    process.start()
    tell.close()
    if hear.poll(PATIENCE_S):
        hear.recv()
    return Run(process, Path(log))


def _run(arguments: list[str], folder: Path, scratch: Path, setup: Setup, log: str, tell: Connection) -> None:
    """The process: out of the harness' group, its words into a file."""
    from dafu.cli import main

    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # it may be that the harness itself runs in the background
    file = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)
    os.chdir(folder)
    os.environ["TMPDIR"], tempfile.tempdir = str(scratch), None
    setup()
    if sabotage := os.environ.get(SABOTAGE):
        getattr(import_module("bench.faults.setups"), sabotage)()
    tell.send("begun")
    sys.exit(main(arguments))


def wait_for_orphans(group: int, timeout_s: float = 5) -> tuple[int, ...]:
    """Processes of a group that still run after a while; they are killed then. Seen in /proc, so on Linux only."""
    end = time.monotonic() + timeout_s
    while found := _find_group(group):
        if time.monotonic() > end:
            os.killpg(group, signal.SIGKILL)
            return found
        time.sleep(0.02)
    return ()


def find_workers(group: int) -> list[int]:
    """The processes of a group's pool."""
    found = []
    for number in _find_group(group):
        with suppress(OSError):
            if number != group and b"spawn_main" in Path(f"/proc/{number}/cmdline").read_bytes():
                found.append(number)
    return found


def _find_group(group: int) -> tuple[int, ...]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of_group = path.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(of_group) == group and state != "Z":
            found.append(int(path.parent.name))
    return tuple(found)
