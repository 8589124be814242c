"""What each command shows, and the status with which it ends."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from dafu import __version__
from dafu.asking import Asker, encode_address
from dafu.intake.desk import Placed, RawFile, take_in_all
from dafu.intake.draft import describe, make_record
from dafu.outside import Kept, ask_outside, list_dead, list_remarks, summarize
from dafu.problems import Problem, count
from dafu.publish.report import iter_lines
from dafu.publish.report import make_record as make_publication_record
from dafu.publish.road import publish
from dafu.road import Options, Result, build, open_desk, open_search
from dafu.source import read_raw, show_path
from dafu.text import show_controls
from dafu.write import write_new

DONE, PROBLEMS, USAGE, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses."""


def make(options: Options, command: str, form: str) -> int:
    """Builds the site, or only checks it."""
    result = build(options, writing=command == "build")
    show_problems(result.problems, form)
    if result.problems:
        if options.keeps_outside and form == "text":
            print("Links that leave the site are asked when this is mended.", file=sys.stderr)
        return PROBLEMS
    if not options.quiet:
        tell(make_summary(result, command, options.output), sys.stderr if form == "json" else sys.stdout)
        for warning in result.warnings:
            tell(f"build.py: {warning}", sys.stderr)
    return check_outside(options, result, form) if options.keeps_outside else DONE


def check_outside(options: Options, result: Result, form: str) -> int:
    """Asks the links that leave the site; only what is dead for certain is a problem."""
    asker = Asker(f"Dafu/{__version__} link check (+{encode_address(result.base_url or '')})")
    findings = ask_outside(result.outside, asker, Kept(options.open_memo("links")), quiet=options.quiet)
    dead = list_dead(findings)
    for remark in () if options.quiet else list_remarks(findings):
        print(json.dumps(json.loads(remark.as_json()) | {"remark": True}) if form == "json" else remark)
    show_problems(dead, form)
    if not options.quiet:
        print(summarize(findings), file=sys.stderr if form == "json" else sys.stdout)
    return PROBLEMS if dead else DONE


def bring(options: Options, target: str | None, *, is_dry: bool, is_forgetting: bool, form: str) -> int:
    """Publishes the site; shows what changed at the target."""
    published = publish(options, target, is_dry=is_dry, is_forgetting=is_forgetting)
    show_problems(published.problems, form, "sent")
    if published.problems:
        return PROBLEMS
    for remark in () if options.quiet else published.remarks:
        tell(f"build.py: {remark}", sys.stderr)
    if form == "json":
        print(json.dumps(make_publication_record(published)))
    elif not options.quiet:
        for line in iter_lines(published, is_dry=is_dry):
            tell(line)
    return DONE


def search(options: Options, query: str, limit: int | None, form: str) -> int:
    """Shows the letters that a query finds, the best first."""
    found, problems = open_search(options)
    show_problems(problems, form)
    if found is None:
        return PROBLEMS
    hits = found.find(query)
    if form == "json":
        rows = [{"id": hit.entry.letter.id, "score": hit.score, "where": list(hit.where)} for hit in hits[:limit]]
        print(json.dumps({"query": query, "total": len(hits), "hits": rows}))
        return DONE
    for hit in hits[:limit]:
        tell(f"{hit.entry.letter.id}  {hit.entry.letter.front.title}  [{', '.join(hit.where)}]  {hit.score:.3f}")
    if not options.quiet:
        print(f"{count(len(hits), 'letter')} found." if hits else "No letter has all of these words.")
    return DONE


def take_in(options: Options, names: Sequence[str], *, is_shown: bool, is_dry: bool, form: str) -> int:
    """Makes drafts of raw files, and writes them unless told not to; shows what it knows of each letter and why."""
    desk = open_desk(options)
    placed, problems = take_in_all(desk, [_read_raw(name) for name in names])
    written = 0
    for each in placed:
        path = options.content / each.path
        if not is_dry and (each.taken or not write_new(path, each.text.encode())):
            problems.append(Problem(path=each.draft.file, code="draft-exists", message=each.taken or f"{show_path(path)} is there already.", mend="Nothing was written over it; --stdout shows the new draft."))
            continue
        written += not is_dry
        if form == "json":
            print(json.dumps(make_record(each.draft)))
        elif is_shown:
            print(each.text, end="")
        elif not options.quiet:
            tell(make_table(each, show_path(path), is_dry=is_dry))
    for problem in problems:
        print(problem.as_json() if form == "json" else problem, file=sys.stderr)
    if not options.quiet and form == "text":
        done = "nothing written" if is_dry else f"{count(written, 'draft')} written"
        print(f"{count(len(placed), 'letter')} in {count(len(names), 'file')}; {done}.", file=sys.stderr if is_shown else sys.stdout)
    return PROBLEMS if problems else DONE


def _read_raw(name: str) -> RawFile | Problem:
    data = sys.stdin.buffer.read() if name == "-" else read_raw(Path(name))
    return data if isinstance(data, Problem) else RawFile(name, data)


def make_table(placed: Placed, path: str, *, is_dry: bool) -> str:
    """A letter's summary: field, value, why, sure or open."""
    rows = [f"  {'?' if state == 'open' else ' '} {field:<16} {_shorten(value)}  ({why})" for field, value, why, state in describe(placed.draft)]
    copies = "\n    The letter stands in the file twice; the second copy is set aside." if placed.draft.letter.is_doubled else ""
    state = f"  {placed.taken}" if placed.taken else ""
    rows += [f"    | {_shorten(' '.join(line.split()), 110)}" for line in placed.draft.letter.noise]
    return f"{placed.draft.file} ▸ {path}{' (not written)' if is_dry else ''}{state}\n" + "\n".join(rows) + copies


def _shorten(value: str, limit: int = 60) -> str:
    return value if len(value) <= limit else value[: limit - 1] + "…"


def show_problems(problems: Iterable[Problem], form: str, done: str = "written") -> None:
    """Every problem on a line of its own; then how many there are."""
    problems = list(problems)
    if form == "json":
        for problem in problems:
            print(problem.as_json())
        return
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        files = len({problem.path for problem in problems})
        print(f"{count(len(problems), 'problem')} in {count(files, 'file')}. Nothing was {done}.", file=sys.stderr)


def tell(text: str, stream: TextIO | None = None) -> None:
    """Shows words, of which some come from content or from a file's name, as words: none of them moves the cursor or turns others round."""
    print(show_controls(text), file=stream)


def make_summary(result: Result, command: str, output: Path) -> str:
    """The closing line: letters, pages, changed, seconds."""
    done = f"{count(result.changed, 'file')} changed in {output}" if command == "build" else "nothing written"
    drafts = f" ({count(result.drafts, 'draft')} left out)" if result.drafts else ""
    return (f"{count(result.letters, 'letter')}{drafts}, {count(result.pages, 'page')}, {count(result.files, 'file')} ({result.size_bytes / 1e6:.1f} MB); "
            f"{done}; {result.seconds:.1f} seconds.")
