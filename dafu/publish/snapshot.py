"""The parcel: what was built, as it was when it was built, with what stays of the publication before; and the scratch folder of a target.

Files of a built site are never written to again, only replaced. So hard links hold the state of one moment, whatever is built meanwhile.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dafu.holds import Passing, hold
from dafu.publish.publication import NAME, Digests, Publication
from dafu.write import link_or_copy


@dataclass(frozen=True, slots=True)
class Scratch:
    """A folder of a target's own, for one publication at a time."""

    folder: Path

    @property
    def parcel(self) -> Path:
        return self.folder / "parcel"


@contextmanager
def hold_scratch(cache: Path | None, name: str) -> Iterator[Scratch]:
    """The scratch of a target; a second publication to it waits. A step that outlives this process holds it until it is done."""
    folder, _passing = _make_folder(cache, name)
    with hold(folder, "Another publication to this target is under way; waiting for it.", is_inherited=True):
        scratch = Scratch(folder)
        shutil.rmtree(scratch.parcel, ignore_errors=True)
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch.parcel, ignore_errors=True)


def _make_folder(cache: Path | None, name: str) -> tuple[Path, Passing | None]:
    """The scratch folder, in the cache where one may be kept; else a passing one, with what holds it."""
    if cache is not None:
        try:
            (cache / "publish" / name).mkdir(parents=True, exist_ok=True)
            if os.access(cache / "publish" / name, os.W_OK):
                return cache / "publish" / name, None
        except OSError:
            pass
    passing = Passing("dafu-passing-publish-")
    (passing.path / name).mkdir()
    return passing.path / name, passing


def take_site(output: Path, scratch: Scratch) -> None:
    """Links every file of a built site into the parcel."""
    with hold(output.resolve().parent, "A build is writing here; waiting for it."):
        for folder, _, names in os.walk(output):
            for name in names:
                path = Path(folder, name)
                link_or_copy(path, scratch.parcel / path.relative_to(output))


def write_extras(scratch: Scratch, extras: Mapping[str, bytes]) -> None:
    """Adds a target's own files."""
    for path, data in extras.items():
        _write(scratch.parcel / path, data)


def digest_parcel(scratch: Scratch) -> dict[str, str]:
    """The SHA-256 of every file of the parcel."""
    return {path.relative_to(scratch.parcel).as_posix(): _digest(path) for path in _iter_files(scratch.parcel)}


def drop_damaged(scratch: Scratch, kept: Digests) -> dict[str, str]:
    """Of the files that should have come from the previous publication, those that did, whole; the others are taken out."""
    whole = {}
    for path, digest in kept.items():
        place = scratch.parcel / path
        if place.is_file() and _digest(place) == digest:
            whole[path] = digest
        elif place.is_file():
            place.unlink()
    return whole


def seal(scratch: Scratch, publication: Publication) -> dict[str, int]:
    """Writes the list of it all into the parcel; the bytes of every file."""
    _write(scratch.parcel / NAME, publication.as_json())
    return {path.relative_to(scratch.parcel).as_posix(): path.stat().st_size for path in _iter_files(scratch.parcel)}


def _write(path: Path, data: bytes) -> None:
    """Writes a new file: one that is there is the built site's too."""
    path.unlink(missing_ok=True)
    path.write_bytes(data)


def _iter_files(folder: Path) -> Iterator[Path]:
    return (Path(place, name) for place, _, names in os.walk(folder) for name in names)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
