"""What stands in a build's way: folders that may not be written or read, links, files, leftovers of killed builds."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial

from bench.faults.houses import House
from bench.faults.jobs import Job, Tally, try_once, with_setup
from bench.faults.runs import Ended, Setup, nothing
from bench.faults.setups import as_everyone, as_number_4711

NOBODY = 65534

Barrier = Callable[[House], AbstractContextManager[None]]
"""Stands in the way as long as it is entered."""


def _modes(mode: int, *places: str, deep: bool = False) -> Barrier:
    """Files and folders with other rights than usual."""

    @contextmanager
    def bar(house: House) -> Iterator[None]:
        paths = [house.folder / place for place in places]
        paths += [inside for path in paths if deep and path.is_dir() for inside in sorted(path.rglob("*"), reverse=True)]
        before = {path: path.stat().st_mode for path in paths}
        for path in paths:
            path.chmod(mode & ~0o111 if path.is_file() else mode)
        try:
            yield
        finally:
            for path, old in before.items():
                if path.exists():
                    path.chmod(old)

    return bar


def _read_only_disk(place: str) -> Barrier:
    @contextmanager
    def bar(house: House) -> Iterator[None]:
        folder = str(house.folder / place)
        subprocess.run(["mount", "--bind", folder, folder], check=True)
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        try:
            yield
        finally:
            subprocess.run(["umount", "-l", folder], check=True)

    return bar


def _immutable(place: str) -> Barrier:
    @contextmanager
    def bar(house: House) -> Iterator[None]:
        folder = house.folder / place
        subprocess.run(["chattr", "+i", folder], check=True)
        try:
            yield
        finally:
            subprocess.run(["chattr", "-i", folder], check=True)

    return bar


@contextmanager
def _file_in_the_way(house: House) -> Iterator[None]:
    public, aside = house.site / "public", house.folder.parent / "aside"
    public.rename(aside)
    public.write_text("somebody's")
    yield
    assert public.read_text() == "somebody's"
    public.unlink()
    aside.rename(public)


@contextmanager
def _link_to_the_site(house: House) -> Iterator[None]:
    public, real = house.site / "public", house.folder.parent / "real" / "there"
    real.parent.mkdir()
    public.rename(real)
    public.symlink_to(real)
    yield
    assert public.is_symlink() and [path.name for path in real.parent.iterdir()] == ["there"]
    public.unlink()
    real.rename(public)
    real.parent.rmdir()


def _leftover(name: str, *, removable: bool) -> Barrier:
    """A half-written folder of a killed build."""

    @contextmanager
    def bar(house: House) -> Iterator[None]:
        left = house.site / name
        (left / "letters").mkdir(parents=True)
        (left / "letters" / "half.html").write_text("half")
        (left / "letters").chmod(0o555)
        if not removable:
            os.chown(left, NOBODY, NOBODY)
            os.chown(left / "letters", NOBODY, NOBODY)
        yield
        assert removable is not left.exists()
        shutil.rmtree(left, ignore_errors=True)

    return bar


@contextmanager
def _set_aside(house: House) -> Iterator[None]:
    """The site where a build was killed between two renames."""
    (house.site / "public").rename(house.site / ".public.old-4711")
    (house.site / ".public.new-4711").mkdir()
    yield


@dataclass(frozen=True, slots=True)
class Case:
    """A barrier, and how a build must end before it."""

    name: str
    bar: Barrier
    status: int
    setup: Setup = as_everyone
    needs_root: bool = False


CASES = (
    Case("read-only site", _modes(0o555, "site/public", deep=True), 0),
    Case("unreadable site", _modes(0o300, "site/public", deep=True), 2),
    Case("read-only folder of the site", _modes(0o555, "site"), 2),
    Case("read-only .cache", _modes(0o555, ".cache", deep=True), 0),
    Case("unreadable .cache", _modes(0o000, ".cache", deep=True), 0),
    Case("unreadable letter", _modes(0o000, "content/letters/2021/9900.md"), 1),
    Case("unreadable folder of letters", _modes(0o000, "content/letters/2021"), 1),
    Case("unreadable folder of letters that can be entered", _modes(0o300, "content/letters/2021"), 1),
    Case("unreadable site.yml", _modes(0o000, "content/site.yml"), 1),
    Case("unreadable content", _modes(0o000, "content"), 1),
    Case("site on a read-only disk", _read_only_disk("site"), 2, nothing, needs_root=True),
    Case(".cache on a read-only disk", _read_only_disk(".cache"), 0, nothing, needs_root=True),
    Case("content on a read-only disk", _read_only_disk("content"), 0, nothing, needs_root=True),
    Case("immutable site", _immutable("site/public"), 2, nothing, needs_root=True),
    Case("immutable folder of the site", _immutable("site"), 2, nothing, needs_root=True),
    Case("a file in the way", _file_in_the_way, 2),
    Case("output is a link to the site", _link_to_the_site, 0),
    Case("leftover of a killed build", _leftover(".public.new-4711", removable=True), 0),
    Case("leftover that can't be removed", _leftover(".public.new-4711", removable=False), 0, needs_root=True),
    Case("leftover that can't be removed, of the same number", _leftover(".public.new-4711", removable=False), 2, as_number_4711, needs_root=True),
    Case("killed between two renames", _set_aside, 0),
)


def try_barrier(case: Case, house: House, job: Job, tries: int) -> Tally:
    """A build before a barrier."""
    tally = Tally(case.name)
    job = with_setup(job, case.setup)
    for _ in range(tries):
        try_once(job, tally, partial(run_before, house, case.bar), statuses=(case.status,), next_job=with_setup(job, nothing))
    tally.struck = tally.tries
    return tally


def run_before(house: House, bar: Barrier, job: Job) -> Ended:
    """A job that finds a barrier."""
    with bar(house):
        return job.run()
