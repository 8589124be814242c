"""All items of an archive, grown from its characters. What begins with a character that stands millions of times isn't grown at once, which would take
gigabytes: the character's own list is counted chunk by chunk, and its pairs are grown in its place, each by itself.

What comes of it is, item for item, what would come of growing the character: an upper gram stands alone, and what goes on from it is free of it.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from dafu.pool import Spread
from dafu.search.arrays import Array, np, sort_stably
from dafu.search.bundles import Laid, join_laid, join_ordered, lay
from dafu.search.chunks import Store
from dafu.search.encoding import Items
from dafu.search.stretches import NOT_WANTED, Wanted, iter_grown, want_units, write_grown
from dafu.search.uppers import write_lists

MOST_PLACES = 1_000_000
"""Of a character that is grown at once: some 300 bytes each."""

COUNTED = 1_000_000
"""The number of the first file of lists that were counted, beside those of stretches."""

TOGETHER = 1_000_000
"""Postings of such lists that are written together."""


def grow_all(folder: Path, passing: Path, counts: Array, most: int, target: int, spread: Spread) -> Laid:
    """All items of an archive in which each unit stands so often."""
    units = np.flatnonzero(counts)
    frequent = units[counts[units] > MOST_PLACES]
    wanted, firsts = want_pairs(units, frequent)
    wanted.write(passing)
    parts = [lay(items, number) for number, items in iter_grown(folder, passing, most, target, spread)]
    if not len(frequent):
        return join_laid(parts)
    keys = [2 * part.items.groups for part in parts]
    postings = sum(spread(partial(count_places, folder, passing, frequent), Store(folder).chunks), np.zeros(len(frequent), np.int64))
    cuts = np.flatnonzero(np.diff(np.cumsum(postings) // TOGETHER, prepend=-1)).tolist()
    work = [(number, first, last) for number, (first, last) in enumerate(zip(cuts, [*cuts[1:], len(frequent)]), COUNTED)]
    parts += [lay(items, number) for (number, *_), items in zip(work, spread(partial(write_counted, folder, passing, frequent), work))]
    order, _ = sort_stably(np.concatenate([*keys, 2 * firsts - 1]) + 1)
    del keys
    return join_ordered(parts, order)


def want_pairs(units: Array, frequent: Array) -> tuple[Wanted, Array]:
    """The grams that are grown, in their order: characters, and of those that are frequent all pairs that may begin with them; and the first pair of each of these."""
    if not len(frequent):
        return want_units(units), np.zeros(0, np.int64)
    is_frequent = np.isin(units, frequent)
    sizes = np.where(is_frequent, len(units), 1)
    starts = np.cumsum(sizes) - sizes
    firsts = starts[is_frequent]
    first, columns = np.full(0x10000, NOT_WANTED, np.int32), np.zeros(0x10000, np.int32)
    first[units] = starts
    first[frequent] = NOT_WANTED - 1 - np.arange(len(frequent))
    columns[units] = np.arange(1, len(units) + 1)
    inner = np.full((len(frequent) + 1, len(units) + 1), NOT_WANTED, np.int32)
    inner[:-1, 1:] = firsts[:, None] + np.arange(len(units))
    depths, lasts = np.zeros(int(sizes.sum()), np.int64), np.repeat(units, sizes)
    for pair in firsts.tolist():
        depths[pair : pair + len(units)] = 1
        lasts[pair : pair + len(units)] = units
    return Wanted(first, inner, columns, depths, lasts.astype(np.uint16)), firsts


def count_places(store: Path, folder: Path, frequent: Array, chunk: int) -> Array:
    """Writes down in which slots of a chunk some characters stand, and how often; how many slots each has."""
    _, units, slots = Store(store).read_chunk(chunk)
    ranks = np.full(0x10000, -1, np.int64)
    ranks[frequent] = np.arange(len(frequent))
    found = ranks[units]
    places = np.flatnonzero(found >= 0)
    keys, often = np.unique(found[places] << 32 | slots[places], return_counts=True)
    np.save(folder / f"counted-{chunk}.npy", np.stack([keys, often]))
    return np.bincount(keys >> 32, minlength=len(frequent)).astype(np.int64)


def write_counted(store: Path, folder: Path, frequent: Array, work: tuple[int, int, int]) -> Items:
    """Writes the lists of some of these characters."""
    number, first, last = work
    parts = []
    for chunk in Store(store).chunks:
        counted = np.load(folder / f"counted-{chunk}.npy", mmap_mode="r")
        start, stop = np.searchsorted(counted[0], (first << 32, last << 32))
        parts.append(np.array(counted[:, start:stop]))
    keys, often = np.concatenate(parts, axis=1)
    order, _ = sort_stably(keys)
    keys, often = keys[order] - (first << 32), often[order]
    size = last - first
    zeros, ones = np.zeros(size, np.int64), np.ones(size, np.int64)
    named = Items(zeros, zeros, frequent[first:last], ones, zeros, zeros, ones, zeros, zeros)
    written = write_lists(named, keys >> 32, keys & 0xFFFFFFFF, often)
    write_grown(folder, number, written)
    return written.items
