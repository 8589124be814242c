"""Styles, scripts and pictures: one folder named by a hash of them all, so that they may be kept for ever and import each other by plain names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dafu.output import Output

FOLDER = Path(__file__).resolve().parent.parent / "static"


@dataclass(frozen=True, slots=True)
class Assets:
    """The files of `static/`."""

    files: tuple[tuple[str, bytes], ...]

    @property
    def url(self) -> str:
        """The site-relative folder: `assets/0123456789ab/`."""
        digest = hashlib.sha256()
        for name, data in self.files:
            digest.update(f"{name}\0{len(data)}\0".encode() + data)
        return f"assets/{digest.hexdigest()[:12]}/"

    def iter_outputs(self) -> Iterator[Output]:
        url = self.url
        for name, data in self.files:
            yield Output(url + name, data)


def read_assets(folder: Path = FOLDER) -> Assets:
    """All files of the folder, by name."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return Assets(tuple(sorted((path.relative_to(folder).as_posix(), path.read_bytes()) for path in paths)))
