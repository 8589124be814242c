"""Measures the search of N letters beside Pagefind's on the same letters: `python -m bench.search --letters 1000 [--sentences FILE] [--pagefind PROGRAM]`.

It wants what the browser tests want (`pip install -e '.[test]'`, Debian's chromium), and for the peer Pagefind's program (`npm install pagefind@1.6.0`).
"""

from __future__ import annotations

import argparse
import html
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from bench.letters import ROOT, add_vocabulary, read_sentences, write_archive
from bench.measuring import Browsing, Load
from bench.queries import TEXT, Queries
from dafu.archive import read_archive
from dafu.catalogue import make_catalogue
from dafu.memo import Memo
from dafu.options import Options
from dafu.search.fields import FIELDS, Document
from dafu.search.folding import fold
from dafu.search.query import parse_query
from dafu.search.site import Search

SLUG = next(place for place, field in enumerate(FIELDS) if not field.is_everywhere)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=5, help="5: the project's own letters; else invented ones")
    add_vocabulary(parser)
    parser.add_argument("--pagefind", default="pagefind", help="Pagefind's program; without it only our own side is measured")
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--cold", type=int, default=60, help="cold queries of each kind")
    parser.add_argument("--step", choices=("index",), help=argparse.SUPPRESS)
    parser.add_argument("--content", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        return make_index(arguments.content)
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), arguments)


def read_search(content: Path) -> Search:
    archive = read_archive(Options(content=content, output=content.parent / "public"))
    return Search(make_catalogue(archive.letters, archive.reference, archive.pages).entries, Memo(None), os.cpu_count() or 1)


def make_index(content: Path) -> None:
    """In a process of its own: the index and its shards, their seconds and the peak memory of the largest process."""
    search = read_search(content)
    start = time.perf_counter()
    search.folder
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps([time.perf_counter() - start, max(peaks)]))


def measure(folder: Path, arguments: argparse.Namespace) -> None:
    content, public, peer = folder / "content", folder / "public", folder / "peer"
    if arguments.letters == 5:
        shutil.copytree(ROOT / "content", content)
    else:
        write_archive(content, arguments.letters, read_sentences(arguments.sentences), whole=arguments.whole)
    seconds, memory = json.loads(subprocess.run([sys.executable, "-m", "bench.search", "--step", "index", "--content", str(content)], check=True, capture_output=True, cwd=ROOT).stdout)
    search = read_search(content)
    say(f"{arguments.letters} letters: index and shards in {seconds:.1f} s, {memory:.0f} MB")
    has_peer = shutil.which(arguments.pagefind) is not None
    text_bytes = sum(len(value.encode()) for document in search.documents for value in document.words[TEXT])
    rows = [("index and shards, seconds", f"{seconds:.1f}"), ("peak memory, MB", f"{memory:.0f}")]
    peer_rows: dict[str, str] = {}
    if has_peer:
        write_peer(search.documents, peer)
        spent, peak = run_measured([arguments.pagefind, "--site", str(peer)])
        say(f"the peer's index in {spent:.1f} s, {peak:.0f} MB")
        size = sum(path.stat().st_size for path in (peer / "pagefind").rglob("*") if path.is_file())
        peer_rows = {rows[0][0]: f"{spent:.1f}; ours is {seconds / spent:.2f} of it", rows[1][0]: f"{peak:.0f}; ours is {memory / peak:.2f} of it", "index on disk": f"{size / 1e3:,.0f} kB"}
    subprocess.run([sys.executable, str(ROOT / "build.py"), "--content", str(content), "--output", str(public), "--quiet"], check=True)
    disk = sum(path.stat().st_size for path in (public / "search" / "data").iterdir())
    cards = sum(path.stat().st_size for path in public.glob("letters/*/*/search.bin"))
    rows += [("files of the index", str(len(list((public / "search" / "data").iterdir())))), ("index on disk", f"{disk / 1e3:,.0f} kB = {disk / text_bytes:.2f} × text"), ("letters' words on disk", f"{cards / 1e3:,.0f} kB")]
    with Browsing(public, peer if has_peer else None) as browsing:
        more, more_peer = measure_queries(search, browsing, arguments)
    show(f"{arguments.letters} letters", rows + more, peer_rows | more_peer)


def run_measured(command: list[str]) -> tuple[float, float]:
    """Seconds of a command, and the peak memory of its process in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command[0]} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def write_peer(documents: tuple[Document, ...], folder: Path) -> None:
    """The same words as plain pages."""
    for document in documents:
        path = folder / document.id / "index.html"
        path.parent.mkdir(parents=True)
        title = html.escape(document.words[0][0])
        others = [value for place, values in enumerate(document.words) if place not in (0, SLUG) for value in values]
        body = "".join(f"<p>{html.escape(value)}</p>" for value in others)
        path.write_text(f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title></head><body><main data-pagefind-body><h1>{title}</h1>{body}</main></body></html>', "utf-8")
    (folder / "search.html").write_text("<!doctype html><meta charset=utf-8><title>search</title><ol id=results></ol>", "utf-8")


def measure_queries(search: Search, browsing: Browsing, arguments: argparse.Namespace) -> tuple[list[tuple[str, str]], dict[str, str]]:
    queries = Queries(search.documents)
    ask = browsing.open_ours()
    say("our side")
    pieces = queries.pieces(arguments.queries)
    folded = {document.id: [document.folded(place) for place in range(len(FIELDS)) if place != SLUG] for document in search.documents}
    truths = [{letter for letter, fields in folded.items() if any(piece in field for field in fields)} for piece in map(fold, pieces)]
    found = [ask(f'"{piece}"') for piece in pieces]
    rows = [("recall, precision of pieces", show_exactness([{letter for letter, _ in each["hits"]} for each in found], truths))]
    forms = queries.forms(arguments.queries)
    asked = [ask(form) for form in forms]
    equal = sum([[search.engine.ids[number], score] for number, score in search.engine.ask(parse_query(form))] == each["hits"] for form, each in zip(forms, asked))
    rows += [("same letters, order and scores as Whoosh", f"{equal} of {len(forms)}"), ("query with its shards at hand, ms p50 / p95", show_two([each["ms"] for each in found + asked], 95))]
    peer: dict[str, str] = {}
    words = [queries.word(queries.chance.randint(2, 4)) for _ in range(arguments.cold)]
    phrases = [queries.word(queries.chance.randint(4, 8)) for _ in range(arguments.cold)]
    for name, asked_cold in (("word of 2–4 characters", words), ("phrase of 4–8 characters", phrases)):
        loads = [browsing.load_ours(query) for query in asked_cold]
        rows += describe_loads(name, loads)
    slow = [browsing.load_ours(query, is_slow=True) for query in words[:12]]
    rows += [("first result on the slow link, s", show_two([load.first_s for load in slow], 90)), ("dependent rounds p50 / p90", show_two([load.rounds for load in slow], 90))]
    show("our side", rows, {})
    if browsing.peer_address:
        say("the peer's side")
        ask_peer = browsing.open_peer()
        some = min(len(pieces), 100 if len(folded) <= 1000 else 20)
        peer[rows[0][0]] = show_exactness([set(ask_peer(piece)) for piece in pieces[:some]], truths[:some])
        loads = [browsing.load_peer(query) for query in words[:20]]
        peer["word of 2–4 characters: all bytes, kB p50 / p90"] = show_two([load.all_kb for load in loads], 90)
        peer["word of 2–4 characters: requests p50 / p90"] = show_two([load.requests for load in loads], 90)
        peer["first result on the slow link, s"] = show_two([browsing.load_peer(query, is_slow=True).first_s for query in words[:6]], 90)
    return rows, peer


def describe_loads(name: str, loads: list[Load]) -> list[tuple[str, str]]:
    return [
        (f"{name}: index bytes, kB p50 / p90", show_two([load.index_kb for load in loads], 90)),
        (f"{name}: all bytes, kB p50 / p90", show_two([load.all_kb for load in loads], 90)),
        (f"{name}: requests p50 / p90", show_two([load.requests for load in loads], 90)),
    ]


def show_exactness(found: list[set[str]], truths: list[set[str]]) -> str:
    right = sum(len(each & truth) for each, truth in zip(found, truths))
    return f"{right / sum(map(len, truths)):.3f}, {right / max(1, sum(map(len, found))):.3f}"


def show_two(values: list[float], percent: int) -> str:
    """The median and another percentile."""
    return f"{median(values):.2f} / {quantiles(values, n=100, method='inclusive')[percent - 1]:.2f}"


def say(what: str) -> None:
    """Tells how far a long measurement is."""
    print(what, "…", file=sys.stderr, flush=True)


def show(name: object, rows: list[tuple[str, str]], peer: dict[str, str]) -> None:
    print(f"| {name} | Dafu | Pagefind |\n|---|---|---|")
    for row, value in rows:
        print(f"| {row} | {value} | {peer.get(row, '')} |", flush=True)


if __name__ == "__main__":
    main()
