"""What is searched: the fields of a letter, how much each counts, and a letter's words field by field."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dafu.body import PARAGRAPH_GAP
from dafu.entries import Entry
from dafu.markup import LetterMarkup
from dafu.search.folding import fold

K1 = 1.2
"""BM25: how soon more occurrences stop adding to the score."""

WHOLE_NUMBER = 1000.0
"""What a term adds to the score of the letter whose whole number it is, so that a number typed alone puts its letter first."""


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a letter's words."""

    name: str
    boost: float
    b: float = 0.0
    """BM25: how much long fields are marked down; where it is 0 their lengths don't count."""
    asked_as: str = ""
    """The name before a colon that looks here; that of the field itself where it is empty."""
    is_everywhere: bool = True
    """Whether a term without a field is looked for here."""


FIELDS = (
    Field("title", 4.0, 0.75),
    Field("number", 4.0),
    Field("document", 2.0, asked_as="number"),
    Field("proposer", 3.0),
    Field("respondent", 2.0),
    Field("co_handler", 1.0),
    Field("topic", 2.0),
    Field("slug", 1.0, asked_as="topic", is_everywhere=False),
    Field("summary", 2.0),
    Field("commitment", 2.5),
    Field("note", 0.5),
    Field("correction", 0.5),
    Field("text", 1.0, 0.75),
)
"""In the order in which a letter's page shows them, title first, text last."""


def fields_of(name: str) -> tuple[int, ...]:
    """The places in `FIELDS` where a term is looked for; of an empty name, everywhere."""
    if not name:
        return tuple(place for place, field in enumerate(FIELDS) if field.is_everywhere)
    return tuple(place for place, field in enumerate(FIELDS) if name in (field.name, field.asked_as))


@dataclass(frozen=True, slots=True)
class Document:
    """A letter as the index takes it."""

    id: str
    year: int | None
    number: str
    """The whole number, folded; empty where there is none."""
    words: tuple[tuple[str, ...], ...]
    """By field: its values, each a stretch that a term may stand in, as printed."""
    anchors: tuple[str, ...]
    """Of the paragraphs of the text."""

    def folded(self, place: int) -> str:
        """A field's values folded, parted by a character that no term has."""
        return "\0".join(text for value in self.words[place] if (text := fold(value)))


def make_document(entry: Entry) -> Document:
    """The words of a letter that are searched."""
    front, text = entry.letter.front, entry.letter.body.text
    words = {
        "title": [front.title, front.printed_title],
        "number": [front.number],
        "document": [front.document_number],
        "proposer": front.proposers,
        "respondent": [front.respondent, entry.respondent.name],
        "co_handler": [*front.co_handlers, *(unit.name for unit in entry.co_handlers)],
        "topic": [topic.name for topic in entry.topics],
        "slug": [topic.slug for topic in entry.topics],
        "summary": [front.summary],
        "commitment": [words for promise in entry.promises for words in (promise.commitment.action, *promise.quote.split(PARAGRAPH_GAP), *promise.commitment.owners)],
        "note": [note.note for note in front.notes],
        "correction": list(_iter_readings(entry)),
    }
    parts = [tuple(dict.fromkeys(value for value in words[field.name] if value)) for field in FIELDS[:-1]]
    blocks = entry.letter.body.blocks
    year = int(entry.letter.year) if entry.letter.year.isdigit() else None
    return Document(
        entry.letter.id, year, fold(front.number or ""), (*parts, tuple(text[block.start : block.end] for block in blocks)), tuple(block.anchor for block in blocks)
    )


def make_documents(entries: Iterable[Entry]) -> tuple[Document, ...]:
    """The letters in the order of the index: from the oldest to the youngest; of one day, the last id first."""
    ordered = sorted(entries, key=lambda entry: entry.letter.id, reverse=True)
    return tuple(make_document(entry) for entry in sorted(ordered, key=lambda entry: entry.date or datetime.date.min))


def _iter_readings(entry: Entry) -> Iterator[str]:
    """Each paragraph that has corrections as it reads with them; a reading that spans several by itself."""
    letter, markup = entry.letter, LetterMarkup(entry.letter)
    marks = [mark for mark, _ in letter.corrections]
    for block in letter.body.blocks:
        if any(block.start <= mark.span.start < block.end for mark in marks):
            yield markup.read_span(block.start, block.end)
    for mark, correction in letter.corrections:
        if mark.span.end > letter.body.block_at(mark.span.start).end:
            yield correction.reading
