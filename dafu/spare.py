"""The site before the last one, kept so that the next takes no more than what differs: its files become second names of the present site's, but for what is new,
and then the two are exchanged. A large site has a hundred thousand names, and nearly all of them would be made and removed at each change of a letter.

    .cache/made/NAME.site/      the site before the last one

Nothing that lies there is believed: a file stays if the disk says that it is the present site's own, by whatever name; all else is removed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dafu.pool import Spread, deal

MOST_CHANGED, LEAST_FILES = 0.1, 10_000
"""The part of a site's files up to which a change leaves so much as it was that the old site is kept, and files from which on it is."""


def is_worth_keeping(kept: int, changed: int) -> bool:
    """Whether a site is kept of which so many files stand in the next one too, and so many don't."""
    return kept >= LEAST_FILES and changed <= MOST_CHANGED * kept


def can_use(spare: Path | None, target: Path) -> bool:
    """Whether there is an earlier site, on the same disk as the present one."""
    try:
        return spare is not None and not spare.is_symlink() and spare.is_dir() and spare.stat().st_dev == target.stat().st_dev
    except OSError:
        return False


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
                if os.path.join(folder, name) not in inside:
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


def bring(spare: Path, target: Path, new: Path, gone: Sequence[str], spread: Spread) -> int:
    """Makes an earlier site the next one, and returns how many files that has; `new` has those that come anew, and keeps them."""
    staged = {"" if folder == str(new) else os.path.relpath(folder, new) for folder, _, _ in os.walk(new)}
    bringing = Bringing(str(spare), str(target), str(new), staged, {os.path.normpath(path) for path in gone})
    tops, files = bringing.settle("")
    inside: list[str] = []
    for top in tops:
        folders, count = bringing.settle(top)
        inside += folders
        files += count
    files += sum(spread(bringing.settle_all, deal(inside)))
    bringing.drop_empty([*inside, *tops])
    return files


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
