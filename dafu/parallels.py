"""Parallel passages: stretches of a paragraph, 20 characters or longer, that stand in another letter to the character.

Found in time that grows with the text, not with its square. Of every 9 places in a row that one is taken at which the following 12 characters have the
lowest digest (winnowing, Schleimer, Wilkerson and Aiken 2003): two stretches of 20 equal characters have one such place in common. Equal digests lie
together when sorted; only there are letters laid side by side, and a match is read out to both its ends.

    12 + 9 - 1 = 20      the shortest passage that can't be missed
    5 letters            that share a place are all laid beside each other; of more, each is beside at least the nearest in time on either side
"""

from __future__ import annotations

import bisect
import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from dafu.body import Body
from dafu.entries import Entry
from dafu.quotes import Span
from dafu.search.arrays import Array, find_firsts, np

SHORTEST = 20
GRAM = 12
WINDOW = SHORTEST - GRAM + 1
MOST = 5
"""Letters that a passage names; where more have it, it is the nearest in time on either side."""

_POWERS = tuple(np.uint64(pow(0x9E3779B97F4A7C15, power, 1 << 64)) for power in (1, 2, 4))
_LAST = np.uint64(0xFFFFFFFFFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where a passage stands in another letter."""

    entry: Entry
    span: Span

    @property
    def anchor(self) -> str:
        """Of the paragraph."""
        return self.entry.letter.body.block_at(self.span.start).anchor


@dataclass(frozen=True, slots=True)
class Parallel:
    """A passage that other letters have too."""

    id: str
    """Its anchor in the letter's page: x1."""
    span: Span
    quote: str
    others: tuple[Elsewhere, ...]
    """The oldest first."""
    has_more: bool
    """Whether there may be others that are not named."""


@dataclass(frozen=True, slots=True)
class Shared:
    """The passages of a paragraph that other letters have too."""

    anchor: str
    """Of the paragraph."""
    parallels: tuple[Parallel, ...]
    """The longest, in the text's order."""
    left_out: int
    """How many more there are."""


SHOWN_IN_PARAGRAPH, SHOWN = 3, 30
"""Passages that a page shows, of a paragraph and in all: more would bury a letter that is made of set phrases."""


def choose_longest(parallels: Sequence[Parallel], body: Body) -> tuple[Shared, ...]:
    """The passages that a page shows, paragraph by paragraph, and how many it leaves out."""
    blocks = body.blocks
    starts = [block.start for block in blocks]
    paragraphs: dict[int, list[Parallel]] = {}
    for parallel in parallels:
        paragraphs.setdefault(bisect.bisect_right(starts, parallel.span.start) - 1, []).append(parallel)
    longest = heapq.nsmallest(SHOWN, parallels, key=_by_length)
    least = _by_length(longest[-1]) if longest else (0, 0)
    shared = []
    for place, members in paragraphs.items():
        chosen = [parallel for parallel in heapq.nsmallest(SHOWN_IN_PARAGRAPH, members, key=_by_length) if _by_length(parallel) <= least]
        if chosen:
            shared.append(Shared(blocks[place].anchor, tuple(sorted(chosen, key=lambda parallel: parallel.span)), len(members) - len(chosen)))
    return tuple(shared)


def _by_length(parallel: Parallel) -> tuple[int, int]:
    """Sorts the longest first, of equal ones the first."""
    return parallel.span.start - parallel.span.end, parallel.span.start


class Parallels:
    """The shared places of all letters; what follows for one letter is worked out when it is asked for."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """`entries` are the newest first."""
        self.entries = tuple(reversed(entries))
        self.numbers = {entry.letter.id: number for number, entry in enumerate(self.entries)}
        texts = [entry.letter.body.text for entry in self.entries]
        self.units, self.starts = _join(texts)
        digests, letters, places = _gather(texts)
        order = np.argsort(digests, kind="stable")
        firsts = find_firsts(digests[order])
        sizes = np.diff(firsts, append=len(order))
        shared = _is_shared(letters[order], firsts, sizes)
        order = order[np.repeat(shared, sizes)]
        self.letters, self.places = letters[order], places[order]
        sizes = sizes[shared]
        self.group_starts = np.repeat(np.cumsum(sizes) - sizes, sizes)
        self.group_sizes = np.repeat(sizes, sizes)
        self.is_crowded = np.repeat(_count_letters(self.letters, sizes) > MOST, sizes)
        self.by_letter = _invert(order, len(digests))
        self.turns = self._find_turns()
        self.turn_starts = np.searchsorted(self.letters[self.by_letter[self.turns]], np.arange(len(texts) + 1))

    def find(self, entry: Entry) -> tuple[Parallel, ...]:
        """The parallel passages of a letter in the text's order."""
        number = self.numbers[entry.letter.id]
        places, others, there, has_more = self._list_pairs(number)
        here, yonder = self.starts[number] + places, self.starts[others] + there
        ahead, behind = _count_common(self.units, here, yonder, 1), _count_common(self.units, here - 1, yonder - 1, -1)
        text = entry.letter.body.text
        matches: dict[tuple[int, int], set[tuple[int, int]]] = {}
        crowded: set[tuple[int, int]] = set()
        long = np.flatnonzero(ahead + behind >= SHORTEST)
        for place, after, before, other, far, more in zip(*(column[long].tolist() for column in (places, ahead, behind, others, there, has_more))):
            span = _trim(text, place - before, place + after)
            far += span[0] - place
            matches.setdefault(span, set()).add((other, far))
            if more:
                crowded.add(span)
        return tuple(self._make_parallel(n, text, span, sorted(matches[span]), span in crowded) for n, span in enumerate(sorted(matches), 1))

    def _make_parallel(self, number: int, text: str, span: tuple[int, int], found: Sequence[tuple[int, int]], has_more: bool) -> Parallel:
        length = span[1] - span[0]
        others = tuple(Elsewhere(self.entries[other], Span(start, start + length)) for other, start in found)
        return Parallel(f"x{number}", Span(*span), text[span[0] : span[1]], others, has_more)

    def _list_pairs(self, number: int) -> tuple[Array, Array, Array, Array]:
        """The places of a letter at which the company changes, each with the same place in other letters, all of a few or the nearest of many:
        place here, letter, place there, whether there are more."""
        rows = self.by_letter[self.turns[self.turn_starts[number] : self.turn_starts[number + 1]]]
        starts, sizes = self.group_starts[rows], self.group_sizes[rows]
        many = self.is_crowded[rows]
        low = np.where(many, np.maximum(starts, rows - 1), starts)
        high = np.where(many, np.minimum(starts + sizes, rows + 2), starts + sizes)
        counts = high - low
        members = np.repeat(low - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
        other = self.letters[members] != number
        members, owners = members[other], np.repeat(np.arange(len(rows)), counts)[other]
        here, letters, there = self.places[rows[owners]].astype(np.int64), self.letters[members].astype(np.int64), self.places[members].astype(np.int64)
        kept = _find_beginnings(here, letters, there)
        return here[kept], letters[kept], there[kept], many[owners][kept]

    def _find_turns(self) -> Array:
        """Those shared places, in the letters' order, at which the company changes: others continue what was begun before them.

        A company is told by two sums over its members, of a digest of the letter, and of that times the place. Less the first times the own place, the
        second stays the same as long as all go on side by side.
        """
        rows = self.by_letter
        names = (self.letters + np.uint64(1)) * _POWERS[0]
        firsts = np.flatnonzero(self.group_starts == np.arange(len(names)))
        sizes = self.group_sizes[firsts]
        weight = np.repeat(np.add.reduceat(names, firsts) if len(firsts) else names, sizes)
        moment = np.repeat(np.add.reduceat(names * self.places, firsts) if len(firsts) else names, sizes)
        return find_firsts(self.letters[rows], weight[rows], (moment - weight * self.places)[rows])


def _join(texts: Sequence[str]) -> tuple[Array, Array]:
    """All texts as one row, a number for each character, with breaks between and around them; where each text begins."""
    edge = "\n" * STRIDE
    kind = np.uint16 if all(text.isascii() or max(text) <= "\uffff" for text in texts) else np.uint32
    row = [np.frombuffer(f"{text}\n".encode("utf-32-le", "surrogatepass"), "<u4").astype(kind) for text in (edge, *texts, edge)]
    starts = np.cumsum([0, *(len(part) for part in row)])[1:-1]
    return np.concatenate(row), starts


def _invert(order: Array, length: int) -> Array:
    """For chosen members of a row in another order: their places in that order, in the row's order."""
    places = np.full(length, -1, np.int64)
    places[order] = np.arange(len(order))
    return places[places >= 0]


BATCH = 100
"""Letters whose places are chosen in one go."""


def _gather(texts: Sequence[str]) -> tuple[Array, Array, Array]:
    """The chosen places of all letters: digest, number of the letter, place in its text."""
    parts = [_choose(texts[first : first + BATCH], first) for first in range(0, len(texts), BATCH)]
    if not parts:
        return np.zeros(0, np.uint64), np.zeros(0, np.uint32), np.zeros(0, np.uint32)
    digests, letters, places = (np.concatenate(column) for column in zip(*parts))
    return digests, letters, places


def _choose(texts: Sequence[str], first: int) -> tuple[Array, Array, Array]:
    """The same of a few letters, of which the first has that number; no place whose characters run over the end of a paragraph."""
    units = np.frombuffer("".join(f"{text}\n" for text in texts).encode("utf-32-le", "surrogatepass"), "<u4")
    units = np.concatenate([units, np.full(SHORTEST, ord("\n"), np.uint32)])
    digests = _digest(units.astype(np.uint64))
    breaks = np.concatenate([[0], np.cumsum(units == ord("\n"))])
    digests[breaks[GRAM:] != breaks[:-GRAM]] = _LAST
    lowest = _slide(digests, np.minimum)
    highest = _slide(np.concatenate([np.zeros(WINDOW - 1, np.uint64), lowest, np.zeros(WINDOW - 1, np.uint64)]), np.maximum)
    chosen = np.flatnonzero((highest == digests) & (digests != _LAST))
    starts = np.cumsum([0, *(len(text) + 1 for text in texts)])
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


def _count_letters(letters: Array, sizes: Array) -> Array:
    """How many letters have a part in each group; a group's letters ascend."""
    firsts = np.cumsum(sizes) - sizes
    new = np.ones(len(letters), np.int64)
    new[1:] = letters[1:] != letters[:-1]
    new[firsts] = 1
    return np.add.reduceat(new, firsts) if len(firsts) else firsts


def _is_shared(letters: Array, starts: Array, sizes: Array) -> Array:
    """Whether each group of equal digests has two letters or more; a group's letters ascend."""
    return letters[starts] != letters[starts + sizes - 1] if len(starts) else np.zeros(0, bool)


def _find_beginnings(here: Array, letters: Array, there: Array) -> Array:
    """Of places that follow each other in both letters so closely that their characters overlap, the first."""
    shifts = there - here
    order = np.lexsort((here, shifts, letters))
    new = np.ones(len(order), bool)
    new[1:] = (letters[order][1:] != letters[order][:-1]) | (shifts[order][1:] != shifts[order][:-1]) | (np.diff(here[order]) > GRAM)
    return order[new]


STRIDE = 48
"""Characters that are compared at once."""


def _count_common(units: Array, here: Array, there: Array, step: int) -> Array:
    """How many characters of a paragraph two places have in common from there on, forwards or backwards."""
    found = np.zeros(len(here), np.int64)
    at = np.arange(len(here))
    reach = np.arange(STRIDE) * step
    while len(at):
        one, other = units[here[at, None] + reach], units[there[at, None] + reach]
        unlike = (one != other) | (one == ord("\n"))
        counts = np.where(unlike.any(axis=1), unlike.argmax(axis=1), STRIDE)
        found[at] += counts
        at = at[counts == STRIDE]
        here, there = here + STRIDE * step, there + STRIDE * step
    return found


_STOPS = "。，；、：！？）”》」』 "
"""What ends a sentence or a clause; a passage doesn't begin with the end of what stands before it."""


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The passage without the marks that end what stands before it, as long as it stays long enough."""
    while end - start > SHORTEST and text[start] in _STOPS:
        start += 1
    return start, end
