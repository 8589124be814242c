"""The items of an earlier state as a tree: where the places of letters lead in it, and where in it something is to be grown anew."""

from __future__ import annotations

from dataclasses import dataclass

from dafu.search.arrays import Array, list_distinct, np, order_rows, sort_stably
from dafu.search.shards import find_above
from dafu.search.stretches import NOT_WANTED, Wanted

ROOT = -1
"""What grams of one character go on from, as the number of an item."""


@dataclass(frozen=True, slots=True)
class Prefixes:
    """Grams that are to be grown anew, in their order, a column a property."""

    above: Array
    """The item that a gram goes on from."""
    units: Array
    """Its last character."""
    starts: Array
    stops: Array
    """The earlier items that what is grown stands in place of."""

    def __len__(self) -> int:
        return len(self.above)


@dataclass(frozen=True, slots=True)
class Walk:
    """Where the places of some letters lead."""

    items: Array
    slots: Array
    """Of the upper items, which and in which slots: a row each time that one stands somewhere."""
    above: Array
    after: Array
    """The last upper item of each place, and the character after it."""


class Tree:
    """Items, of which there are some, as a tree in which grams are looked up."""

    def __init__(self, depths: Array, units: Array, is_upper: Array) -> None:
        self.depths, self.units, self.is_upper = depths, units, is_upper
        self.above = find_above(depths)
        keys = (self.above.astype(np.int64) + 1 << 16) + units
        order, self.keys = sort_stably(keys)
        self.order = order.astype(np.int32)
        self.ends = self._find_ends()

    def _find_ends(self) -> Array:
        """For each item the first one after it that goes on from none of its grams."""
        ends = np.full(len(self.depths), len(self.depths), np.int32)
        for level in range(int(self.depths.max(initial=0)) + 1):
            here, outside = np.flatnonzero(self.depths == level), np.flatnonzero(self.depths <= level)
            ends[here] = np.append(outside, len(self.depths))[np.searchsorted(outside, here) + 1]
        return ends

    def find(self, above: Array, units: Array) -> Array:
        """The items that go on from some items with some characters; -1 where there is none."""
        keys = (above.astype(np.int64) + 1 << 16) + units
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, self.order[at], -1)

    def walk(self, units: Array, places: Array, slots: Array) -> Walk:
        """Where places lead: from one upper item to the next, and to what comes after the last of them."""
        columns: tuple[list[Array], ...] = tuple([np.zeros(0, np.int64)] for _ in range(4))
        nodes = np.full(len(places), ROOT)
        while len(nodes):
            following = units[places].astype(np.int64)
            is_there = following != 0
            nodes, places, slots, following = nodes[is_there], places[is_there], slots[is_there], following[is_there]
            found = self.find(nodes, following)
            is_upper = (found >= 0) & self.is_upper[found]
            ended = nodes[~is_upper], following[~is_upper]
            nodes, places, slots = found[is_upper], places[is_upper] + 1, slots[is_upper]
            for column, part in zip(columns, (nodes, slots, *ended)):
                column.append(part)
        return Walk(*(np.concatenate(column) for column in columns))

    def order_prefixes(self, above: Array, units: Array) -> Prefixes:
        """Grams that go on from upper ones, each once, in their order."""
        keys = list_distinct((above.astype(np.int64) + 1 << 16) + units)
        above, units = (keys >> 16) - 1, keys & 0xFFFF
        found = self.find(above, units)
        next_one = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        has_next = (self.keys[next_one] > keys) & (self.keys[next_one] >> 16 == keys >> 16)
        behind = np.where(above == ROOT, len(self.depths), self.ends[above])
        starts = np.where(found >= 0, found, np.where(has_next, self.order[next_one], behind))
        stops = np.where(found >= 0, self.ends[found], starts)
        depths = np.where(above == ROOT, -1, self.depths[above].astype(np.int64))
        order = order_rows(starts, found >= 0, depths.max(initial=0) - depths, units)
        return Prefixes(above[order], units[order], starts[order], stops[order])

    def want(self, prefixes: Prefixes) -> Wanted:
        """The tables that lead places to some grams."""
        inner = self._list_above(prefixes.above)
        rows = {item: row for row, item in enumerate(inner.tolist())}
        units = np.unique(np.concatenate([prefixes.units, self.units[inner].astype(np.int64)]))
        columns = np.zeros(0x10000, np.int32)
        columns[units] = np.arange(1, len(units) + 1)
        first, table = np.full(0x10000, NOT_WANTED, np.int32), np.full((len(inner) + 1, len(units) + 1), NOT_WANTED, np.int32)
        steps = [(self.above[inner], self.units[inner], NOT_WANTED - 1 - np.arange(len(inner))), (prefixes.above, prefixes.units, np.arange(len(prefixes)))]
        for above, after, values in steps:
            is_first = above == ROOT
            first[after[is_first]] = values[is_first]
            table[[rows[item] for item in above[~is_first].tolist()], columns[after[~is_first]]] = values[~is_first]
        depths = np.where(prefixes.above == ROOT, 0, self.depths[prefixes.above].astype(np.int64) + 1)
        return Wanted(first, table, columns, depths, prefixes.units.astype(np.uint16))

    def _list_above(self, items: Array) -> Array:
        """Some items and all that they go on from."""
        found = np.unique(items[items != ROOT])
        higher = found
        while len(higher):
            higher = np.setdiff1d(self.above[higher], [ROOT])
            found = np.union1d(found, higher)
        return found
