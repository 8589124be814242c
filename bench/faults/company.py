"""Builds that aren't alone, and clocks that are wrong."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from bench.faults.houses import House
from bench.faults.jobs import Job, Tally, measure, try_once, with_setup
from bench.faults.runs import Ended, Setup
from tests.making import read_tree

SAME = ("build", "--output", "site/public", "--quiet", "--jobs", "1")
OTHER = ("build", "--content", "other", "--output", "away/public", "--quiet", "--jobs", "1")
CHECK = ("check", "--quiet", "--jobs", "1")
SEARCH = ("search", "种树", "--format", "json")


def try_company(case: str, house: House, job: Job, others: Sequence[tuple[str, ...]], tries: int, chance: random.Random) -> Tally:
    """Runs a job beside other commands, each begun at another moment; all must end well."""
    tally = Tally(case)
    if OTHER in others:  # its index and shards stay in the cache
        job = replace(job, find_litter=lambda: list(house.iter_litter(None)))
    length_s = measure(job)
    for _ in range(tries):
        moments = sorted(chance.choice((0, chance.uniform(0, length_s))) for _ in others)
        try_once(job, tally, partial(_run_beside, house, others, moments), statuses=(0,))
    tally.struck = tally.tries
    return tally


def _run_beside(house: House, others: Sequence[tuple[str, ...]], moments: list[float], job: Job) -> Ended:
    """How the job ended, or the first of the others that didn't end well."""
    runs = [job.start()]
    for arguments, moment_s in zip(others, moments):
        time.sleep(max(0, runs[0].began + moment_s - time.monotonic()))
        runs.append(replace(job, arguments=arguments).start())
    ended = [run.wait() for run in runs]
    bad = [each for each in ended if each.status != 0 or "Traceback" in each.log]
    if not bad and OTHER in others and read_tree(house.folder / "away" / "public") != job.old:
        return Ended(-98, "the other content's site is wrong")
    for arguments, each in zip(others, ended[1:]):
        if arguments == SEARCH and "2021/9902" not in each.log:
            return Ended(-97, f"the search found something else: {each.log}")
    return bad[0] if bad else ended[0]


def try_clock(case: str, house: House, job: Job, setup: Setup, tries: int, chance: random.Random) -> Tally:
    """Builds with a wrong clock among files whose times are wrong."""
    tally = Tally(case)
    for _ in range(tries):
        try_once(with_setup(job, setup), tally, partial(_run_among_wrong_times, house, chance), statuses=(0,), next_job=job)
    tally.struck = tally.tries
    return tally


TIMES = (0, 1, -86_400, 4_102_444_800, 2**31 - 1, 1_500_000_000)


def _run_among_wrong_times(house: House, chance: random.Random, job: Job) -> Ended:
    for path in house.folder.rglob("*"):
        moment = chance.choice(TIMES)
        os.utime(path, (moment, moment), follow_symlinks=False)
    return job.run()


def try_after(case: str, house: House, job: Job, setup: Setup, tries: int) -> Tally:
    """Builds upon a cache that a program of another version, or another machine, has filled for the same content."""
    tally = Tally(case)
    loose = replace(job, find_litter=lambda: list(house.iter_litter(None)))
    for _ in range(tries):
        try_once(loose, tally, partial(_run_after, house, setup), statuses=(0,))
    tally.struck = tally.tries
    return tally


def _run_after(house: House, setup: Setup, job: Job) -> Ended:
    first = with_setup(replace(job, arguments=("check", "--quiet", "--jobs", "1")), setup).run()
    return job.run() if first.status == 0 else first
