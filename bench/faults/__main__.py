"""The fault table: `python -m bench.faults [--tries N] [--seed N] [CASE…]`, a part of a case's name being enough. As root on Linux it has all its cases."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.faults.cases import Case, iter_cases
from bench.faults.jobs import HEAD, Tally
from bench.faults.runs import SABOTAGE


def main() -> int:
    """Prints a row for each case as it ends; 1 where something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="only cases whose names hold one of these")
    parser.add_argument("--tries", type=int, default=100, metavar="N", help="tries of a case that lives by chance (100); others take a share of it")
    parser.add_argument("--seed", type=int, default=9001, metavar="N")
    parser.add_argument("--folder", metavar="DIR", help="where the sites are built (the system's folder for passing files); one in memory is faster")
    parser.add_argument("--sabotage", metavar="NAME", help="break the house on purpose, by a name at the end of setups.py, to see that the harness finds it")
    arguments = parser.parse_args()
    os.environ[SABOTAGE] = arguments.sabotage or ""
    folder = Path(tempfile.mkdtemp(prefix="faults-", dir=arguments.folder))
    folder.chmod(0o755)
    try:
        print(HEAD, flush=True)
        tallies = [show(case.run(arguments.tries, random.Random(arguments.seed))) for case in choose(iter_cases(folder), arguments.cases)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if all(tally.is_sound for tally in tallies) else 1


def choose(cases: Iterator[Case], names: list[str]) -> Iterator[Case]:
    """The cases that were asked for."""
    return (case for case in cases if not names or any(name in case.name for name in names))


def show(tally: Tally) -> Tally:
    """A row of the table, and below it what went wrong."""
    print(tally.row, flush=True)
    for complaint in tally.complaints[:5]:
        print(f"    {complaint}", file=sys.stderr, flush=True)
    return tally


if __name__ == "__main__":
    sys.exit(main())
