"""Grams: every piece of text that stands in the archive more than a few times, with the letters that hold it; a trie, grown a character a level.

Places are sorted by their next character, those of one gram by the character after it, and so on. A gram whose places are few is not grown: who looks
for a longer piece reads the letters that hold the gram.

    places   …  [科技创][科技创][科技局][科普] …      sorted by what stands there
    level 1     └──────────── 科 ──────────┘
    level 2     └──────── 科技 ───────┘└科普┘
    level 3     └── 科技创 ──┘└科技局┘
"""

from __future__ import annotations

from dataclasses import dataclass

from dafu.search.arrays import Array, find_firsts, np, sort_each

DEEPEST = 24
"""Characters of the longest gram."""

FIELD_SHIFT = 24
"""A slot is a field's place in `FIELDS`, shifted by so many bits, and a letter's number."""


@dataclass(frozen=True, slots=True)
class Level:
    """The grams that a step of growing has found, with their postings, a column a property."""

    starts: Array
    """Where a gram's places begin in the sorted order: by this and their length grams sort like words in a dictionary."""
    depths: Array
    """Characters of a gram, less one."""
    units: Array
    """A gram's last character."""
    parents: Array
    """Which of the grams that grew from the step before each one goes on from."""
    totals: Array
    grows: Array
    is_same: Array
    """Whether a gram stands wherever the one above it does."""
    gram_of_list: Array
    fields: Array
    """Of each list."""
    list_starts: Array
    """Each list's first posting."""
    letters: Array
    ranks: Array
    """Of each posting: its letter, and where that stands in the list of the gram above."""
    often: Array
    """How often the letter holds the gram."""

    @property
    def counts(self) -> Array:
        """How many postings each list has."""
        return np.diff(self.list_starts, append=len(self.letters))


def grow(units: Array, ahead: Array, slots: Array, groups: Array, depths: Array, lasts: Array, most: int) -> list[Level]:
    """The grams below some grams, step by step. Of each place `ahead` says where its next character stands in `units`, `slots` in which field of which letter
    it is, `groups` to which of the grams it belongs; places come sorted by group and slot. `depths` has each gram's characters, less one, `lasts` its last character."""
    grower = _Grower(units, ahead, slots, groups, depths, lasts)
    levels = []
    while len(grower.groups):
        levels.append(grower.step(most))
    return levels


class _Grower:
    """Sorts places a character further at each step; what doesn't grow any more is let go."""

    def __init__(self, units: Array, ahead: Array, slots: Array, groups: Array, depths: Array, lasts: Array) -> None:
        self.units, self.ahead, self.groups = units, ahead, groups
        self.lasts: Array | None = lasts
        """Of the grams that the growing begins with, until it has begun."""
        self.depths = depths - 1
        """Of the grams that grow."""
        self.totals = np.full(len(depths), -1)
        self.order = np.arange(len(groups), dtype=np.int32)
        """Where the places stand among all, sorted."""
        firsts = find_firsts(groups, slots)
        self.postings = np.repeat(np.arange(len(firsts), dtype=np.int32), np.diff(firsts, append=len(groups)))
        """For each place the posting of the gram that it belongs to."""
        self.slots, self.ranks = slots[firsts], np.zeros(len(firsts), np.int32)
        """Of these postings: the slot, and where the letter stands in its list."""

    def step(self, most: int) -> Level:
        """The grams of the next level."""
        keys = self._sort()
        size = len(keys)
        is_gram, is_posting = np.ones(size, bool), np.ones(size, bool)
        np.not_equal(keys[1:], keys[:-1], out=is_gram[1:])
        np.not_equal(self.postings[1:], self.postings[:-1], out=is_posting[1:])
        is_posting |= is_gram
        grams, postings = np.flatnonzero(is_gram), np.flatnonzero(is_posting)
        totals, often = np.diff(grams, append=size), np.diff(postings, append=size).astype(np.int32)
        parents, depths = keys[grams] >> 16, self.depths[keys[grams] >> 16] + 1
        grows = (totals > most) & (depths + 1 < DEEPEST)
        above = self.postings[postings]
        held = self.slots[above]
        fields = (held >> FIELD_SHIFT).astype(np.uint8)
        is_list = is_gram[postings]
        is_list[1:] |= fields[1:] != fields[:-1]
        list_starts = np.flatnonzero(is_list)
        level = Level(
            self.order[grams], depths, (keys[grams] & 0xFFFF).astype(np.uint16), parents, totals, grows, totals == self.totals[parents],
            np.searchsorted(grams, postings[list_starts], side="right") - 1, fields[list_starts], list_starts, held & (1 << FIELD_SHIFT) - 1, self.ranks[above], often,
        )
        self._go_on(level, held)
        return level

    def _sort(self) -> Array:
        """Puts the places in the order of their next character; returns gram and character as one number, of those that have one."""
        if self.lasts is not None:
            keys = self.groups.astype(np.int64) << 16 | self.lasts[self.groups]
            self.lasts = None
            return keys
        units = self.units.take(self.ahead)  # faster than by []
        more = np.flatnonzero(units != 0)
        self.order = self.order.take(more)
        sorting, keys = sort_each(self.groups.take(more), units.take(more))
        chosen = more.take(sorting)
        self.ahead, self.postings = self.ahead.take(chosen), self.postings.take(chosen)
        self.ahead += np.uint32(1)
        return keys

    def _go_on(self, level: Level, slots: Array) -> None:
        """Keeps the places of the grams that grow; `slots` are those of the level's postings."""
        numbers = np.arange(len(slots), dtype=np.int32)
        self.slots, self.ranks = slots, numbers - np.repeat(level.list_starts.astype(np.int32), level.counts)
        kept = np.flatnonzero(np.repeat(level.grows, level.totals))
        self.ahead, self.order, self.postings = self.ahead.take(kept), self.order.take(kept), np.repeat(numbers, level.often).take(kept)
        self.totals, self.depths = level.totals[level.grows], level.depths[level.grows]
        self.groups = np.repeat(np.arange(len(self.totals), dtype=np.int32), self.totals)
