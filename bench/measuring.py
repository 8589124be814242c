"""A real Chromium that loads search pages cold, counts what moves, and asks the search's modules."""

from __future__ import annotations

import gzip
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import CDPSession, Page, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 1_600_000 / 8}
COMPRESSED = (".html", ".css", ".js", ".json", ".svg")
SCREEN = {"width": 1280, "height": 720}


@cache
def read_file(path: Path) -> bytes:
    """What a static host sends: text compressed, as most hosts do, and nothing else."""
    return gzip.compress(path.read_bytes(), 6) if path.suffix in COMPRESSED else path.read_bytes()


FIRST = """new MutationObserver((_, observer) => {
    if (!document.querySelector("#results li [lang], #results li.result, #count[data-total='0']")) return;
    window.firstMs = performance.now();
    observer.disconnect();
}).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-total"] });"""
"""Notes when the first result stands in the page with its title, counted from the beginning of the navigation."""

SENT: list[tuple[str, int]] = []
"""Path and bytes of everything sent since it was last emptied, whoever asked: a page or a worker of its."""


class Server(SimpleHTTPRequestHandler):
    """A static host."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            return self.send_error(404)
        data = read_file(path)
        SENT.append((self.path, len(data)))
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(data)))
        if path.suffix in COMPRESSED:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments: object) -> None:
        pass


@dataclass(slots=True)
class Load:
    """What one cold query moved: all but the page itself, its style and its icon."""

    first_s: float = 0.0
    """From the beginning of the navigation to the first result with its title."""
    moved: list[tuple[str, int]] = field(default_factory=list)
    """Path and bytes."""
    began: dict[str, float] = field(default_factory=dict)
    times: list[tuple[float, float]] = field(default_factory=list)
    """When each request began and ended, as the page saw it; those of workers are not seen."""

    @property
    def requests(self) -> int:
        return len(self.moved)

    @property
    def all_kb(self) -> float:
        return sum(size for _, size in self.moved) / 1000

    @property
    def index_kb(self) -> float:
        """Shards alone."""
        return sum(size for path, size in self.moved if "/search/data/" in path and "/start-" not in path and "/traditional-" not in path) / 1000

    @property
    def rounds(self) -> int:
        """The longest row of requests of which each began when the one before had ended."""
        rounds: list[tuple[float, int]] = []
        for start, end in sorted(self.times):
            rounds.append((end, 1 + max((number for ended, number in rounds if ended <= start), default=0)))
        return max((number for _, number in rounds), default=0)


def is_counted(url: str) -> bool:
    return not url.split("?")[0].endswith((".css", ".svg", "/", "search.html", ".ico"))


class Browsing:
    """Serves two sites and loads their search pages."""

    def __init__(self, ours: Path, peer: Path | None) -> None:
        self.folders = [ours, *([peer] if peer else [])]
        self.servers: list[ThreadingHTTPServer] = []

    def __enter__(self) -> Browsing:
        for folder in self.folders:
            server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Server, directory=str(folder)))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.servers.append(server)
        self.address, self.peer_address = [f"http://127.0.0.1:{server.server_address[1]}/" for server in self.servers] + [""] * (2 - len(self.servers))
        self.playwright = sync_playwright().start()
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        self.browser = self.playwright.chromium.launch(executable_path=path, args=FLAGS)
        return self

    def __exit__(self, *_: object) -> None:
        self.browser.close()
        self.playwright.stop()
        for server in self.servers:
            server.shutdown()

    def open_ours(self) -> Callable[[str], dict[str, Any]]:
        """Asks the search's modules: `hits` in order with their scores, `ms` for a query whose shards are at hand."""
        page = self.browser.new_page(bypass_csp=True)
        page.goto(f"{self.address}search/")
        source = (Path(__file__).parent / "ask.js").read_text("utf-8")
        page.evaluate("""async (source) => {
            const { makeAsk } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
            const folder = document.querySelector("script[type=module]").src.replace(/[^/]*$/, "");
            window.ask = await makeAsk(folder, document.getElementById("search"));
        }""", source)
        return lambda query: page.evaluate("query => ask(query)", query)

    def open_peer(self) -> Callable[[str], list[str]]:
        """Asks Pagefind: the ids of all letters that it shows."""
        page = self.browser.new_page(bypass_csp=True)
        page.goto(f"{self.peer_address}search.html")
        page.evaluate("async () => { window.pagefind = await import('/pagefind/pagefind.js'); await pagefind.init(); }")
        ask = """async (query) => {
            const { results } = await pagefind.search(query);
            return Promise.all(results.map(async (result) => (await result.data()).raw_url ?? (await result.data()).url));
        }"""
        return lambda query: [url.strip("/").removesuffix("/index.html") for url in page.evaluate(ask, query)]

    def load_ours(self, query: str, is_slow: bool = False) -> Load:
        """Loads our search page with a query, as one who follows a link does."""
        def arrive(page: Page) -> None:
            page.goto(f"{self.address}search/?q={quote(query)}", wait_until="commit")

        return self._load(arrive, lambda page: page.wait_for_function("document.body.dataset.search === 'ready'"), is_slow)

    def load_peer(self, query: str, is_slow: bool = False) -> Load:
        """Loads a page that asks Pagefind and shows the first five results."""
        script = """async (query) => {
            const pagefind = await import('/pagefind/pagefind.js');
            const { results } = await pagefind.search(query);
            window.total = results.length;
            await Promise.all(results.slice(0, 5).map(async (result) => {
                const row = document.createElement("li");
                row.className = "result";
                row.textContent = (await result.data()).meta.title;
                document.getElementById("results").append(row);
            }));
        }"""

        def arrive(page: Page) -> None:
            page.goto(f"{self.peer_address}search.html", wait_until="commit")
            page.evaluate("([script, query]) => { window.done = eval(script)(query).then(() => { window.isDone = true; }); }", [script, query])

        return self._load(arrive, lambda page: page.wait_for_function("window.isDone"), is_slow)

    def _load(self, arrive: Callable[[Page], None], finish: Callable[[Page], object], is_slow: bool) -> Load:
        context = self.browser.new_context(viewport=SCREEN, bypass_csp=True)
        page = context.new_page()
        page.add_init_script(FIRST)
        load = Load()
        SENT.clear()
        self._watch(context.new_cdp_session(page), load, is_slow)
        arrive(page)
        finish(page)
        load.first_s = (page.evaluate("window.firstMs") or 0) / 1000
        page.wait_for_timeout(50)
        load.moved = [(path, size) for path, size in SENT if is_counted(path)]
        context.close()
        return load

    @staticmethod
    def _watch(session: CDPSession, load: Load, is_slow: bool) -> None:
        session.send("Network.enable")
        if is_slow:
            session.send("Network.emulateNetworkConditions", SLOW)
        session.on("Network.requestWillBeSent", lambda event: is_counted(event["request"]["url"]) and load.began.setdefault(event["requestId"], event["timestamp"]))
        session.on("Network.loadingFinished", lambda event: event["requestId"] in load.began and load.times.append((load.began[event["requestId"]], event["timestamp"])))
