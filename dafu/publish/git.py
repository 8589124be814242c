"""A commit on a branch: git compares, packs and sends; readers see the old commit or the new one."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from dafu.problems import SettingsError
from dafu.publish.carrier import Parcel, Sent, find_path
from dafu.publish.publication import NAME
from dafu.publish.tools import GIT
from dafu.targets import Target

_SAFE = {"GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
_HARMLESS = frozenset((".nojekyll", "CNAME", ".domains", "README.md", "README", "LICENSE", ".gitignore"))
"""What may lie on a branch on which nothing was published yet: hosts put it there when a repository is made."""


class Branch:
    """A branch of a repository that is served as pages."""

    def __init__(self, target: Target, name: str, content: Path, scratch: Path) -> None:
        self.target = target
        self.place = f"{target.place}, branch {target.branch}"
        self.content = content
        self.scratch = scratch
        self.ref = f"refs/dafu/{name}/tip"
        self.next = f"refs/dafu/{name}/next"
        self.tip: str | None = None
        self.is_own = False
        """Whether the repository that git works in is one of ours."""

    @cached_property
    def address(self) -> str:
        """The repository's address as it was typed, here or for the content's own remote."""
        known = self._run("config", "--get", f"remote.{self.target.place}.url")
        return known.stdout.decode().strip() if known.returncode == 0 else self.target.place

    @property
    def extras(self) -> Mapping[str, bytes]:
        """What hosts of pages look for: no building of theirs, and the domain."""
        is_codeberg = self.target.host == "codeberg-pages" or "codeberg." in self.address
        domain = {".domains" if is_codeberg else "CNAME": f"{self.target.domain}\n".encode()} if self.target.domain else {}
        return {".nojekyll": b"", **domain}

    def check(self) -> None:
        GIT.do("check-ref-format", "--branch", self.target.branch, what=f"publish: {self.target.branch!r} can't be a branch's name")
        if self.target.to is None and (self.is_own or not self._run("remote").stdout.split()):
            raise SettingsError("publish: the content lies in no repository that has a remote. Say with `to:` which repository to publish to.")

    def read_previous(self) -> bytes | None:
        self._remove_locks()
        self.tip = self._fetch_tip()
        if self.tip is None:
            return None
        found = self._run("cat-file", "blob", f"{self.tip}:{NAME}")
        if found.returncode == 0:
            return found.stdout
        foreign = sorted(self._list_tree().keys() - _HARMLESS)
        if foreign:
            raise SettingsError(f"{self.place}: the branch holds {foreign[0]}, which Dafu didn't publish, and a publication would replace it. Name another branch, or delete this one first.")
        return None

    def take(self, paths: Sequence[str], folder: Path) -> None:
        with subprocess.Popen([GIT.find(), *self._settings, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **_SAFE}) as process:
            for path in paths:
                process.stdin.write(f"{self.tip}:{path}\n".encode())
                process.stdin.flush()
                found = re.fullmatch(rb"[0-9a-f]+ (\w+) (\d+)\n", process.stdout.readline())
                if found:  # else it isn't there
                    data = process.stdout.read(int(found[2]) + 1)[:-1]
                    if found[1] == b"blob":
                        place = folder / path
                        place.parent.mkdir(parents=True, exist_ok=True)
                        place.write_bytes(data)

    def send(self, parcel: Parcel) -> Sent:
        before = self._list_tree()
        ours = parcel.previous.all.keys() | {NAME} if parcel.previous else set()
        foreign = {path: entry for path, entry in before.items() if path not in ours and path not in parcel.sizes}
        new = self._commit(parcel, foreign)
        after = self._list_tree(new)
        if after == before:
            return Sent(0, 0)
        changed = {path for path, entry in after.items() if before.get(path) != entry}
        self._push(new)
        return Sent(len(changed), sum(parcel.sizes.get(path, 0) for path in changed))

    def _fetch_tip(self) -> str | None:
        """The commit that stands on the branch now, brought here; None where there is no such branch."""
        listed = self._do("ls-remote", "--heads", "--", self.remote, f"refs/heads/{self.target.branch}", what=f"{self.place} can't be reached")
        if not listed.strip():
            return None
        self._do("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", self.remote, f"+refs/heads/{self.target.branch}:{self.ref}", what=f"{self.place} can't be read")
        return self._do("rev-parse", self.ref, what=self.place).decode().strip()

    def _remove_locks(self) -> None:
        """Removes what a killed git has left on the names that this target alone uses; whoever publishes to it holds its scratch."""
        for name in (self.ref, self.next):
            Path(os.fsdecode(self._do("rev-parse", "--path-format=absolute", "--git-path", f"{name}.lock", what=self.place)).strip()).unlink(missing_ok=True)

    def _list_tree(self, commit: str | None = None) -> dict[str, str]:
        """Every file of a commit with its mode and name of content."""
        if (commit or self.tip) is None:
            return {}
        listed = self._do("ls-tree", "-r", "-z", str(commit or self.tip), what=self.place)
        rows = (row.split("\t", 1) for row in listed.decode("utf-8", "surrogateescape").split("\0") if row)
        return {path: entry for entry, path in rows}

    def _commit(self, parcel: Parcel, foreign: Mapping[str, str]) -> str:
        """A commit with exactly the parcel's bytes and what others put on the branch; no filter of git's touches them."""
        parent = self.tip if self.target.history or not parcel.previous else None  # what stood there before the first publication is somebody's work
        arguments = ["fast-import", "--quiet", "--force", "--date-format=now"]
        with subprocess.Popen([GIT.find(), *self._settings, *arguments], stdin=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "LC_ALL": "C", **_SAFE}) as process:
            assert process.stdin is not None and process.stderr is not None
            try:
                for part in _iter_stream(self.next, self._find_name(), parcel, parent, foreign):
                    process.stdin.write(part)
                process.stdin.close()
            except BrokenPipeError:
                pass
            said = process.stderr.read()
        if process.returncode != 0:
            raise GIT.make_error(f"{self.place}: the commit can't be made", subprocess.CompletedProcess(arguments, process.returncode, b"", said))
        return self._do("rev-parse", self.next, what=self.place).decode().strip()

    def _push(self, commit: str) -> None:
        """Sends the commit, unless somebody has published meanwhile."""
        branch = f"refs/heads/{self.target.branch}"
        lease = f"--force-with-lease={branch}:{self.tip or ''}"
        self._do("push", "--quiet", "--no-verify", lease, "--", self.remote, f"{commit}:{branch}", what=f"{self.place} didn't take the publication")
        self._do("update-ref", self.ref, commit, what=self.place)
        self._do("update-ref", "-d", self.next, what=self.place)
        if self.is_own:  # nobody else sweeps it
            self._run("-c", "gc.autoDetach=false", "gc", "--auto", "--quiet")

    def _find_name(self) -> bytes:
        """Who commits: as git knows them, else the program."""
        known = self._run("var", "GIT_COMMITTER_IDENT")
        return known.stdout.rpartition(b">")[0] + b">" if known.returncode == 0 else b"Dafu <dafu@localhost>"

    @cached_property
    def remote(self) -> str:
        """The repository's address, or the name of one of the content's own remotes; a path counts from the folder beside the content."""
        path = find_path(self.target.place, self.content)
        return str(path) if path.is_dir() and self.target.place not in self._run("remote").stdout.decode().split() else self.target.place

    @cached_property
    def _settings(self) -> list[str]:
        """git in the content's own repository, which knows its remotes and who may write there; else in one of ours."""
        inside = GIT.run("-C", str(self.content), "rev-parse", "--absolute-git-dir", env=_SAFE)
        if inside.returncode == 0:
            top = GIT.run("-C", str(self.content), "rev-parse", "--show-toplevel", env=_SAFE)
            return ["-C", top.stdout.decode().strip() or str(self.content), f"--git-dir={inside.stdout.decode().strip()}"]
        if b"dubious ownership" in inside.stderr:
            raise GIT.make_error(f"{self.content}: git doesn't trust this repository", inside)
        self.is_own = True
        own = self.scratch / "repository.git"
        GIT.do("init", "--quiet", "--bare", str(own), what="A repository can't be made", env=_SAFE)
        return [f"--git-dir={own}"]

    def _run(self, *arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
        return GIT.run(*self._settings, *arguments, env=_SAFE, **options)

    def _do(self, *arguments: str, what: str, **options: object) -> bytes:
        return GIT.do(*self._settings, *arguments, what=what, env=_SAFE, **options)


def _iter_stream(ref: str, who: bytes, parcel: Parcel, parent: str | None, foreign: Mapping[str, str]) -> Iterator[bytes]:
    """The commit in the language of `git fast-import`, file by file."""
    message = parcel.message.encode()
    yield f"reset {ref}\n".encode()
    yield b"commit %s\ncommitter %s now\ndata %d\n%s\n" % (ref.encode(), who, len(message), message)
    yield f"from {parent}\ndeleteall\n".encode() if parent else b"deleteall\n"
    for path in sorted(parcel.sizes):
        data = (parcel.folder / path).read_bytes()
        yield b"M 100644 inline %s\ndata %d\n" % (_quote(path), len(data)) + data + b"\n"
    for path, entry in sorted(foreign.items()):
        mode, _, name = entry.split(" ")
        yield f"M {mode} {name} ".encode() + _quote(path) + b"\n"


def _quote(path: str) -> bytes:
    return b'"' + path.encode("utf-8", "surrogateescape").replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'
