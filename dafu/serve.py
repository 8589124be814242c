"""The editor's own server: builds, serves, builds again at every change, and shows problems in the page. watchfiles comes in here.

Requests wait while a build runs, so that a page never mixes two states. Pages get a script that asks for the number of the build and
reloads when it has grown; nothing of that is in the files.
"""

from __future__ import annotations

import html
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import watchfiles

from dafu import assets, templating
from dafu.headers import TYPES
from dafu.output import base_path
from dafu.problems import Problem, SettingsError
from dafu.road import Options, Result, build
from dafu.text import show_controls

RELOAD_PATH = "/-/generation"
SCRIPT_PATH = "/-/reload.js"
_SCRIPT = """// @ts-check
let known = null;
const ask = async () => {
  try {
    const answer = await fetch("%s?after=" + (known ?? ""), { cache: "no-store" });
    const now = await answer.text();
    if (known !== null && now !== known) location.reload();
    known = now;
    setTimeout(ask, 100);
  } catch {
    setTimeout(ask, 1000);
  }
};
ask();
""" % RELOAD_PATH
_TAG = f'<script type="module" src="{SCRIPT_PATH}"></script>'.encode()


class Workshop:
    """The site that is being worked on: one build at a time, and requests that wait for it."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.problems: tuple[Problem, ...] = ()
        self.trouble: str | None = None
        self.base_url = options.base_url or "/"
        self.generation = 0
        self.changed = threading.Condition()
        self.building = threading.Lock()

    def rebuild(self) -> Result | None:
        """Builds; afterwards every waiting browser hears of it."""
        result = None
        with self.building:
            try:
                result = build(self.options)
                self.problems, self.trouble = result.problems, None
                self.base_url = result.base_url or self.base_url
            except (SettingsError, OSError) as error:
                self.trouble = str(error)
            except Exception as error:  # a bug, or a template with a mistake: the editor must see it, and the server must live on
                self.trouble = f"{type(error).__name__}: {error}"
        with self.changed:
            self.generation += 1
            self.changed.notify_all()
        return result

    def wait_for_change(self, known: str) -> int:
        """The number of the build, at once if it isn't the known one, else when it grows or after half a minute."""
        with self.changed:
            self.changed.wait_for(lambda: str(self.generation) != known, timeout=30)
            return self.generation


class Handler(SimpleHTTPRequestHandler):
    """Serves the site's files, and what only the editor sees."""

    def __init__(self, workshop: Workshop, *arguments: Any, **options: Any) -> None:
        self.workshop = workshop
        super().__init__(*arguments, **options)

    def handle(self) -> None:
        """Answers; a browser that has left in the meantime is no trouble."""
        with suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        path, mark, query = self.path.partition("?")
        self.query = mark + query
        if path == RELOAD_PATH:
            self.answer(str(self.workshop.wait_for_change(query.removeprefix("after="))).encode(), "text/plain; charset=utf-8")
        elif path == SCRIPT_PATH:
            self.answer(_SCRIPT.encode(), "text/javascript; charset=utf-8")
        else:
            with self.workshop.building:
                self.serve_file(path)

    def serve_file(self, path: str) -> None:
        """A file of the site; a page with the reloading script, or with the problems in its place."""
        base = unquote(base_path(self.workshop.base_url))
        if unquote(path).startswith(base) and base != "/":
            path = self.path = "/" + quote(unquote(path).removeprefix(base))
        file = Path(self.translate_path(path))
        if file.is_dir() and not path.endswith("/"):
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", path.rpartition("/")[2] + "/" + self.query)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        file = file / "index.html" if file.is_dir() else file
        is_page = file.suffix == ".html" or not file.suffix
        if is_page and (self.workshop.problems or self.workshop.trouble):
            self.answer(make_problem_page(self.workshop.problems, self.workshop.trouble), "text/html; charset=utf-8", HTTPStatus.INTERNAL_SERVER_ERROR)
        elif is_page and file.is_file():
            self.answer(with_script(file.read_bytes()), "text/html; charset=utf-8")
        elif is_page:
            lost = Path(self.directory, "404.html")
            self.answer(with_script(lost.read_bytes()) if lost.is_file() else b"", "text/html; charset=utf-8", HTTPStatus.NOT_FOUND)
        else:
            super().do_GET()

    def answer(self, data: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_HEAD = do_GET

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *arguments: Any) -> None:
        """Quiet: the terminal is for builds and problems."""


Handler.extensions_map = SimpleHTTPRequestHandler.extensions_map | TYPES


def with_script(page: bytes) -> bytes:
    """The page with the reloading script before its end."""
    head, end, tail = page.rpartition(b"</body>")
    return head + _TAG + end + tail


def make_problem_page(problems: Iterable[Problem], trouble: str | None) -> bytes:
    """The problems as a page: place, what, why and how to mend."""
    items = [f"<li><code>{html.escape(f'{p.path}:{p.line}:{p.column}')}</code><br>{html.escape(p.message)} <em>{html.escape(p.mend)}</em></li>" for p in problems]
    if trouble:
        items.insert(0, f"<li>{html.escape(trouble)}</li>")
    style = "body{font:16px/1.6 sans-serif;max-width:48rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}h1{border-bottom:3px double #a8201a}li{margin:1rem 0}"
    page = f"<!doctype html><html lang=en><meta charset=utf-8><title>Problems</title><style>{style}</style><body><h1>{len(items)} to mend</h1><ol>{''.join(items)}</ol></body></html>"
    return with_script(show_controls(page).encode())


def serve(options: Options, port: int) -> int:
    """Builds and serves until the keyboard interrupts it."""
    if not options.content.is_dir():
        raise SettingsError(f"--content {options.content}: there is no such folder.")
    workshop = Workshop(options)
    _tell(workshop, workshop.rebuild())
    handler = partial(Handler, workshop, directory=str(options.output))
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"Serving {options.output} on http://127.0.0.1:{server.server_address[1]}/ (Ctrl+C stops)", flush=True)
        folders = [path for path in (options.content, templating.FOLDER, assets.FOLDER) if path.exists()]
        for _ in watchfiles.watch(*folders):
            _tell(workshop, workshop.rebuild())
    return 0


def _tell(workshop: Workshop, result: Result | None) -> None:
    """What a build came to, on the terminal."""
    if workshop.trouble:
        print(show_controls(workshop.trouble), file=sys.stderr, flush=True)
    for problem in workshop.problems:
        print(problem, file=sys.stderr, flush=True)
    if result is not None and not result.problems and not workshop.options.quiet:
        print(f"{result.changed:,} files changed in {result.seconds:.1f} seconds.", flush=True)
