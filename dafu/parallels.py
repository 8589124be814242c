"""Parallel passages: stretches of a paragraph, 20 characters or longer, that stand in another letter to the character.

Found in time that grows with the text, not with its square: `fingerprints` chooses places of which equal stretches have one in common. Equal digests lie
together when sorted; only there are letters laid side by side, and a match is read out to both its ends.

    5 letters            that share a place are all laid beside each other; of more, each is beside at least the nearest in time on either side
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from dafu.entries import Entry
from dafu.fingerprints import GRAM, SHORTEST
from dafu.pool import Spread
from dafu.quotes import Span
from dafu.search.arrays import Array, find_firsts, np
from dafu.texts import BATCH, EDGE, Blocks, join_texts, read_texts

MOST = 5
"""Letters that a passage names; where more have it, it is the nearest in time on either side."""

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""Makes sums of numbers of letters tell which letters they are."""

_Stretch = tuple[int, int]
"""Two numbers: where a passage begins and ends, or a letter and a place in it."""

_Matches = dict[_Stretch, tuple[set[_Stretch], bool]]
"""A letter's passages, each with where it stands in others (number of the letter, place), and whether there may be more."""


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


def digest_shared(shared: Iterable[Shared]) -> bytes:
    """Of all that is shown of a letter's passages, and of the letters where they stand too."""
    told = [(part.anchor, part.left_out, [(p.id, p.span, p.has_more, p.quote, [(other.span, other.anchor, *_show(other.entry)) for other in p.others]) for p in part.parallels]) for part in shared]
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).digest()[:16]


def _show(entry: Entry) -> tuple[object, ...]:
    """What tells one letter among others: beside a passage no more is said of where it stands."""
    return entry.letter.id, entry.date, entry.letter.front.number, entry.letter.front.title


SHOWN_IN_PARAGRAPH, SHOWN = 3, 15
"""Passages that a page shows, of a paragraph and in all: more would bury a letter that is made of set phrases."""


class Parallels:
    """The shared places of all letters; what follows for one letter is worked out when it is asked for."""

    def __init__(self, entries: Sequence[Entry], spread: Spread = map) -> None:
        """`entries` are the newest first; `spread` hands work to other processes."""
        self.entries = tuple(reversed(entries))
        self.numbers = {entry.letter.id: number for number, entry in enumerate(self.entries)}
        bodies = [entry.letter.body for entry in self.entries]
        texts = list(spread(read_texts, [bodies[first : first + BATCH] for first in range(0, len(bodies), BATCH)]))
        self.units, self.starts = join_texts([text.units for text in texts], [text.lengths for text in texts])
        self.blocks = Blocks([text.blocks for text in texts])
        letters = np.concatenate([text.letters + np.uint32(BATCH * number) for number, text in enumerate(texts)] or [np.zeros(0, np.uint32)])
        places, digests = (np.concatenate([getattr(text, name) for text in texts] or [np.zeros(0, kind)]) for name, kind in (("places", np.uint32), ("digests", np.uint64)))
        del texts
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
        self.turn_starts = np.searchsorted(self.letters[self.by_letter[self.turns]], np.arange(len(bodies) + 1))

    def find_each(self, entries: Sequence[Entry], in_paragraph: int = SHOWN_IN_PARAGRAPH, in_all: int = SHOWN) -> Iterator[tuple[Shared, ...]]:
        """The longest parallel passages of letters that follow one another, so many at most, paragraph by paragraph; found together, as most of what it takes is
        the same for one and for many."""
        numbers = [self.numbers[entry.letter.id] for entry in entries]
        if numbers:
            found = self._match(min(numbers), max(numbers) + 1)
            yield from (self._choose(number, entry, found[number - min(numbers)], in_paragraph, in_all) for number, entry in zip(numbers, entries))

    def name_pairs(self, keys: Sequence[bytes]) -> list[bytes]:
        """For each letter, the oldest first, a digest of what its passages follow from beside itself: of where it meets which others; `keys` stand for letters, 16 bytes each."""
        held = np.frombuffer(b"".join(keys), np.uint8).reshape(-1, 16)
        names = []
        for first in range(0, len(keys), BATCH):
            end = min(first + BATCH, len(keys))
            mine, *columns = self._list_pairs(first, end)
            columns[1] = held[columns[1]]
            bounds = np.searchsorted(mine, np.arange(first, end + 1)).tolist()
            names += [hashlib.sha256(b"".join(column[start:stop].tobytes() for column in columns)).digest()[:16] for start, stop in zip(bounds, bounds[1:])]
        return names

    def _choose(self, number: int, entry: Entry, found: _Matches, in_paragraph: int, in_all: int) -> tuple[Shared, ...]:
        """What is shown of a letter's passages."""
        paragraphs: dict[int, list[_Stretch]] = {}
        blocks = self.blocks.list(number)
        for span in found:
            paragraphs.setdefault(blocks.find(span[0]), []).append(span)
        chosen = {place: heapq.nsmallest(in_paragraph, spans, key=_by_length) for place, spans in paragraphs.items()}
        shown = sorted(heapq.nsmallest(in_all, chain.from_iterable(chosen.values()), key=_by_length))
        parallels = {span: self._make_parallel(place, entry, span, *found[span]) for place, span in enumerate(shown, 1)}
        shared = []
        for place in sorted(chosen):
            members = tuple(parallels[span] for span in sorted(chosen[place]) if span in parallels)
            if members:
                shared.append(Shared(blocks.name(place), members, len(paragraphs[place]) - len(members)))
        return tuple(shared)

    def _match(self, first: int, end: int) -> list[_Matches]:
        """The passages of letters that follow one another."""
        mine, places, others, there, has_more = self._list_pairs(first, end)
        here, yonder = self.starts[mine] + places, self.starts[others] + there
        ahead, behind = _count_common(self.units, here, yonder, 1), _count_common(self.units, here - 1, yonder - 1, -1)
        texts = [entry.letter.body.text for entry in self.entries[first:end]]
        matches: list[_Matches] = [{} for _ in texts]
        long = np.flatnonzero(ahead + behind >= SHORTEST)
        for number, place, after, before, other, far, more in zip(*(column[long].tolist() for column in (mine - first, places, ahead, behind, others, there, has_more))):
            span = _trim(texts[number], place - before, place + after)
            members, was_crowded = matches[number].get(span) or (set(), False)
            members.add((other, far + span[0] - place))
            matches[number][span] = members, was_crowded or more
        return matches

    def _make_parallel(self, number: int, entry: Entry, span: _Stretch, found: Iterable[_Stretch], has_more: bool) -> Parallel:
        length = span[1] - span[0]
        others = tuple(self._make_elsewhere(other, start, length) for other, start in sorted(found))
        return Parallel(f"x{number}", Span(*span), entry.letter.body.text[span[0] : span[1]], others, has_more)

    def _make_elsewhere(self, number: int, start: int, length: int) -> Elsewhere:
        blocks = self.blocks.list(number)
        return Elsewhere(self.entries[number], Span(start, start + length), blocks.name(blocks.find(start)))

    def _list_pairs(self, first: int, end: int) -> tuple[Array, ...]:
        """The places of some letters at which the company changes, each with the same place in other letters, all of a few or the nearest of many:
        letter, place in it, other letter, place there, whether there are more."""
        rows = self.by_letter[self.turns[self.turn_starts[first] : self.turn_starts[end]]]
        starts, sizes = self.group_starts[rows], self.group_sizes[rows]
        many = self.is_crowded[rows]
        low = np.where(many, np.maximum(starts, rows - 1), starts)
        high = np.where(many, np.minimum(starts + sizes, rows + 2), starts + sizes)
        counts = high - low
        members = np.repeat(low - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
        owners = np.repeat(np.arange(len(rows)), counts)
        other = self.letters[members] != self.letters[rows[owners]]
        members, owners = members[other], owners[other]
        own = rows[owners]
        mine, here, letters, there = (column.astype(np.int64) for column in (self.letters[own], self.places[own], self.letters[members], self.places[members]))
        kept = _find_beginnings(mine, here, letters, there)
        return mine[kept], here[kept], letters[kept], there[kept], many[owners][kept]

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


def _find_beginnings(mine: Array, here: Array, letters: Array, there: Array) -> Array:
    """Of places that follow each other in both letters so closely that their characters overlap, the first."""
    shifts = there - here
    order = np.lexsort((here, shifts, letters, mine))
    new = np.ones(len(order), bool)
    new[1:] = np.any([column[order][1:] != column[order][:-1] for column in (letters, shifts, mine)], axis=0) | (np.diff(here[order]) > GRAM)
    return order[new]


STRIDE = EDGE - 1
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
