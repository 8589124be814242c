"""A real Chromium over the real site, served as any static host would."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from bench.letters import read_sentences, write_archive
from tests.making import ROOT, build_site

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


class Quiet(SimpleHTTPRequestHandler):
    """Says nothing on the terminal, which may be that of another test by then: a browser leaves when it likes."""

    def handle(self) -> None:
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, or the one that CHROMIUM names; without one the tests are skipped, in CI they fail."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no chromium: install Debian's package of that name")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        # Playwright waits by `eval` in the page, which our policy refuses; tests of the policy ask for it.
        browser.new_context = partial(_open_context, browser.new_context)  # type: ignore[method-assign]
        yield browser
        browser.close()


def _open_context(open_context: Callable[..., BrowserContext], **options: Any) -> BrowserContext:
    return open_context(**{"bypass_csp": True, **options})


@contextmanager
def serve(content: Path, folder: Path, handler: type[Quiet] = Quiet) -> Iterator[str]:
    """Builds a site and serves it under a path, so that a link from the server's root would fail."""
    assert build_site(content, folder / "some" / "path", base_url="https://example.org/some/path/").problems == ()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/some/path/"
        server.shutdown()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the real archive is served."""
    with serve(ROOT / "content", tmp_path_factory.mktemp("served")) as address:
        yield address


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content of 160 letters put together from sentences of the real ones."""
    content = tmp_path_factory.mktemp("invented") / "content"
    write_archive(content, 160, read_sentences(None))
    return content


@pytest.fixture(scope="session")
def invented_address(invented: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where they are served."""
    with serve(invented, tmp_path_factory.mktemp("served-invented")) as address:
        yield address
