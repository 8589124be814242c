"""Disks that are full, or lose their power."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.faults.houses import House
from bench.faults.jobs import Job, Tally, Tree, refill, try_once
from bench.faults.runs import Ended
from tests.making import read_tree


@contextmanager
def mounted(folder: Path, *what: str) -> Iterator[None]:
    """Something mounted on a folder, which is emptied first."""
    refill(folder, None)
    subprocess.run(["mount", *what, folder], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True, capture_output=True)


def can_mount(folder: Path) -> bool:
    """Whether this process may mount disks."""
    try:
        with mounted(folder, "-t", "tmpfs", "tmpfs"):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def try_full(case: str, house: House, job: Job, places: tuple[str, ...], tries: int, chance: random.Random) -> Tally:
    """Has disks be full sooner or later: `site`, `.cache`, `scratch`, or several of them. The next build has room again."""
    tally = Tally(case)
    folders = {"site": house.site, ".cache": house.cache, "scratch": job.scratch}
    wanted = {"site": _size_kb({path: data for path, data in job.new.items() if job.old.get(path) != data}), ".cache": 500, "scratch": 500}
    with ExitStack() as stack:
        for place in places:
            stack.enter_context(mounted(folders[place], "-t", "tmpfs", "-o", "size=24m", "tmpfs"))
        for number in range(tries):
            share = (number + chance.random()) / tries
            try_once(job, tally, partial(_run_with_room, {folders[place]: int(share * wanted[place]) for place in places}))
    return tally


def _size_kb(tree: Tree) -> int:
    """What files take on a disk in memory, which gives out pages of 4 kB."""
    return sum(4 * -(-len(data) // 4096) for data in tree.values())


def _run_with_room(rooms_kb: dict[Path, int], job: Job) -> Ended:
    """A job on disks where only so much room is left; ballast takes the rest."""
    for folder, room_kb in rooms_kb.items():
        (folder / ".ballast").write_bytes(bytes(1024 * max(0, _free_kb(folder) - room_kb - 8)))
    try:
        return job.run()
    finally:
        for folder in rooms_kb:
            (folder / ".ballast").unlink()


def _free_kb(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize // 1024


IMAGE_MB = 32


def try_power_cut(case: str, house: House, job: Job, tries: int, chance: random.Random) -> Tally:
    """Cuts the power some moments after a build that said it was done: what the disk holds at that moment is mounted as another disk, and read."""
    tally = Tally(case)
    with power(house) as image:
        for _ in range(tries):
            after: list[Tree] = []
            cut = replace(job, read=lambda: after[-1])
            try_once(cut, tally, partial(_run_and_cut, image, chance.uniform(0, 2.5), after), next_job=job)
    tally.struck = tally.tries
    return tally


@contextmanager
def power(house: House) -> Iterator[Path]:
    """An ext4 disk under the site, in a file in memory; it writes its journal each second, and files' words when it likes."""
    image = Path("/dev/shm") / f"faults-{os.getpid()}.image"
    try:
        image.write_bytes(bytes(IMAGE_MB * 1024 * 1024))
        subprocess.run(["mkfs.ext4", "-q", image], check=True, capture_output=True)
        with mounted(house.site, "-o", "loop,commit=1", str(image)):
            shutil.rmtree(house.site / "lost+found", ignore_errors=True)
            yield image
    finally:
        image.unlink(missing_ok=True)


def _run_and_cut(image: Path, wait_s: float, after: list[Tree], job: Job) -> Ended:
    os.sync()  # the old site is on the disk
    ended = job.run()
    time.sleep(wait_s)
    after.append(_read_image(image))
    return ended


def _read_image(image: Path) -> Tree:
    """The site on a copy of a disk, as it is found when the power is back."""
    copy, folder = image.with_suffix(".copy"), image.with_suffix(".mounted")
    try:
        shutil.copyfile(image, copy)
        with mounted(folder, "-o", "loop", str(copy)):
            return read_tree(folder / "public")
    finally:
        copy.unlink(missing_ok=True)
        folder.rmdir()
