"""A folder that a web server serves, or a stick: exchanged in one step, as a build's output is. And a zip file, for hosts that take one: replaced whole."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from dafu.output import Output
from dafu.problems import SettingsError
from dafu.publish.carrier import Parcel, Sent, check_apart, find_path
from dafu.publish.publication import NAME
from dafu.targets import Target
from dafu.write import Staging, check_target, stage_site, take_turn

_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)
"""What reading from a zip file raises: damage, a password, a packing that Python doesn't know."""

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every member of a zip file: the same site makes the same bytes."""


class Folder:
    """A folder of this machine."""

    extras: Mapping[str, bytes] = {}

    def __init__(self, target: Target, content: Path, output: Path) -> None:
        self.path = find_path(target.place, content)
        self.place = self.address = str(self.path)
        self.before: bytes | None = None
        check_apart(self.path, content, output)

    def check(self) -> None:
        check_target(self.path, self.place)

    def read_previous(self) -> bytes | None:
        self.before = _read(self.path / NAME)
        return self.before

    def take(self, paths: Sequence[str], folder: Path) -> None:
        for path in paths:
            data = _read(self.path / path)
            if data is not None:
                _write(folder / path, data)

    def send(self, parcel: Parcel) -> Sent:
        with take_turn(self.path), stage_site(self.path) as staging:
            if _read(self.path / NAME) != self.before:
                raise SettingsError(f"{self.place}: somebody else has published there meanwhile. Publish again, if yours is the newer content.")
            for path in parcel.sizes:
                staging.write(Output(path, (parcel.folder / path).read_bytes()))
            written = list(staging.written)
            if parcel.previous:  # else all that lies there is of a site that a build wrote, for nothing else is let be published over
                self._carry_others(staging, parcel.previous.all)
            staging.commit()
        return Sent(len(written), sum(parcel.sizes[path] for path in written))

    def _carry_others(self, staging: Staging, ours: Mapping[str, str]) -> None:
        """Takes along what others put beside the site: files as they are, links as links, unless they stand in the site's way."""
        seen = {path for each in (*staging.kept, *staging.written) for path in (each, *map(str, PurePosixPath(each).parents))}.union(ours)
        for path in staging.find_strays():
            if path not in ours and not (self.path / path).is_symlink():
                staging.write(Output(path, (self.path / path).read_bytes()))
        for folder, folders, names in os.walk(self.path):
            for link in (Path(folder, name) for name in (*folders, *names)):
                path = link.relative_to(self.path).as_posix()
                if link.is_symlink() and path not in seen:
                    staging.link(path, os.readlink(link))


class ZipFile:
    """A zip file of the whole site, and of nothing else."""

    extras: Mapping[str, bytes] = {}

    def __init__(self, target: Target, content: Path, output: Path) -> None:
        self.path = find_path(target.place, content)
        self.place = self.address = str(self.path)
        check_apart(self.path, content, output)

    def check(self) -> None:
        if self.path.is_dir():
            raise SettingsError(f"{self.place}: this is a folder. Name a file, such as {self.path.name}.zip.")

    def read_previous(self) -> bytes | None:
        if not self.path.exists():
            return None
        try:
            with zipfile.ZipFile(self.path) as archive:
                return archive.read(NAME)
        except (KeyError, *_UNREADABLE) as error:
            raise SettingsError(f"{self.place}: this is no zip file of Dafu's, and a publication would replace it. Name another, or delete it.") from error

    def take(self, paths: Sequence[str], folder: Path) -> None:
        with zipfile.ZipFile(self.path) as archive:
            for path in set(paths) & set(archive.namelist()):
                with suppress(*_UNREADABLE):
                    _write(folder / path, archive.read(path))

    def send(self, parcel: Parcel) -> Sent:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_name(f".{self.path.name}.new")
        try:
            _pack(parcel, beside)
            if _read(self.path) == beside.read_bytes():
                return Sent(0, 0)
            os.replace(beside, self.path)
        finally:
            beside.unlink(missing_ok=True)
        return Sent(len(parcel.sizes), self.path.stat().st_size)


def _pack(parcel: Parcel, file: Path) -> None:
    """Writes a zip file; the same parcel makes the same bytes."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(parcel.sizes):
            member = zipfile.ZipInfo(path, _LONG_AGO)
            member.external_attr, member.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(member, (parcel.folder / path).read_bytes())


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
