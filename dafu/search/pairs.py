"""Pairs of Chinese characters that follow one another: those of each letter, kept with its chunk, and how many letters hold each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dafu.search.arrays import Array, Row, find_firsts, np
from dafu.search.fields import FIELDS

FIRST, COUNT = 0x4E00, 0x5200
"""The first Chinese character, and how many there are; a pair is 15 bits for each of two, counted from the first."""

MOST_UNITS = 8192
"""Characters that count: the table of their pairs stays below 128 MB. Others stand next to nowhere."""

FULL = 0xFFFF
"""So many letters or more."""

_CODES = {"title": 2, "summary": 1, "topic": 1, "commitment": 0, "text": 0}
"""What a pair weighs in a field, as a power of 2."""


def weigh_pairs(rows: Sequence[Row]) -> dict[str, Array]:
    """A chunk's pairs by letter, how often each stands there by the weight of the fields (255: or more), and how many pairs each letter has; then which pairs
    the chunk has, and how many of its letters hold each."""
    count = len(rows[0].starts) - 1
    keys = []
    for field, row in zip(FIELDS, rows):
        if field.name in _CODES:
            units = row.units - np.uint16(FIRST)
            is_chinese = units < COUNT
            places = np.flatnonzero(is_chinese[:-1] & is_chinese[1:])
            letters = np.repeat(np.arange(count, dtype=np.uint64), np.diff(row.starts))[places]
            pairs = units[places].astype(np.uint64) << np.uint64(15) | units[places + 1]
            keys.append(np.split(letters << np.uint64(32) | pairs << np.uint64(2) | np.uint64(_CODES[field.name]), np.searchsorted(letters, np.arange(1, count, dtype=np.uint64))))
    joined = np.concatenate([np.sort(np.concatenate(parts)) for parts in zip(*keys)])  # letter by letter: half the time of all at once
    firsts = find_firsts(joined >> np.uint64(2))
    often = np.add.reduceat(1 << (joined & np.uint64(3)).astype(np.int64), firsts) if len(firsts) else firsts
    pairs = (joined[firsts] >> np.uint64(2)).astype(np.uint32) & np.uint32(0x3FFFFFFF)
    held = np.bincount((joined[firsts] >> np.uint64(32)).astype(np.int64), minlength=count)
    distinct, holders = np.unique(pairs, return_counts=True)
    return {"pairs": pairs, "often": np.minimum(often, 255).astype(np.uint8), "held": held.astype(np.uint32), "distinct": distinct, "holders": holders.astype(np.uint16)}


@dataclass(frozen=True, slots=True)
class Holders:
    """How many letters of an archive hold each pair, `FULL` standing for more. A pair with a character that doesn't count has none."""

    numbers: Array
    """Of each Chinese character its row and column in the table."""
    table: Array

    def count(self, pairs: Array) -> Array:
        return self.table[self.numbers[pairs >> 15], self.numbers[pairs & 0x7FFF]]

    def list_left_out(self, units: Array) -> Array:
        """The characters that stand somewhere and don't count; `units` as `count_holders` takes them."""
        return np.flatnonzero((units[FIRST : FIRST + COUNT] > 0) & (self.numbers == len(self.table) - 1))


def count_holders(chunks: Iterable[tuple[Array, Array]], units: Array) -> Holders:
    """From the distinct pairs of each chunk with their holders there, and how often each UTF-16 unit stands in the archive."""
    often = units[FIRST : FIRST + COUNT]
    kept = np.argsort(-often, kind="stable")[: min(MOST_UNITS, np.count_nonzero(often))]
    numbers = np.full(COUNT, len(kept), np.intp)
    numbers[kept] = np.arange(len(kept))
    holders = Holders(numbers, np.zeros((len(kept) + 1, len(kept) + 1), np.uint16))
    for distinct, counts in chunks:
        now = holders.count(distinct).astype(np.uint32) + counts
        holders.table[numbers[distinct >> 15], numbers[distinct & 0x7FFF]] = np.minimum(now, FULL)
    holders.table[-1, :] = holders.table[:, -1] = 0
    return holders
