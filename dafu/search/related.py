"""Related letters: those that share most of what is particular to them, by the pairs of Chinese characters that few letters hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dafu.search.arrays import Array, Row, find_firsts, np, sort_stably, take_slices
from dafu.search.fields import FIELDS

MOST = 4
"""Letters shown with a letter."""

LEAST = 0.08
"""How much two letters must share, where 1 is everything."""

ROUGH = 1e-6
"""By how much a sum may be too small before it is rounded."""

TELLING = 48
"""Pairs that stand for a letter: those that tell most of it."""

PARTS = ((65536, 64), (4096, 8))
"""Of so many letters such a part of all pairs tells enough, and takes that part of the memory."""

BATCH = 2_000_000
"""Pairs of letters that are compared at once."""

_WEIGHTS = {"title": 4, "summary": 2, "topic": 2, "commitment": 1, "text": 1}


def choose_part(letters: int) -> int:
    """One in how many pairs counts."""
    return next((part for many, part in PARTS if letters >= many), 1)


def find_related(chunks: Sequence[Array], size: int, letters: int, first: int = 0, end: int | None = None) -> list[list[int]]:
    """For each letter, or for a row of them, the numbers of those that are most like it, the nearest first; from what `weigh_pairs` found in each chunk of so many letters."""
    end = letters if end is None else end
    related: list[list[int]] = [[] for _ in range(first, end)]
    if not chunks:
        return related
    pairs, owners, counts = (np.concatenate([chunk[row] for chunk in chunks]) for row in range(3))
    owners = owners.astype(np.int32) + np.repeat(np.arange(len(chunks), dtype=np.int32) * np.int32(size), [chunk.shape[1] for chunk in chunks])
    pairs, owners, weights = _choose_telling(pairs, owners, counts, letters)
    for owner, other in _iter_nearest(pairs, owners, weights, first, end) if len(pairs) else ():
        related[owner - first].append(other)
    return related


def weigh_pairs(rows: Sequence[Row], part: int) -> Array:
    """Pairs of Chinese characters, the letters that hold them, and how often, by the weight of the fields: a row each."""
    keys, weights = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for field, row in zip(FIELDS, rows):
        units = row.units
        chosen = (units >= 0x4E00) & (units <= 0x9FFF)
        chosen = chosen[:-1] & chosen[1:]
        if part > 1:
            chosen &= (units[:-1] * np.uint16(7) + units[1:]) % np.uint16(part) == 0
        places = np.flatnonzero(chosen) if field.name in _WEIGHTS else np.zeros(0, np.int64)
        letters = np.searchsorted(row.starts, places, side="right") - 1
        keys.append((units[places].astype(np.int64) << 16 | units[places + 1]) << 24 | letters)
        weights.append(np.full(len(places), _WEIGHTS.get(field.name, 0)))
    joined = np.concatenate(keys)
    sorting = np.argsort(joined, kind="stable")
    joined = joined[sorting]
    firsts = find_firsts(joined)
    sums = np.add.reduceat(np.concatenate(weights)[sorting], firsts) if len(firsts) else firsts
    return np.stack([joined[firsts] >> 24, joined[firsts] & 0xFFFFFF, sums]).astype(np.uint32)


def _choose_telling(pairs: Array, owners: Array, counts: Array, letters: int) -> tuple[Array, Array, Array]:
    """The pairs that tell most of each letter, with weights whose squares sum to 1 in each; sorted by pair."""
    sorting = np.argsort(pairs, kind="stable")
    pairs, owners, counts = pairs[sorting], owners[sorting], counts[sorting]
    firsts = find_firsts(pairs)
    holding = np.repeat(np.diff(firsts, append=len(pairs)), np.diff(firsts, append=len(pairs)))
    shared = (holding > 1) & (holding <= max(2, letters // 4))
    pairs, owners = pairs[shared], owners[shared]
    weights = np.log1p(counts[shared]) * np.log(letters / holding[shared] + 1)
    sorting = np.argsort(-weights, kind="stable")
    sorting = sorting[np.argsort(owners[sorting], kind="stable")]
    starts = find_firsts(owners[sorting])
    places = np.arange(len(owners)) - np.repeat(starts, np.diff(starts, append=len(owners)))
    kept = np.sort(sorting[places < TELLING])
    pairs, owners, weights = pairs[kept], owners[kept], weights[kept]
    norms = np.sqrt(np.bincount(owners, weights**2, letters))
    return pairs, owners, weights / norms[owners]


def _iter_nearest(pairs: Array, owners: Array, weights: Array, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Each letter of a row with those that are most like it, the nearest first."""
    firsts = find_firsts(pairs)
    sizes = np.diff(firsts, append=len(pairs))
    group = np.repeat(np.arange(len(firsts)), sizes)
    by_owner = np.argsort(owners, kind="stable")
    steps = np.cumsum(sizes[group[by_owner]])
    ends = np.searchsorted(owners[by_owner], np.arange(end), side="right")
    while start < end:
        first = int(ends[start - 1]) if start else 0
        reach = (steps[first - 1] if first else 0) + BATCH
        stop = max(start + 1, int(np.searchsorted(steps[np.maximum(ends - 1, 0)], reach, side="right")))
        mine = by_owner[first : int(ends[stop - 1])]
        theirs = take_slices(np.arange(len(pairs)), firsts[group[mine]], sizes[group[mine]])
        mine = np.repeat(mine, sizes[group[mine]])
        yield from _order(owners[mine], owners[theirs], weights[mine] * weights[theirs])
        start = stop


def _order(mine: Array, theirs: Array, shares: Array) -> list[tuple[int, int]]:
    """Of letters and others with what they share, in parts, those that share most; equals the youngest first."""
    sorting, keys = sort_stably(mine.astype(np.int64) << 24 | theirs)
    firsts = find_firsts(keys)
    sums = np.add.reduceat(shares[sorting], firsts) if len(firsts) else shares
    near = np.flatnonzero(sums >= LEAST - ROUGH)
    sums = np.round(sums[near], 9)
    mine, theirs = (keys[firsts[near]] >> 24).astype(np.int64), (keys[firsts[near]] & 0xFFFFFF).astype(np.int64)
    near = (sums >= LEAST) & (mine != theirs)
    mine, theirs, sums = mine[near], theirs[near], sums[near]
    order = np.lexsort((-theirs, -sums, mine))
    starts = find_firsts(mine[order])
    places = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
    best = order[places < MOST]
    return list(zip(mine[best].tolist(), theirs[best].tolist()))
