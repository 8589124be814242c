"""What one letter says of a thread, by its own words alone: where the thread's names stand in it, and the sentences around them.

Names that are the thread's own, or a part of it, or its former ones are told from those that only may be the same, or are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dafu.body import Body
from dafu.marks import Mark, Outline
from dafu.packed import Packed
from dafu.passages import Passage, find_sentences, gather_passages
from dafu.quotes import Finder, Span
from dafu.reference import Page, ThreadName

OWN = ("same", "part-of", "renamed-from")


@dataclass(frozen=True, slots=True)
class Told(Packed):
    """A thread's names in a letter."""

    thread: str
    """The slug."""
    spans: tuple[Span, ...]
    """Where names of its own stand."""
    passages: tuple[Passage, ...]
    """The sentences with them."""
    apart: tuple[Passage, ...]
    """The sentences with names that only may be the thread's, or aren't."""
    is_named: bool
    """Whether any name stands there that isn't said to be another thing's."""


@dataclass(frozen=True, slots=True)
class Spoken(Packed):
    """What of a letter belongs to a thread, without its words: threads are told of a whole archive without a look into each letter."""

    thread: str
    """The slug."""
    is_named: bool
    anchor: str | None
    """The first block that speaks of it under a name of its own, or that holds a commitment which the editor gives to it."""
    apart: str | None
    """The first block that bears a name that only may be the thread's, or isn't."""
    promises: tuple[int, ...] = ()
    """By their numbers the commitments that the editor gives to the thread, and those whose words bear one of its names."""
    beside: tuple[int, ...] = ()
    """Other commitments in the same sentences: the thread may have no part in them."""
    figures: tuple[int, ...] = ()
    """By their numbers those in the same sentences."""


def iter_told(body: Body, threads: Sequence[Page]) -> Iterator[Told]:
    """The threads of which a letter bears a name."""
    finder = Finder(body.text)
    for page in threads:
        places = tuple(_iter_names(page.head.names, finder))
        if places:
            own = [(span, name.relation) for span, name in places if name.relation in OWN]
            others = [(span, name.relation) for span, name in places if name.relation not in OWN]
            sentences = find_sentences(body, [span for span, _ in places])
            is_named = any(name.relation != "distinct" for _, name in places)
            yield Told(page.slug, tuple(span for span, _ in own), gather_passages(sentences, own), gather_passages(sentences, others), is_named)


def _iter_names(names: Sequence[ThreadName], finder: Finder) -> Iterator[tuple[Span, ThreadName]]:
    """Where the names stand; of two that overlap the longer."""
    taken: list[Span] = []
    for name in sorted((name for name in names if name.name), key=lambda name: -len(name.name)):
        for span in finder.iter_spans(name.name):
            if all(span.end <= other.start or other.end <= span.start for other in taken):
                taken.append(span)
                yield span, name


def iter_spoken(told: Sequence[Told], outlines: Sequence[Outline], marks: Sequence[Mark]) -> Iterator[Spoken]:
    """The threads of which a letter bears a name, and those to which the editor gives one of its commitments."""
    promised = [(outline, marks[outline.place]) for outline in outlines if outline.place is not None]
    by_thread = {each.thread: each for each in told}
    for slug in dict.fromkeys([*by_thread, *(outline.thread for outline, _ in promised if outline.thread is not None)]):
        each = by_thread.get(slug, Told(slug, (), (), (), False))
        own = [(outline.number, mark) for outline, mark in promised if outline.thread == slug or any(_meet(mark.span, span) for span in each.spans)]
        numbers = {number for number, _ in own}
        anchor = each.passages[0].anchor if each.passages else own[0][1].block if own else None
        beside = tuple(outline.number for outline, mark in promised if outline.number not in numbers and _stands_in(mark.span, each.passages)) if anchor else ()
        figures = tuple(mark.index for mark in marks if mark.kind == "figure" and _stands_in(mark.span, each.passages))
        yield Spoken(slug, each.is_named, anchor, each.apart[0].anchor if each.apart else None, tuple(number for number, _ in own), beside, figures)


def _stands_in(span: Span, passages: Sequence[Passage]) -> bool:
    return any(_meet(span, sentence) for passage in passages for sentence in passage.sentences)


def _meet(one: Span, other: Span) -> bool:
    """Whether two stretches share a character."""
    return one.start < other.end and other.start < one.end
