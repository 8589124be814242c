"""Every kind of page under its Content-Security-Policy, from its head and from the host's header at once: nothing is refused, for nothing is asked from elsewhere."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dafu.headers import HEADERS, TYPES
from tests.browser.conftest import Quiet
from tests.browser.kinds import KINDS
from tests.making import ROOT, build_site

WATCH = "addEventListener('securitypolicyviolation', (found) => console.error(`policy: ${found.violatedDirective} ${found.blockedURI} ${found.sourceFile}:${found.lineNumber}`));"


class Strict(Quiet):
    """A host that says the headers of `_headers`."""

    extensions_map = Quiet.extensions_map | TYPES

    def end_headers(self) -> None:
        for name, value in HEADERS:
            self.send_header(name, value)
        super().end_headers()


@contextmanager
def serve_strictly(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Strict, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@contextmanager
def watch(browser: Browser, address: str) -> Iterator[tuple[BrowserContext, list[str]]]:
    """A browser on a site, and what its pages complain of or ask from elsewhere."""
    trouble: list[str] = []
    with browser.new_context(base_url=address, bypass_csp=False) as context:
        context.add_init_script(WATCH)
        context.on("console", lambda message: trouble.append(message.text) if message.type in ("error", "warning") else None)
        context.on("weberror", lambda error: trouble.append(str(error.error)))
        context.on("request", lambda request: None if request.url.startswith(address) else trouble.append(request.url))
        yield context, trouble


@pytest.fixture(scope="module")
def offline_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real archive with its worker, which must be let in too."""
    folder = tmp_path_factory.mktemp("strict")
    shutil.copytree(ROOT / "content", folder / "content")
    with (folder / "content/site.yml").open("a", encoding="utf-8") as site:
        site.write("\noffline: true\n")
    assert build_site(folder / "content", folder / "public").problems == ()
    return folder / "public"


def use(page: Page) -> None:
    """Does what a page of its kind can do."""
    for box in page.locator("input[type=checkbox]:visible").all()[:6]:
        box.click(force=True)
    if page.locator("#theme").count():
        page.locator("#theme").select_option("dark")
    if page.locator("#p3 .pilcrow").count():
        page.locator("#p3 .pilcrow").focus()
    page.mouse.wheel(0, 2000)
    page.wait_for_timeout(80)


def test_no_page_breaks_its_policy(browser: Browser, offline_site: Path) -> None:
    with serve_strictly(offline_site) as address, watch(browser, address) as (context, trouble):
        page = context.new_page()
        for url in [*KINDS.values(), "letters/2018/20180136/?find=停车位", "search/?q=一个找不到的词组", "commitments/filters/", "commitments/review/2023/", "offline/"]:
            page.goto(url)
            if url.startswith("search/?q=知"):
                expect(page.locator("#results li").first).to_be_visible()
            use(page)
        page.evaluate("navigator.serviceWorker.ready")
    assert trouble == []


def test_a_script_that_got_in_would_be_refused_and_seen(browser: Browser, offline_site: Path, tmp_path: Path) -> None:
    shutil.copytree(offline_site, tmp_path / "site")
    hole = tmp_path / "site/about/index.html"
    hole.write_bytes(hole.read_bytes().replace(b"</main>", b"<script>document.title = 'taken'</script><p style='color:red'>.</p><img src='https://example.org/x.png'></main>"))
    with serve_strictly(tmp_path / "site") as address, watch(browser, address) as (context, trouble):
        page = context.new_page()
        page.goto("about/")
        page.wait_for_timeout(80)
        assert page.title() != "taken"
    assert {line.split()[1] for line in trouble if line.startswith("policy: ")} == {"script-src-elem", "style-src-attr", "img-src"}
