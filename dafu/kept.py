"""Letters as they were read, kept on the disk: what lists and checks need of a letter stays in memory, its words come back when somebody reads them.

A record is one file, named by all that it depends on; it begins with its own digest, so that neither damage nor a file in the wrong place is believed.

    digest ⏎   32 bytes of what follows, in hexadecimal digits
    sizes      of the head and of the parts, 8 bytes each
    head       the letter without its words, and a digest of them
    parts      what of the letter is bytes until somebody reads it, and their sum
    words      text and stretches of the body, which most want of it; then blocks, faults and Markdown
"""

from __future__ import annotations

import hashlib
import marshal
import os
import pickle
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from dafu import held
from dafu.body import Block, Body, Run
from dafu.faults import Fault
from dafu.holds import Passing, Shared
from dafu.problems import SettingsError
from dafu.reading import Letter

AT_HAND = 128
"""Bodies that stay in memory for a while, as letters are read one after the other."""


class KeptBody:
    """A body that lies on the disk; the same properties as those of `Body`."""

    __slots__ = ("path", "digest", "held", "bounds")

    def __init__(self, path: str, digest: bytes, held: object = None, bounds: tuple[int, int] = (0, 0)) -> None:
        """`held` keeps others from removing the record, as long as it lives; `bounds` are those of the letter's parts in it."""
        self.path = path
        self.digest = digest
        self.held = held
        self.bounds = bounds

    def __reduce__(self) -> tuple[Any, ...]:
        return KeptBody, (self.path, self.digest, None, self.bounds)

    @property
    def name(self) -> str:
        """The record's name: of all that its letter depends on."""
        return _name_record(self.path)

    @property
    def parts(self) -> bytes:
        """What of the letter is bytes until somebody reads it. Whoever woke the letter has seen that the record is whole, so the sum that they end with is enough."""
        start, end = self.bounds
        try:
            with open(self.path, "rb", buffering=0) as file:
                file.seek(start)
                data = file.read(end - start)
        except OSError:
            data = b""
        if zlib.crc32(data) != _CHECKED:
            raise SettingsError(_GONE.format(self.path))
        return data

    @property
    def text(self) -> str:
        return _read_words(self.path)[0]

    @property
    def markdown(self) -> str:
        return _read_rest(self.path)[2]

    @property
    def blocks(self) -> tuple[Block, ...]:
        return _make_body(self.path).blocks

    @property
    def stretches(self) -> list[tuple[int, int, str]]:
        return _read_words(self.path)[1]

    @property
    def faults(self) -> tuple[Fault, ...]:
        return _make_body(self.path).faults

    def block_at(self, offset: int) -> Block:
        return _make_body(self.path).block_at(offset)

    def is_within_cell(self, start: int, end: int) -> bool:
        return _make_body(self.path).is_within_cell(start, end)


@dataclass(frozen=True, slots=True)
class Head:
    """A letter as it is kept, without its words: so it goes from one process to another, and is opened once."""

    name: str
    """The record's."""
    data: bytes
    parts: int
    """How many bytes the letter's parts take, which lie behind it."""


class Stack:
    """A folder of records; where it can't be written a letter keeps its words in memory."""

    def __init__(self, folder: Path, held: object = None) -> None:
        """`held` keeps others from removing what lies there, as long as it lives."""
        self.folder = folder
        self.held = held
        self._woken = 0

    def __reduce__(self) -> tuple[Any, ...]:
        return Stack, (self.folder,)

    def find(self, name: str) -> Head | None:
        """The letter that was kept under a name, if it is whole."""
        try:
            parts = _split(self._path(name).read_bytes(), name)
        except OSError:
            return None
        return Head(name, parts[0], len(parts[1])) if parts is not None else None

    def wake(self, head: Head) -> Letter:
        """A letter that leans on its record, whichever process has kept it here."""
        letter, digest, hold = pickle.loads(head.data)
        self._woken += 1
        start = _START + len(head.data)
        body = KeptBody(str(self._path(head.name)), digest, self.held, (start, start + head.parts))
        hold.record, hold.is_one_of_many = body, self._woken > held.AT_HAND
        return replace(letter, body=body)

    def read_text(self, name: str) -> str | None:
        """The words of a letter that was kept under a name, if they are still there."""
        try:
            return _read_words(str(self._path(name)))[0] if name else None
        except SettingsError:
            return None

    def keep(self, name: str, letter: Letter) -> Head | Letter:
        """Keeps a letter; where nothing can be kept it is all there is. Half a record is as good as none, so it needs no file beside it."""
        path = self._path(name)
        bare, hold = held.hold_parts(letter)
        parts, hold.data = _check(hold.data or b""), None
        head = pickle.dumps((bare, letter.body.digest, hold), 5)
        record = b"".join([len(head).to_bytes(8, "little"), len(parts).to_bytes(8, "little"), head, parts, _dump(letter.body)])
        try:
            with _create(path) as file:
                file.write(_digest(name, record) + b"\n" + record)
        except OSError:
            return letter
        return Head(name, head, len(parts))

    def close(self) -> None:
        """Lets go of the records, whose words can't be read any more where they lay in a passing folder."""
        if isinstance(self.held, Passing):
            self.held.remove()

    def sweep(self, letters: Iterable[Letter]) -> None:
        """Removes the records on which none of the letters leans, unless another process may lean on them; the last thing that is done with them."""
        if not isinstance(self.held, Shared):
            return
        kept = {letter.body.path for letter in letters if isinstance(letter.body, KeptBody)}
        with self.held.alone() as is_alone, suppress(OSError):
            for path in (Path(folder, name) for folder, _, names in os.walk(self.folder) for name in names) if is_alone else ():
                if str(path) not in kept:
                    path.unlink()

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name[2:]


def _create(path: Path) -> BinaryIO:
    """A new file, in the place of what may lie there; never through a link to something else."""
    try:
        return open(path, "xb")
    except FileExistsError:
        path.unlink()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    return open(path, "xb")


def open_stack(folder: Path | None, place: Path | None = None) -> Stack:
    """The records in a folder, which others leave alone as long as this object lives; without one, those in a folder of `place` that goes with it."""
    if folder is None:
        passing = Passing("dafu-passing-letters-", place)
        return Stack(passing.path, passing)
    folder.mkdir(parents=True, exist_ok=True)
    return Stack(folder, Shared(folder))


def _name_record(path: str) -> str:
    return "".join(path.replace(os.sep, "/").rsplit("/", 2)[1:])


def _digest(name: str, record: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\0" + record).hexdigest().encode()


def _split(data: bytes, name: str) -> tuple[bytes, bytes, bytes] | None:
    """Head, parts and words of a record, if it is whole and its own."""
    digest, _, record = data.partition(b"\n")
    if digest != _digest(name, record):
        return None
    end = 16 + int.from_bytes(record[:8], "little")
    words = end + int.from_bytes(record[8:16], "little")
    return record[16:end], record[end:words], record[words:]


_CHECKED = 0x2144DF1C
"""The sum of whatever ends with its own."""


def _check(data: bytes) -> bytes:
    """Bytes that end with their sum."""
    return data + zlib.crc32(data).to_bytes(4, "little")


_START = 65 + 16
"""Where in a record the head begins: behind the digest with its line's end, and two sizes."""

_GONE = "{}: the words of a letter that lay here are gone, perhaps as somebody emptied the folder. Run the command again."


@lru_cache(AT_HAND)
def _read_words(path: str) -> tuple[str, list[tuple[int, int, str]], bytes]:
    """Text, stretches, and all else of the words as bytes."""
    try:
        with open(path, "rb") as file:
            parts = _split(file.read(), _name_record(path))
    except OSError:
        parts = None
    if parts is None:
        raise SettingsError(_GONE.format(path))
    return marshal.loads(parts[2])


def _read_rest(path: str) -> list[Any]:
    """Blocks, faults and Markdown."""
    return marshal.loads(_read_words(path)[2])


@lru_cache(AT_HAND)
def _make_body(path: str) -> Body:
    text, stretches, *_ = _read_words(path)
    blocks, faults, markdown = _read_rest(path)
    made = tuple(
        Block(kind, anchor, tuple(tuple(tuple(Run(text[a:b], a, strong, href) for a, b, strong, href in cell) for cell in row) for row in rows), level, line, start, end)
        for (kind, level, line, rows), (start, end, anchor) in zip(blocks, stretches)
    )
    return Body(made, text, tuple(tuple(fault) for fault in faults), markdown)


def _dump(body: Body) -> bytes:
    """A body as plain values, without repeating its text."""
    blocks = [
        [block.kind, block.level, block.line, [[[(run.start, run.end, run.strong, run.href) for run in cell] for cell in row] for row in block.cells]]
        for block in body.blocks
    ]
    return marshal.dumps((body.text, body.stretches, marshal.dumps([blocks, body.faults, body.markdown])))
