"""Writing the site: into a new folder beside the old one, exchanged for it in one step at the end.

    public/                the site that readers see, whole at every moment
    .public.new-4711/      what differs; at the end also hard links to what doesn't, so that it keeps its bytes and times
    .public.new-4711-whole/    or these two in what is kept of an earlier site (`spare`), which only a large one is
    .public.old-4711/      only where the system can't exchange two folders in one step

A build that is killed leaves at most these beside the site, which the next build removes.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from dafu.exchange import clear, flush, remove, swap
from dafu.holds import hold
from dafu.output import Output
from dafu.paths import Paths
from dafu.pool import Pool, Spread
from dafu.problems import SettingsError
from dafu.spare import Spare, is_worth_keeping

SIGN = "data/datapackage.json"
SIGN_WORDS = b'"name": "dafu"'
"""A file, and words in it, by which a folder is known to be a site that Dafu wrote."""

VERSIONED = (".git", ".hg", ".svn")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the site is, and where what differs is written; any process may write there."""

    target: Path
    new: Path
    has_old: bool = True
    """Whether there is an old site."""

    def put(self, output: Output) -> bool:
        """Writes an output where it differs from the old site's file; False where it doesn't."""
        if self.has_old and _has_bytes(f"{self.target}/{output.path}", output.data):
            return False
        path = f"{self.new}/{output.path}"
        with _naming(path):
            try:
                _write_file(path, output.data)
            except FileNotFoundError:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                _write_file(path, output.data)
        return True


@dataclass(slots=True)
class Staging:
    """A site on its way to disk."""

    place: Place
    kept: Paths = field(default_factory=Paths)
    written: Paths = field(default_factory=Paths)
    links: list[str] = field(default_factory=list)
    """Symbolic links that were taken along."""
    spare: Spare | None = None
    """Where the old site is kept."""

    def write(self, output: Output) -> None:
        """Takes an output: writes it where it differs from the old site's file."""
        check_path(output.path)
        self.take(output.path, self.place.put(output))

    def take(self, path: str, is_new: bool) -> None:
        """Takes note of an output that was put in its place."""
        if self.has(path):
            raise ValueError(f"two outputs for one path: {path!r}")
        (self.written if is_new else self.kept).add(path)

    def has(self, path: str) -> bool:
        """Whether there has been an output for a path."""
        return path in self.kept or path in self.written

    @property
    def target(self) -> Path:
        return self.place.target

    @property
    def new(self) -> Path:
        return self.place.new

    def link(self, path: str, target: str) -> None:
        """Takes along a symbolic link that somebody put beside the site, wherever it leads."""
        place = self.new / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target)
        self.links.append(path)

    def find_strays(self) -> list[str]:
        """Files of the old site that the new one doesn't have."""
        skipped = len(os.path.join(self.target, ""))
        old = (os.path.join(folder, name)[skipped:].replace(os.sep, "/") for folder, _, names in os.walk(self.target) for name in names)
        return sorted(path for path in old if not self.has(path) and path not in self.links)

    def commit(self, pool: Pool | None = None) -> int:
        """Puts the new site in the old one's place; returns how many files changed, came or went. A pool shares the work, where there is much."""
        strays = self.find_strays()
        if not self.written and not strays and self.target.is_dir():
            return 0
        with _naming(self.new):
            self.new.mkdir(exist_ok=True)
            spread = pool.spread if pool and len(self.kept) > LINKED else map
            whole = self._put_together(strays, spread)
            flush(whole)
            self._leave(swap(whole, self.target), len(self.written) + len(strays), spread)
        return len(self.written) + len(strays)

    def _put_together(self, strays: Sequence[str], spread: Spread) -> Path:
        """The folder in which the new site is whole."""
        if self.spare and self.spare.bring(self.new, strays, len(self.kept) + len(self.written) + len(self.links), spread):
            return self.spare.whole
        kept = iter(self.kept)
        rows = iter(lambda: list(islice(kept, LINKED)), [])
        for _ in spread(partial(link_all, str(self.target), str(self.new)), rows):
            pass
        return self.new

    def _leave(self, old: Path | None, changed: int, spread: Spread) -> None:
        """Keeps the old site where the next build takes from it, or removes it."""
        if old is None:
            return
        if self.spare and is_worth_keeping(len(self.kept), changed):
            self.spare.keep(old, next(iter(self.kept)))
        clear(old, spread)


def write_new(path: Path, data: bytes) -> bool:
    """Writes a file that isn't there yet, whole or not at all; False where there is one already, which stays as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new-{os.getpid()}")
    try:
        beside.write_bytes(data)
        os.link(beside, path)
    except FileExistsError:
        return False
    finally:
        beside.unlink(missing_ok=True)
    return True


def replace_file(path: Path, data: bytes) -> None:
    """Writes a file in the place of an older one: whoever looks sees the one or the other, whole."""
    beside = path.with_name(f".{path.name}.new-{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, beside)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def take_turn(target: Path) -> Iterator[None]:
    """One build at a time for a site. A build reads its content when its turn has come, so that the last one never writes older words than one before."""
    target = Path(os.path.realpath(target))
    check_target(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with hold(target.parent, "Another build is writing here; waiting for it."):
        _recover(target)
        yield


@contextmanager
def stage_site(target: Path, spare: Path | None = None) -> Iterator[Staging]:
    """A staging folder for a site whose turn it is; unless it is committed, the old site stays as it was. `spare` is where that may be kept; not on Windows, whose
    folders don't tell of which file a name is."""
    target = Path(os.path.realpath(target))
    check_target(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.parent / f".{target.name}.new-{os.getpid()}"
    if new.exists():
        raise SettingsError(f"--output {target}: a killed build has left {new}, and it can't be removed. Remove it.")
    whole = new.with_name(f"{new.name}-whole")
    try:
        yield Staging(Place(target, new, has_old=target.is_dir()), spare=Spare(spare, target, whole) if spare and os.name == "posix" else None)
    finally:
        remove(new)
        remove(whole)


def check_target(target: Path, shown: str | None = None) -> None:
    """Refuses a folder that holds something else than a site of ours."""
    shown = shown or f"--output {target}"
    if target.exists() and not target.is_dir():
        raise SettingsError(f"{shown}: this is a file. Name a folder.")
    if Path.cwd().is_relative_to(target):
        raise SettingsError(f"{shown}: you stand in this folder, and a build replaces all that is in it. Name another.")
    kept = [path.name for path in target.iterdir() if path.name in VERSIONED] if target.is_dir() else []
    if kept:
        raise SettingsError(f"{shown}: the folder holds {kept[0]}, and a build replaces all that is in it. Name another folder, and copy the site from there.")
    if target.is_dir() and not _is_ours(target) and any(target.iterdir()):
        raise SettingsError(f"{shown}: the folder holds files that Dafu didn't write, and a build replaces all that is in it. Name an empty folder, or empty this one.")


def _is_ours(target: Path) -> bool:
    try:
        return SIGN_WORDS in (target / SIGN).read_bytes()
    except OSError:
        return False


def _recover(target: Path) -> None:
    """Removes what killed builds have left; brings the old site back where one died between two renames."""
    for old in _find_beside(target, "old"):
        if target.exists():
            remove(old)
        else:
            os.rename(old, target)
    for new in _find_beside(target, "new"):
        remove(new)


@contextmanager
def _naming(path: Path | str) -> Iterator[None]:
    """Gives an error of the disk, which often tells no file, the name of one."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(path)
        raise


def _find_beside(target: Path, what: str) -> list[Path]:
    """Folders that builds have left beside a site: `.public.new-4711`."""
    form = re.compile(rf"\.{re.escape(target.name)}\.{what}-\d+(-whole)?")
    return sorted(path for path in target.parent.iterdir() if form.fullmatch(path.name))


def check_path(path: str) -> None:
    """Refuses a path that isn't one inside the site."""
    if not path.strip("/.") or path.startswith("/") or ".." in path.split("/") or "\\" in path:
        raise ValueError(f"a path outside the site: {path!r}")


COMPARED = 1 << 20
"""Bytes that are compared in one go: a table may have hundreds of megabytes."""


def _has_bytes(path: str, data: bytes) -> bool:
    try:
        if os.stat(path).st_size != len(data):
            return False
        with open(path, "rb") as file:
            return all(file.read(COMPARED) == data[start : start + COMPARED] for start in range(0, len(data), COMPARED))
    except OSError:
        return False


def _write_file(path: str, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


LINKED = 10_000
"""Files that are taken over in one go."""


def link_all(old: str, new: str, names: Iterable[str]) -> None:
    """Files of one folder stand in another too."""
    for name in names:
        link_or_copy(f"{old}/{name}", f"{new}/{name}")


def link_or_copy(old: str | Path, new: str | Path) -> None:
    """A second name for a file, in the place of what a worker that was lost may have left there; where the disk has no second names, a copy."""
    try:
        return os.link(old, new)
    except FileExistsError:
        os.unlink(new)
    except OSError:
        os.makedirs(os.path.dirname(new), exist_ok=True)
    try:
        os.link(old, new)
    except OSError:
        shutil.copy2(old, new)
