"""The command: arguments in, exit status out.

    0 done · 1 problems in content · 2 wrong usage or settings · 130 interrupted
"""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from dafu import __version__
from dafu.asking import Asker, encode_address
from dafu.intake.desk import Placed, RawFile, take_in_all
from dafu.intake.draft import describe, make_record
from dafu.outside import Kept, ask_outside, list_dead, list_remarks, summarize
from dafu.problems import Problem, SettingsError
from dafu.publish.report import iter_lines
from dafu.publish.report import make_record as make_publication_record
from dafu.publish.road import publish
from dafu.road import Options, Result, build, open_desk, open_search
from dafu.serve import serve
from dafu.shapes import is_base_address
from dafu.source import read_raw, show_path
from dafu.text import show_controls
from dafu.write import write_new

DONE, PROBLEMS, USAGE, INTERRUPTED = 0, 1, 2, 130

_COMMANDS = {
    "build": ("build content/ into public/", "python build.py build --output /tmp/site --base-url https://example.org/replies/"),
    "check": ("all checks and the link check, writing nothing", "python build.py check --external --format json"),
    "import": ("raw letters (.txt .md .html .docx .pdf) into annotated drafts in content/letters/", "python build.py import scan.txt reply.docx --dry-run"),
    "publish": ("check, build, and bring the site to a target of site.yml", "python build.py publish server --dry-run"),
    "search": ("the site's own search, in the terminal", "python build.py search '河套 year:2018..2021' --limit 5"),
    "serve": ("build, serve on this machine, build again at every change", "python build.py serve --port 8080"),
}
_WITH_VALUE = ("--content", "--output", "--base-url", "--jobs", "--format", "--port", "--limit")


def main(arguments: Sequence[str]) -> int:
    """Runs a command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        with _hearing():
            return _run(make_parser().parse_args(_with_command(list(arguments))))
    except SettingsError as error:
        tell(f"build.py: {error}", sys.stderr)
        return USAGE
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        tell(f"build.py: {name}{error.strerror or error}.", sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return INTERRUPTED


@contextmanager
def _hearing() -> Iterator[None]:
    """Lets what asks the process to end, the system or a terminal that closes, end it as Ctrl+C does: with everything put away."""
    asked = [sign for name in ("SIGTERM", "SIGHUP") if (sign := getattr(signal, name, None)) is not None and signal.getsignal(sign) is signal.SIG_DFL]
    if threading.current_thread() is not threading.main_thread():
        asked = []
    for sign in asked:
        signal.signal(sign, signal.default_int_handler)
    try:
        yield
    finally:
        for sign in asked:
            signal.signal(sign, signal.SIG_DFL)


def make_parser() -> argparse.ArgumentParser:
    """The commands with their options."""
    parser = argparse.ArgumentParser(prog="build.py", description="Dafu: annotated letters of official reply in, a static archive out.",
                                     epilog="Without a command: build. Example: python build.py --output /tmp/site", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"Dafu {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (does, example) in _COMMANDS.items():
        command = commands.add_parser(name, help=does, description=does[0].upper() + does[1:] + ".", epilog=f"Example: {example}", allow_abbrev=False)
        _add_common(command, letters=name == "import")
        if name == "check":
            command.add_argument("--external", action="store_true", help="ask the links that leave the site too, over the network: politely, ten minutes at most, answers kept in .cache/links/")
        if name == "import":
            command.add_argument("files", nargs="+", metavar="FILE", help="a raw letter; - for standard input")
            command.add_argument("--stdout", action="store_true", help="print the drafts, and write nothing")
            command.add_argument("--dry-run", action="store_true", help="say what was found, and write nothing")
        if name == "publish":
            command.add_argument("target", nargs="?", metavar="TARGET", help="a name under `publish:` in site.yml; without it the only one")
            command.add_argument("--dry-run", action="store_true", help="say what would go, and send nothing")
            command.add_argument("--forget", action="store_true", help="leave nothing of the previous publication there for its readers: what was taken out of the content is gone at once")
        if name == "search":
            command.add_argument("query", nargs="+", metavar="QUERY", help="what to look for; put it into quotation marks, and -- before one that begins with -")
            command.add_argument("--limit", type=_limit, metavar="N", help="the best N letters (all)")
        if name == "serve":
            command.add_argument("--port", type=_port, default=8000, metavar="N", help="the port on 127.0.0.1 (8000)")
    return parser


def _add_common(command: argparse.ArgumentParser, *, letters: bool) -> None:
    command.add_argument("--content", type=Path, default=Path("content"), metavar="DIR", help="where the letters are (content)")
    command.add_argument("--output", type=Path, default=Path("public"), metavar="DIR", help="where the site goes (public)")
    command.add_argument("--base-url", type=_address, metavar="URL", help="the site's address, in place of site.yml's")
    command.add_argument("--jobs", type=_count, default=os.cpu_count() or 1, metavar="N", help="processes at most (as many as the machine has cores)")
    command.add_argument("--no-cache", action="store_true", help="work everything out anew, and keep nothing in .cache/")
    command.add_argument("--quiet", action="store_true", help="say nothing but problems")
    command.add_argument("--format", choices=("text", "json"), default="text", help="an object on a line for each letter, problems as JSON lines on standard error" if letters else "problems as lines of text, or as JSON lines on standard output")


def _with_command(arguments: list[str]) -> list[str]:
    """The arguments with the command first; `build` where none is named."""
    place = 0
    while place < len(arguments) and arguments[place].startswith("-"):
        if arguments[place] in ("-h", "--help", "--version"):
            return arguments
        place += 2 if arguments[place] in _WITH_VALUE else 1
    if place >= len(arguments):
        return ["build", *arguments]
    return [arguments[place], *arguments[:place], *arguments[place + 1 :]]


def _address(text: str) -> str:
    if not is_base_address(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not an address like https://example.org/replies/")
    return text.rstrip("/") + "/"


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 256")
    return int(text)


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) < 10**9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of letters")
    return int(text)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port number")
    return int(text)


def _run(arguments: argparse.Namespace) -> int:
    options = Options(
        content=arguments.content, output=arguments.output, base_url=arguments.base_url, jobs=arguments.jobs,
        use_cache=not arguments.no_cache, quiet=arguments.quiet, keeps_outside=arguments.command == "check" and arguments.external,
    )
    if arguments.command == "serve":
        return serve(options, arguments.port)
    if arguments.command == "import":
        return take_in(options, arguments.files, is_shown=arguments.stdout, is_dry=arguments.dry_run or arguments.stdout, form=arguments.format)
    if arguments.command == "publish":
        return bring(options, arguments.target, is_dry=arguments.dry_run, is_forgetting=arguments.forget, form=arguments.format)
    if arguments.command == "search":
        return search(options, " ".join(arguments.query), arguments.limit, arguments.format)
    result = build(options, writing=arguments.command == "build")
    show_problems(result.problems, arguments.format)
    if result.problems:
        if options.keeps_outside and arguments.format == "text":
            print("Links that leave the site are asked when this is mended.", file=sys.stderr)
        return PROBLEMS
    if not arguments.quiet:
        tell(make_summary(result, arguments.command, options.output), sys.stderr if arguments.format == "json" else sys.stdout)
    return check_outside(options, result, arguments.format) if options.keeps_outside else DONE


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
    show_problems(published.problems, form)
    if published.problems:
        return PROBLEMS
    for remark in published.remarks:
        print(f"build.py: {remark}", file=sys.stderr)
    if form == "json":
        print(json.dumps(make_publication_record(published)))
    elif not options.quiet:
        for line in iter_lines(published, is_dry=is_dry):
            print(line)
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


def show_problems(problems: Iterable[Problem], form: str) -> None:
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
        print(f"{count(len(problems), 'problem')} in {count(files, 'file')}. Nothing was written.", file=sys.stderr)


def tell(text: str, stream: TextIO | None = None) -> None:
    """Shows words, of which some come from content or from a file's name, as words: none of them moves the cursor or turns others round."""
    print(show_controls(text), file=stream)


def make_summary(result: Result, command: str, output: Path) -> str:
    """The closing line: letters, pages, changed, seconds."""
    done = f"{count(result.changed, 'file')} changed in {output}" if command == "build" else "nothing written"
    drafts = f" ({count(result.drafts, 'draft')} left out)" if result.drafts else ""
    return (f"{count(result.letters, 'letter')}{drafts}, {count(result.pages, 'page')}, {count(result.files, 'file')} ({result.size_bytes / 1e6:.1f} MB); "
            f"{done}; {result.seconds:.1f} seconds.")


def count(number: int, noun: str) -> str:
    """A number of things in English."""
    return f"{number:,} {noun}" + "s" * (number != 1)
