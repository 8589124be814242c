"""Related letters as they are kept from run to run: after a change only those are compared anew that it can have reached.

    telling-*.npy    which pairs of characters stand for each letter
    left-out.npy     characters that don't count
    related.json     the letters that are most like each
    bounds.npy       how much another must share with a letter to be among these

A letter's weights follow from its own pairs and from how many letters hold each. So where letters are as many as they were, others stand only for those
that changed, and for those that hold a pair that now more or fewer letters hold; and only what is shared with these can have changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import chain
from pathlib import Path

from dafu.pool import Spread
from dafu.search.arrays import Array, list_distinct, np
from dafu.search.chunks import Store, count_units, iter_columns
from dafu.search.pairs import Holders, count_holders, weigh_pairs
from dafu.search.related import Near, Telling, choose_telling, count_telling, find_affected, find_differing, find_related, join_telling

RELATED, MOST_ROWS = 5000, 4
"""Letters at least of which it is found in one go to which others they are related, and such rows at most, as some of the work is done for each."""

_SORTED = ("pairs", "owners", "weights")
"""Files of what stands for letters, sorted by pair, in the passing folder."""

Altered = tuple[Array, Array]
"""Letters that have changed, and pairs that more letters hold than before, or fewer."""


class Relating:
    """Finds which letters are related to each, or brings what an earlier run has found up to date."""

    def __init__(self, folder: Path, passing: Path, source: Path, names: Sequence[str], last: Path | None, changed: Array) -> None:
        """`folder` has the store, `source` the chunks by their names; `passing` is for what processes hand to one another. `last` is that of a run since which
        only some letters have changed, each in its place."""
        self.folder, self.passing, self.source, self.names = folder, passing, source, names
        left_out = self._count_holders()
        self.last = last if last and np.array_equal(np.load(last / "left-out.npy"), left_out) else None
        self.changed = changed
        self.compared = changed[:0]
        """The letters that are compared anew, once it has been told what stands for each."""

    def _count_holders(self) -> Array:
        """Writes down how many letters hold each pair; returns the characters that stand somewhere, but don't count."""
        units = count_units(self.source, self.names)
        holders = count_holders(zip(*(iter_columns(self.source, self.names, column) for column in ("distinct", "holders"))), units)
        np.save(self.passing / "numbers.npy", holders.numbers)
        np.save(self.passing / "table.npy", holders.table)
        left_out = holders.list_left_out(units)
        np.save(self.folder / "left-out.npy", left_out)
        return left_out

    def tell(self, spread: Spread) -> list[partial[list[Near]]]:
        """Finds what stands for each letter; returns the work that remains for any process, to which `write` takes the answers."""
        sizes = Store(self.folder).letters
        count = int(sizes.sum())
        altered = (self.changed, self._find_altered(count)) if self.last else None
        told = list(spread(partial(tell, self.passing, self.source, count, altered), zip((np.cumsum(sizes) - sizes).tolist(), self.names), len(self.names)))
        letters, telling = np.concatenate([np.zeros(0, np.int64), *(part for part, _ in told)]), join_telling([part for _, part in told])
        differing = letters
        if self.last:
            before = _read_telling(self.last)
            telling = before.put(letters, telling)
            differing = find_differing(before, telling, letters)
        _write_telling(self.folder, telling)
        ordered = telling.sort()
        for name, column in zip(_SORTED, ordered):
            np.save(self.passing / f"{name}.npy", column)
        self.compared = find_affected(ordered, differing, *_read_related(self.last)) if self.last else differing
        row = max(RELATED, -(-len(self.compared) // MOST_ROWS))
        return [partial(relate, self.passing, self.compared[first : first + row]) for first in range(0, len(self.compared), row)]

    def _find_altered(self, count: int) -> Array:
        """The pairs that now more letters hold than before, or fewer, unless so many do that they tell nothing."""
        sides = [_count_in(Store(folder), self.changed) for folder in (self.last, self.folder)]
        pairs, which = np.unique(np.concatenate([pairs for pairs, _ in sides]), return_inverse=True)
        more = np.bincount(which, np.concatenate([sign * holders.astype(np.int64) for sign, (_, holders) in zip((-1, 1), sides)]), len(pairs)).astype(np.int64)
        now = _read_holders(self.passing).count(pairs).astype(np.int64)
        return pairs[(more != 0) & (np.minimum(now, now - more) <= count_telling(count))]

    def write(self, found: Iterable[Sequence[Near]]) -> None:
        """Writes the related letters, from what was found of each row of those that were compared."""
        related, bounds = _read_related(self.last) if self.last else ([[]] * len(self.compared), np.zeros(len(self.compared)))
        for letter, (others, bound) in zip(self.compared.tolist(), chain.from_iterable(found)):
            related[letter], bounds[letter] = others, bound
        (self.folder / "related.json").write_text(json.dumps(related))
        np.save(self.folder / "bounds.npy", bounds)


def tell(passing: Path, source: Path, count: int, altered: Altered | None, work: tuple[int, str]) -> tuple[Array, Telling]:
    """The letters of a chunk, that begins with one of so many in all, and what stands for them; only those for which something else may stand than before."""
    first, name = work
    pairs, often, held = (np.load(source / f"{name}.{column}.npy") for column in ("pairs", "often", "held"))
    letters = np.arange(len(held))
    if altered is not None:
        changed = altered[0] - first
        owners = np.repeat(letters, held)
        letters = list_distinct(np.concatenate([changed[(changed >= 0) & (changed < len(held))], owners[np.isin(pairs, altered[1])]]))
        rows = np.isin(owners, letters)
        pairs, often, held = pairs[rows], often[rows], held[letters]
    return first + letters, choose_telling(pairs, often, held, _read_holders(passing), count)


def relate(passing: Path, letters: Array) -> list[Near]:
    """For each of some letters those that are related to it."""
    return find_related(tuple(np.load(passing / f"{name}.npy") for name in _SORTED), letters)


def _read_holders(passing: Path) -> Holders:
    """How many letters hold each pair; of the table, which may have a hundred megabytes, only what is looked up comes into memory."""
    return Holders(np.load(passing / "numbers.npy"), np.load(passing / "table.npy", mmap_mode="r"))


def _count_in(store: Store, letters: Array) -> tuple[Array, Array]:
    """The pairs that some letters hold, and how many of them hold each."""
    told = weigh_pairs(store.read_rows(letters))
    return told["distinct"], told["holders"]


def _read_telling(folder: Path) -> Telling:
    return Telling(*(np.load(folder / f"telling-{name}.npy") for name in Telling.__slots__))


def _write_telling(folder: Path, telling: Telling) -> None:
    for name in Telling.__slots__:
        np.save(folder / f"telling-{name}.npy", getattr(telling, name))


def _read_related(folder: Path) -> tuple[list[list[int]], Array]:
    return json.loads((folder / "related.json").read_text()), np.load(folder / "bounds.npy")
