"""Styles, scripts and pictures: one folder named by a hash of them all, so that they may be kept for ever and import each other by plain names."""

from __future__ import annotations

import hashlib
import re
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


_COMMENT = re.compile(rb"^[ ]*//[^\n]*\n|/\*\*.*?\*/ ?", re.MULTILINE | re.DOTALL)
_EMPTY = re.compile(rb"^[ ]*\n", re.MULTILINE)
"""What a browser doesn't need of our scripts: lines of comment, types; then empty lines. No string and no expression of theirs looks like one (a test says so)."""


def strip_comments(script: bytes) -> bytes:
    """A script without its comments: a quarter less to fetch."""
    return _EMPTY.sub(b"", _COMMENT.sub(b"", script))


def read_assets(folder: Path = FOLDER) -> Assets:
    """All files of the folder, by name."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    files = ((path.relative_to(folder).as_posix(), path.read_bytes()) for path in paths)
    return Assets(tuple(sorted((name, strip_comments(data) if name.endswith(".js") else data) for name, data in files)))
