"""Places of texts chosen by what follows them, so that two equal stretches of 20 characters have one chosen place in common.

Of every 9 places in a row that one is taken at which the following 12 characters have the lowest digest (winnowing: Schleimer, Wilkerson and Aiken 2003).

    12 + 9 - 1 = 20      the shortest passage that can't be missed
"""

from __future__ import annotations

from collections.abc import Sequence

from dafu.search.arrays import Array, np

SHORTEST = 20
GRAM = 12
WINDOW = SHORTEST - GRAM + 1

_POWERS = tuple(np.uint64(pow(0x9E3779B97F4A7C15, power, 1 << 64)) for power in (1, 2, 4))
_LAST = np.uint64(0xFFFFFFFFFFFFFFFF)

BATCH = 100
"""Letters whose places are chosen in one go."""


def gather_places(texts: Sequence[str]) -> tuple[Array, Array, Array]:
    """The chosen places of all letters: digest, number of the letter, place in its text."""
    parts = [_choose(texts[first : first + BATCH], first) for first in range(0, len(texts), BATCH)]
    if not parts:
        return np.zeros(0, np.uint64), np.zeros(0, np.uint32), np.zeros(0, np.uint32)
    digests, letters, places = (np.concatenate(column) for column in zip(*parts))
    return digests, letters, places


def _choose(texts: Sequence[str], first: int) -> tuple[Array, Array, Array]:
    """The same of a few letters, of which the first has that number; no place whose characters run over the end of a paragraph. With breaks before the first as
    before all others, so that no choice hangs on which letters are looked at together."""
    units = np.frombuffer("".join(f"{text}\n" for text in texts).encode("utf-32-le", "surrogatepass"), "<u4")
    edge = np.full(SHORTEST, ord("\n"), np.uint32)
    units = np.concatenate([edge, units, edge])
    digests = _digest(units.astype(np.uint64))
    breaks = np.concatenate([[0], np.cumsum(units == ord("\n"))])
    digests[breaks[GRAM:] != breaks[:-GRAM]] = _LAST
    lowest = _slide(digests, np.minimum)
    highest = _slide(np.concatenate([np.zeros(WINDOW - 1, np.uint64), lowest, np.zeros(WINDOW - 1, np.uint64)]), np.maximum)
    chosen = np.flatnonzero((highest == digests) & (digests != _LAST))
    starts = SHORTEST + np.cumsum([0, *(len(text) + 1 for text in texts)])
    letters = np.searchsorted(starts, chosen, side="right") - 1
    return digests[chosen], (letters + first).astype(np.uint32), (chosen - starts[letters]).astype(np.uint32)


def _slide(row: Array, least: np.ufunc) -> Array:
    """The least, or the greatest, of each nine values in a row."""
    two = least(row[:-1], row[1:])
    four = least(two[:-2], two[2:])
    eight = least(four[:-4], four[4:])
    return least(eight[:-1], row[8:])


def _digest(units: Array) -> Array:
    """A digest of the 12 characters from each place on."""
    two = units[:-1] * _POWERS[0] + units[1:]
    four = two[:-2] * _POWERS[1] + two[2:]
    eight = four[:-4] * _POWERS[2] + four[4:]
    twelve = eight[:-4] * _POWERS[2] + four[8:]
    twelve = (twelve ^ (twelve >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    return twelve ^ (twelve >> np.uint64(29))
