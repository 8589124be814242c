"""Parallel passages: stretches of a paragraph, 20 characters or longer, that stand in another letter to the character.

Found in time that grows with the text, not with its square: `fingerprints` chooses places of which equal stretches have one in common. Equal digests lie
together when sorted; only there are letters laid side by side, and a match is read out to both its ends.

    5 letters            that share a place are all laid beside each other; of more, each is beside at least the nearest in time on either side
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from dafu.entries import Entry
from dafu.fingerprints import GRAM, SHORTEST, gather_places
from dafu.quotes import Span
from dafu.search.arrays import Array, find_firsts, np

MOST = 5
"""Letters that a passage names; where more have it, it is the nearest in time on either side."""

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""Makes sums of numbers of letters tell which letters they are."""

_Stretch = tuple[int, int]
"""Two numbers: where a passage begins and ends, or a letter and a place in it."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where a passage stands in another letter."""

    entry: Entry
    span: Span
    anchor: str
    """Of the paragraph."""


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


SHOWN_IN_PARAGRAPH, SHOWN = 3, 15
"""Passages that a page shows, of a paragraph and in all: more would bury a letter that is made of set phrases."""


class Parallels:
    """The shared places of all letters; what follows for one letter is worked out when it is asked for."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """`entries` are the newest first."""
        self.entries = tuple(reversed(entries))
        self.numbers = {entry.letter.id: number for number, entry in enumerate(self.entries)}
        self.blocks = _Blocks(self.entries)
        texts = [entry.letter.body.text for entry in self.entries]
        self.units, self.starts = _join(texts)
        digests, letters, places = gather_places(texts)
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

    def find(self, entry: Entry, in_paragraph: int = SHOWN_IN_PARAGRAPH, in_all: int = SHOWN) -> tuple[Shared, ...]:
        """The longest parallel passages of a letter, so many at most, paragraph by paragraph."""
        found = self._match(entry)
        number = self.numbers[entry.letter.id]
        paragraphs: dict[int, list[_Stretch]] = {}
        for span in found:
            paragraphs.setdefault(self.blocks.find(number, span[0]), []).append(span)
        chosen = {place: heapq.nsmallest(in_paragraph, spans, key=_by_length) for place, spans in paragraphs.items()}
        shown = sorted(heapq.nsmallest(in_all, chain.from_iterable(chosen.values()), key=_by_length))
        parallels = {span: self._make_parallel(number, entry, span, *found[span]) for number, span in enumerate(shown, 1)}
        shared = []
        for place in sorted(chosen):
            members = tuple(parallels[span] for span in sorted(chosen[place]) if span in parallels)
            if members:
                shared.append(Shared(self.blocks.name(number, place), members, len(paragraphs[place]) - len(members)))
        return tuple(shared)

    def _match(self, entry: Entry) -> dict[_Stretch, tuple[set[_Stretch], bool]]:
        """Each passage with where it stands in others (number of the letter, place), and whether there may be more."""
        number = self.numbers[entry.letter.id]
        places, others, there, has_more = self._list_pairs(number)
        here, yonder = self.starts[number] + places, self.starts[others] + there
        ahead, behind = _count_common(self.units, here, yonder, 1), _count_common(self.units, here - 1, yonder - 1, -1)
        text = entry.letter.body.text
        matches: dict[_Stretch, set[_Stretch]] = {}
        crowded: set[_Stretch] = set()
        long = np.flatnonzero(ahead + behind >= SHORTEST)
        for place, after, before, other, far, more in zip(*(column[long].tolist() for column in (places, ahead, behind, others, there, has_more))):
            span = _trim(text, place - before, place + after)
            matches.setdefault(span, set()).add((other, far + span[0] - place))
            if more:
                crowded.add(span)
        return {span: (members, span in crowded) for span, members in matches.items()}

    def _make_parallel(self, number: int, entry: Entry, span: _Stretch, found: Iterable[_Stretch], has_more: bool) -> Parallel:
        length = span[1] - span[0]
        others = tuple(self._make_elsewhere(other, start, length) for other, start in sorted(found))
        return Parallel(f"x{number}", Span(*span), entry.letter.body.text[span[0] : span[1]], others, has_more)

    def _make_elsewhere(self, number: int, start: int, length: int) -> Elsewhere:
        entry = self.entries[number]
        return Elsewhere(entry, Span(start, start + length), self.blocks.name(number, self.blocks.find(number, start)))

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
        names = (self.letters + np.uint64(1)) * _SPREAD
        firsts = np.flatnonzero(self.group_starts == np.arange(len(names)))
        sizes = self.group_sizes[firsts]
        weight = np.repeat(np.add.reduceat(names, firsts) if len(firsts) else names, sizes)
        moment = np.repeat(np.add.reduceat(names * self.places, firsts) if len(firsts) else names, sizes)
        return find_firsts(self.letters[rows], weight[rows], (moment - weight * self.places)[rows])


class _Blocks:
    """Where the blocks of all letters begin, and what their anchors are."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        starts, names, counts = [], [], []
        for blocks in (entry.letter.body.blocks for entry in entries):
            starts += [block.start for block in blocks]
            names += [int(block.anchor[1:]) * 2 + (block.anchor[0] == "s") for block in blocks]
            counts.append(len(blocks))
        self.starts, self.names = np.array(starts, np.uint32), np.array(names, np.uint32)
        self.firsts = np.cumsum([0, *counts])

    def find(self, number: int, place: int) -> int:
        """In which of a letter's blocks a place lies."""
        first, end = self.firsts[number], self.firsts[number + 1]
        return int(np.searchsorted(self.starts[first:end], place, side="right")) - 1

    def name(self, number: int, block: int) -> str:
        """The block's anchor."""
        name = int(self.names[self.firsts[number] + block])
        return f"{'s' if name % 2 else 'p'}{name // 2}"


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


def _by_length(span: _Stretch) -> tuple[int, int]:
    """Sorts the longest first, of equal ones the first."""
    return span[0] - span[1], span[0]


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
