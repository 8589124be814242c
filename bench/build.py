"""Measures builds of N invented letters, each beside the cold build of the same run: `python bench/build.py --letters 1000`."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from letters import ROOT, read_sentences, write_archive


def run(content: Path, output: Path, *options: str) -> tuple[float, float]:
    """Seconds of one build, and the peak memory of all builds so far in MB."""
    start = time.perf_counter()
    subprocess.run([sys.executable, str(ROOT / "build.py"), "--content", str(content), "--output", str(output), "--quiet", *options], check=True)
    return time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=1000)
    parser.add_argument("--sentences", type=Path, help="one sentence a line, may be .gz")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        content, output = Path(folder, "content"), Path(folder, "public")
        write_archive(content, arguments.letters, read_sentences(arguments.sentences))
        rows = [("cold", run(content, output)), ("unchanged", run(content, output))]
        letter = next(content.glob("letters/*/*.md"))
        letter.write_text(letter.read_text("utf-8").replace("尊敬的委员：", "尊敬的各位委员："), "utf-8")
        rows += [("one letter changed", run(content, output)), ("cold, one process", run(content, Path(folder, "again"), "--no-cache", "--jobs", "1"))]
        files = [path.stat().st_size for path in output.rglob("*") if path.is_file()]
    cold = rows[0][1][0]
    print(f"| {arguments.letters} letters, {len(files)} files, {sum(files) / 1e6:.0f} MB | seconds | of cold | ms a letter | peak MB |\n|---|---|---|---|---|")
    for name, (seconds, memory) in rows:
        print(f"| {name} | {seconds:.1f} | {seconds / cold:.2f} | {1000 * seconds / arguments.letters:.1f} | {memory:.0f} |")


if __name__ == "__main__":
    main()
