"""Extracts: what the tables of the whole archive have of each letter, made with its page and kept with what else was made of it.

So no table asks a letter anew, and after a change only the letters that are made again are. In a build the extracts lie in a file that passes, written by one
process as letters come and read by those that put tables together.
"""

from __future__ import annotations

import marshal
import zlib
from array import array
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, NamedTuple

from dafu.holds import Passing


class Extract(NamedTuple):
    """What the tables have of a letter."""

    rows: dict[str, bytes]
    """By table the letter's rows, as they stand there."""
    mentions: dict[tuple[str, bool], bytes]
    """What it says of a thread, and under names that may not be the thread's, as JSON."""
    citings: dict[str, bytes]
    """By their anchors the places where it cites a policy, as JSON."""


def pack_extract(extract: Extract) -> bytes:
    """An extract in few bytes."""
    return zlib.compress(marshal.dumps(tuple(extract)), 1)


class Gathering:
    """The extracts of an archive's letters, gathered as they come."""

    def __init__(self, letters: int, place: Path | None) -> None:
        """`place` is where all processes can read what passes between them; None where they do so anywhere."""
        self._passing = Passing("dafu-passing-extracts-", place)
        self._path = self._passing.path / "extracts"
        self._file: BinaryIO | None = self._path.open("xb")
        self._end = 0
        self._starts, self._sizes = array("q", bytes(8 * letters)), array("q", bytes(8 * letters))

    def put(self, place: int, packed: bytes) -> None:
        """Takes the extract of a letter, by its place among the entries."""
        assert self._file is not None, "it has been closed"
        self._file.write(packed)
        self._starts[place], self._sizes[place] = self._end, len(packed)
        self._end += len(packed)

    def finish(self) -> Extracts:
        """All of them; none comes after."""
        if self._file is not None:
            self._file.close()
            self._file = None
        return Extracts(self._path, self._starts, self._sizes)

    def close(self) -> None:
        """Lets go of them; what can't be written any more goes too."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None
        _open.cache_clear()
        self._passing.remove()


@dataclass(frozen=True, slots=True)
class Extracts:
    """The extracts of all letters, by their places among the entries."""

    path: Path
    starts: array[int]
    sizes: array[int]

    def __len__(self) -> int:
        return len(self.starts)

    def read(self, place: int) -> Extract:
        """That of a letter."""
        file = _open(self.path)
        file.seek(self.starts[place])
        return Extract(*marshal.loads(zlib.decompress(file.read(self.sizes[place]))))


@lru_cache(1)
def _open(path: Path) -> BinaryIO:
    return path.open("rb")
