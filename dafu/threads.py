"""Threads: something that recurs over the years, in every letter's own words, the oldest first.

A passage is the sentences of a block that bear one of the thread's names. Names that are the thread's own, or a part of it, or its former ones make
its story; those that only may be the same, or are not, are shown apart and decide nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dafu.entries import Entry, Promise
from dafu.figures import Comparison, Reported
from dafu.quotes import Finder, Span
from dafu.reference import Page, ThreadName

OWN = ("same", "part-of", "renamed-from")
_SENTENCE = re.compile(r"[^。；！？\n]*[。；！？]?[”』」）]?")


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences of a block, cut at the names in them."""

    anchor: str
    parts: tuple[tuple[str, str], ...]
    """Words, and the relation of the name that they are; empty for all other words."""


@dataclass(frozen=True, slots=True)
class Mention:
    """What one letter says of a thread."""

    entry: Entry
    passages: tuple[Passage, ...]
    promises: tuple[Promise, ...]
    figures: tuple[Reported, ...]

    @property
    def state(self) -> str:
        """promised | reported"""
        return "promised" if self.promises else "reported"


@dataclass(frozen=True, slots=True)
class Story:
    """A thread with everything that letters say of it."""

    page: Page
    mentions: tuple[Mention, ...]
    """The oldest first."""
    apart: tuple[Mention, ...]
    """What stands under names that only may be the same, or are distinct."""
    strip: tuple[tuple[Entry, str], ...]
    """Each letter from the first that speaks of it: promised | reported | silent."""

    @property
    def url(self) -> str:
        return f"threads/{self.page.slug}/"

    @property
    def promises(self) -> tuple[Promise, ...]:
        return tuple(promise for mention in self.mentions for promise in mention.promises)


def tell_stories(threads: Sequence[Page], entries: Sequence[Entry], comparisons: dict[str, Comparison]) -> tuple[Story, ...]:
    """The threads' stories, in the order of their slugs; `entries` are the letters, the newest first."""
    figures: dict[str, list[Reported]] = {}
    for comparison in comparisons.values():
        for report in comparison.reports:
            figures.setdefault(report.entry.letter.id, []).append(report)
    told: dict[str, list[_Told]] = {page.slug: [] for page in threads}
    for entry in reversed(entries):
        finder = Finder(entry.letter.body.text)
        for page in threads:
            told[page.slug].append((entry, tuple(_iter_names(page.head.names, finder))))
    return tuple(_tell(page, told[page.slug], figures) for page in threads)


_Place = tuple[Span, ThreadName]
_Told = tuple[Entry, tuple[_Place, ...]]


def _tell(page: Page, told: Sequence[_Told], figures: dict[str, list[Reported]]) -> Story:
    own, apart, strip = [], [], []
    for entry, places in told:
        mention = _make_mention(page.slug, entry, [place for place in places if place[1].relation in OWN], figures.get(entry.letter.id, ()))
        if mention.passages or mention.promises:
            own.append(mention)
            strip.append((entry, mention.state))
        elif own:
            strip.append((entry, "silent"))
        others = _make_mention("", entry, [place for place in places if place[1].relation not in OWN], ())
        if others.passages:
            apart.append(others)
    return Story(page, tuple(own), tuple(apart), tuple(strip))


def _iter_names(names: Sequence[ThreadName], finder: Finder) -> Iterator[_Place]:
    """Where the names stand; of two that overlap the longer."""
    taken: list[Span] = []
    for name in sorted(names, key=lambda name: -len(name.name)):
        for span in finder.iter_spans(name.name):
            if all(span.end <= other.start or other.end <= span.start for other in taken):
                taken.append(span)
                yield span, name


def _make_mention(slug: str, entry: Entry, places: Sequence[_Place], figures: Sequence[Reported]) -> Mention:
    text, sentences = entry.letter.body.text, {}
    for span, name in sorted(places, key=lambda place: place[0]):
        block = entry.letter.body.block_at(span.start)
        for sentence in _iter_sentences(text, block.start, block.end):
            if sentence.start < span.end and span.start < sentence.end:
                sentences.setdefault((block.anchor, sentence), []).append((span, name.relation))
    passages: dict[str, list[tuple[str, str]]] = {}
    last = {}
    for (anchor, sentence), names in sentences.items():
        parts = passages.setdefault(anchor, [])
        if anchor in last and last[anchor] != sentence.start:
            parts.append(("……", ""))
        last[anchor] = sentence.end
        parts += _cut(text, sentence, names)
    held = [sentence for _, sentence in sentences]
    promises = [promise for promise in entry.promises if promise.commitment.thread == slug or _meets(promise.mark.span, held)] if slug else []
    return Mention(entry, tuple(Passage(anchor, tuple(parts)) for anchor, parts in passages.items()), tuple(promises), tuple(report for report in figures if _meets(report.mark.span, held)))


def _meets(span: Span, others: Sequence[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in others)


def _iter_sentences(text: str, start: int, end: int) -> Iterator[Span]:
    for match in _SENTENCE.finditer(text, start, end):
        if match.end() > match.start():
            yield Span(match.start(), match.end())


def _cut(text: str, sentence: Span, names: Sequence[tuple[Span, str]]) -> Iterator[tuple[str, str]]:
    place = sentence.start
    for span, relation in names:
        start, end = max(span.start, place), min(span.end, sentence.end)
        if start > place:
            yield text[place:start], ""
        yield text[start:end], relation
        place = end
    if place < sentence.end:
        yield text[place : sentence.end], ""
