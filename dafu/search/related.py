"""Related letters: those that share most of what is particular to them, by the pairs of Chinese characters that few letters hold."""

from __future__ import annotations

from collections.abc import Iterator

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
_Telling = tuple[Array, Array, Array]
"""Pairs, the letters for which they stand, and weights."""


def choose_telling(pairs: Array, often: Array, held: Array, first: int, holders: Holders, letters: int) -> _Telling:
    """The pairs that tell most of each letter of a chunk, which begins with letter `first` of so many, as `pairs.weigh_pairs` has them; with weights whose squares sum to 1 in each."""
    most = min(max(2, letters // 4), HOLDING)
    tells = np.zeros(FULL + 1)
    tells[2 : most + 1] = np.log(letters / np.arange(2, most + 1) + 1)
    weights = _OFTEN[often] * tells[holders.count(pairs)]
    chosen, owners = [], []
    stops = np.cumsum(held, dtype=np.int64)
    for number, (start, stop) in enumerate(zip((stops - held).tolist(), stops.tolist()), first):
        kept = start + _choose_largest(weights[start:stop])
        chosen.append(kept)
        owners.append(np.full(len(kept), number, np.int32))
    kept = np.concatenate(chosen)
    owner, weights = np.concatenate(owners), weights[kept]
    norms = np.sqrt(np.bincount(owner - first, weights**2, len(held)))
    return pairs[kept], owner, weights / norms[owner - first]


def _choose_largest(weights: Array) -> Array:
    """Where the largest are that aren't 0, in their order; of equal ones the first."""
    if len(weights) > TELLING:
        least = np.partition(weights, -TELLING)[-TELLING]
        equal = np.flatnonzero(weights == least)
        above = np.flatnonzero(weights > least)
        places = np.sort(np.concatenate([above, equal[: TELLING - len(above)]]))
        return places if least else above
    return np.flatnonzero(weights)


def join_telling(parts: list[_Telling]) -> _Telling:
    """Those of all chunks, sorted by pair."""
    pairs, owners, weights = (np.concatenate(column) for column in zip(*parts))
    sorting, pairs = sort_stably(pairs)
    return pairs.astype(np.uint32), owners[sorting], weights[sorting]


def find_related(telling: _Telling, first: int, end: int) -> list[list[int]]:
    """For each letter of a row the numbers of those that are most like it, the nearest first."""
    related: list[list[int]] = [[] for _ in range(first, end)]
    for owner, other in _iter_nearest(*telling, first, end) if len(telling[0]) else ():
        related[owner - first].append(other)
    return related


def _iter_nearest(pairs: Array, owners: Array, weights: Array, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Each letter of a row with those that are most like it, the nearest first."""
    firsts = find_firsts(pairs)
    sizes = np.diff(firsts, append=len(pairs))
    group = np.repeat(np.arange(len(firsts)), sizes)
    by_owner, ordered = sort_stably(owners)
    steps = np.cumsum(sizes[group[by_owner]])
    ends = np.searchsorted(ordered, np.arange(end), side="right")
    while start < end:
        first = int(ends[start - 1]) if start else 0
        reach = (steps[first - 1] if first else 0) + BATCH
        stop = max(start + 1, int(np.searchsorted(steps[np.maximum(ends - 1, 0)], reach, side="right")))
        mine = by_owner[first : int(ends[stop - 1])]
        theirs = list_slices(firsts[group[mine]], sizes[group[mine]])
        mine = np.repeat(mine, sizes[group[mine]])
        yield from _order(start, owners[mine], owners[theirs], weights[mine] * weights[theirs])
        start = stop


def _order(start: int, mine: Array, theirs: Array, shares: Array) -> list[tuple[int, int]]:
    """Of letters, from one on, and others with what they share, in parts, those that share most; equals the youngest first. Keys of few bits are sorted faster."""
    bits = int(theirs.max(initial=0)).bit_length()
    sorting, keys = sort_stably((mine - start).astype(np.int64) << bits | theirs)
    firsts = find_firsts(keys)
    sums = np.add.reduceat(shares[sorting], firsts) if len(firsts) else shares
    near = np.flatnonzero(sums >= LEAST - ROUGH)
    sums = np.round(sums[near], 9)
    mine, theirs = start + (keys[firsts[near]] >> bits), keys[firsts[near]] & (1 << bits) - 1
    near = (sums >= LEAST) & (mine != theirs)
    mine, theirs, sums = mine[near], theirs[near], sums[near]
    order = np.lexsort((-theirs, -sums, mine))
    starts = find_firsts(mine[order])
    places = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
    best = order[places < MOST]
    return list(zip(mine[best].tolist(), theirs[best].tolist()))
