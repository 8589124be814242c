"""A folder in another's place in one step, where the system can; and what the disk must hold before and after."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from dafu.pool import Spread, deal
from dafu.problems import SettingsError


def swap(new: Path, target: Path) -> Path | None:
    """Puts `new` in the place of `target`; returns where that is now which was there."""
    if not target.exists():
        os.rename(new, target)
        _flush_names(target.parent)
        return None
    if target.is_mount():
        raise SettingsError(f"{target}: this is where a disk is mounted, and it can't be replaced as a whole. Name a folder inside it.")
    shutil.copymode(target, new)
    old = new if _exchange(new, target) else _exchange_in_two(new, target)
    _flush_names(target.parent)
    return old


def clear(folder: Path, spread: Spread = map) -> None:
    """Removes a site, or what stands in its place, as far as that can be done; `spread` hands some of that work to other processes."""
    if os.path.islink(folder) or os.path.isfile(folder):
        with suppress(OSError):
            folder.unlink()
        return
    _remove_inside(folder, spread)
    remove(folder)


def _exchange_in_two(new: Path, target: Path) -> Path:
    """Where folders can't be exchanged in one step: sets the old one aside first, and brings it back if the second step fails."""
    old = target.parent / f".{target.name}.old-{os.getpid()}"
    os.rename(target, old)
    try:
        os.rename(new, target)
    except OSError:
        os.rename(old, target)
        raise
    return old


def _exchange(one: Path, other: Path) -> bool:
    """Exchanges two folders in one step, where the system can."""
    if sys.platform == "win32":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    a, b = os.fsencode(one), os.fsencode(other)
    if sys.platform == "linux" and hasattr(libc, "renameat2"):
        at_fdcwd, rename_exchange = -100, 2
        return libc.renameat2(at_fdcwd, a, at_fdcwd, b, rename_exchange) == 0
    if sys.platform == "darwin" and hasattr(libc, "renamex_np"):
        rename_swap = 2
        return libc.renamex_np(a, b, rename_swap) == 0
    return False


def flush(new: Path) -> None:
    """Has the disk hold all that was written, so that a power cut after the exchange leaves no empty files. One call for the
    whole file system: a tenth of the time that thousands of files take one by one, and no more for a few."""
    if not hasattr(os, "sync"):  # Windows
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "syncfs"):
        return os.sync()
    descriptor = os.open(new, os.O_RDONLY)
    try:
        if libc.syncfs(descriptor) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(new))
    finally:
        os.close(descriptor)


def _flush_names(folder: Path) -> None:
    """Has the disk hold the names in a folder; the exchange is done then, and not some seconds later."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_inside(folder: Path, spread: Spread) -> None:
    """Removes the folders in the folders of a site, which hold nearly all of it, as far as that can be done; a process that was killed is no trouble."""
    with suppress(OSError, SettingsError):
        inside = sorted(entry.path for top in os.scandir(folder) if top.is_dir(follow_symlinks=False) for entry in os.scandir(top) if entry.is_dir(follow_symlinks=False))
        for _ in spread(_remove_each, deal(inside)):
            pass


def _remove_each(folders: Sequence[str]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def remove(folder: Path) -> None:
    """Removes a folder as far as that can be done; one that was made read-only is made writable first."""
    shutil.rmtree(folder, ignore_errors=True)
    if os.path.isdir(folder):
        with suppress(OSError):
            os.chmod(folder, 0o700)
            for inside, names, _ in os.walk(folder):
                for path in (Path(inside, name) for name in names if not os.path.islink(Path(inside, name))):
                    os.chmod(path, 0o700)
        shutil.rmtree(folder, ignore_errors=True)
