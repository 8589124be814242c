"""What earlier runs have worked out, by the bytes that it depends on. Deleting `.cache/` changes nothing but time."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import sys
import time
import weakref
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache, partial
from pathlib import Path

from dafu.holds import CAN_HOLD, Passing, hold, remove_unheld, try_hold
from dafu.markdown import PARSER_VERSION

_CODE = Path(__file__).resolve().parent


@cache
def code_version() -> str:
    """A name for the state of the program, its Python and its Markdown parser: other code, other answers."""
    digest = hashlib.sha256(f"{sys.version}\0{PARSER_VERSION}\0".encode())
    for path in sorted(_CODE.rglob("*.py")):
        digest.update(path.relative_to(_CODE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def name_program() -> bytes:
    """What, beside its parts, the content of a folder depends on."""
    return f"{code_version()}\0{zlib.ZLIB_RUNTIME_VERSION}\0{platform.machine()}".encode()


class Memo:
    """A folder of answers; an answer that is damaged or of other code is as good as none."""

    def __init__(self, folder: Path | None, place: Path | None = None) -> None:
        """Without a folder all goes with the memo; `place` is where that lies, if not among the system's passing folders."""
        self.folder = folder
        self.place = place
        self.passing: list[Passing] = []
        """Folders that go with the memo."""

    def read(self, key: str) -> bytes | None:
        """The answer kept under a key, if it is whole."""
        if self.folder is None:
            return None
        try:
            data = self._path(key).read_bytes()
        except OSError:
            return None
        digest, _, answer = data.partition(b"\n")
        return answer if digest == _digest(key, answer) else None

    def write(self, key: str, answer: bytes) -> None:
        """Keeps an answer; a cache that can't be written is no reason to stop. Half an answer is as good as none, so it needs no file beside it."""
        if self.folder is None:
            return
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            with path.open("xb") as file:  # never through a link to something else
                file.write(_digest(key, answer) + b"\n" + answer)
        except OSError:
            pass

    def keep_folder(self, name: str, parts: Iterable[bytes], fill: Fill) -> Path:
        """A folder that `fill` has filled for these parts, now or in an earlier run; where nothing can be kept, one that goes with this memo.
        `fill` is also told of the folder of that name that was used last, if the same program has filled it and it is whole: what holds there may be taken over."""
        digest = hashlib.sha256(name_program())
        for part in parts:
            digest.update(b"\0%d\0" % len(part) + part)
        if self.folder is None:
            return self._fill_passing_folder(name, fill)
        path = self.folder.parent / name / digest.hexdigest()[:24]
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with hold(path.parent, f"Another run is writing {path.parent}; waiting for it."):
                return self._use_folder(path, fill)
        except OSError:
            return self._fill_passing_folder(name, fill)

    def _use_folder(self, path: Path, fill: Fill) -> Path:
        """The folder as it is kept, filled anew where it isn't whole; others can't remove it as long as this memo lives."""
        _remove_leftovers(path.parent)
        known = _recall(path)
        if _read_stamp(path) != _make_stamp(path, known=known):
            _fill_folder(path, fill, known)
        os.utime(path)
        descriptor = try_hold(path, shared=True)
        if descriptor is not None:
            weakref.finalize(self, os.close, descriptor)
        _remove_unused(path)
        _note(path, known)
        return path

    def _fill_passing_folder(self, name: str, fill: Fill) -> Path:
        passing = Passing(f"dafu-passing-{name}-", self.place)
        try:
            fill(passing.path, None)
        except BaseException:
            passing.remove()
            raise
        self.passing.append(passing)
        return passing.path

    def _path(self, key: str) -> Path:
        assert self.folder is not None
        return self.folder / key[:2] / key[2:]


_KEPT_FOLDERS = 3
"""Folders of one name that are kept, those in use aside."""

_STAMP, _PROGRAM, _SEEN = "STAMP", "PROGRAM", "SEEN"

Fill = Callable[[Path, Path | None], None]
"""Fills a folder; what it is told of besides is an earlier one, or None."""


_FOLDER, _LEFTOVER = re.compile("[0-9a-f]{24}"), re.compile(r"[0-9a-f]{24}\.\d+")


def _fill_folder(path: Path, fill: Fill, known: Digests) -> None:
    """Fills a folder beside its place, and moves it there when it is whole."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.mkdir()
    try:
        fill(beside, _find_last(path, known))
        (beside / _PROGRAM).write_bytes(name_program())
        (beside / _STAMP).write_bytes(_make_stamp(beside, path.name, known=known))
        _clear(path)
        os.replace(beside, path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _find_last(path: Path, known: Digests) -> Path | None:
    """Of the folders beside a folder the one that was used last, if this program has filled it and it is whole; adds what was read to what is known."""
    others = [other for other in path.parent.iterdir() if _FOLDER.fullmatch(other.name) and other != path and not other.is_symlink()]
    last = max(others, key=lambda other: other.stat().st_mtime_ns, default=None)
    try:
        if last is None or (last / _PROGRAM).read_bytes() != name_program():
            return None
    except OSError:
        return None
    known |= _recall(last)
    return last if _read_stamp(last) == _make_stamp(last, known=known) else None


def _clear(path: Path) -> None:
    """Takes away what stands in a folder's place."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)


def _remove_leftovers(place: Path) -> None:
    """Removes what killed processes have begun; none that lives fills a folder here while this process holds the place."""
    if CAN_HOLD:
        for left in [path for path in place.iterdir() if _LEFTOVER.fullmatch(path.name)]:
            shutil.rmtree(left, ignore_errors=True)


def _remove_unused(used: Path) -> None:
    """Removes the folders that weren't used for longest, but none that a process still reads from."""
    others = [path for path in used.parent.iterdir() if _FOLDER.fullmatch(path.name) and path != used and not path.is_symlink()]
    others.sort(key=lambda path: path.stat().st_mtime_ns)
    for other in others[: 1 - _KEPT_FOLDERS]:
        remove_unheld(other)


Digests = dict[tuple[str, int, int, int, int], bytes]
"""Of files that have been read: by their name and what the disk says of them."""


def _make_stamp(path: Path, name: str | None = None, *, known: Digests) -> bytes:
    """What tells that a folder is as it was filled, and in its own place: the digest of its name and all its files, several of which are read at once; those that
    are known, as another folder has them too, aren't read again."""
    digest = hashlib.sha256((name or path.name).encode())
    files = _list_files(path)
    with ThreadPoolExecutor() as pool:
        for file, found in zip(files, pool.map(partial(_digest_file, known), files)):
            digest.update(f"\0{file.relative_to(path).as_posix()}\0".encode() + found)
    return digest.hexdigest().encode()


def _list_files(path: Path) -> list[Path]:
    """The files of which a folder's stamp tells."""
    return sorted(file for file in path.rglob("*") if file.is_file() and file.name not in (_STAMP, _SEEN))


def _digest_file(known: Digests, file: Path) -> bytes:
    with file.open("rb") as opened:
        which = _name_file(file, os.fstat(opened.fileno()))
        if which not in known:
            known[which] = hashlib.file_digest(opened, "sha256").digest()
        return known[which]


def _name_file(file: Path, told: os.stat_result) -> tuple[str, int, int, int, int]:
    return file.name, told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns


MUCH = 64_000_000
"""Bytes of a folder from which on it takes longer to read them again than to note what the disk says of the files."""

TICK_S = 0.02
"""Seconds in which the disk surely tells two changes apart."""


def _note(path: Path, known: Digests) -> None:
    """Notes, of a large folder that is as it was filled, what the disk says of each file, beside its digest. No program can set when a file was changed last, even
    if that was its number of names; Windows tells no such time."""
    with suppress(OSError):  # else the files are read again
        files = _list_files(path)
        if os.name != "posix" or sum(file.stat().st_size for file in files) < MUCH:
            return
        time.sleep(TICK_S)
        told = [(file, file.stat()) for file in files]
        names = [(file.relative_to(path).as_posix(), each.st_ctime_ns, _name_file(file, each)) for file, each in told]
        seen = json.dumps([(name, changed_ns, which, known[which].hex()) for name, changed_ns, which in names if which in known]).encode()
        place = path / _SEEN
        if not (place.is_file() and place.read_bytes() == seen):
            place.unlink(missing_ok=True)
            with place.open("xb") as file:  # never through a link to something else
                file.write(seen)


def _recall(path: Path) -> Digests:
    """The digests of those files of a folder that haven't changed since they were noted."""
    known: Digests = {}
    with suppress(OSError, ValueError, TypeError, RecursionError):
        for name, changed_ns, which, digest in json.loads((path / _SEEN).read_bytes()):
            told = (path / name).stat()
            if (told.st_ctime_ns, _name_file(path / name, told)) == (changed_ns, tuple(which)):
                known[tuple(which)] = bytes.fromhex(digest)
    return known


def _read_stamp(path: Path) -> bytes | None:
    try:
        return (path / _STAMP).read_bytes()
    except OSError:
        return None


def _digest(key: str, answer: bytes) -> bytes:
    """Ties an answer to its question, so that neither damage nor a file in the wrong place is believed."""
    return hashlib.sha256(key.encode() + b"\0" + answer).hexdigest().encode()
