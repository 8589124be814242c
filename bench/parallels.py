"""Measures what parallel passages cost: a cold build of N invented letters with and without them: `python -m bench.parallels --letters 1000`."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.letters import ROOT, add_vocabulary, read_sentences, write_archive
from dafu import road
from dafu.entries import Entry


class Nothing:
    """Stands in for the parallel passages: there are none."""

    def __init__(self, entries: Sequence[Entry], *_: object) -> None:
        pass

    def meet(self, *_: object) -> None:
        pass

    def find_each(self, entries: Sequence[Entry]) -> Iterator[tuple[()]]:
        return iter([()] * len(entries))

    def close(self) -> None:
        pass


def build(content: Path, output: Path, *, without: bool) -> None:
    """Builds in this process, and prints the seconds."""
    if without:
        road.Parallels = Nothing
    start = time.perf_counter()
    result = road.build(road.Options(content=content, output=output, quiet=True, use_cache=False, jobs=2))
    assert result.problems == ()
    print(time.perf_counter() - start)


def measure(content: Path, output: Path, *flags: str) -> float:
    """The seconds of a build in a process of its own."""
    told = subprocess.run([sys.executable, "-m", "bench.parallels", "--content", str(content), "--output", str(output), *flags], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    return float(told.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.parallels", description=__doc__)
    parser.add_argument("--letters", type=int, default=1000)
    add_vocabulary(parser)
    parser.add_argument("--content", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--output", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--without", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.content:
        build(arguments.content, arguments.output, without=arguments.without)
        return
    with tempfile.TemporaryDirectory() as folder:
        content = Path(folder, "content")
        write_archive(content, arguments.letters, read_sentences(arguments.sentences), whole=arguments.whole)
        whole = measure(content, Path(folder, "with"))
        bare = measure(content, Path(folder, "without"), "--without")
    print(f"{arguments.letters} letters: {whole:.1f} s, without parallel passages {bare:.1f} s; they take {(whole - bare) / whole:.2f} of the build")


if __name__ == "__main__":
    main()
