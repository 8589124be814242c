"""Folders that a process holds, so that others wait or keep away. The system lets go of a hold when its process ends, however it ends:
a folder for passing work that nobody holds has been left by a process that was killed, and may go.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no flock; there one person builds at a time
    fcntl = None

CAN_HOLD = fcntl is not None

MOMENT_S = 0.5
"""Seconds of waiting that nobody is told of."""


@contextmanager
def hold(folder: Path, waiting: str, *, is_inherited: bool = False) -> Iterator[None]:
    """Holds a folder alone; where another process does, waits, and says so if that takes longer than a moment. Inherited, it is held until the last child that was started with it has ended."""
    descriptor = try_hold(folder)
    end = time.monotonic() + MOMENT_S
    while CAN_HOLD and descriptor is None and time.monotonic() < end:
        time.sleep(0.02)
        descriptor = try_hold(folder)
    if descriptor is None and fcntl is not None:
        print(waiting, file=sys.stderr)
        descriptor = os.open(folder, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    if descriptor is not None:
        os.set_inheritable(descriptor, is_inherited)
    try:
        yield
    finally:
        if descriptor is not None:
            if not is_inherited:
                fcntl.flock(descriptor, fcntl.LOCK_UN)  # copies of this process that began meanwhile have it too
            os.close(descriptor)


def try_hold(folder: Path, *, shared: bool = False) -> int | None:
    """A descriptor that holds a folder until it is closed, alone or with others that share it; None where that can't be now."""
    if fcntl is None:
        return None
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


class Shared:
    """A folder that is held together with others, for as long as this object lives."""

    def __init__(self, folder: Path) -> None:
        self.descriptor: int | None = None
        if fcntl is not None:
            self.descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            weakref.finalize(self, os.close, self.descriptor)
            fcntl.flock(self.descriptor, fcntl.LOCK_SH)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether no other holds the folder, in which case none can for the moment. Where another does, this one holds it no longer."""
        if fcntl is None or self.descriptor is None:
            yield True
            return
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True
        fcntl.flock(self.descriptor, fcntl.LOCK_SH)


class Passing:
    """A folder among the system's passing ones, or in another place, for as long as this object lives; those that killed processes have left go first."""

    def __init__(self, prefix: str, place: Path | None = None) -> None:
        if CAN_HOLD:
            for left in sorted((place or Path(tempfile.gettempdir())).glob(f"{prefix}*")):
                remove_unheld(left)
        self.path, descriptor = _make_held(prefix, place)
        self.remove = weakref.finalize(self, _remove_held, self.path, descriptor)


def _make_held(prefix: str, place: Path | None) -> tuple[Path, int | None]:
    """A new folder that is held. Another process may take it for one that was left, in the moment before it is; then a next one."""
    if place is not None:
        place.mkdir(parents=True, exist_ok=True)
    while True:
        path = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
        try:
            descriptor = try_hold(path)
        except FileNotFoundError:
            continue
        if not CAN_HOLD or descriptor is not None and path.exists():
            return path, descriptor
        if descriptor is not None:
            os.close(descriptor)


def _remove_held(path: Path, descriptor: int | None) -> None:
    shutil.rmtree(path, ignore_errors=True)
    if descriptor is not None:
        os.close(descriptor)


def remove_unheld(folder: Path) -> bool:
    """Removes a folder, if it can be, unless a process holds it; True where it went."""
    try:
        descriptor = try_hold(folder)
    except OSError:
        return False
    if CAN_HOLD and descriptor is None:
        return False
    _remove_held(folder, descriptor)
    return not folder.exists()
