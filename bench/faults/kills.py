"""Processes that are killed or asked to end at random moments."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress

from bench.faults.jobs import Job, Tally, measure, try_once
from bench.faults.runs import Ended, find_workers


def choose_moments(length_s: float, tries: int, chance: random.Random) -> list[float]:
    """Seconds from the beginning: three of four spread over the whole work, the others about its last twentieth, where the exchange is."""
    late = tries // 4
    return [chance.uniform(0, length_s) for _ in range(tries - late)] + [chance.uniform(0.94, 1.02) * length_s for _ in range(late)]


def try_signal(case: str, job: Job, sign: signal.Signals, tries: int, chance: random.Random, *, to_group: bool = True) -> Tally:
    """Sends a signal at random moments of a job. `kill -9` ends it there; others let it end by itself, with 130."""
    tally = Tally(case)
    statuses = (0, -sign) if sign == signal.SIGKILL else (0, 130)
    for moment in choose_moments(measure(job), tries, chance):
        try_once(job, tally, lambda job: strike(job, sign, moment, to_group=to_group), statuses=statuses)
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
