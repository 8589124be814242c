"""A server's folder by rsync, over ssh or to its daemon. Nothing that readers see is written to:

    FOLDER/releases/0123456789abcdef/    a publication, whole; what didn't change is a hard link to the one before
    FOLDER/current ─▶ releases/…         what the web server serves: one link, changed in one step when all the rest is there
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from dafu.problems import SettingsError
from dafu.publish.carrier import Parcel, Sent
from dafu.publish.publication import NAME
from dafu.publish.tools import RSYNC, join_lines
from dafu.targets import Target

_MISSING = (23, 24)
"""rsync's statuses where a file that it was asked for isn't there."""


class Server:
    """A folder on a server, with `current` in it."""

    extras: Mapping[str, bytes] = {}

    def __init__(self, target: Target, scratch: Path) -> None:
        self.place = f"{target.place.rstrip('/')}/current"
        self.folder = target.place.rstrip("/") + "/"
        self.options = ["-e", f"ssh -p {target.port}"] if target.port and "::" not in target.place else [f"--port={target.port}"] if target.port else []
        self.scratch = scratch
        self.before: str | None = None
        """The name of the publication that `current` leads to."""

    def check(self) -> None:
        RSYNC.find()

    def read_previous(self) -> bytes | None:
        found = self._read(f"current/{NAME}")
        self.before = found and _name_release(found)
        return found

    def take(self, paths: Sequence[str], folder: Path) -> None:
        # Filters, as the daemon of rsync 3.5 finds nothing by --files-from.
        done = self._run("--recursive", "--include-from=-", "--exclude=*", f"{self.folder}releases/{self.before}/", f"{folder}/", takes=join_lines(_iter_steps(paths)))
        if done.returncode not in (0, *_MISSING):
            raise RSYNC.make_error(f"{self.place} can't be read", done)

    def send(self, parcel: Parcel) -> Sent:
        name = _name_release(parcel.publication.as_json())
        self._put(self._make_tree("releases"), "")
        sent = self._upload(parcel.folder, name)
        self._prove(name, parcel)
        self._put(self._make_tree(".", link=("current", f"releases/{name}")), "", "--links", is_final=True)
        self._clean(name)
        return sent

    def tidy(self, parcel: Parcel) -> None:
        self._clean(_name_release(parcel.publication.as_json()))

    def _upload(self, folder: Path, name: str) -> Sent:
        """The publication into a folder of its own; only what the one before doesn't have goes over the wire."""
        linked = [f"--link-dest=../{self.before}"] if self.before and self.before != name else []
        modes = ["--perms", "--chmod=D755,F644"]
        said = self._do("--recursive", "--checksum", "--delete", "--stats", *modes, *linked, f"{folder}/", f"{self.folder}releases/{name}/", what=f"{self.folder} didn't take the publication")
        return Sent(_find_number(said, "Number of regular files transferred"), _find_number(said, "Total transferred file size"))

    def _prove(self, name: str, parcel: Parcel) -> None:
        """Whether a link on that server leads where it should, tried beside the one that counts."""
        self._put(self._make_tree(".", link=("next", name)), "releases/", "--links")
        if self._read(f"releases/next/{NAME}") != parcel.publication.as_json():
            raise SettingsError(f"{self.folder}releases/next: the server changes symbolic links or doesn't follow them, so `current` can't be one. "
                                "For rsync's daemon write `munge symlinks = no` into rsyncd.conf. What readers see was not touched.")

    def _clean(self, name: str) -> None:
        """Takes away every publication but this one."""
        self._do("--recursive", "--delete", f"--filter=protect /{name}/", f"{self._make_tree('.')}/", f"{self.folder}releases/", what=f"{self.folder}releases/ can't be cleaned")

    def _put(self, tree: Path, place: str, *options: str, is_final: bool = False) -> None:
        self._do("--recursive", *options, f"{tree}/", f"{self.folder}{place}", what=f"{self.folder} can't be written to", is_final=is_final)

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
        if done.returncode not in (0, *_MISSING):
            raise RSYNC.make_error(f"{self.folder} can't be reached", done)
        return copy.read_bytes() if copy.exists() else None

    def _run(self, *arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
        *before, source, target = arguments
        return RSYNC.run(*self.options, *before, "--", source, target, **options)

    def _do(self, *arguments: str, what: str, is_final: bool = False) -> bytes:
        done = self._run(*arguments, is_final=is_final)
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
