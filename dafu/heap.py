"""How often Python looks for circles of objects that nothing needs any more; how much a process holds, and how one ends that holds millions of objects."""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

NEW, MIDDLE, OLD = 100_000, 20, 100
"""New objects before the newest are looked through, and how often that happens before older ones are."""


UNWRITTEN = 2
"""The exit status where what was to be said couldn't be, as for any other command that can't be done."""


def be_patient() -> None:
    """Has this process look seldom: a build makes millions of objects that it needs to the end, and hardly a circle."""
    gc.set_threshold(NEW, MIDDLE, OLD)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Doesn't look at all within: what is made there is needed to the end."""
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_looking:
            gc.enable()


def settle() -> None:
    """Has this process pass over all that it holds now, as it will be needed to the end; memory that nothing needs any more goes back to the system, so that
    copies of this process don't have it."""
    gc.freeze()
    with suppress(AttributeError, OSError, TypeError):  # only the C library of GNU can
        ctypes.CDLL(None).malloc_trim(0)


def unsettle() -> None:
    """Has it look at everything again."""
    gc.unfreeze()


def count_held() -> int:
    """Bytes of memory that this process holds; asked for only on Linux."""
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def leave(status: int) -> NoReturn:
    """Ends this process, without letting go of its objects one by one: of a large archive's that takes a second and more."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (BrokenPipeError, ValueError):  # whoever read it has left
            pass
        except OSError as error:
            with suppress(OSError, ValueError, AttributeError):
                print(f"build.py: what was said can't be written: {error.strerror}.", file=sys.stderr, flush=True)
            status = status or UNWRITTEN
    os._exit(status)
