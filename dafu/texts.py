"""All letters' texts as numbers, in which passages are compared: read in batches, each by any process, and kept from run to run.

    NAME.digests.npy    of the batch's chosen places, ascending; of equal ones as they stand in the letters
    NAME.letters.npy    whose place each is, numbered within the batch
    NAME.places.npy     where it is
    NAME.units.npy      a number for each character, with a break behind each letter
    NAME.lengths.npy    of the letters, with the break
    NAME.blocks.npy     two rows: where the letters' blocks begin, and their anchors as numbers
    NAME.counts.npy     how many blocks each letter has
"""

from __future__ import annotations

import bisect
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain, groupby
from pathlib import Path

from dafu.body import Body
from dafu.fingerprints import gather_places
from dafu.kept import KeptBody
from dafu.memo import Memo
from dafu.pool import Spread
from dafu.search.arrays import Array, list_distinct, np
from dafu.write import link_or_copy

BATCH = 250
"""Letters of a batch; their numbers in it take a byte."""

EDGE = 49
"""Breaks at either end of the joined row: one more than characters are compared at once."""

_COLUMNS = ("digests", "letters", "places", "units", "lengths", "blocks", "counts")


class Blocks:
    """Where the blocks of all letters begin, and what their anchors are."""

    def __init__(self, blocks: Array, counts: Array) -> None:
        self.starts, self.names = blocks
        self.firsts = np.concatenate([[0], np.cumsum(counts)])

    def list(self, number: int) -> Outline:
        """Those of a letter."""
        first, end = self.firsts[number : number + 2].tolist()
        return Outline(self.starts[first:end].tolist(), self.names[first:end].tolist())


@dataclass(frozen=True, slots=True)
class Outline:
    """Where the blocks of a letter begin, and what their anchors are."""

    starts: list[int]
    names: list[int]

    def find(self, place: int) -> int:
        """In which block a place lies."""
        return bisect.bisect_right(self.starts, place) - 1

    def name(self, block: int) -> str:
        """The block's anchor."""
        name = self.names[block]
        return f"{'s' if name % 2 else 'p'}{name // 2}"


@dataclass(frozen=True)
class Texts:
    """The texts of all letters in a folder, in their order."""

    folder: Path

    @cached_property
    def names(self) -> list[str]:
        """Of the batches."""
        return json.loads((self.folder / "batches.json").read_text())

    @cached_property
    def lengths(self) -> Array:
        """Of the letters, with a break each."""
        return np.concatenate([np.zeros(0, np.int64), *self._read_all("lengths")])

    @cached_property
    def starts(self) -> Array:
        """Where each letter begins in the joined row."""
        return EDGE + np.cumsum(self.lengths) - self.lengths

    def count_characters(self) -> int:
        """How many all letters have."""
        return int(self.lengths.sum()) - len(self.lengths)

    def count_places(self) -> int:
        """How many places are chosen in all letters."""
        return sum(len(digests) for digests in self._read_all("digests"))

    def read(self, batch: int, column: str) -> Array:
        """A column of a batch."""
        return np.load(self.folder / f"{self.names[batch]}.{column}.npy", mmap_mode="r")

    def read_letters(self, batch: int) -> Array:
        """Whose the places of a batch are, numbered among all letters."""
        return self.read(batch, "letters").astype(np.uint32) + np.uint32(BATCH * batch)

    def read_blocks(self) -> Blocks:
        """The blocks of all letters."""
        return Blocks(np.concatenate([np.zeros((2, 0), np.uint32), *self._read_all("blocks")], axis=1), np.concatenate([np.zeros(0, np.int64), *self._read_all("counts")]))

    def join(self, path: Path) -> str:
        """Writes all texts as one row, with breaks between and around them, so that a comparison never runs over the ends; the kind of its numbers."""
        kind = np.dtype(np.uint16 if all(units.itemsize == 2 for units in self._read_all("units")) else np.uint32)
        edge = np.full(EDGE, ord("\n"), kind)
        with path.open("wb") as file:
            for units in chain([edge], self._read_all("units"), [edge]):
                file.write(units.astype(kind, copy=False))
        return kind.str

    def list_digests(self, letters: Sequence[int]) -> Array:
        """Those of some letters, ascending, each once."""
        found = [np.zeros(0, np.uint64)]
        for batch, members in groupby(sorted(letters), lambda letter: letter // BATCH):
            is_wanted = np.zeros(BATCH, bool)
            is_wanted[[member % BATCH for member in members]] = True
            found.append(self.read(batch, "digests")[is_wanted[self.read(batch, "letters")]])
        return list_distinct(np.concatenate(found))

    def count_holding(self, digests: Array) -> int:
        """In how many places in all letters some digests stand."""
        return sum(int((np.searchsorted(column, digests, side="right") - np.searchsorted(column, digests)).sum()) for column in self._read_all("digests"))

    def find_holders(self, digests: Array) -> tuple[Array, Array]:
        """Which letters have which of some digests, that ascend: the digest's place among them, and the letter's number, sorted by both."""
        found = [np.zeros(0, np.int64)]
        for batch in range(len(self.names)):
            column = self.read(batch, "digests")
            rows = find_rows(column, digests)
            found.append(list_distinct(np.searchsorted(digests, column[rows]) << 32 | self.read_letters(batch)[rows]))
        held = np.sort(np.concatenate(found))
        return held >> 32, held & 0xFFFFFFFF

    def _read_all(self, column: str) -> Iterator[Array]:
        """A column of all batches, one after the other."""
        return (self.read(batch, column) for batch in range(len(self.names)))


def find_rows(column: Array, wanted: Array) -> Array:
    """The rows of a column that ascends in which some values stand, which ascend too."""
    starts = np.searchsorted(column, wanted)
    found = np.flatnonzero(column[np.minimum(starts, len(column) - 1)] == wanted) if len(column) else np.zeros(0, np.int64)
    starts = starts[found]
    counts = np.searchsorted(column, wanted[found], side="right") - starts
    return np.repeat(starts - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())


def keep_texts(memo: Memo, bodies: Sequence[Body | KeptBody], spread: Spread) -> Texts:
    """The texts of some letters; batches that an earlier run has read are taken from there."""
    digests = [body.digest for body in bodies]
    return Texts(memo.keep_folder("texts", digests, lambda folder, last: _fill(folder, last, bodies, digests, spread)))


def _fill(folder: Path, last: Path | None, bodies: Sequence[Body | KeptBody], digests: Sequence[bytes], spread: Spread) -> None:
    firsts = range(0, len(bodies), BATCH)
    names = [hashlib.sha256(b"".join(digests[first : first + BATCH])).hexdigest()[:16] for first in firsts]
    known = set(Texts(last).names) if last else set()
    for name in known.intersection(names):
        for column in _COLUMNS:
            link_or_copy(last / f"{name}.{column}.npy", folder / f"{name}.{column}.npy")
    for _ in spread(partial(_write_batch, folder), [(name, bodies[first : first + BATCH]) for name, first in zip(names, firsts) if name not in known]):
        pass
    (folder / "batches.json").write_text(json.dumps(names))


def _write_batch(folder: Path, work: tuple[str, Sequence[Body | KeptBody]]) -> None:
    name, bodies = work
    texts = [body.text for body in bodies]
    outlines = [body.stretches for body in bodies]
    digests, letters, places = gather_places(texts)
    order = np.argsort(digests, kind="stable")
    units = np.frombuffer("".join(f"{text}\n" for text in texts).encode("utf-32-le", "surrogatepass"), "<u4")
    blocks = [(start, int(anchor[1:]) * 2 + (anchor[0] == "s")) for outline in outlines for start, _, anchor in outline]
    columns = (
        digests[order], letters[order].astype(np.uint8), places[order], units.astype(np.uint16) if units.max(initial=0) <= 0xFFFF else units,
        np.array([len(text) + 1 for text in texts], np.int64), np.array(blocks, np.uint32).reshape(-1, 2).T, np.array([len(outline) for outline in outlines], np.int64),
    )
    for column, array in zip(_COLUMNS, columns):
        np.save(folder / f"{name}.{column}.npy", array)
