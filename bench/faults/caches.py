"""Caches that are damaged in every way: flipped, cut, deleted, exchanged, of others, unreadable."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.faults.houses import House
from bench.faults.jobs import Job, Tally, try_once
from bench.faults.runs import Ended

Damage = Callable[[list[Path], random.Random], None]
"""What is done to files of a cache."""


def flip(files: list[Path], chance: random.Random) -> None:
    """One to nine bytes of some files become others."""
    for path in pick(files, chance):
        data = bytearray(path.read_bytes())
        for _ in range(chance.randint(1, 9) if data else 0):
            data[chance.randrange(len(data))] ^= chance.randint(1, 255)
        path.write_bytes(data)


def cut(files: list[Path], chance: random.Random) -> None:
    """Some files lose their end, up to the whole."""
    for path in pick(files, chance):
        os.truncate(path, chance.choice((0, path.stat().st_size // 2, max(0, path.stat().st_size - 1))))


def grow(files: list[Path], chance: random.Random) -> None:
    """Some files get bytes at their end."""
    for path in pick(files, chance):
        path.write_bytes(path.read_bytes() + chance.randbytes(9))


def delete(files: list[Path], chance: random.Random) -> None:
    """Some files, or whole folders of them, are gone."""
    for path in pick(files, chance):
        if chance.random() < 0.2 and path.parent.is_dir():
            shutil.rmtree(path.parent)
        path.unlink(missing_ok=True)


def exchange(files: list[Path], chance: random.Random) -> None:
    """Files take each other's places; so do folders of the index and of the shards."""
    some = pick(files, chance)
    data = [path.read_bytes() for path in some]
    for path, other in zip(some, [*data[1:], *data[:1]]):
        path.write_bytes(other)
    for place in {path.parent.parent for path in files if path.parent.parent.name in ("index", "shards")}:
        folders = sorted(place.iterdir())
        if len(folders) > 1 and chance.random() < 0.5:
            folders[0].rename(place / "passing")
            folders[1].rename(folders[0])
            (place / "passing").rename(folders[1])


def become_folders(files: list[Path], chance: random.Random) -> None:
    """Folders stand where files were."""
    for path in pick(files, chance):
        path.unlink()
        (path / "deep").mkdir(parents=True)


def become_links(files: list[Path], chance: random.Random) -> None:
    """Links stand where files and folders were: to nothing, to themselves, to each other, to the content."""
    content = _root(files[0]) / "content" / "site.yml"
    for path in pick(files, chance):
        other = chance.choice((Path("nowhere"), path, chance.choice(files), content))
        if chance.random() < 0.2 and path.parent.is_dir() and not path.parent.is_symlink():
            shutil.rmtree(path.parent)
            path.parent.symlink_to(content.parent)
        elif path.is_file():
            path.unlink()
            path.symlink_to(other)


def become_files(files: list[Path], chance: random.Random) -> None:
    """Files stand where folders were, up to the cache itself."""
    folder = chance.choice(pick(files, chance))
    for _ in range(chance.randint(1, 3)):
        folder = folder.parent if folder.parent.name != "house" else folder
    shutil.rmtree(folder)
    folder.write_bytes(b"in the way")


def add_foreign(files: list[Path], chance: random.Random) -> None:
    """Files of others lie among its own."""
    for path in pick(files, chance):
        (path.parent / f"foreign-{chance.random()}").write_bytes(chance.randbytes(99))
        path.with_name(f"{path.name}.4711").write_bytes(b"of an older version")


def _root(path: Path) -> Path:
    return next(parent for parent in path.parents if parent.name == "house")


def pick(files: list[Path], chance: random.Random) -> list[Path]:
    """One file, or many."""
    return chance.sample(files, min(len(files), chance.choice((1, 1, 3, len(files)))))


DAMAGES: dict[str, Damage] = {
    "bytes flipped": flip, "cut short": cut, "bytes added": grow, "deleted in part": delete, "files and folders exchanged": exchange,
    "folders for files": become_folders, "links for files and folders": become_links, "files for folders": become_files, "foreign files added": add_foreign,
}


def list_kinds(cache: Path) -> dict[str, list[Path]]:
    """The cache's files by kind: letters, stamp, each file of an index and of shards."""
    kinds: dict[str, list[Path]] = {}
    for path in sorted(path for path in cache.rglob("*") if path.is_file()):
        place = path.relative_to(cache).parts[0]
        kind = place if place == "letters" else f"{place}/{'.'.join(path.name.split('.')[1:]) if path.name.startswith('MAIN_') else path.name}"
        kinds.setdefault(kind, []).append(path)
    return kinds


def try_damage(case: str, house: House, job: Job, damage: Damage, tries: int, chance: random.Random) -> Tally:
    """Damages a cache that knows all in one way, again and again: all kinds of its files in turn, and all together."""
    tally = Tally(case)
    kinds = list_kinds(house.find_cached("both"))
    names: list[str | None] = [*kinds, None, None]
    # What lies in the cache may be foreign now, or not be mended; bytes must be right all the same.
    job = replace(job, find_litter=lambda: list(house.iter_litter(None)))
    for number in range(tries):
        try_once(job, tally, partial(spoil, house, damage, names[number % len(names)], chance), statuses=(0,))
    tally.struck = tally.tries
    return tally


def spoil(house: House, damage: Damage, kind: str | None, chance: random.Random, job: Job) -> Ended:
    """A build upon a damaged cache."""
    kinds = list_kinds(house.cache)
    damage(kinds[kind] if kind else [path for files in kinds.values() for path in files], chance)
    return job.run()
