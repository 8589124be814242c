"""Processes that are killed or asked to end at random moments."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress

from bench.faults.jobs import Job, Tally, measure, try_once
from bench.faults.runs import Ended, find_workers


def choose_moment(number: int, chance: random.Random) -> float:
    """A moment as a share of the work's length: three of four anywhere, the others about its last twentieth, where the exchange is."""
    return chance.uniform(0.94, 1.0) if number % 4 == 3 else chance.uniform(0, 1)


def try_signal(case: str, job: Job, sign: signal.Signals, tries: int, chance: random.Random, *, to_group: bool = True) -> Tally:
    """Sends a signal at so many random moments of a job; where the job was faster, once more, with its length corrected.
    `kill -9` ends it there; others let it end by itself, with 130."""
    tally = Tally(case)
    statuses = (0, -sign) if sign == signal.SIGKILL else (0, 130)
    length_s = measure(job)
    while tally.struck < tries and tally.tries < 3 * tries:
        struck = tally.struck
        moment_s = length_s * choose_moment(tally.struck, chance)
        try_once(job, tally, lambda job: strike(job, sign, moment_s, to_group=to_group), statuses=statuses)
        length_s *= 0.95 if tally.struck == struck else 1.01
    return tally


def strike(job: Job, sign: signal.Signals, moment_s: float, *, to_group: bool) -> Ended:
    """A job that gets a signal so long after its beginning."""
    run = job.start()
    time.sleep(max(0.0, run.began + moment_s - time.monotonic()))
    run.send(sign, to_group=to_group)
    return run.wait()


def try_worker(case: str, job: Job, tries: int, chance: random.Random) -> Tally:
    """Kills a process of the pool, as a system does that is short of memory: the build says so, or it needed it no more."""
    tally = Tally(case)
    length = measure(job)
    for _ in range(tries):
        try_once(job, tally, lambda job: _strike_worker(job, chance.uniform(0, length), chance), statuses=(0, 2))
    return tally


def _strike_worker(job: Job, moment_s: float, chance: random.Random) -> Ended:
    """Kills the first process of the pool that is there at that moment or later."""
    run = job.start()
    time.sleep(moment_s)
    while run.process.is_alive():
        if workers := find_workers(run.process.pid or 0):
            with suppress(ProcessLookupError):
                os.kill(chance.choice(workers), signal.SIGKILL)
            break
        time.sleep(0.005)
    return run.wait()
