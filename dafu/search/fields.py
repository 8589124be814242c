"""What is searched: the fields of a letter, how much each counts, and a letter's words field by field."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

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
    anchors: tuple[tuple[str, ...], ...]
    """By field: where in the letter's page each value stands, if the field's values have a place of their own."""

    def folded(self, place: int) -> str:
        """A field's values folded, parted by a character that no term has."""
        return "\0".join(text for value in self.words[place] if (text := fold(value)))


def make_document(entry: Entry) -> Document:
    """The words of a letter that are searched."""
    front = entry.letter.front
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
        "note": [note.note for note in front.notes],
    }
    placed = {"commitment": _iter_promised(entry), "correction": _iter_readings(entry), "text": _iter_paragraphs(entry)}
    rows = [tuple(placed[field.name]) if field.name in placed else tuple((value, "") for value in dict.fromkeys(words[field.name]) if value) for field in FIELDS]
    year = int(entry.letter.year) if entry.letter.year.isdigit() else None
    values = tuple(tuple(value for value, _ in row) for row in rows)
    anchors = tuple(tuple(anchor for _, anchor in row if anchor) for row in rows)
    return Document(entry.letter.id, year, fold(front.number or ""), values, anchors)


def _iter_promised(entry: Entry) -> Iterable[tuple[str, str]]:
    """Actions, words and owners of the commitments, each once, with the anchor of the commitment."""
    found: dict[str, str] = {}
    for promise in entry.promises:
        for value in (promise.commitment.action, *promise.quote.split(PARAGRAPH_GAP), *promise.commitment.owners):
            found.setdefault(value, promise.commitment.id)
    return found.items()


def _iter_paragraphs(entry: Entry) -> Iterator[tuple[str, str]]:
    """Headings, paragraphs and tables with their anchors."""
    for block in entry.letter.body.blocks:
        yield entry.letter.body.text[block.start : block.end], block.anchor


def order_entries(entries: Iterable[Entry]) -> list[Entry]:
    """The letters in the order of the index: from the oldest to the youngest; of one day, the last id first."""
    ordered = sorted(entries, key=lambda entry: entry.letter.id, reverse=True)
    return sorted(ordered, key=lambda entry: entry.date or datetime.date.min)


class Documents(Sequence[Document]):
    """The letters as the index takes them, each made when it is asked for."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return tuple(make_document(entry) for entry in self.entries[place])
        return make_document(self.entries[place])


def _iter_readings(entry: Entry) -> Iterator[tuple[str, str]]:
    """Each paragraph that has corrections as it reads with them, and its anchor; a reading that spans several by itself."""
    letter, markup = entry.letter, LetterMarkup(entry.letter)
    marks = [mark for mark, _ in letter.corrections]
    for block in letter.body.blocks:
        if any(block.start <= mark.span.start < block.end for mark in marks):
            yield markup.read_span(block.start, block.end), block.anchor
    for mark, correction in letter.corrections:
        block = letter.body.block_at(mark.span.start)
        if mark.span.end > block.end:
            yield correction.reading, block.anchor
