"""Passages: the sentences of a letter that bear certain words, cut at those words, for pages that gather them from many letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dafu.body import Body
from dafu.packed import Packed
from dafu.quotes import Span

_SENTENCE = re.compile(r"[^。；！？\n]*[。；！？]?[”』」）]?")

GAP = "……"
"""What stands between two sentences of a paragraph that don't follow each other."""


@dataclass(frozen=True, slots=True)
class Passage(Packed):
    """Sentences of a block, cut at the words looked for."""

    anchor: str
    parts: tuple[tuple[str, str], ...]
    """Words, and the kind of those looked for; empty for all other words."""
    sentences: tuple[Span, ...]

    @property
    def text(self) -> str:
        return "".join(words for words, _ in self.parts)


@dataclass(frozen=True, slots=True)
class Sentence(Packed):
    """A sentence in its place."""

    anchor: str
    """Of the block."""
    span: Span
    text: str


def find_sentences(body: Body, spans: Iterable[Span]) -> tuple[Sentence, ...]:
    """The sentences in which some places lie, paragraph by paragraph."""
    found: dict[tuple[str, Span], Sentence] = {}
    for span in sorted(spans):
        block = body.block_at(span.start)
        for sentence in _iter_sentences(body.text, block.start, block.end):
            if sentence.start < span.end and span.start < sentence.end:
                found.setdefault((block.anchor, sentence), Sentence(block.anchor, sentence, sentence.slice(body.text)))
    return tuple(found.values())


def gather_passages(sentences: Sequence[Sentence], places: Sequence[tuple[Span, str]]) -> tuple[Passage, ...]:
    """Those of some sentences in which places lie, cut at them, paragraph by paragraph; each place has its kind, and none overlaps another."""
    held: dict[Sentence, list[tuple[Span, str]]] = {}
    for place in sorted(places):
        for sentence in sentences:
            if sentence.span.start < place[0].end and place[0].start < sentence.span.end:
                held.setdefault(sentence, []).append(place)
    blocks: dict[str, list[Sentence]] = {}
    for sentence in held:
        blocks.setdefault(sentence.anchor, []).append(sentence)
    return tuple(_make_passage(anchor, sorted(members, key=lambda sentence: sentence.span), held) for anchor, members in blocks.items())


def _make_passage(anchor: str, sentences: Sequence[Sentence], held: Mapping[Sentence, Sequence[tuple[Span, str]]]) -> Passage:
    parts: list[tuple[str, str]] = []
    for number, sentence in enumerate(sentences):
        if number and sentences[number - 1].span.end != sentence.span.start:
            parts.append((GAP, ""))
        parts += _cut(sentence, held[sentence])
    return Passage(anchor, tuple(parts), tuple(sentence.span for sentence in sentences))


def _iter_sentences(text: str, start: int, end: int) -> Iterator[Span]:
    for match in _SENTENCE.finditer(text, start, end):
        if match.end() > match.start():
            yield Span(match.start(), match.end())


def _cut(sentence: Sentence, places: Sequence[tuple[Span, str]]) -> Iterator[tuple[str, str]]:
    first, end, text = sentence.span.start, sentence.span.end, sentence.text
    at = first
    for span, kind in places:
        start, stop = max(span.start, at), min(span.end, end)
        if start > at:
            yield text[at - first : start - first], ""
        yield text[start - first : stop - first], kind
        at = stop
    if at < end:
        yield text[at - first :], ""
