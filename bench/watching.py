"""What a command costs: seconds, and the memory of all its processes, on Linux.

    seconds, CPU     of the command and of every process that it waited for, as the system counts them (wait4)
    largest          the peak of the largest process: VmHWM in /proc/PID/status, which the system keeps, asked for 20 times a second
    together         the most that all held at one moment, VmRSS summed 20 times a second, or `largest` if that is more; pages that they share count in each.
                     A process counts from its second look on: one that has just been forked shows its parent's memory as its own
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class Spent:
    """What a command cost."""

    seconds: float
    cpu_seconds: float
    largest_mb: float
    together_mb: float


def watch(command: Sequence[str | Path], folder: Path | None = None) -> Spent:
    """Runs a command to its end; one that fails ends the measurement, with what it said."""
    start = time.perf_counter()
    process = subprocess.Popen([str(word) for word in command], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
    said: list[str] = []
    listener = threading.Thread(target=lambda: said.extend(process.stderr or ()))  # a full pipe would stop the command
    listener.start()
    watcher = _Watcher(process.pid)
    while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
        watcher.look()
        time.sleep(PAUSE_S)
    seconds = time.perf_counter() - start
    _, status, usage = ended
    process.returncode = os.waitstatus_to_exitcode(status)
    listener.join()
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{''.join(said[-40:])}")
    return Spent(seconds, usage.ru_utime + usage.ru_stime, watcher.largest_kb / 1024, max(watcher.largest_kb, watcher.together_kb) / 1024)


class _Watcher:
    """Looks at a process and all that come of it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.seen: set[int] = set()
        self.largest_kb = 0
        self.together_kb = 0

    def look(self) -> None:
        family = set(_list_family(self.pid))
        held = [_read_memory(pid) for pid in family & self.seen]
        self.largest_kb = max([self.largest_kb, *(peak for peak, _ in held)])
        self.together_kb = max(self.together_kb, sum(now for _, now in held))
        self.seen = family


def _list_family(pid: int) -> list[int]:
    """A process with its children and theirs, those of all its threads."""
    family = [pid]
    for each in family:
        for path in Path(f"/proc/{each}/task").glob("*/children"):
            family += map(int, _read(path).split())
    return family


def _read_memory(pid: int) -> tuple[int, int]:
    """Peak and present memory of a process in kB; nothing of one that has ended."""
    values = dict(line.split(":", 1) for line in _read(Path(f"/proc/{pid}/status")).splitlines())
    peak, now = (int(values.get(name, "0 kB").split()[0]) for name in ("VmHWM", "VmRSS"))
    return peak, now


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace")
    except OSError:
        return ""
