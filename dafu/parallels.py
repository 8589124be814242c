"""Parallel passages: stretches of a paragraph, 20 characters or longer, that stand in another letter to the character.

Found in time that grows with the text, not with its square: `fingerprints` chooses places of which equal stretches have one in common; only where such
places of two letters meet are they laid side by side, and a match is read out to both its ends.

    5 letters            that share a place are all laid beside each other; of more, each is beside at least the nearest in time on either side
"""

from __future__ import annotations

import hashlib
import heapq
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from dafu.entries import Entry
from dafu.fingerprints import SHORTEST
from dafu.holds import Passing
from dafu.meetings import MOST, Meetings, forget, meet
from dafu.memo import Memo
from dafu.pool import Spread
from dafu.quotes import Span
from dafu.search.arrays import Array, np, sort_stably
from dafu.texts import EDGE, keep_texts

__all__ = ["MOST", "SHORTEST", "Parallel", "Parallels", "Shared"]

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
    told = [(part.anchor, part.left_out, [(p.id, p.span, p.has_more, p.quote, [(other.span, other.anchor, *show_other(other.entry)) for other in p.others]) for p in part.parallels]) for part in shared]
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).digest()[:16]


def show_other(entry: Entry) -> tuple[object, ...]:
    """What tells one letter among others: beside a passage no more is said of where it stands."""
    return entry.letter.id, entry.date, entry.letter.front.number, entry.letter.front.title


MOST_MET = 0.1
"""The part of an archive's letters from which on it takes no longer to find where all of them meet."""

TOGETHER, TOGETHER_OF_MANY, MANY = 25, 125, 30_000
"""Letters of which passages are found together, and how many of an archive of so many, where it takes longer to look where they meet others: no more than have their words at hand."""

COMPARED = 4000
"""Pairs of places from which on it is looked how far letters agree, in one go: each may bring 128 KB of the texts into memory."""


def choose_together(letters: int) -> int:
    """How many of an archive's letters passages are found of together."""
    return TOGETHER if letters < MANY else TOGETHER_OF_MANY


SHOWN_IN_PARAGRAPH, SHOWN = 3, 15
"""Passages that a page shows, of a paragraph and in all: more would bury a letter that is made of set phrases."""


class Parallels:
    """The passages that letters share: what follows for a few letters is worked out when it is asked for, once it has been found where they meet others."""

    def __init__(self, entries: Sequence[Entry], memo: Memo, spread: Spread = map) -> None:
        """`entries` are the newest first; `spread` hands work to other processes."""
        self.entries = tuple(reversed(entries))
        self.numbers = {entry.letter.id: number for number, entry in enumerate(self.entries)}
        self.texts = keep_texts(memo, [entry.letter.body for entry in self.entries], spread)
        self.starts = self.texts.starts
        self.blocks = self.texts.read_blocks()
        self._memo: Memo | None = memo  # as long as it lives, what it keeps does
        self._spread = spread
        self._passing = Passing("dafu-passing-meetings-", memo.place)
        self._count = 0
        self._met: Meetings | None = None

    def __getstate__(self) -> dict[str, object]:
        """Without what is this process's own."""
        return {name: value for name, value in self.__dict__.items() if name not in ("_memo", "_spread", "_passing")}

    def meet(self, places: Sequence[int] | None = None) -> None:
        """Finds where some letters meet others, or all letters; of these passages can be asked for from now on. Places count from the newest letter on."""
        is_few = places is not None and len(places) < MOST_MET * len(self.entries)
        letters = sorted(len(self.entries) - 1 - place for place in places) if is_few else None
        self._count += 1
        self._met = meet(self.texts, self._passing.path / f"{os.getpid()}-{self._count}", self._spread, letters)

    def close(self) -> None:
        """Lets go of what was found, and of the texts."""
        self._memo = None
        forget()
        self._passing.remove()

    def iter_shared(self, places: Iterable[int]) -> Iterator[tuple[int, tuple[Shared, ...]]]:
        """The passages of letters, with their places; a few at a time."""
        taken, together = iter(places), choose_together(len(self.entries))
        while batch := list(islice(taken, together)):
            yield from zip(batch, self.find_each([self.entries[-1 - place] for place in batch]))

    def find_each(self, entries: Sequence[Entry], in_paragraph: int = SHOWN_IN_PARAGRAPH, in_all: int = SHOWN) -> Iterator[tuple[Shared, ...]]:
        """The longest parallel passages of letters, so many at most, paragraph by paragraph; found together, as most of what it takes is the same for one and
        for many."""
        numbers = [self.numbers[entry.letter.id] for entry in entries]
        found = self._match(sorted(numbers))
        yield from (self._choose(number, entry, found[number], in_paragraph, in_all) for number, entry in zip(numbers, entries))

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

    def _match(self, numbers: Sequence[int]) -> dict[int, _Matches]:
        """The passages of letters, by their numbers; these ascend."""
        assert self._met is not None, "it hasn't been found where letters meet"
        mine, places, others, there, has_more = self._met.list_pairs(numbers)
        here, yonder = self.starts[mine] + places, self.starts[others] + there
        ahead, behind = np.zeros(len(here), np.int64), np.zeros(len(here), np.int64)
        order, _ = sort_stably(yonder)  # what lies together in the texts is looked at together
        for first in range(0, len(order), COMPARED):
            row = order[first : first + COMPARED]
            with self._met.open_units() as units:
                ahead[row], behind[row] = _count_common(units, here[row], yonder[row], 1), _count_common(units, here[row] - 1, yonder[row] - 1, -1)
        texts = {number: self.entries[number].letter.body.text for number in numbers}
        matches: dict[int, _Matches] = {number: {} for number in numbers}
        long = np.flatnonzero(ahead + behind >= SHORTEST)
        for number, place, after, before, other, far, more in zip(*(column[long].tolist() for column in (mine, places, ahead, behind, others, there, has_more))):
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


def _by_length(span: _Stretch) -> tuple[int, int]:
    """Sorts the longest first, of equal ones the first."""
    return span[0] - span[1], span[0]


STRIDE = EDGE - 1
"""Characters that are compared at once."""


def _count_common(units: Array, here: Array, there: Array, step: int) -> Array:
    """How many characters of a paragraph two places have in common from there on, forwards or backwards."""
    rows = np.ndarray(len(units) - STRIDE + 1, f"V{STRIDE * units.itemsize}", units, strides=units.strides)  # from each place on; gathered as so many bytes
    found = np.zeros(len(here), np.int64)
    at = np.arange(len(here))
    back = 0 if step > 0 else STRIDE - 1
    while len(at):
        one, other = (rows[places[at] - back].view(units.dtype).reshape(-1, STRIDE)[:, ::step] for places in (here, there))
        unlike = (one != other) | (one == ord("\n"))
        counts = unlike.argmax(axis=1)
        counts[~unlike[np.arange(len(at)), counts]] = STRIDE
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
