"""`import`: the desk beside the archive as it is, what is shown of each letter, and the status with which it ends."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from dafu.archive import list_blocking, read_archive
from dafu.catalogue import make_catalogue
from dafu.commands import DONE, PROBLEMS, tell
from dafu.intake.desk import Desk, Placed, RawFile, take_in_all
from dafu.intake.draft import describe, make_record
from dafu.intake.hints import find_similar
from dafu.options import Options
from dafu.problems import Problem, count
from dafu.search.site import Search
from dafu.source import read_raw, show_path
from dafu.write import write_new


def open_desk(options: Options) -> Desk:
    """The desk on which raw letters become drafts, beside the archive as it is; problems in the archive don't keep it shut."""
    archive = read_archive(options)
    similar = None
    if archive.letters and not list_blocking(archive.problems):
        catalogue = make_catalogue(archive.letters, archive.reference, archive.pages, archive.heard)
        search = Search(catalogue.entries, options.memo, options.jobs)
        similar = partial(find_similar, search)
    return Desk(archive.letters, archive.reference, similar)


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
