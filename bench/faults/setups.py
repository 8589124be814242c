"""What a process of the harness does before its command: changes of the world around it, and sabotage by which the harness itself is tested.

Each stands at the top of this module, so that its name can be sent to another process.
"""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import time
from pathlib import Path

OVER_MODES = 0b1110
"""What root may do in spite of modes: CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER."""


def as_everyone() -> None:
    """Gives up what root may do in spite of modes."""
    if os.getuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    head, held = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    libc.capget(head, held)
    held[0] &= ~OVER_MODES
    held[1] &= ~OVER_MODES
    if libc.capset(head, held) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def as_number_4711() -> None:
    """Has the process the number that another had before it, as happens in containers."""
    as_everyone()
    os.getpid = lambda: 4711


def small_pool() -> None:
    """Several processes for the few letters of a small archive."""
    from dafu import archive, crew
    from dafu.search import site

    archive.POOL_FROM = crew.POOL_FROM = crew.COPY_FROM = site.POOL_FROM = 2


def small_files() -> None:
    """No file may grow beyond some kilobytes: a full disk for those who can't mount one."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000))


def clock_backwards() -> None:
    """A clock that starts in 2031 and goes back an hour at each look."""
    state = [1.93e9]

    def look() -> float:
        state[0] -= 3600
        return state[0]

    time.time = look
    time.time_ns = lambda: int(look() * 1e9)


def clock_of_1970() -> None:
    """A clock that has lost its battery."""
    time.time = lambda: 12.5
    time.time_ns = lambda: 12_500_000_000


def other_code() -> None:
    """The program of another version."""
    from dafu import memo

    memo.code_version = lambda: "of another version"


def other_machine() -> None:
    """A machine of another make, with another zlib."""
    import platform
    import zlib

    zlib.ZLIB_RUNTIME_VERSION = "1.3.1.other"
    platform.machine = lambda: "other"


def two_renames() -> None:
    """A system that can't exchange two folders in one step."""
    from dafu import exchange

    exchange._exchange = lambda one, other: False


# Sabotage: the harness must find each of these


def writes_in_place() -> None:
    """A build that writes over the site that readers see."""
    from dafu import write

    def write_over(self: write.Place, output: write.Output) -> bool:
        path = self.target / output.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(output.data)
        return True

    write.Place.put = write_over
    write.Staging.commit = lambda self: 1


def removes_first() -> None:
    """A build that removes the old site before the new one takes its place."""
    from dafu import write

    def swap(new: Path, target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        time.sleep(0.2)
        os.rename(new, target)

    write.swap = swap


def believes_everything() -> None:
    """A memo that takes every answer and every folder as it lies."""
    from dafu import kept, memo

    kept._split = lambda data, name: (data[73 : (end := 73 + int.from_bytes(data[65:73], "little"))], data[end:])
    memo._make_stamp = memo._read_stamp = lambda path, name=None: b"always"


def never_recovers() -> None:
    """A build that removes nothing of what was left."""
    from dafu import write

    write._recover = lambda target: None


def flushes_nothing() -> None:
    """A build that leaves to the system when the disk gets its files."""
    from dafu import exchange, write

    write.flush = exchange._flush_names = lambda folder: None


def never_hears() -> None:
    """A pool whose processes don't hear that their parent has died."""
    from bench.faults.runs import nothing
    from dafu import processes

    processes._end_with_parent = nothing


def hears_nothing() -> None:
    """A command that a signal ends at once."""
    from contextlib import nullcontext

    from dafu import cli

    cli._hearing = nullcontext


def waits_for_nobody() -> None:
    """A build that doesn't wait for another."""
    from contextlib import nullcontext

    from dafu import memo, write

    write.hold = memo.hold = lambda folder, waiting: nullcontext()
