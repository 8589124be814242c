"""Real targets on this machine's loopback: sshd, rsync's daemon, an S3 server. Each gives what site.yml says of it, the environment that knows the way in, and a reader."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote

from dafu.options import Options
from dafu.publish import road, snapshot
from dafu.publish.road import Published, publish
from dafu.road import Result
from tests.making import ROOT, read_tree
from tests.publishing.hosts import find_port, need_program, run_server

Tree = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Peer:
    """A target and the far end of it."""

    target: str
    """The value of site.yml's `publish: {here: …}`."""
    read: Callable[[], Tree]
    """Every file that readers may ask for."""
    root: Callable[[], Path] | None
    """The folder that a web server would serve."""
    env: dict[str, str] = field(default_factory=dict)


def write_project(folder: Path, source: Path, peer: Peer) -> Path:
    """A content folder with the target in its site.yml."""
    shutil.copytree(source, folder / "content")
    site = folder / "content/site.yml"
    others = re.sub(r"^publish:\n(  .*\n)*", "", site.read_text("utf-8"), flags=re.MULTILINE)
    site.write_text(f"{others}\npublish: {{here: {peer.target}}}\n", "utf-8")
    return folder


def publish_project(folder: Path, peer: Peer, **options: bool) -> Published:
    """A publication in this process."""
    with patch.dict(os.environ, peer.env):
        return publish(Options(content=folder / "content", output=folder / "public", quiet=True), None, **options)


FEW: Tree = {"data/datapackage.json": b'{"name": "dafu"}', "index.html": "<p>甲".encode(), "letters/index.html": b"<p>1", "assets/0123456789ab/site.css": b"p {}"}
"""A site of a few files, as a build would write it."""


def write_few(folder: Path, peer: Peer) -> Path:
    """A content folder of which the target alone counts."""
    (folder / "content").mkdir(parents=True)
    (folder / "content/site.yml").write_text(f"title: 甲\ndescription: 乙。\npublish: {{here: {peer.target}}}\n", "utf-8")
    return folder


def publish_few(folder: Path, peer: Peer, files: Tree, meanwhile: Callable[[], object] = lambda: None) -> Published:
    """A publication of these files, where building a site would take longer than what is tested; `meanwhile` happens after it looked at the target, before it sends."""

    def build(options: Options) -> Result:
        shutil.rmtree(options.output, ignore_errors=True)
        write_tree(options.output, files)
        return Result(files=len(files))

    def seal(*arguments: object) -> dict[str, int]:
        meanwhile()
        return snapshot.seal(*arguments)

    with patch.multiple(road, build=build, seal=seal):
        return publish_project(folder, peer)


def write_tree(folder: Path, files: Tree) -> None:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def run_publish(folder: Path, peer: Peer, *options: str) -> subprocess.CompletedProcess[str]:
    """`build.py publish`, as a person would call it."""
    return subprocess.run([sys.executable, str(ROOT / "build.py"), "publish", *options], cwd=folder, env={**os.environ, **peer.env}, capture_output=True, text=True, timeout=120)


def change_letter(folder: Path, words: str) -> None:
    """An editor's change to a letter."""
    path = next((folder / "content/letters/2018").glob("*.md"))
    path.write_text(path.read_text("utf-8").rstrip() + f"\n\n{words}\n", "utf-8")


@contextmanager
def run_git(folder: Path) -> Iterator[Peer]:
    """A bare repository."""
    bare, out = folder / "remote.git", folder / "checkout"
    subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)

    def check_out() -> Path:
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        archive = subprocess.run(["git", f"--git-dir={bare}", "archive", "gh-pages"], capture_output=True)
        if archive.returncode == 0:
            subprocess.run(["tar", "-x", "-C", str(out)], input=archive.stdout, check=True)
        return out

    yield Peer(f"{{kind: git, to: {bare}}}", lambda: read_tree(check_out()), check_out)


@contextmanager
def run_folder(folder: Path) -> Iterator[Peer]:
    place = folder / "served"
    yield Peer(f"{{kind: folder, to: {place}}}", lambda: read_tree(place), lambda: place)


@contextmanager
def run_zip(folder: Path) -> Iterator[Peer]:
    file, out = folder / "site.zip", folder / "unpacked"

    def unpack() -> Path:
        shutil.rmtree(out, ignore_errors=True)
        if file.exists():
            shutil.unpack_archive(file, out)
        return out

    yield Peer(f"{{kind: zip, to: {file}}}", lambda: read_tree(unpack()), unpack)


@contextmanager
def run_sshd(folder: Path) -> Iterator[Peer]:
    """rsync over ssh to this machine."""
    need_program("rsync")
    place, port = folder / "srv", find_port()
    place.mkdir()
    for name in ("host", "key"):
        subprocess.run([need_program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    shutil.copy(folder / "key.pub", folder / "authorized")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    settings = {"ListenAddress": f"127.0.0.1:{port}", "HostKey": folder / "host", "AuthorizedKeysFile": folder / "authorized", "PidFile": "none", "UsePAM": "no", "StrictModes": "no", "PermitRootLogin": "yes"}
    (folder / "sshd_config").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    ssh = f"ssh -p {port} -i {folder / 'key'} -F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
    with run_server([need_program("sshd"), "-D", "-e", "-f", folder / "sshd_config"], port):
        yield Peer(f'{{kind: rsync, to: "127.0.0.1:{place}"}}', lambda: read_tree(place / "current"), lambda: place / "current", {"RSYNC_RSH": ssh})


@contextmanager
def run_rsyncd(folder: Path, settings: str = "munge symlinks = no") -> Iterator[Peer]:
    """rsync's daemon."""
    place, port = folder / "module", find_port()
    place.mkdir()
    owner = f"uid = {os.geteuid()}\ngid = {os.getegid()}\n" if os.geteuid() == 0 else ""
    (folder / "rsyncd.conf").write_text(f"{owner}use chroot = no\n[replies]\npath = {place}\nread only = no\n{settings}\n")
    with run_server([need_program("rsync"), "--daemon", "--no-detach", f"--port={port}", "--address=127.0.0.1", f"--config={folder / 'rsyncd.conf'}", f"--log-file={folder / 'rsyncd.log'}"], port):
        yield Peer(f'{{kind: rsync, to: "rsync://127.0.0.1:{port}/replies"}}', lambda: read_tree(place / "current"), lambda: place / "current")


@contextmanager
def run_s3(folder: Path) -> Iterator[Peer]:
    """An S3 server, asked over HTTP as a browser would."""
    need_program("rclone")
    port = find_port()
    with run_server([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], port):
        address = f"http://127.0.0.1:{port}"
        urllib.request.urlopen(urllib.request.Request(f"{address}/replies", method="PUT"), timeout=10).close()
        env = {"AWS_ACCESS_KEY_ID": "invented", "AWS_SECRET_ACCESS_KEY": "invented"}
        yield Peer(f'{{kind: s3, to: replies/archive, acl: public-read, endpoint: "{address}"}}', lambda: read_bucket(f"{address}/replies", "archive/"), None, env)


def read_bucket(address: str, prefix: str) -> Tree:
    """Every object under a prefix, listed and fetched over HTTP."""
    found: Tree = {}
    after = ""
    while True:
        listing = urllib.request.urlopen(f"{address}?list-type=2&prefix={prefix}&start-after={after}", timeout=10).read().decode()
        keys = [unescape(key) for key in re.findall(r"<Key>([^<]+)</Key>", listing)]
        for key in keys:
            found[key.removeprefix(prefix)] = urllib.request.urlopen(f"{address}/{quote(key)}", timeout=10).read()
        if "<IsTruncated>true" not in listing:
            return found
        after = keys[-1]


def put_object(peer: Peer, path: str, data: bytes | None) -> None:
    """Puts an object into the storage by HTTP, or takes it away."""
    address = peer.target.partition('endpoint: "')[2].partition('"')[0]
    request = urllib.request.Request(f"{address}/replies/archive/{quote(path)}", data, {"x-amz-acl": "public-read", "Content-Type": "application/octet-stream"}, method="DELETE" if data is None else "PUT")
    urllib.request.urlopen(request, timeout=10).close()
