"""The site before the last one, kept so that the next takes no more than what differs: its files become second names of the present site's, but for what is new,
and then the two are exchanged. A large site has a hundred thousand names, and nearly all of them would be made and removed at each change of a letter.

    .cache/made/NAME.site/      the folders and files of the site before the last one
    .cache/made/NAME.place      where the site stands whose earlier one this is

Nothing that lies there is believed: a file stays if the disk says that it is the present site's own, by whatever name, and a folder if it is as a new one would
be; all else is removed. The site's own folder is new each time: whoever has the old one open sees that it is there no more.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dafu.exchange import clear
from dafu.pool import Spread, deal

MOST_CHANGED, LEAST_FILES = 0.1, 10_000
"""The part of a site's files up to which a change leaves so much as it was that the old site is kept, and files from which on it is."""


def is_worth_keeping(kept: int, changed: int) -> bool:
    """Whether a site is kept of which so many files stand in the next one too, and so many don't."""
    return kept >= LEAST_FILES and changed <= MOST_CHANGED * kept


@dataclass(frozen=True, slots=True)
class Spare:
    """The place of an earlier site."""

    place: Path
    target: Path
    """The present one."""
    whole: Path
    """Where it becomes the next one: beside the present one, as not every folder may be moved elsewhere."""

    def bring(self, new: Path, gone: Sequence[str], files: int, spread: Spread) -> bool:
        """Makes it the next site, of so many files; False where it can't be. `new` has the files that come anew, and keeps them; `gone` are those of the present site
        that don't stay."""
        with suppress(OSError):
            if not self.place.is_symlink() and self.place.stat().st_dev == self.target.stat().st_dev and self._settle(new, gone, spread) == files:
                _move_inside(self.place, self.whole)
                return True
        for left in (self.place, self.whole):
            clear(left, spread)
        return False

    def _settle(self, new: Path, gone: Sequence[str], spread: Spread) -> int:
        staged = {"" if folder == str(new) else os.path.relpath(folder, new) for folder, _, _ in os.walk(new)}
        bringing = Bringing(str(self.place), str(self.target), str(new), staged, {os.path.normpath(path) for path in gone}, _tell_kind(new.stat()))
        tops, files = bringing.settle("")
        inside: list[str] = []
        for top in tops:
            folders, count = bringing.settle(top)
            inside += folders
            files += count
        files += sum(spread(bringing.settle_all, deal(inside)))
        bringing.drop_empty([*inside, *tops])
        return files

    def keep(self, old: Path, path: str) -> None:
        """Keeps all that is in an old site's folder, unless the present one has copies of its files, as this one file tells: then it would take its room twice. What
        was kept of sites that are there no more is removed."""
        with suppress(OSError):
            if not os.path.samefile(old / path, self.target / path):
                return
            _move_inside(old, self.place)
            note = self.place.with_suffix(".place")
            note.unlink(missing_ok=True)
            with note.open("xb") as file:  # never through a link to something else
                file.write(os.fsencode(self.target))
            for place in self.place.parent.glob("*.place"):
                if not os.path.isdir(place.read_bytes()):
                    clear(place.with_suffix(".site"))
                    place.unlink()


@dataclass(frozen=True, slots=True)
class Bringing:
    """What makes an earlier site the next one."""

    spare: str
    target: str
    """The present site."""
    new: str
    """Where the files lie that the next one has instead."""
    staged: Set[str]
    """The folders there; `""` is the site itself."""
    gone: Set[str]
    """Files of the present site that the next one doesn't have."""
    kind: tuple[int, int, int]
    """Mode, owner and group of folders."""

    def settle(self, folder: str) -> tuple[list[str], int]:
        """Makes a folder what it is in the next site, but for the folders in it; returns these, and how many files it has."""
        place = os.path.join(self.spare, folder)
        old = _scan(os.path.join(self.target, folder))
        new = _scan(os.path.join(self.new, folder)) if folder in self.staged else {}
        inside = dict.fromkeys(os.path.join(folder, name) for each in (old, new) for name, entry in each.items() if entry.is_dir(follow_symlinks=False))
        wanted = {name: entry for name, entry in old.items() if entry.is_file(follow_symlinks=False) and os.path.join(folder, name) not in self.gone}
        wanted |= {name: entry for name, entry in new.items() if not entry.is_dir(follow_symlinks=False)}
        files = len(wanted)
        for name, entry in _scan(place).items():
            if entry.is_dir(follow_symlinks=False):
                if os.path.join(folder, name) not in inside or _tell_kind(entry.stat(follow_symlinks=False)) != self.kind:
                    shutil.rmtree(entry.path)
            elif name in wanted and _is_one(entry, wanted[name]):
                del wanted[name]
            else:
                os.unlink(entry.path)
        for name, entry in wanted.items():
            _put(entry, os.path.join(place, name))
        for name in inside:
            with suppress(FileExistsError):
                os.mkdir(os.path.join(self.spare, name))
        return list(inside), files

    def settle_all(self, folders: Iterable[str]) -> int:
        """Makes folders what they are in the next site, with all that is in them; one in which nothing is left is removed. Returns how many files they have."""
        waiting, settled, files = list(folders), [], 0
        while waiting:
            settled.append(waiting.pop())
            inside, count = self.settle(settled[-1])
            waiting += inside
            files += count
        self.drop_empty(settled[::-1])
        return files

    def drop_empty(self, folders: Iterable[str]) -> None:
        """Removes those of some folders in which nothing is; the inner ones come first."""
        for folder in folders:
            with suppress(OSError):
                os.rmdir(os.path.join(self.spare, folder))


def _move_inside(folder: Path, other: Path) -> None:
    """Moves all that is in a folder to another, which is new; then it is there no more."""
    other.mkdir(parents=True, exist_ok=True)
    for name in os.listdir(folder):
        os.rename(folder / name, other / name)
    os.rmdir(folder)


def _tell_kind(told: os.stat_result) -> tuple[int, int, int]:
    return told.st_mode, told.st_uid, told.st_gid


def _scan(folder: str) -> dict[str, os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name: entry for entry in entries}
    except FileNotFoundError:
        return {}


def _is_one(one: os.DirEntry[str], other: os.DirEntry[str]) -> bool:
    """Whether two names are of the same file."""
    here, there = one.stat(follow_symlinks=False), other.stat(follow_symlinks=False)
    return (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)


def _put(entry: os.DirEntry[str], place: str) -> None:
    """A second name for a file, or a link like another."""
    if entry.is_symlink():
        os.symlink(os.readlink(entry.path), place)
    else:
        os.link(entry.path, place)
