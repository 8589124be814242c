"""A search page that is open goes on working when the site is published anew under it, once; then a reload brings the new one."""

from __future__ import annotations

import threading
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.conftest import Quiet
from tests.browser.searching import ask, open_search_page
from tests.making import ROOT
from tests.publishing.peers import change_letter, publish_project, run_folder, write_project

WORDS = ("河套", "停车位", "知识产权", "量子", "创新")
"""Each in a letter before the change; afterwards in one more, at least one of them."""


def test_an_open_search_page_goes_on_working(browser: Browser, tmp_path: Path) -> None:
    with run_folder(tmp_path) as peer:
        project = write_project(tmp_path / "project", ROOT / "content", peer)
        publish_project(project, peer)
        assert peer.root is not None
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(peer.root()))) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            with browser.new_context(base_url=f"http://127.0.0.1:{server.server_address[1]}/") as context:
                page = context.new_page()
                open_search_page(page)
                change_letter(project, "另外，河套的停车位、知识产权、量子与创新，虚构的一句。")
                kept = publish_project(project, peer).changes.kept
                assert len(kept) > 3
                missing: list[str] = []
                context.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
                before = {word: ask(page, word)[0] for word in WORDS}
                open_search_page(page)
                after = {word: ask(page, word)[0] for word in WORDS}
            server.shutdown()
    assert (missing, min(before.values()) > 0) == ([], True)
    assert all(after[word] >= count for word, count in before.items()) and after != before
