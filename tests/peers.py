"""A host on this machine that stands for all others, for what asks them."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import pytest

from dafu.asking import Manners

QUICK = Manners(timeout_s=0.8, longest_s=1.6, pause_s=0.01, total_s=5)


class Server(ThreadingHTTPServer):
    """Answers by what a path says: `/404`, `/301/good`, `/head-405`, `/slow`, `/drip`; remembers who asked for what."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str]] = []
        self.agents: set[str] = set()
        self.times: list[tuple[float, float]] = []
        self.open, self.most_open = 0, 0
        self.lock = threading.Lock()

    def handle_error(self, *_: object) -> None:
        """The client may have left."""

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_address[1]}/{path}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def answer(self) -> None:
        with self.server.lock:
            self.server.asked.append((self.command, self.path))
            self.server.agents.add(self.headers["User-Agent"])
            self.server.open += 1
            self.server.most_open = max(self.server.most_open, self.server.open)
        begin = time.monotonic()
        try:
            self.reply(*self.path.strip("/").split("/"))
        finally:
            with self.server.lock:
                self.server.open -= 1
                self.server.times.append((begin, time.monotonic()))

    do_HEAD = do_GET = answer

    def reply(self, word: str, *rest: str) -> None:
        if word == "slow":
            time.sleep(1.2)
        if word == "drip":
            for _ in range(20):
                self.wfile.write(b"HTTP" if _ == 0 else b" ")
                self.wfile.flush()
                time.sleep(0.2)
        if word == "cut":
            return self.connection.close()
        status = 405 if word == "head" and self.command == "HEAD" else int(word) if word.isdigit() else 200
        self.send_response(status)
        if rest and status != 429:
            target = unquote("/".join(rest))
            self.send_header("Location", target if target.startswith("file:") else f"http://{target}" if ":" in target else f"/{target}")
        if rest and status == 429:
            self.send_header("Retry-After", rest[0])
        self.send_header("Content-Length", "1000000000")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serve_many_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server under many names: `*.test` is this machine, `*.invalid` is nobody."""
    real = socket.getaddrinfo

    def look_up(name: str, *rest: object, **more: object) -> object:
        if str(name).endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if str(name).endswith(".again"):
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return real("127.0.0.1" if str(name).endswith(".test") else name, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Server() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()
