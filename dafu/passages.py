"""Passages: the sentences of a letter that bear certain words, cut at those words, for pages that gather them from many letters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dafu.body import Body
from dafu.quotes import Span

_SENTENCE = re.compile(r"[^。；！？\n]*[。；！？]?[”』」）]?")

GAP = "……"
"""What stands between two sentences of a paragraph that don't follow each other."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences of a block, cut at the words looked for."""

    anchor: str
    parts: tuple[tuple[str, str], ...]
    """Words, and the kind of those looked for; empty for all other words."""
    sentences: tuple[Span, ...]

    @property
    def text(self) -> str:
        return "".join(words for words, _ in self.parts)


def gather_passages(body: Body, places: Sequence[tuple[Span, str]]) -> tuple[Passage, ...]:
    """The sentences around some places, each with its kind, paragraph by paragraph; places don't overlap."""
    sentences: dict[tuple[str, Span], list[tuple[Span, str]]] = {}
    for place in sorted(places):
        block = body.block_at(place[0].start)
        for sentence in _iter_sentences(body.text, block.start, block.end):
            if sentence.start < place[0].end and place[0].start < sentence.end:
                sentences.setdefault((block.anchor, sentence), []).append(place)
    blocks: dict[str, list[Span]] = {}
    for anchor, sentence in sentences:
        blocks.setdefault(anchor, []).append(sentence)
    return tuple(_make_passage(body.text, anchor, sorted(held), sentences) for anchor, held in blocks.items())


def _make_passage(text: str, anchor: str, held: Sequence[Span], sentences: dict[tuple[str, Span], list[tuple[Span, str]]]) -> Passage:
    parts: list[tuple[str, str]] = []
    for number, sentence in enumerate(held):
        if number and held[number - 1].end != sentence.start:
            parts.append((GAP, ""))
        parts += _cut(text, sentence, sentences[anchor, sentence])
    return Passage(anchor, tuple(parts), tuple(held))


def _iter_sentences(text: str, start: int, end: int) -> Iterator[Span]:
    for match in _SENTENCE.finditer(text, start, end):
        if match.end() > match.start():
            yield Span(match.start(), match.end())


def _cut(text: str, sentence: Span, places: Sequence[tuple[Span, str]]) -> Iterator[tuple[str, str]]:
    place = sentence.start
    for span, kind in places:
        start, end = max(span.start, place), min(span.end, sentence.end)
        if start > place:
            yield text[place:start], ""
        yield text[start:end], kind
        place = end
    if place < sentence.end:
        yield text[place : sentence.end], ""
