"""What commands show, and the status with which they end; those that others can do without are read when they are given."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TextIO

from dafu.problems import Problem, count
from dafu.road import Options, Result, build, open_search
from dafu.text import show_controls

DONE, PROBLEMS, USAGE, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses."""


def make(options: Options, command: str, form: str, then: Callable[[Options, Result, str], int] | None = None) -> int:
    """Builds the site, or only checks it; what is done then tells the status, if nothing is wrong."""
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
    return then(options, result, form) if then else DONE


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
