"""A server's folder by rsync, over ssh or to its daemon. Nothing that readers see is written to:

    FOLDER/releases/0123456789abcdef/    a publication, whole; what didn't change is a hard link to the one before
    FOLDER/current ─▶ releases/…         what the web server serves: one link, changed in one step when all the rest is there
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from dafu.problems import SettingsError
from dafu.publish.carrier import Parcel, Sent, find_path
from dafu.publish.publication import NAME
from dafu.publish.tools import RSYNC, join_lines
from dafu.targets import Target

_PARTLY = (23, 24)
"""rsync's statuses where a file that it was asked for isn't there, or can't be had for another reason."""

_RELEASE = "[0-9a-f]" * 16
"""The form of a publication's folder, as a pattern of rsync's and of Python's alike."""


class Server:
    """A folder on a server, with `current` in it."""

    extras: Mapping[str, bytes] = {}

    def __init__(self, target: Target, content: Path, scratch: Path) -> None:
        to = target.place if ":" in target.place else str(find_path(target.place, content))
        self.folder = to if to.endswith((":", "/")) else f"{to}/"
        self.place = self.address = f"{self.folder}current"
        is_daemon = "::" in to or to.startswith("rsync://")
        self.options = [] if target.port is None else [f"--port={target.port}"] if is_daemon else ["-e", f"ssh -p {target.port}"]
        self.scratch = scratch
        self.before: bytes | None = None
        """The list of the publication that `current` leads to."""

    def check(self) -> None:
        RSYNC.find()
        if self.folder.rpartition(":")[2] == "/":
            raise SettingsError(f"publish: {self.folder} is a whole disk. Name a folder.")

    def read_previous(self) -> bytes | None:
        self.before = self._read(f"current/{NAME}")
        if self.before is None:
            self._refuse_others()
        return self.before

    def _refuse_others(self) -> None:
        """Refuses a folder in which somebody else keeps releases, or anything where ours would lie."""
        foreign = [name for name in self._list("") if name == "current"] + [f"releases/{name}" for name in self._list("releases/") if name != "next" and not re.fullmatch(_RELEASE, name)]
        if foreign:
            raise SettingsError(f"{self.folder}{foreign[0]} is there, and Dafu didn't put it there. Name another folder, or take it away first.")

    def take(self, paths: Sequence[str], folder: Path) -> None:
        # Filters, as the daemon of rsync 3.5 finds nothing by --files-from.
        done = self._run("--recursive", "--include-from=-", "--exclude=*", f"{self.folder}releases/{_name_release(self.before or b'')}/", f"{folder}/", takes=join_lines(_iter_steps(paths)))
        if done.returncode not in (0, *_PARTLY):
            raise RSYNC.make_error(f"{self.place} can't be read", done)

    def send(self, parcel: Parcel) -> Sent:
        listed = parcel.publication.as_json()
        name = _name_release(listed)
        self._put(self._make_tree("releases"), "")
        sent = self._upload(parcel.folder, name)
        if listed != self.before:
            self._prove(name, parcel)
            if self._read(f"current/{NAME}") != self.before:
                raise SettingsError(f"{self.place}: somebody else has published there meanwhile. Publish again, if yours is the newer content.")
            self._put(self._make_tree(".", link=("current", f"releases/{name}")), "", "--links")
        self._clean()
        return sent

    def _upload(self, folder: Path, name: str) -> Sent:
        """The publication into a folder of its own; only what the one before doesn't have goes over the wire."""
        before = _name_release(self.before) if self.before else name
        linked = [f"--link-dest=../{before}"] if before != name else []
        modes = ["--perms", "--chmod=D755,F644"]
        said = self._do("--recursive", "--checksum", "--delete", "--stats", *modes, *linked, f"{folder}/", f"{self.folder}releases/{name}/", what=f"{self.folder} didn't take the publication")
        return Sent(_find_number(said, "Number of regular files transferred"), _find_number(said, "Total transferred file size"))

    def _prove(self, name: str, parcel: Parcel) -> None:
        """Whether a link on that server leads where it should, tried beside the one that counts."""
        self._put(self._make_tree(".", link=("next", name)), "releases/", "--links")
        copy = self.scratch / "read"
        copy.unlink(missing_ok=True)
        self._run("--copy-links", "--ignore-times", f"{self.folder}releases/next/{NAME}", str(copy))
        if not copy.exists() or copy.read_bytes() != parcel.publication.as_json():
            raise SettingsError(f"{self.folder}releases/next: the server changes symbolic links or doesn't follow them, so `current` can't be one. "
                                "For rsync's daemon write `munge symlinks = no` into rsyncd.conf. What readers see was not touched.")

    def _clean(self) -> None:
        """Takes away every publication of ours but the one that `current` leads to now."""
        now = self._read(f"current/{NAME}")
        filters = [f"protect /{_name_release(now or b'')}/", f"risk /{_RELEASE}/", "risk /next", "protect /*"]
        self._do("--recursive", "--delete", *(f"--filter={each}" for each in filters), f"{self._make_tree('.')}/", f"{self.folder}releases/", what=f"{self.folder}releases/ can't be cleaned")

    def _put(self, tree: Path, place: str, *options: str) -> None:
        self._do("--recursive", *options, f"{tree}/", f"{self.folder}{place}", what=f"{self.folder} can't be written to")

    def _make_tree(self, folder: str, link: tuple[str, str] | None = None) -> Path:
        """A small tree to be sent: an empty folder, or a link."""
        tree = self.scratch / "tree"
        shutil.rmtree(tree, ignore_errors=True)
        (tree / folder).mkdir(parents=True)
        if link:
            (tree / link[0]).symlink_to(link[1])
        return tree

    def _read(self, path: str) -> bytes | None:
        """A small file of the server's; None where there is none."""
        copy = self.scratch / "read"
        copy.unlink(missing_ok=True)
        done = self._run("--copy-links", "--ignore-times", f"{self.folder}{path}", str(copy))
        self._refuse_trouble(done)
        return copy.read_bytes() if copy.exists() else None

    def _list(self, place: str) -> list[str]:
        """The names in a folder of the server's; none where there is no such folder."""
        done = self._run("--list-only", f"{self.folder}{place}", "")
        self._refuse_trouble(done)
        names = (line.split(maxsplit=4)[-1].partition(" -> ")[0] for line in done.stdout.decode("utf-8", "replace").splitlines() if line.count(" ") > 3)
        return [name for name in names if name != "."]

    def _refuse_trouble(self, done: subprocess.CompletedProcess[bytes]) -> None:
        """What isn't there is no trouble; what can't be had is."""
        if done.returncode not in (0, *_PARTLY) or (done.returncode == 23 and b"No such file" not in done.stderr):
            raise RSYNC.make_error(f"{self.folder} can't be reached", done)

    def _run(self, *arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
        *before, source, target = arguments
        return RSYNC.run(*self.options, *before, "--", source, *([target] if target else []), **options)

    def _do(self, *arguments: str, what: str) -> bytes:
        done = self._run(*arguments)
        if done.returncode != 0:
            raise RSYNC.make_error(what, done)
        return done.stdout


def _iter_steps(paths: Sequence[str]) -> Iterator[str]:
    """Files and the folders on the way to them, each once, from the root."""
    seen = {f"/{parent}/" for path in paths for parent in PurePosixPath(path).parents if parent.name}
    yield from sorted(seen)
    yield from (f"/{path}" for path in paths)


def _name_release(listed: bytes) -> str:
    """The folder of a publication, by its list."""
    return hashlib.sha256(listed).hexdigest()[:16]


def _find_number(said: bytes, name: str) -> int:
    """A figure of rsync's own statistics."""
    row = next((line for line in said.decode().splitlines() if line.startswith(name)), "")
    return int("".join(char for char in row.partition(":")[2].split(" bytes")[0] if char.isdigit()) or 0)
