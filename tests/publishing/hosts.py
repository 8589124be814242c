"""Real hosts on this machine's loopback: nginx and Caddy with the examples of `hosting/`; the names of their Debian packages."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.making import ROOT

HOSTING = ROOT / "hosting"


def need_program(name: str) -> str:
    """The path of a program; without it a test is skipped, in CI it fails."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no {name}: the README names Debian's packages")
    return path


def find_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def run_server(command: Sequence[str | Path], port: int, **options: object) -> Iterator[None]:
    """A server's process, from when it answers on its port until the test has done with it."""
    with tempfile.TemporaryFile() as said:
        server = subprocess.Popen([str(word) for word in command], stdout=said, stderr=subprocess.STDOUT, **options)
        try:
            for _ in range(200):
                with socket.socket() as trial:
                    if trial.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert server.poll() is None, said.seek(0) or said.read().decode()
                time.sleep(0.05)
            yield
        finally:
            server.terminate()
            server.wait()


@contextmanager
def run_nginx(root: Path, folder: Path) -> Iterator[str]:
    """nginx with the example of `hosting/`, its name, port and root alone changed; the address at which it answers."""
    port = find_port()
    example = (HOSTING / "nginx.conf").read_text("utf-8").replace("listen 80;", f"listen 127.0.0.1:{port};").replace("/srv/replies/current", str(root))
    scratch = " ".join(f"{what}_temp_path {folder}/{what};" for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root; " if os.geteuid() == 0 else ""
    settings = folder / "nginx.conf"
    settings.write_text(f"daemon off; {user}worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\nevents {{ worker_connections 64; }}\nhttp {{ access_log off; {scratch}\n{example}\n}}\n", "utf-8")
    with run_server([need_program("nginx"), "-e", f"{folder}/error.log", "-c", settings], port):
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def run_caddy(root: Path, folder: Path) -> Iterator[str]:
    """Caddy with the example of `hosting/`, likewise."""
    port = find_port()
    example = (HOSTING / "Caddyfile").read_text("utf-8").replace("replies.example.org {", f"http://127.0.0.1:{port} {{").replace("/srv/replies/current", str(root))
    settings = folder / "Caddyfile"
    settings.write_text("{\n\tadmin off\n\tauto_https off\n}\n" + example, "utf-8")
    with run_server([need_program("caddy"), "run", "--adapter", "caddyfile", "--config", settings], port, env=os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}):
        yield f"http://127.0.0.1:{port}/"


def ask(url: str, **headers: str) -> tuple[int, Message, bytes]:
    """Status, headers and body of an answer, whatever the status."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def fetch_all(address: str, paths: Sequence[str]) -> dict[str, bytes]:
    """What a host sends for each path of a site; pages by the address that readers use."""
    found = {}
    for path in paths:
        status, _, data = ask(address + quote(re.sub(r"(^|/)index\.html$", r"\1", path)))
        found[path] = data if status == 200 else str(status).encode()
    return found
