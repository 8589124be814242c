"""What a build has made, unit by unit, kept for the next one: of a unit with the same key the outputs lie in the site already.

    records   of each unit what the site as a whole must know of its outputs, and of a letter what tables have of it, one after the other
    index     by the unit's name its key, and where its record lies; of letters the digest of their passages; and what these follow from
    end       where the index begins, and the digest of the index

A record is believed if the site lies there as the last build has sealed it, and if that build has written this file: the seal holds the index's digest.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import struct
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dafu.asked import Teller, Told
from dafu.crew import Done, Record, read_done
from dafu.touched import Standing

_END = 8 + 32

_HELD = struct.Struct("<16sQ4II")
"""Of a unit: its key; where its record begins, how long each part is, and its check sum. As bytes these take a fifth of what they would as objects."""

MOST_HELD = 64_000_000
"""Bytes of what files ask for as numbers, up to which they stay in memory."""


@dataclass(frozen=True, slots=True)
class Written:
    """What some files ask for, in a record."""

    read: Callable[[int, int], bytes]
    place: int
    size: int
    links_size: int
    held: bytes | None

    @property
    def numbers(self) -> bytes:
        return self.read(self.place, self.size) if self.held is None else self.held

    @property
    def links(self) -> bytes:
        return self.read(self.place + self.size, self.links_size)


class Made:
    """The record of a site's units, read and written side by side."""

    def __init__(self, path: Path | None, sealed: str | None) -> None:
        """`sealed` is the digest that the site's seal holds; without one, or where the file has another, nothing has been made."""
        self.path = path
        self._old = _open_old(path, sealed) if path and sealed else None
        self._index, self.passages, self.standings = _read_index(self._old) if self._old else ({}, {}, [])
        """By the letter's unit the digest of its passages; and what these follow from."""
        self.is_held = bool(self._index)
        """Whether anything is kept of the build before."""
        self._next: dict[str, bytes] = {}
        """By the unit's name what `_HELD` says."""
        self._passages: dict[str, bytes] = {}
        self._standings: list[Standing] = []
        self._new = _open_new(path) if path else None
        self._has_room = self._new is not None
        self._left: bytes | None = None
        """What had been written when there was no more room."""
        self._place = 0
        self._from_old, self._from_new = self._read_old, self._read_new
        self._held = 0
        """Bytes of numbers that stay in memory."""

    @property
    def spare(self) -> Path | None:
        """Where the site before may be kept."""
        return self.path and self.path.with_name(f"{self.path.name}.site")

    @property
    def is_kept(self) -> bool:
        """Whether anything is kept for the next build."""
        return self._has_room

    def has(self, name: str, key: bytes) -> bool:
        """Whether something is kept that was made of a unit under the same key."""
        held = self._index.get(name)
        return held is not None and held.startswith(key)

    def find(self, name: str, key: bytes) -> tuple[list[Done], bytes] | None:
        """What was made of a unit under the same key, and what tables have of it, unless its record is damaged; kept for the next build too. It can be asked for
        once: what was found takes no room any more."""
        if not self.has(name, key) or self._old is None:
            return None
        _, place, *sizes, check = _HELD.unpack(self._index.pop(name))
        whole = self._read_old(place, sum(sizes))
        if zlib.crc32(whole) != check:
            return None
        self._keep(name, key, whole, sizes)
        head, end = sizes[0], sizes[0] + sizes[1]
        return read_done(whole[:head], self._tell(self._from_old, place + head, whole[head:end], sizes[2]), is_lying=True), whole[end + sizes[2] :]

    def _tell(self, read: Callable[[int, int], bytes], place: int, numbers: bytes, links: int) -> Written:
        """What tells of a record, whose numbers stand at a place and its links behind them; of a large site it reads the numbers again."""
        self._held += len(numbers)
        return Written(read, place, len(numbers), links, numbers if self._held <= MOST_HELD else None)

    def _read_old(self, place: int, size: int) -> bytes:
        assert self._old is not None
        self._old.seek(place)
        return self._old.read(size)

    def forget_passages(self) -> None:
        """Lets go of the earlier passages, and of what they follow from."""
        self.passages, self.standings = {}, []

    def note_passages(self, name: str, passages: bytes) -> None:
        """Keeps a digest of a letter's passages."""
        self._passages[name] = passages

    def note_standings(self, standings: list[Standing]) -> None:
        """Keeps what all passages follow from."""
        self._standings = standings

    def keep(self, name: str, key: bytes, record: Record) -> Teller:
        """Keeps the record of a unit, in the next build its files are as they are now; returns what tells of its links, for as long as this build goes on."""
        head, numbers, links, _ = record
        place = self._keep(name, key, b"".join(record), list(map(len, record)))
        return Told(numbers, links) if place is None else self._tell(self._from_new, place + len(head), numbers, len(links))

    def _keep(self, name: str, key: bytes, whole: bytes, sizes: Sequence[int]) -> int | None:
        """Where it lies, unless nothing can be kept."""
        place = self._place
        if not self._has_room or not self._write(whole):
            return None
        self._next[name] = _HELD.pack(key, place, *sizes, zlib.crc32(whole))
        return place

    def _write(self, data: bytes) -> bool:
        """Writes some bytes at the end, at once. Where there is no room for all of them nothing is kept; a cache that can't be written is no reason to stop."""
        assert self._new is not None
        with suppress(OSError):
            if self._new.write(data) == len(data):
                self._place += len(data)
                return True
        self._has_room = False
        with suppress(OSError):
            self._left = self._read_new(0, self._place)  # what is still to be read; the disk needs the room
            self._new.truncate(0)
        return False

    def _read_new(self, place: int, size: int) -> bytes:
        assert self._new is not None
        if self._left is not None:
            return self._left[place : place + size]
        self._new.seek(place)
        found = self._new.read(size)
        self._new.seek(0, os.SEEK_END)
        return found

    def close(self, *, is_done: bool) -> str | None:
        """Ends it; if the site is done, what was made stands in the place of what had been. The digest for the seal, where there is one."""
        if self._old is not None:
            self._old.close()
        if self._new is None or self.path is None:
            return None
        digest = self._write_index() if is_done and self._has_room else None
        with suppress(OSError):
            self._new.close()
            if digest is not None:
                os.replace(_beside(self.path), self.path)
                return digest.hex()
        with suppress(OSError):
            _beside(self.path).unlink()
        return None

    def _write_index(self) -> bytes | None:
        """Writes the index at the end; its digest, if there was room."""
        index = marshal.dumps((self._next, self._passages, self._standings))
        digest = _digest(index)
        return digest if self._write(index + self._place.to_bytes(8, "little") + digest) else None


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.new-{os.getpid()}")


def _open_new(path: Path) -> BinaryIO | None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in path.parent.glob(f"{path.name}.new-*"):  # of builds that were killed; one builds at a time
            left.unlink()
        return _beside(path).open("x+b", buffering=0)
    except OSError:
        return None


def _open_old(path: Path, sealed: str) -> BinaryIO | None:
    """The file, if it ends with the digest that is asked for."""
    try:
        file = path.open("rb")
    except OSError:
        return None
    size = os.fstat(file.fileno()).st_size
    if size >= _END:
        file.seek(size - 32)
        if file.read(32).hex() == sealed:
            return file
    file.close()
    return None


def _digest(index: bytes) -> bytes:
    """Tells an index of this form from one of another program's, in which other things stand."""
    return hashlib.sha256(_HELD.format.encode() + index).digest()


def _read_index(file: BinaryIO) -> tuple[dict[str, bytes], dict[str, bytes], list[Standing]]:
    size = os.fstat(file.fileno()).st_size
    file.seek(size - _END)
    place = int.from_bytes(file.read(8), "little")
    file.seek(min(place, size))
    index = file.read(max(0, size - _END - place))
    file.seek(size - 32)
    return marshal.loads(index) if _digest(index) == file.read(32) else ({}, {}, [])
