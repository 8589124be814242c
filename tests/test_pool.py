"""Workers: what a copy of a process does, where workers are copies, and that one which is killed makes no noise."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.making import ROOT

_ASIDE = """
import os, signal, sys
from dafu.pool import Pool
from dafu.problems import SettingsError
here = os.getpid()
def ask(work, jobs=2, **options):
    with Pool(jobs) as pool, pool.aside(work, **options) as asking:
        try:
            return asking()
        except (ZeroDivisionError, SettingsError) as error:
            return type(error).__name__
print([ask(lambda: here == os.getpid(), **options) for options in ({}, {"jobs": 1}, {"is_small": True})], ask(lambda: 1 / 0), ask(lambda: os.kill(os.getpid(), signal.SIGKILL)))
with Pool(2) as pool, pool.aside(lambda: [*map(chr, range(10**5))]) as asking:
    print(list(pool.map(abs, [-9, -8, -7])), len(asking()))
with Pool(2) as pool, pool.aside(signal.pause):
    print("not asked for")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is copied")
def test_a_copy_of_a_process_works_aside() -> None:
    ended = subprocess.run([sys.executable, "-c", _ASIDE], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "[False, True, True] ZeroDivisionError SettingsError\n[9, 8, 7] 100000\nnot asked for\n", "")


_ANEW = """
import sys
from functools import partial
from dafu import processes
from dafu.pool import Pool
processes.MUCH = int(sys.argv[1])
sys.setrecursionlimit(4321)
with Pool(2) as pool, pool.aside(sys.getrecursionlimit) as asking:
    print({*pool.map(partial(eval, "__import__('sys').getrecursionlimit()"), [{}, {}, {}])} == {4321}, asking())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is copied")
@pytest.mark.parametrize(("much", "are_copies"), [("0", False), (str(1 << 40), True)])
def test_workers_beside_a_copy_of_a_large_process_begin_with_nothing(much: str, are_copies: bool) -> None:
    ended = subprocess.run([sys.executable, "-c", _ANEW, much], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"{are_copies} 4321\n", "")


_STRUCK = """
import multiprocessing, signal, time
from dafu.pool import Pool
from dafu.problems import SettingsError
with Pool(2) as pool:
    begun = [pool._begin(time.sleep, 60) for _ in range(9)]
    assert begun[-1].cancel()
    while not any(each.running() for each in begun):
        time.sleep(0.01)
    for process in multiprocessing.active_children():
        process.kill()
    try:
        pool._finish(begun[0])
    except SettingsError as error:
        print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there no process is killed")
def test_work_that_nobody_wants_any_more_makes_no_noise_when_a_worker_is_killed() -> None:
    ended = subprocess.run([sys.executable, "-c", _STRUCK], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "--jobs 2: one of the processes was killed, perhaps for want of memory. Try fewer.\n", "")
