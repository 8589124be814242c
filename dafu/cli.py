"""The command: arguments in, exit status out.

    0 done · 1 problems in content · 2 wrong usage or settings · 130 interrupted
"""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dafu import __version__
from dafu.commands import DONE, INTERRUPTED, PROBLEMS, USAGE, make, search, tell
from dafu.heap import be_patient
from dafu.problems import SettingsError
from dafu.options import Options
from dafu.shapes import is_base_address

__all__ = ["DONE", "INTERRUPTED", "PROBLEMS", "USAGE", "main"]

_COMMANDS = {
    "build": ("build content/ into public/", "python build.py build --output /tmp/site --base-url https://example.org/replies/"),
    "check": ("all checks and the link check, writing nothing", "python build.py check --external --format json"),
    "import": ("raw letters (.txt .md .html .docx .pdf) into annotated drafts in content/letters/", "python build.py import scan.txt reply.docx --dry-run"),
    "publish": ("check, build, and bring the site to a target of site.yml", "python build.py publish server --dry-run"),
    "search": ("the site's own search, in the terminal", "python build.py search '河套 year:2018..2021' --limit 5"),
    "serve": ("build, serve on this machine, build again at every change", "python build.py serve --port 8080"),
}
_WITH_VALUE = ("--content", "--output", "--base-url", "--jobs", "--cluster", "--format", "--port", "--limit")


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
    names = ("SIGINT", "SIGTERM", "SIGHUP") if threading.current_thread() is threading.main_thread() else ()
    before = {sign: signal.getsignal(sign) for name in names if (sign := getattr(signal, name, None)) is not None}
    heard = {sign: handler for sign, handler in before.items() if handler not in (signal.SIG_IGN, None)}
    try:
        for sign in heard:
            signal.signal(sign, signal.default_int_handler)
        yield
    finally:
        for sign, handler in heard.items():
            signal.signal(sign, handler)


def make_parser() -> argparse.ArgumentParser:
    """The commands with their options."""
    parser = argparse.ArgumentParser(prog="build.py", description="Dafu: annotated letters of official reply in, a static archive out.",
                                     epilog="Without a command: build. Example: python build.py --output /tmp/site", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"Dafu {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (does, example) in _COMMANDS.items():
        command = commands.add_parser(name, help=does, description=does[0].upper() + does[1:] + ".", epilog=f"Example: {example}", allow_abbrev=False)
        _add_common(command, letters=name == "import", builds=name not in ("import", "search"))
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


def _add_common(command: argparse.ArgumentParser, *, letters: bool, builds: bool) -> None:
    command.add_argument("--content", type=Path, default=Path("content"), metavar="DIR", help="where the letters are (content)")
    command.add_argument("--output", type=Path, default=Path("public"), metavar="DIR", help="where the site goes (public)")
    command.add_argument("--base-url", type=_address, metavar="URL", help="the site's address, in place of site.yml's")
    workers = command.add_mutually_exclusive_group()
    workers.add_argument("--jobs", type=_count, default=os.cpu_count() or 1, metavar="N", help="processes at most (as many as the machine has cores)")
    if builds:
        workers.add_argument("--cluster", metavar="ADDRESS", help="the scheduler of a Dask cluster whose workers do the work instead (tcp://192.0.2.7:8786); they see content and output at the same paths")
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
    be_patient()
    options = Options(
        content=arguments.content, output=arguments.output, base_url=arguments.base_url, jobs=arguments.jobs, cluster=getattr(arguments, "cluster", None),
        use_cache=not arguments.no_cache, quiet=arguments.quiet, keeps_outside=arguments.command == "check" and arguments.external,
    )
    # Code that one command alone needs is read for that one: in all it takes half a second.
    if arguments.command == "serve":
        from dafu.serve import serve

        return serve(options, arguments.port)
    if arguments.command == "import":
        from dafu.intake.command import take_in

        return take_in(options, arguments.files, is_shown=arguments.stdout, is_dry=arguments.dry_run or arguments.stdout, form=arguments.format)
    if arguments.command == "publish":
        from dafu.publish.command import bring

        return bring(options, arguments.target, is_dry=arguments.dry_run, is_forgetting=arguments.forget, form=arguments.format)
    if arguments.command == "search":
        return search(options, " ".join(arguments.query), arguments.limit, arguments.format)
    if options.keeps_outside:
        from dafu.outside_command import check_outside

        return make(options, arguments.command, arguments.format, check_outside)
    return make(options, arguments.command, arguments.format)
