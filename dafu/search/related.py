"""Related letters: those that share most of what is particular to them, by the pairs of Chinese characters that few letters hold."""

from __future__ import annotations

from collections import defaultdict

from dafu.search.arrays import Array, find_firsts, np
from dafu.search.fields import FIELDS
from dafu.search.grams import Text

MOST = 4
"""Letters shown with a letter."""

LEAST = 0.08
"""How much two letters must share, where 1 is everything."""

TELLING = 48
"""Pairs that stand for a letter: those that tell most of it."""

MANY, PART = 4096, 8
"""Of so many letters the eighth part of all pairs tells enough, and takes an eighth of the memory."""

_WEIGHTS = {"title": 4.0, "summary": 2.0, "topic": 2.0, "commitment": 1.0, "text": 1.0}


def find_related(text: Text, letters: int) -> list[list[int]]:
    """For each letter the numbers of those that are most like it, the nearest first."""
    pairs, owners, weights = _choose_telling(*_weigh_pairs(text), letters)
    holders: dict[int, list[tuple[int, float]]] = defaultdict(list)
    own: list[list[tuple[int, float]]] = [[] for _ in range(letters)]
    for pair, owner, weight in zip(pairs.tolist(), owners.tolist(), weights.tolist()):
        holders[pair].append((owner, weight))
        own[owner].append((pair, weight))
    return [_find_nearest(letter, own[letter], holders) for letter in range(letters)]


def _find_nearest(letter: int, pairs: list[tuple[int, float]], holders: dict[int, list[tuple[int, float]]]) -> list[int]:
    shares: dict[int, float] = defaultdict(float)
    for pair, weight in pairs:
        for other, share in holders[pair]:
            shares[other] += weight * share
    shares.pop(letter, None)
    near = sorted((other for other, share in shares.items() if share >= LEAST), key=lambda other: (-round(shares[other], 9), -other))
    return near[:MOST]


def _weigh_pairs(text: Text) -> tuple[Array, Array, Array]:
    """Pairs of Chinese characters, the letters that hold them, and how often, by the weight of the fields."""
    units, slots = text.units[: len(text.slots) + 1], text.slots
    weight_of = np.array([_WEIGHTS.get(field.name, 0.0) for field in FIELDS])
    chosen = (units >= 0x4E00) & (units <= 0x9FFF)
    chosen = chosen[:-1] & chosen[1:]
    if text.letters >= MANY:
        chosen &= (units[:-1] * np.uint16(7) + units[1:]) % np.uint16(PART) == 0
    places = np.flatnonzero(chosen)
    places = places[weight_of[slots[places] // text.letters] > 0]
    keys = (units[places].astype(np.int64) << 16 | units[places + 1]) << 24 | slots[places] % text.letters
    sorting = np.argsort(keys, kind="stable")
    keys, weights = keys[sorting], weight_of[slots[places] // text.letters][sorting]
    firsts = find_firsts(keys)
    sums = np.add.reduceat(weights, firsts) if len(firsts) else weights
    return keys[firsts] >> 24, keys[firsts] & 0xFFFFFF, sums


def _choose_telling(pairs: Array, owners: Array, counts: Array, letters: int) -> tuple[Array, Array, Array]:
    """The pairs that tell most of each letter, with weights whose squares sum to 1 in each."""
    firsts = find_firsts(pairs)
    holding = np.repeat(np.diff(firsts, append=len(pairs)), np.diff(firsts, append=len(pairs)))
    shared = (holding > 1) & (holding <= max(2, letters // 4))
    pairs, owners = pairs[shared], owners[shared]
    weights = np.log1p(counts[shared]) * np.log(letters / holding[shared] + 1)
    sorting = np.lexsort((pairs, -weights, owners))
    pairs, owners, weights = pairs[sorting], owners[sorting], weights[sorting]
    starts = find_firsts(owners)
    places = np.arange(len(owners)) - np.repeat(starts, np.diff(starts, append=len(owners)))
    kept = places < TELLING
    pairs, owners, weights = pairs[kept], owners[kept], weights[kept]
    norms = np.sqrt(np.bincount(owners, weights**2, letters))
    return pairs, owners, weights / norms[owners]
