"""Publications to be disturbed: a small archive, published once, whose letters have changed since; each kind of target is a real peer.

What readers see is read when the last step of a publication, which goes on though its command was killed, has come to its end.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM

from bench.faults.jobs import Job, Tally, Tree, refill
from bench.faults.kills import try_signal
from dafu.holds import try_hold
from dafu.output import is_permanent
from dafu.publish.publication import NAME, parse_publication
from tests.making import make_letter
from tests.publishing.peers import Peer, run_folder, run_git, run_rsyncd, run_s3, run_zip, write_project

PEERS: dict[str, Callable[[Path], AbstractContextManager[Peer]]] = {"a branch": run_git, "rsync": run_rsyncd, "storage": run_s3, "a folder": run_folder, "a zip file": run_zip}
SIGNS = {"kill -9 of the group": (SIGKILL, True), "kill -9 of the main process": (SIGKILL, False), "SIGTERM": (SIGTERM, False), "SIGINT": (SIGINT, True)}
STATES = ("remote.git", "module", "served", "site.zip")
"""What each peer keeps on the disk, the storage aside."""


def with_keys() -> None:
    """The setup of a process that may write to the storage."""
    os.environ |= {"AWS_ACCESS_KEY_ID": "invented", "AWS_SECRET_ACCESS_KEY": "invented"}


@dataclass(frozen=True, slots=True)
class Stall:
    """A project and its peer, and a copy of both as they were before the publication that is disturbed."""

    folder: Path
    kept: Path
    peer: Peer

    @property
    def project(self) -> Path:
        return self.folder / "project"

    def keep(self) -> None:
        """Copies all that a publication touches."""
        shutil.copytree(self.project, self.kept / "project", symlinks=True)
        for name in STATES:
            if (path := self.folder / name).exists():
                shutil.copytree(path, self.kept / name, symlinks=True) if path.is_dir() else shutil.copy(path, self.kept / name)
        if self.peer.root is None:
            (self.kept / "bucket").mkdir()
            _write_tree(self.kept / "bucket", self.peer.read())

    def put_back(self) -> None:
        """Everything as it was kept."""
        refill(self.project, self.kept / "project")
        for name in STATES:
            kept, path = self.kept / name, self.folder / name
            if kept.is_dir():
                refill(path, kept)
            elif kept.exists():
                shutil.copy(kept, path)
        if self.peer.root is None:
            _restore_bucket(self.peer, _read_tree(self.kept / "bucket"))

    def read(self) -> Tree:
        """What readers may ask for; of permanent files, whose names no page of the site that stands there gives, nobody knows."""
        self.await_last_step()
        tree = self.peer.read()
        known = parse_publication(tree[NAME]).all if NAME in tree else {}
        return {path: data for path, data in tree.items() if not path.startswith("publication-next") and not (is_permanent(path) and path not in known)}

    def await_last_step(self) -> None:
        """Waits until no process holds the target's scratch."""
        scratch = self.project / ".cache/publish/here"
        end = time.monotonic() + 60
        while scratch.is_dir() and (descriptor := try_hold(scratch)) is None:
            assert time.monotonic() < end, "a last step that doesn't end"
            time.sleep(0.02)
        if scratch.is_dir():
            os.close(descriptor)

    def find_litter(self) -> list[str]:
        """What no whole publication leaves: at the target, beside the site, in the scratch."""
        found = [path.name for path in self.project.iterdir() if path.name not in ("content", "public", ".cache")]
        found += [path.name for path in (self.project / ".cache/publish/here").glob("parcel*")]
        found += [path for path in self.peer.read() if path.startswith("publication-next")] if self.peer.root is None else []
        releases = self.folder / "module/releases"
        return found + ([path.name for path in releases.iterdir()][1:] if releases.is_dir() else [])


def try_publications(peer: str, sign: str, name: str, tries: int, chance: random.Random, folder: Path) -> Tally:
    """A row of the table: publications to one kind of target, each struck at another moment."""
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("there", "kept", "scratch"):
        (folder / part).mkdir(parents=True)
    with PEERS[peer](folder / "there") as far:
        job = make_publication(Stall(folder / "there", folder / "kept", far), folder / "scratch")
        return try_signal(name, job, *SIGNS[sign][:1], tries, chance, to_group=SIGNS[sign][1])


def make_publication(stall: Stall, scratch: Path) -> Job:
    """The second publication of a small archive, with what it comes to when nothing disturbs it."""
    source = stall.folder / "source"
    _write_letters(source, "种树九棵")
    write_project(stall.project, source, stall.peer)
    job = Job(arguments=("publish", "--quiet", "--jobs", "1"), folder=stall.project, scratch=scratch, reset=lambda: None, read=stall.read, old={}, new={}, find_litter=stall.find_litter, setup=with_keys)
    ended = job.run()
    assert ended.status == 0, ended.log
    old = stall.read()
    _write_letters(stall.project / "content", "种树十棵，修桥一座")
    stall.keep()
    ended = job.run()
    assert ended.status == 0, ended.log
    new = stall.read()
    assert new != old
    return Job(arguments=job.arguments, folder=job.folder, scratch=scratch, reset=stall.put_back, read=stall.read, old=old, new=new, find_litter=stall.find_litter, setup=with_keys)


def _write_letters(content: Path, words: str) -> None:
    (content / "letters/2020").mkdir(parents=True, exist_ok=True)
    if not (content / "site.yml").exists():
        (content / "site.yml").write_text("title: 试验档案\ndescription: 只为试验。\nbase_url: https://replies.example.org/\n", "utf-8")
    for number in ("9001", "9002"):
        (content / f"letters/2020/{number}.md").write_text(make_letter(f"尊敬的甲乙丙委员：\n\n我局将{words}。\n\n某某局\n", number=f'"{number}"'), "utf-8")


def _restore_bucket(peer: Peer, wanted: Tree) -> None:
    """Puts the storage back by its own requests."""
    found = peer.read()
    address = json.loads(peer.target.partition("endpoint: ")[2].rstrip("}")) + "/replies/archive/"
    orders = [("DELETE", path, None) for path in found.keys() - wanted.keys()] + [("PUT", path, data) for path, data in wanted.items() if found.get(path) != data]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda order: _send(address, *order), orders))


def _send(address: str, method: str, path: str, data: bytes | None) -> None:
    headers = {"x-amz-acl": "public-read", "Content-Type": "application/octet-stream"} if data is not None else {}
    urllib.request.urlopen(urllib.request.Request(address + path, data=data, method=method, headers=headers), timeout=20).close()


def _write_tree(folder: Path, tree: Tree) -> None:
    for path, data in tree.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def _read_tree(folder: Path) -> Tree:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def iter_publications(folder: Path) -> Iterator[tuple[str, float, Callable[[str, int, random.Random], Tally]]]:
    """Name, share of the tries and filler of each row."""
    for peer in PEERS:
        for sign in SIGNS:
            share = 1 if sign == "kill -9 of the group" else 0.2
            yield f"publish to {peer}: {sign}", share, partial(try_publications, peer, sign, folder=folder)
