"""Shards of an archive of which an earlier state is kept: only what letters that have come, changed or gone hold is grown anew.

An item follows from the places of its gram. So the items of grams that stand in none of these letters, before or now, are as they were; an upper gram's
own list is mended; all other items of grams that stand there are grown from all of their places. What comes of it is, item for item, what would come
of growing everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from dafu.pool import Spread
from dafu.search.arrays import Array, np, sort_stably
from dafu.search.bundles import Kept, Laid, join_laid, lay, take_items
from dafu.search.chunks import Store
from dafu.search.encoding import BYTE, Items
from dafu.search.grams import DEEPEST
from dafu.search.shards import find_above
from dafu.search.stretches import iter_grown
from dafu.search.tree import Prefixes, Tree
from dafu.search.uppers import mend

MOST_CHANGED = 0.02
"""Of all letters; where more have changed, growing everything takes no longer."""

MENDED = 1_000_000
"""The number of the first file of what was mended, beside those of stretches."""

TOGETHER = 1_000_000
"""Bytes of lists that are mended together: this bounds the memory."""


def list_changed(before: Sequence[bytes], now: Sequence[bytes]) -> tuple[Array, Array]:
    """The numbers of the letters that have gone or were otherwise before, and of those that have come or are otherwise now."""
    changed = [number for number, (one, other) in enumerate(zip(before, now)) if one != other]
    shared = min(len(before), len(now))
    gone, come = ([*changed, *range(shared, len(letters))] for letters in (before, now))
    return np.array(gone, np.int64), np.array(come, np.int64)


def find_differing(before: Store, now: Store, gone: Array, come: Array) -> Iterator[tuple[Array, Array]]:
    """The places of letters that have gone and of those that have come, with their slots; without those after which, in a letter that has changed, all
    that a gram can hold is as it was."""
    old, new = before.find_spans(gone), now.find_spans(come)
    numbers = {slot: number for number, slot in enumerate(new[0].tolist())}
    for number, slot in enumerate(old[0].tolist()):
        if slot in numbers:
            _trim(before.units, now.units, (old, number), (new, numbers[slot]))
    for slots, starts, stops in (old, new):
        sizes = stops - starts
        yield np.repeat(starts - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum()), np.repeat(slots, sizes)


def _trim(before: Array, now: Array, *spans: tuple[tuple[Array, Array, Array], int]) -> None:
    """Takes from two spans what they begin and end with alike."""
    one, other = (units[starts[number] : stops[number]] for units, ((_, starts, stops), number) in zip((before, now), spans))
    size = min(len(one), len(other))
    lead = int(np.append(one[:size] != other[:size], True).argmax())
    trail = int(np.append((one[len(one) - size + lead :] != other[len(other) - size + lead :])[::-1], True).argmax())
    for (_, starts, stops), number in spans:
        starts[number] += max(0, lead - DEEPEST + 1) if lead + trail < stops[number] - starts[number] or len(one) != len(other) else lead
        stops[number] -= trail
        starts[number] = min(starts[number], stops[number])


class Change:
    """What lies between an earlier state, which has items, and the present one."""

    def __init__(self, kept: Kept, folder: Path, passing: Path, gone: Array, come: Array) -> None:
        self.kept, self.folder, self.passing = kept, folder, passing
        self.tree = self._read_tree()
        before, now = Store(kept.folder), Store(folder)
        self.before, self.now = (self.tree.walk(store.units, *places) for store, places in zip((before, now), find_differing(before, now, gone, come)))

    def _read_tree(self) -> Tree:
        return Tree(*(self.kept.read(column) for column in ("depths", "units", "is_upper")))

    def grow(self, most: int, target: int, spread: Spread) -> Laid:
        """All items as they are now."""
        touched, mended = self._mend(spread)
        again = touched[:0]
        while True:
            prefixes = self._order(again)
            self.tree.want(prefixes).write(self.passing)
            del self.tree  # it takes half as much as the items, and is seldom needed again
            grown = [lay(items, number) for number, items in iter_grown(self.folder, self.passing, most, target, spread)]
            order, origins = self._splice(prefixes, grown, touched)
            laid = take_items(lambda column: np.concatenate([part.read(column) for part in (*grown, mended, self.kept)]), order)
            wrong = origins[find_wrong(laid.items, most, target)]
            if not len(wrong):
                return laid
            del order, origins, laid
            again = np.union1d(again, wrong)
            self.tree = self._read_tree()

    def _mend(self, spread: Spread) -> tuple[Array, Laid]:
        """The upper items whose lists have changed, and with the lists that they have now."""
        keys, which = np.unique(np.concatenate([walk.items << 32 | walk.slots for walk in (self.before, self.now)]), return_inverse=True)
        more = np.bincount(which, np.repeat([-1, 1], [len(self.before.items), len(self.now.items)]), len(keys)).astype(np.int64)
        keys, more = keys[more != 0], more[more != 0]
        touched, grams = np.unique(keys >> 32, return_inverse=True)
        found, rows = take_items(self.kept.read, touched), grams << 32 | keys & 0xFFFFFFFF
        cuts = np.flatnonzero(np.diff(np.cumsum(found.items.bodies) // TOGETHER, prepend=-1)).tolist()
        work = []
        for number, (start, stop) in enumerate(zip(cuts, [*cuts[1:], len(touched)]), MENDED):
            first, last = np.searchsorted(rows, (start << 32, stop << 32))
            work.append((number, take_items(found.read, np.arange(start, stop)), rows[first:last] - (start << 32), more[first:last]))
        mended = spread(partial(mend, self.kept.folder, self.passing), work)
        return touched, join_laid([lay(items, number) for (number, *_), items in zip(work, mended)] or [found])

    def _order(self, again: Array) -> Prefixes:
        """The grams that are to be grown: those below the lowest upper grams that the letters hold; and `again` upper ones, with all below them."""
        above, units = (np.concatenate([getattr(self.before, name), getattr(self.now, name)]) for name in ("above", "after"))
        again = again[~_lie_within(again, self.tree.above[again], self.tree.ends)]
        outside = ~_lie_within(again, above, self.tree.ends)
        return self.tree.order_prefixes(np.concatenate([above[outside], self.tree.above[again]]), np.concatenate([units[outside], self.tree.units[again].astype(np.int64)]))

    def _splice(self, prefixes: Prefixes, grown: list[Laid], touched: Array) -> tuple[Array, Array]:
        """In which order the items stand: of those that were grown, those that were mended, and all earlier ones, the first two in place of those that they stand
        for. And which earlier one each is, or -1."""
        count = self.kept.count
        changes = np.zeros(count + 1, np.int32)
        np.add.at(changes, prefixes.starts, 1)
        np.add.at(changes, prefixes.stops, -1)
        left = np.flatnonzero(np.cumsum(changes, dtype=np.int32)[:count] == 0).astype(np.int32)
        del changes
        first = sum(len(part.items) for part in grown)
        numbers = np.int32(first + len(touched)) + left
        is_touched = np.isin(left, touched)
        numbers[is_touched] = first + np.searchsorted(touched, left[is_touched])
        keys = np.concatenate([*(2 * prefixes.starts[part.items.groups].astype(np.int32) for part in grown), 2 * left + 1])
        order = sort_stably(keys)[0].astype(np.int32)
        del keys
        origins = np.concatenate([np.full(first, -1, np.int32), left])[order]
        return np.concatenate([np.arange(first, dtype=np.int32), numbers])[order], origins


def _lie_within(tops: Array, items: Array, ends: Array) -> Array:
    """Which items are one of some others, in their order, or below one."""
    if not len(tops):
        return np.zeros(len(items), bool)
    highest = np.maximum.accumulate(ends[tops])
    at = np.searchsorted(tops, items, side="right") - 1
    return (at >= 0) & (items < highest[at])


def find_wrong(items: Items, most: int, target: int) -> Array:
    """The upper items that no longer are, as what is below them would go into one shard, or they are too rare to grow."""
    above, sizes = find_above(items.depths), items.sizes.astype(np.int64)
    for level in range(int(items.depths.max(initial=0)), 0, -1):
        here = np.flatnonzero(items.depths == level)
        sizes += np.bincount(above[here], sizes[here], len(items)).astype(np.int64)
    grows = (items.totals > most) & (items.depths + 1 < DEEPEST)
    return np.flatnonzero(items.is_upper & ~(grows & ((sizes > target * BYTE) | (items.depths == 0))))
