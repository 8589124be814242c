"""How fast raw letters become drafts, in one process: `python -m bench.intake [--letters N]`; beside reading finished letters in the same run."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dafu.intake.command import open_desk  # noqa: E402
from dafu.intake.desk import Desk, RawFile, take_in_all  # noqa: E402
from dafu.options import Options  # noqa: E402
from dafu.problems import Report  # noqa: E402
from dafu.reading import read_letter  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=2000, metavar="N", help="how many letters to take in (2000)")
    count = parser.parse_args().letters
    desk = open_desk(Options(content=ROOT / "content", output=ROOT / "public", use_cache=False))
    for folder in ("cases/intake", "raw"):
        paths = sorted(path for path in (ROOT / "tests" / folder).iterdir() if path.suffix in (".txt", ".md", ".html"))
        print(f"tests/{folder}:", measure(desk, [RawFile(path.name, path.read_bytes()) for path in paths], count))


def measure(desk: Desk, files: list[RawFile], count: int) -> str:
    """What taking in so many letters costs, the files over and over, beside reading their drafts."""
    start = time.perf_counter()
    done = 0
    while done < count:
        placed, _ = take_in_all(Desk([], desk.reference, desk.similar), files[: count - done])
        done += len(placed)
    seconds = time.perf_counter() - start
    texts = [each.text for each in placed]
    start = time.perf_counter()
    for text in texts:
        read_letter("2020/9001", text, Report("draft"))
    reading = (time.perf_counter() - start) / len(texts)
    size = sum(len(file.data) for file in files) / len(files)
    return (f"{done} letters of {size:.0f} bytes on average in {seconds:.1f} s: {done / seconds * 60:,.0f} a minute, {seconds / done * 1000:.1f} ms each, {seconds / done / reading:.1f} times what reading a finished one takes")


if __name__ == "__main__":
    main()
