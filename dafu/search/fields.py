"""What is searched: the fields of a letter, how much each counts, and a letter's words field by field."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from dafu.body import PARAGRAPH_GAP
from dafu.entries import Entry
from dafu.markup import find_mend, read_span
from dafu.packed import Packed
from dafu.quotes import Span
from dafu.reading import Letter
from dafu.search.folding import fold, make_pairs

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
class Document(Packed):
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


@dataclass(frozen=True, slots=True)
class Sheet(Packed):
    """What a document is made of: little enough to be handed to other processes, as what the letter says is read where it is wanted."""

    letter: Letter
    named: dict[str, Sequence[str]]
    """By field what the archive calls those whom the letter names, and its topics."""

    def make_document(self) -> Document:
        """The words of a letter that are searched."""
        letter, own = self.letter, _list_own(self.letter)
        placed = {"commitment": tuple(_gather_promised(letter).items()), "correction": tuple(self._iter_readings()), "text": tuple(self._iter_paragraphs())}
        words = tuple(tuple(value for value, _ in placed[field.name]) if field.name in placed else self._list_values(field.name, own) for field in FIELDS)
        anchors = tuple(tuple(anchor for _, anchor in placed.get(field.name, ())) for field in FIELDS)
        return Document(letter.id, int(letter.year) if letter.year.isdigit() else None, fold(letter.front.number or ""), words, anchors)

    def _list_values(self, field: str, own: Mapping[str, Sequence[str | None]]) -> tuple[str, ...]:
        """The values of a field whose values have no place of their own, each once."""
        return tuple(value for value in dict.fromkeys([*own.get(field, ()), *self.named.get(field, ())]) if value)

    def _iter_paragraphs(self) -> Iterator[tuple[str, str]]:
        """Headings, paragraphs and tables with their anchors."""
        text = self.letter.body.text
        for start, end, anchor in self.letter.body.stretches:
            yield text[start:end], anchor

    def _iter_readings(self) -> Iterator[tuple[str, str]]:
        """Each paragraph that has corrections as it reads with them, and its anchor; a reading that spans several by itself."""
        corrections, body = _list_corrections(self.letter), self.letter.body
        if not corrections:
            return
        text = body.text
        mends = [find_mend(span, reading, text) for span, reading in corrections]
        for start, end, anchor in body.stretches:
            if any(start <= span.start < end for span, _ in corrections):
                yield read_span(text, mends, start, end), anchor
        for span, reading in corrections:
            block = body.block_at(span.start)
            if span.end > block.end:
                yield reading, block.anchor


def make_sheet(entry: Entry) -> Sheet:
    """A letter's, without a look at what it says."""
    return Sheet(entry.letter, _list_named(entry))


def digest_sheet(entry: Entry) -> bytes:
    """A digest of a letter's sheet, and of the body's words and where they stand, without a look at them."""
    return _digest(entry.letter.id, entry.letter.searched, _list_named(entry), _folding())


def digest_searched(letter: Letter) -> bytes:
    """What a letter by itself gives to its sheet, as a digest."""
    return _digest(_list_own(letter), list(_gather_promised(letter).items()), _list_corrections(letter), letter.body.digest)


def _list_own(letter: Letter) -> dict[str, Sequence[str | None]]:
    """By field the values that a letter gives to its sheet by itself, of those that have no place of their own."""
    front = letter.front
    return {
        "title": [front.title, front.printed_title],
        "number": [front.number],
        "document": [front.document_number],
        "proposer": front.proposers,
        "respondent": [front.respondent],
        "co_handler": front.co_handlers,
        "summary": [front.summary],
        "note": [note.note for note in front.notes],
    }


def _list_named(entry: Entry) -> dict[str, Sequence[str]]:
    """By field what the archive calls those whom a letter names, and its topics."""
    return {
        "respondent": [entry.respondent.name],
        "co_handler": [unit.name for unit in entry.co_handlers],
        "topic": [topic.name for topic in entry.topics],
        "slug": [topic.slug for topic in entry.topics],
    }


def _list_corrections(letter: Letter) -> tuple[tuple[Span, str], ...]:
    return tuple((mark.span, correction.reading) for mark, correction in letter.corrections)


def _digest(*parts: object) -> bytes:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).digest()[:16]


@cache
def _folding() -> bytes:
    """A digest of how words are folded."""
    return hashlib.sha256(make_pairs().encode()).digest()


def _gather_promised(letter: Letter) -> dict[str, str]:
    found: dict[str, str] = {}
    for outline in letter.outlines:
        if outline.place is not None:
            commitment = letter.front.commitments[outline.number]
            for value in (commitment.action, *letter.marks[outline.place].words.split(PARAGRAPH_GAP), *commitment.owners):
                found.setdefault(value, outline.id)
    return found


def order_entries(entries: Iterable[Entry]) -> list[Entry]:
    """The letters in the order of the index: from the oldest to the youngest; of one day, the last id first."""
    ordered = sorted(entries, key=lambda entry: entry.letter.id, reverse=True)
    return sorted(ordered, key=lambda entry: entry.date or datetime.date.min)


class Each(Sequence[Any]):
    """What is made of each of some values, when it is asked for: sheets of letters, and documents of sheets, take more memory than the letters."""

    def __init__(self, make: Callable[[Any], Any], values: Sequence[Any]) -> None:
        self.make = make
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, place: int | slice) -> Any:
        return tuple(map(self.make, self.values[place])) if isinstance(place, slice) else self.make(self.values[place])
