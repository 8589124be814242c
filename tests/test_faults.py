"""Whatever happens to a build, readers have the old site or the new one, and the next build is right. `python -m bench.faults` tries the same hundreds of times."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kill -9, /proc and capabilities are things of Linux")
if sys.platform == "linux":
    from bench.faults import barriers, setups
    from bench.faults.caches import DAMAGES, spoil
    from bench.faults.company import CHECK, SAME, SEARCH, try_clock, try_company
    from bench.faults.disks import can_mount, try_full
    from bench.faults.houses import House, make_build, make_house
    from bench.faults.jobs import Tally, measure, try_once, with_setup
    from bench.faults.kills import strike, try_signal, try_worker
    from bench.faults.runs import nothing

BARRIERS = ("read-only site", "read-only folder of the site", "unreadable .cache", "unreadable folder of letters", "output is a link to the site",
            "leftover of a killed build", "leftover that can't be removed, of the same number", "killed between two renames")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder for sites, in memory where there is one."""
    memory = Path("/dev/shm")
    path = Path(tempfile.mkdtemp(prefix="faults-", dir=memory if os.access(memory, os.W_OK) else None))
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def house(folder: Path) -> House:
    """A site beside newer content."""
    return make_house(folder / "mini")


@pytest.fixture
def chance() -> random.Random:
    return random.Random(9001)


def assert_sound(tally: Tally) -> None:
    assert (tally.complaints, tally.other, tally.right) == ([], 0, tally.tries)


def test_kill_leaves_the_old_site_or_the_new_one(house: House, chance: random.Random) -> None:
    tally = try_signal("kill", make_build(house), signal.SIGKILL, 6, chance)
    assert_sound(tally)
    assert tally.struck == 6


def test_processes_of_the_pool_end_with_their_parent(house: House, chance: random.Random) -> None:
    job = make_build(house, jobs=2, cache="none", setup=setups.small_pool)
    tally = Tally("kill of the main process")
    try_once(job, tally, lambda job: strike(job, signal.SIGKILL, 0.4 * measure(job, 1), to_group=False), statuses=(-9, 0))
    assert_sound(tally)


def test_loss_of_a_process_of_the_pool_is_told(house: House, chance: random.Random) -> None:
    assert_sound(try_worker("kill of a worker", make_build(house, jobs=2, cache="none", setup=setups.small_pool), 1, chance))


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda sign: sign.name)
def test_request_to_end_is_heard(house: House, sign: signal.Signals) -> None:
    tally = Tally(sign.name)
    job = make_build(house)
    length = measure(job, 1)
    for share in (0.2, 0.7):
        try_once(job, tally, lambda job: strike(job, sign, share * length, to_group=True), statuses=(130, 0))
    assert_sound(tally)
    assert tally.struck


@pytest.mark.parametrize("name", BARRIERS)
def test_barrier_is_told_and_harms_nothing(house: House, name: str) -> None:
    case = next(case for case in barriers.CASES if case.name == name)
    if case.needs_root and os.getuid() != 0:
        pytest.skip("only root can give files away")
    assert_sound(barriers.try_barrier(case, house, make_build(house), 1))


def test_full_disk_is_told_and_harms_nothing(house: House, folder: Path, chance: random.Random) -> None:
    if os.getuid() != 0 or not can_mount(folder / "disk"):
        pytest.skip("no disk can be mounted here")
    tally = try_full("full disk", house, make_build(house, cache="none"), ("site", ".cache"), 3, chance)
    assert_sound(tally)
    assert tally.struck


def test_file_that_may_not_grow_is_told_and_harms_nothing(house: House) -> None:
    job = make_build(house, cache="none")
    tally = Tally("small files")
    try_once(with_setup(job, setups.small_files), tally, lambda job: job.run(), statuses=(2,), next_job=job)
    assert_sound(tally)


def test_two_builds_at_once_both_end_well(house: House, chance: random.Random) -> None:
    assert_sound(try_company("two builds", house, make_build(house, cache="none"), [SAME, CHECK, SEARCH], 2, chance))


@pytest.mark.parametrize("clock", ["nothing", "clock_backwards", "clock_of_1970"])
def test_wrong_clock_changes_nothing(house: House, clock: str, chance: random.Random) -> None:
    assert_sound(try_clock(clock, house, make_build(house), nothing if clock == "nothing" else getattr(setups, clock), 1, chance))


@pytest.mark.parametrize("name", ["bytes flipped", "cut short", "deleted in part", "files and folders exchanged", "links for files and folders", "files for folders"])
def test_damaged_cache_changes_nothing(house: House, name: str, chance: random.Random) -> None:
    job = make_build(house, cache="both")
    tally = Tally(name)
    try_once(job, tally, lambda job: spoil(house, DAMAGES[name], None, chance, job), statuses=(0,))
    assert tally.new == 1 and not [each for each in tally.complaints if "NOT" in each or "traceback" in each]


# Sabotage: a harness that finds nothing in these would find nothing anywhere


def test_build_that_writes_in_place_is_found_out(house: House) -> None:
    job = make_build(house)
    tally = Tally("in place")
    length = measure(job, 1)
    for share in (0.6, 0.8):
        try_once(with_setup(job, setups.writes_in_place), tally, lambda job: strike(job, signal.SIGKILL, share * length, to_group=True), statuses=(-9, 0), next_job=job)
    assert not tally.is_sound


def test_build_that_leaves_things_behind_is_found_out(house: House) -> None:
    case = next(case for case in barriers.CASES if case.name == "killed between two renames")
    tally = Tally("never recovers")
    job = with_setup(make_build(house), setups.never_recovers)
    try_once(job, tally, lambda job: barriers.run_before(house, case.bar, job))
    assert tally.right == 0


def test_cache_that_believes_everything_is_found_out(house: House, chance: random.Random) -> None:
    job = with_setup(make_build(house, cache="both"), setups.believes_everything)
    tally = Tally("believing")
    try_once(job, tally, lambda job: spoil(house, DAMAGES["cut short"], "letters", chance, job))
    assert not tally.is_sound
