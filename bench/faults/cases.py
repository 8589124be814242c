"""The cases of the fault table, in its order. Another part of the house adds its own to `iter_cases`."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM

from bench.faults import barriers, setups
from bench.faults.caches import DAMAGES, try_damage
from bench.faults.company import CHECK, OTHER, SAME, SEARCH, try_after, try_clock, try_company
from bench.faults.disks import can_mount, try_full, try_power_cut
from bench.faults.houses import Cache, House, make_build, make_house
from bench.faults.jobs import Tally
from bench.faults.kills import try_signal, try_worker
from bench.faults.publishing import iter_publications
from bench.faults.runs import ROOT, nothing


@dataclass(frozen=True, slots=True)
class Case:
    """A row of the table before it is filled."""

    name: str
    share: float
    """Of the tries asked for."""
    fill: Callable[[str, int, random.Random], Tally]

    def run(self, tries: int, chance: random.Random) -> Tally:
        """The row, filled."""
        return self.fill(self.name, max(1, round(self.share * tries)), chance)


def iter_cases(folder: Path) -> Iterator[Case]:
    """All cases that this machine and this user can try."""
    house = make_house(folder / "mini")
    yield from _iter_kills(house)
    yield from _iter_barriers(house)
    yield from _iter_company(house)
    yield from _iter_caches(house)
    yield from (Case(*row) for row in iter_publications(folder / "published"))
    if os.getuid() == 0 and can_mount(folder / "disk"):
        yield from _iter_disks(house)
    real = make_house(folder / "real", ROOT / "content")
    yield Case("kill -9 of the group, the real archive", 0.3, lambda name, tries, chance: try_signal(name, make_build(real), SIGKILL, tries, chance))
    yield Case("cache of the real archive: bytes flipped", 0.3, lambda name, tries, chance: try_damage(name, real, make_build(real, cache="both"), DAMAGES["bytes flipped"], tries, chance))


def _iter_kills(house: House) -> Iterator[Case]:
    for cache, word, share in (("old", "warm cache", 0.3), ("none", "cold cache", 1)):
        yield Case(f"kill -9, 1 process, {word}", 1, partial(_kill, house, 1, cache, SIGKILL, True))
        yield Case(f"kill -9 of the group, 2 processes, {word}", share, partial(_kill, house, 2, cache, SIGKILL, True))
        yield Case(f"kill -9 of the main process, 2 processes, {word}", share, partial(_kill, house, 2, cache, SIGKILL, False))
    for sign, word in ((SIGTERM, "SIGTERM"), (SIGINT, "SIGINT")):
        yield Case(f"{word}, 1 process", 0.3, partial(_kill, house, 1, "none", sign, False))
        yield Case(f"{word} to the group, 2 processes", 0.3, partial(_kill, house, 2, "none", sign, True))
    yield Case("kill -9 of a process of the pool", 0.3, lambda name, tries, chance: try_worker(name, make_build(house, jobs=2, cache="none", setup=setups.small_pool), tries, chance))
    yield Case("kill -9, without a cache", 0.3, lambda name, tries, chance: try_signal(name, make_build(house, cache="none", options=("--no-cache",)), SIGKILL, tries, chance))


def _kill(house: House, jobs: int, cache: Cache, sign: int, to_group: bool, name: str, tries: int, chance: random.Random) -> Tally:
    job = make_build(house, jobs=jobs, cache=cache, setup=nothing if jobs == 1 else setups.small_pool)
    return try_signal(name, job, sign, tries, chance, to_group=to_group)


def _iter_barriers(house: House) -> Iterator[Case]:
    for case in barriers.CASES:
        if os.getuid() == 0 or not case.needs_root:
            yield Case(case.name, 0.03, lambda name, tries, chance, case=case: barriers.try_barrier(case, house, make_build(house), tries))


def _iter_company(house: House) -> Iterator[Case]:
    for name, others, cache in (
        ("two builds, same output", [SAME], "none"), ("four builds, same output", [SAME] * 3, "none"), ("two builds of different content, one cache", [OTHER], "none"),
        ("a build, a check and a search, cold cache", [CHECK, SEARCH], "none"), ("a build, a check and a search, warm cache", [CHECK, SEARCH], "old"),
    ):
        yield Case(name, 0.15, lambda name, tries, chance, others=others, cache=cache: try_company(name, house, make_build(house, cache=cache), others, tries, chance))
    for name, setup in (("times of files wrong", nothing), ("clock goes back", setups.clock_backwards), ("clock of 1970", setups.clock_of_1970)):
        yield Case(name, 0.1, lambda name, tries, chance, setup=setup: try_clock(name, house, make_build(house), setup, tries, chance))


def _iter_caches(house: House) -> Iterator[Case]:
    for name, damage in DAMAGES.items():
        yield Case(f"cache: {name}", 0.3, lambda name, tries, chance, damage=damage: try_damage(name, house, make_build(house, cache="both"), damage, tries, chance))
    yield Case("cache of another version", 0.05, lambda name, tries, chance: try_after(name, house, make_build(house), setups.other_code, tries))
    yield Case("cache of another machine", 0.05, lambda name, tries, chance: try_after(name, house, make_build(house), setups.other_machine, tries))


def _iter_disks(house: House) -> Iterator[Case]:
    for places in (("site",), (".cache",), ("site", ".cache"), (".cache", "scratch")):
        name = "full disk under " + " and ".join(place.replace("scratch", "/tmp") for place in places)
        yield Case(name, 0.2, lambda name, tries, chance, places=places: try_full(name, house, make_build(house, cache="none"), places, tries, chance))
    if shutil.which("mkfs.ext4"):
        yield Case("power cut after a build", 0.2, lambda name, tries, chance: try_power_cut(name, house, make_build(house), tries, chance))
