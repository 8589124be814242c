"""Related letters: those that share most of what is particular to them, by the pairs of Chinese characters that few letters hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from dafu.search.arrays import Array, find_firsts, list_slices, np, sort_stably
from dafu.search.pairs import FULL, Holders

MOST = 4
"""Letters shown with a letter."""

LEAST = 0.08
"""How much two letters must share, where 1 is everything."""

ROUGH = 1e-6
"""By how much a sum may be too small before it is rounded."""

TELLING = 48
"""Pairs that stand for a letter: those that tell most of it."""

HOLDING = 1024
"""Letters at most that hold a pair that tells anything, and a quarter of all at most: what more hold, even if all of it speaks of that, no longer says which four are nearest."""

BATCH = 2_000_000
"""Pairs of letters that are compared at once."""

_OFTEN = np.log1p(np.arange(256))


@dataclass(frozen=True, slots=True)
class Telling:
    """What stands for letters, one letter after the other."""

    pairs: Array
    weights: Array
    """Of each pair; of a letter their squares sum to 1."""
    sizes: Array
    """How many pairs each letter has."""

    def find_rows(self, letters: Array) -> Array:
        """Where the pairs of some letters stand."""
        starts = np.cumsum(self.sizes, dtype=np.int64) - self.sizes
        return list_slices(starts[letters], self.sizes[letters].astype(np.int64))

    def put(self, letters: Array, others: Telling) -> Telling:
        """The same with others in the place of what stands for some letters."""
        sizes = self.sizes.copy()
        sizes[letters] = others.sizes
        starts = np.cumsum(self.sizes, dtype=np.int64) - self.sizes
        starts[letters] = len(self.pairs) + np.cumsum(others.sizes, dtype=np.int64) - others.sizes
        rows = list_slices(starts, sizes.astype(np.int64))
        return Telling(np.concatenate([self.pairs, others.pairs])[rows], np.concatenate([self.weights, others.weights])[rows], sizes)

    def sort(self) -> Sorted:
        """By pair."""
        sorting, pairs = sort_stably(self.pairs)
        return pairs, np.repeat(np.arange(len(self.sizes), dtype=np.int32), self.sizes)[sorting], self.weights[sorting]


Sorted = tuple[Array, Array, Array]
"""Pairs in their order, for which letter each stands, these in their order too, and its weight."""

Near = tuple[list[int], float]
"""The letters that are most like one, the nearest first; and how much another must share with it to be among them."""


def choose_telling(pairs: Array, often: Array, held: Array, holders: Holders, letters: int) -> Telling:
    """The pairs that tell most of each of some letters, as `pairs.weigh_pairs` has them; of so many in all."""
    most = count_telling(letters)
    tells = np.zeros(FULL + 1)
    tells[2 : most + 1] = np.log(letters / np.arange(2, most + 1) + 1)
    weights = _OFTEN[often] * tells[holders.count(pairs)]
    stops = np.cumsum(held, dtype=np.int64)
    chosen = [start + _choose_largest(weights[start:stop]) for start, stop in zip((stops - held).tolist(), stops.tolist())]
    sizes = np.array([len(each) for each in chosen], np.uint8)
    kept = np.concatenate([np.zeros(0, np.int64), *chosen])
    owners, weights = np.repeat(np.arange(len(held)), sizes), weights[kept]
    return Telling(pairs[kept], weights / np.sqrt(np.bincount(owners, weights**2, len(held)))[owners], sizes)


def count_telling(letters: int) -> int:
    """How many letters at most, of so many, hold a pair that tells anything."""
    return min(max(2, letters // 4), HOLDING)


def _choose_largest(weights: Array) -> Array:
    """Where the largest are that aren't 0, in their order; of equal ones the first."""
    if len(weights) > TELLING:
        least = np.partition(weights, -TELLING)[-TELLING]
        equal = np.flatnonzero(weights == least)
        above = np.flatnonzero(weights > least)
        places = np.sort(np.concatenate([above, equal[: TELLING - len(above)]]))
        return places if least else above
    return np.flatnonzero(weights)


def join_telling(parts: Sequence[Telling]) -> Telling:
    """Those of all chunks."""
    return Telling(*(np.concatenate([getattr(part, name) for part in parts]) if parts else np.zeros(0, kind) for name, kind in (("pairs", np.uint32), ("weights", float), ("sizes", np.uint8))))


def find_related(telling: Sorted, letters: Array) -> list[Near]:
    """For each of some letters, in their order, those that are most like it."""
    related: list[Near] = [([], LEAST) for _ in letters]
    for mine, theirs, sums in iter_shares(telling, letters):
        order = np.lexsort((-theirs, -sums, mine))
        starts = find_firsts(mine[order])
        places = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
        best = order[places < MOST]
        for place, other, share in zip(mine[best].tolist(), theirs[best].tolist(), sums[best].tolist()):
            others = [*related[place][0], other]
            related[place] = others, share if len(others) == MOST else LEAST
    return related


def iter_shares(telling: Sorted, letters: Array) -> Iterator[tuple[Array, Array, Array]]:
    """What some letters share with others, as far as that is enough: a letter's place among them, the other letter, and how much it is."""
    pairs, owners, weights = telling
    firsts = find_firsts(pairs)
    sizes = np.diff(firsts, append=len(pairs))
    group = np.repeat(np.arange(len(firsts)), sizes)
    by_owner, ordered = sort_stably(owners)
    starts, stops = np.searchsorted(ordered, letters), np.searchsorted(ordered, letters, side="right")
    rows = by_owner[list_slices(starts, stops - starts)]
    members = sizes[group[rows]]
    steps, ends = np.concatenate([[0], np.cumsum(members)]), np.concatenate([[0], np.cumsum(stops - starts)])
    first = 0
    while first < len(letters):
        last = max(first + 1, int(np.searchsorted(steps[ends], steps[ends[first]] + BATCH, side="right")) - 1)
        here = slice(ends[first], ends[last])
        theirs = list_slices(firsts[group[rows[here]]], members[here])
        mine = np.repeat(np.arange(first, last), np.diff(steps[ends[first : last + 1]]))
        places, others, sums = _sum_shares(mine - first, owners[theirs], weights[np.repeat(rows[here], members[here])] * weights[theirs])
        is_other = letters[first + places] != others
        yield first + places[is_other], others[is_other], sums[is_other]
        first = last


def _sum_shares(mine: Array, theirs: Array, shares: Array) -> tuple[Array, Array, Array]:
    """Of letters and others with what they share, in parts, those that share enough. Keys of few bits are sorted faster."""
    bits = int(theirs.max(initial=0)).bit_length()
    sorting, keys = sort_stably(mine.astype(np.int64) << bits | theirs)
    firsts = find_firsts(keys)
    sums = np.add.reduceat(shares[sorting], firsts) if len(firsts) else shares
    near = np.flatnonzero(sums >= LEAST - ROUGH)
    sums = np.round(sums[near], 9)
    mine, theirs = keys[firsts[near]] >> bits, keys[firsts[near]] & (1 << bits) - 1
    near = sums >= LEAST
    return mine[near], theirs[near], sums[near]


def find_differing(before: Telling, now: Telling, letters: Array) -> Array:
    """Those of some letters for which something else stands now."""
    differs = before.sizes[letters] != now.sizes[letters]
    alike = letters[~differs]
    old, new = before.find_rows(alike), now.find_rows(alike)
    is_other = (before.pairs[old] != now.pairs[new]) | (before.weights[old] != now.weights[new])
    differs[~differs] = np.bincount(np.repeat(np.arange(len(alike)), now.sizes[alike]), is_other, len(alike)) > 0
    return letters[differs]


def find_affected(telling: Sorted, differing: Array, related: Sequence[Sequence[int]], bounds: Array) -> Array:
    """The letters to which others may be related now, where something else stands for some; of all letters those that were most like each, and the bounds as in `Near`."""
    is_affected = np.zeros(len(bounds), bool)
    is_affected[differing] = True
    sizes = [len(others) for others in related]
    named = np.fromiter(chain.from_iterable(related), np.int64, sum(sizes))
    is_affected[np.repeat(np.arange(len(related)), sizes)[is_affected[named]]] = True
    for _, others, sums in iter_shares(telling, differing):
        is_affected[others[sums >= bounds[others]]] = True
    return np.flatnonzero(is_affected)
