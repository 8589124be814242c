"""Chunks: some hundred letters that follow one another, folded, with their segment of the index; and the store, in which all of them stand in one row.

    store    units   ‖ title of letter 0, 1, … 511 │ number of … │ … │ text of … ‖ title of letter 512 …
             sizes   of each of these stretches

A slot is a field's place in `FIELDS`, shifted by 24 bits, and a letter's number: slots say whose a place is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dafu.search.arrays import Array, Row, np, take_slices
from dafu.search.fields import FIELDS, Sheet
from dafu.search.grams import DEEPEST, FIELD_SHIFT
from dafu.search.pairs import weigh_pairs
from dafu.search.rows import make_rows
from dafu.search.segments import write_segment

CHUNK = 512
"""Letters of a chunk."""


def name_chunks(digests: Sequence[bytes]) -> list[str]:
    """The name of each chunk, by what its letters hold."""
    return [hashlib.sha256(b"".join(digests[first : first + CHUNK])).hexdigest()[:16] for first in range(0, len(digests), CHUNK)]


def write_chunk(folder: Path, work: tuple[str, Sequence[Sheet]]) -> None:
    """Folds a chunk's letters and writes what follows from them: the rows, which units stand there and how often, the segment, and by which pairs of characters letters are related."""
    name, documents = work[0], [sheet.make_document() for sheet in work[1]]
    rows, traditional = make_rows(documents)
    arrays = {"units": np.concatenate([row.units for row in rows]), "sizes": np.array([np.diff(row.starts) for row in rows], np.uint32), "lengths": np.array([row.lengths for row in rows], np.uint32)}
    counts = np.bincount(arrays["units"], minlength=0x10000)
    arrays |= {"counts": np.stack([np.flatnonzero(counts), counts[counts > 0]]).astype(np.uint32)} | weigh_pairs(rows)
    for column, array in arrays.items():
        np.save(folder / f"{name}.{column}.npy", array)
    (folder / f"{name}.traditional").write_text("".join(sorted(traditional)), "utf-8")
    write_segment(folder, name, documents, rows)


def read_traditional(folder: Path, names: Iterable[str]) -> set[str]:
    """The traditional characters that stand in some chunks."""
    return {char for name in names for char in (folder / f"{name}.traditional").read_text("utf-8")}


def iter_columns(folder: Path, names: Iterable[str], column: str) -> Iterator[Array]:
    """An array of each chunk."""
    return (np.load(folder / f"{name}.{column}.npy") for name in names)


def count_units(folder: Path, names: Iterable[str]) -> Array:
    """How often each UTF-16 unit stands in some chunks; of characters outside the first plane, both halves."""
    counts = np.zeros(0x10000, np.int64)
    for units, often in iter_columns(folder, names, "counts"):
        counts[units] += often
    counts[0] = 0
    return counts


def write_store(folder: Path, source: Path, names: Sequence[str]) -> None:
    """Puts the rows of all chunks in one, with as many units 0 behind them as a gram is long."""
    sizes = list(iter_columns(source, names, "sizes"))
    np.save(folder / "sizes.npy", np.concatenate([each.ravel() for each in sizes]) if sizes else np.zeros(0, np.uint32))
    np.save(folder / "letters.npy", np.array([each.shape[1] for each in sizes], np.int64))
    total = sum(int(each.sum()) for each in sizes)
    with (folder / "units.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<u2", "fortran_order": False, "shape": (total + DEEPEST,)})
        for name in names:
            file.write(np.load(source / f"{name}.units.npy"))
        file.write(bytes(2 * DEEPEST))


@dataclass(frozen=True)
class Store:
    """All letters' folded words in a folder."""

    folder: Path

    @cached_property
    def units(self) -> Array:
        return np.load(self.folder / "units.npy", mmap_mode="r")

    @cached_property
    def sizes(self) -> Array:
        """Of the stretches in their order."""
        return np.load(self.folder / "sizes.npy")

    @cached_property
    def letters(self) -> Array:
        """How many each chunk has."""
        return np.load(self.folder / "letters.npy")

    @cached_property
    def starts(self) -> Array:
        """Where stretches begin, and the last ends."""
        return np.concatenate([[0], np.cumsum(self.sizes, dtype=np.int64)])

    @property
    def chunks(self) -> range:
        return range(len(self.letters))

    @cached_property
    def _stretch_ends(self) -> Array:
        return len(FIELDS) * np.concatenate([[0], np.cumsum(self.letters)])

    def find_stretches(self, chunk: int) -> tuple[int, int]:
        """Where a chunk's stretches begin and end among all."""
        return int(self._stretch_ends[chunk]), int(self._stretch_ends[chunk + 1])

    def read_chunk(self, chunk: int) -> tuple[int, Array, Array]:
        """Where a chunk's row begins, its units, and the slot of each."""
        first, last = self.find_stretches(chunk)
        start, stop = int(self.starts[first]), int(self.starts[last])
        numbers = np.arange(int(self.letters[chunk]), dtype=np.int32) + int(self.letters[:chunk].sum())
        slots = (np.arange(len(FIELDS), dtype=np.int32)[:, None] << FIELD_SHIFT | numbers).ravel()
        return start, self.units[start:stop], np.repeat(slots, self.sizes[first:last])

    def find_spans(self, letters: Array) -> tuple[Array, Array, Array]:
        """The slots of some letters, and where the stretch of each begins and ends."""
        ends = np.cumsum(self.letters)
        chunks = np.searchsorted(ends, letters, side="right")
        before, sizes = (ends - self.letters)[chunks], self.letters[chunks]
        fields = np.arange(len(FIELDS))[:, None]
        stretches = (len(FIELDS) * before + fields * sizes + letters - before).ravel()
        return (fields << FIELD_SHIFT | letters).ravel(), self.starts[stretches], self.starts[stretches + 1]

    def read_rows(self, letters: Array) -> list[Row]:
        """The words of some letters, a row for each field."""
        _, starts, stops = (column.reshape(len(FIELDS), -1) for column in self.find_spans(letters))
        sizes = stops - starts
        return [Row(take_slices(self.units, first, size), np.concatenate([[0], np.cumsum(size)])) for first, size in zip(starts, sizes)]
