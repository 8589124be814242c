"""The Whoosh index: written, read, asked. Whoosh comes in here, 2.7.4 exactly, as the writer and the reader below lean on how it keeps postings.

A term of the index is one folded character (a UTF-16 unit) with the places where it stands. A piece of text that a person types is found by its
characters standing in a row, and scored as one term: with the number of letters that hold the whole piece, and how often each does.
"""

from __future__ import annotations

import math
import pickle
import warnings
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any as Anything

warnings.filterwarnings("ignore", category=SyntaxWarning, module=r"whoosh\.")

from whoosh import fields as whoosh_fields  # noqa: E402
from whoosh import formats, index, matching, query, scoring  # noqa: E402
from whoosh.codec import whoosh3  # noqa: E402
from whoosh.writing import SegmentWriter  # noqa: E402

from dafu.search import arrays  # noqa: E402
from dafu.search.fields import FIELDS, K1, WHOLE_NUMBER, Document, fields_of  # noqa: E402
from dafu.search.query import All, Any, Not, Query, Term, Years, iter_terms  # noqa: E402

ID, YEAR, NUMBER = "id", "year", "whole_number"


class Places(formats.Positions):
    """Whoosh's positions, four bytes each, so that those of all letters can be read at once."""

    def encode(self, poslist: Iterable[int]) -> bytes:
        return array("I", poslist).tobytes()

    def decode_positions(self, valuestring: bytes) -> list[int]:
        return arrays.read_offsets([valuestring]).tolist()

    def decode_frequency(self, valuestring: bytes) -> int:
        return len(valuestring) // 4


class Words(whoosh_fields.FieldType):
    """A field whose terms are the characters of folded words."""

    analyzer = None
    indexed = scorable = True

    def __init__(self) -> None:
        self.format = Places()

    def to_bytes(self, value: str | bytes) -> bytes:
        return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")

    def from_bytes(self, bs: bytes) -> str:
        return bs.decode("utf-8", "surrogatepass")

    def index(self, value: str, **options: Anything) -> Iterator[tuple[bytes, int, float, bytes]]:
        """What Whoosh's own writer asks of a field."""
        for found in arrays.iter_postings(arrays.make_row([value])):
            yield self.to_bytes(chr(found.unit)), int(found.counts[0]), float(found.counts[0]), found.places[0]


def make_schema() -> whoosh_fields.Schema:
    """The index's fields: the words of letters, and three that hold one value each."""
    words = {field.name: Words() for field in FIELDS}
    return whoosh_fields.Schema(**words, **{ID: whoosh_fields.STORED(), YEAR: whoosh_fields.ID(), NUMBER: whoosh_fields.ID()})


class _Postings(whoosh3.W3PostingsWriter):
    """Writes a term's postings as one block, pickled by a protocol that keeps bytes as they are."""

    def write_all(self, found: arrays.UnitPostings, lengths: arrays.Array) -> None:
        self._ids, self._weights, self._values = array("I", found.documents.tolist()), array("f", found.counts.tolist()), found.places
        self._minified = found.gaps, found.weights, tuple(found.places)
        held = lengths[found.documents]
        self._minlength, self._maxlength, self._maxweight = int(held.min()), int(held.max()), float(found.counts.max())

    def _write_block(self, last: bool = False) -> None:
        if self._format.__class__ is not Places:
            return super()._write_block(last)
        self._postfile.write(whoosh3.WHOOSH3_HEADER_MAGIC)
        self._terminfo.add_block(self)
        data = pickle.dumps(self._minified, 4)
        ends = whoosh3.length_to_byte(self._minlength), whoosh3.length_to_byte(self._maxlength)
        info = pickle.dumps((len(self._ids), self._ids[-1], self._maxweight, 0, *ends), 2)
        self._postfile.write_int(-(len(info) + len(data)))
        self._postfile.write(info + data)
        self._blockcount += 1
        self._new_block()


class _Codec(whoosh3.W3Codec):
    """Writes what Whoosh's own codec reads."""

    def postings_writer(self, dbfile: Anything, byteids: bool = False) -> whoosh3.W3PostingsWriter:
        return _Postings(dbfile, blocklimit=self._blocklimit, byteids=byteids, compression=self._compression, inlinelimit=self._inlinelimit)

    def new_segment(self, storage: Anything, indexname: str) -> whoosh3.W3Segment:
        return whoosh3.W3Segment(whoosh3.W3Codec(), indexname)


class _Writer(SegmentWriter):
    """Writes all letters at once, a field's row after the other: several times faster than a letter at a time, and read the same."""

    def add_letters(self, documents: Sequence[Document]) -> None:
        self.rows = {field.name: arrays.make_row(document.folded(place) for document in documents) for place, field in enumerate(FIELDS)}
        self.lengths = {name: row.lengths for name, row in self.rows.items()}
        held = {name: lengths.tolist() for name, lengths in self.lengths.items()}
        for number, document in enumerate(documents):
            self.perdocwriter.start_doc(number)
            self.perdocwriter.add_field(ID, self.schema[ID], document.id, 0)
            for name, lengths in held.items():
                self.perdocwriter.add_field(name, self.schema[name], None, lengths[number])
            self.perdocwriter.finish_doc()
            for name, value in ((YEAR, document.year), (NUMBER, document.number)):
                if value:
                    self.pool.add((name, str(value).encode(), number, 1.0, b""))
        self.docnum = len(documents)
        self._added = True

    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        self.fieldwriter.add_postings(self.schema, None, self.pool.iter_postings())
        for name, row in self.rows.items():
            self.fieldwriter.start_field(name, self.schema[name])
            for found in arrays.iter_postings(row):
                self.fieldwriter.start_term(self.schema[name].to_bytes(chr(found.unit)))
                self.fieldwriter._postwriter.write_all(found, self.lengths[name])
                self.fieldwriter.finish_term()
            self.fieldwriter.finish_field()
        self.fieldwriter.close()


def write_index(folder: Path, documents: Sequence[Document]) -> None:
    """Writes the index of some letters, oldest first, into an empty folder."""
    writer = _Writer(index.create_in(folder, make_schema()), codec=_Codec(), compound=False)
    writer.add_letters(documents)
    writer.commit(merge=False)


class Ranking(scoring.BM25F):
    """Whoosh's BM25F, rounded where browsers and Python would differ in the last bit."""

    use_final = True

    def final(self, searcher: Anything, docnum: int, score: float) -> float:
        return round_score(score)


def round_score(value: float) -> float:
    """To nine decimals, halves up, as `static/js/search/find.js` does."""
    return math.floor(value * 1e9 + 0.5) / 1e9


def make_idf(letters: int, holding: int) -> float:
    """How much it tells that a letter holds a term that so many hold: Whoosh's measure, rounded."""
    return round_score(math.log(max(letters, 1) / (holding + 1)) + 1)


class Engine:
    """An index that is read and asked."""

    def __init__(self, folder: Path) -> None:
        self.searcher = index.open_dir(folder).searcher(weighting=Ranking())
        self.reader = self.searcher.reader()
        self.letters = self.reader.doc_count_all()

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The letters' ids, oldest first."""
        return tuple(self.reader.stored_fields(number)[ID] for number in range(self.letters))

    @cached_property
    def units(self) -> set[str]:
        """All characters that stand in the archive; of those outside the first plane, both halves."""
        held = self.reader.indexed_field_names()
        return {unit for field in FIELDS if field.name in held for unit in self.reader.field_terms(field.name)}

    def total_length(self, name: str) -> int:
        """Characters in a field of all letters."""
        return int(self.reader.field_length(name))

    def lengths(self, name: str) -> list[int]:
        """A field's length in each letter, as precise as Whoosh keeps it; 0 where it is empty."""
        return [self.reader.doc_field_length(number, name) or 0 for number in range(self.letters)]

    def iter_units(self, name: str) -> Iterator[tuple[str, Sequence[int], arrays.Array, arrays.Array]]:
        """Each character of a field with the letters that hold it, how often, and all of its places."""
        if name in self.reader.indexed_field_names():
            for text in self.reader.field_terms(name):
                yield (text, *self.read_unit(name, text))

    def read_unit(self, name: str, unit: str) -> tuple[Sequence[int], arrays.Array, arrays.Array]:
        """The letters in which a character stands, how often, and its places in them."""
        found = self.reader.postings(name, unit)
        found._read_ids()
        found._read_weights()
        found._read_values()
        return found._ids, found._weights, arrays.read_offsets(found._values)

    def find_places(self, name: str, text: str) -> arrays.Array:
        """Where a folded piece of text stands in a field: letters and places as `arrays.spread` puts them together."""
        units = [chr(unit) for unit in arrays.make_row([text]).units[:-1].tolist()]
        if any((name, unit) not in self.reader for unit in units):
            return arrays.spread([], [], arrays.read_offsets([]))
        keys = {unit: None for unit in sorted(set(units), key=lambda unit: self.reader.frequency(name, unit))}
        for unit in keys:
            keys[unit] = arrays.spread(*self.read_unit(name, unit))
        rarest = next(iter(keys))
        found = keys[rarest] - units.index(rarest)
        for distance in sorted(range(len(units)), key=lambda place: len(keys[units[place]])):
            found = arrays.follow(found, distance, keys[units[distance]])
        return found

    def ask(self, asked: Query) -> list[tuple[int, float]]:
        """The letters that a query finds with their scores: the best first, of equals the youngest."""
        results = self.searcher.search(_translate(asked, self), limit=None)
        return sorted(((number, score) for score, number in results.top_n), key=lambda hit: (-hit[1], -hit[0]))


    def find_fields(self, asked: Query) -> dict[int, tuple[str, ...]]:
        """For each letter the fields in which terms of a query stand."""
        found: dict[int, dict[int, None]] = {}
        for term in iter_terms(asked):
            for place in fields_of(term.field):
                for letter in arrays.count_by_letter(self.find_places(FIELDS[place].name, term.text))[0]:
                    found.setdefault(letter, {})[place] = None
        return {letter: tuple(FIELDS[place].name for place in sorted(places)) for letter, places in found.items()}


class Piece(query.Query):
    """A piece of text as a query of Whoosh's: one term that may stand in several fields."""

    def __init__(self, term: Term, engine: Engine) -> None:
        self.term, self.engine = term, engine

    def matcher(self, searcher: Anything, context: Anything = None) -> matching.Matcher:
        scores: dict[int, float] = {}
        for place in fields_of(self.term.field):
            letters, counts = arrays.count_by_letter(self.engine.find_places(FIELDS[place].name, self.term.text))
            scorer = self._make_scorer(searcher, place, len(letters))
            for letter, count in zip(letters, counts):
                scores[letter] = scores.get(letter, 0.0) + scorer(letter, count)
        letters = sorted(scores)
        return matching.ListMatcher(letters, [scores[letter] for letter in letters]) if letters else matching.NullMatcher()

    def _make_scorer(self, searcher: Anything, place: int, holding: int) -> Anything:
        field = FIELDS[place]
        idf, average = make_idf(self.engine.letters, holding), self.engine.total_length(field.name) / self.engine.letters
        return lambda letter, count: field.boost * scoring.bm25(idf, count, searcher.doc_field_length(letter, field.name, 1), average, field.b, K1)

    def estimate_size(self, reader: Anything) -> int:
        return reader.doc_count_all()


class Fixed(query.Query):
    """What another query finds, each letter with the same score."""

    def __init__(self, child: query.Query, score: float) -> None:
        self.child, self.score = child, score

    def matcher(self, searcher: Anything, context: Anything = None) -> matching.Matcher:
        letters = list(self.child.matcher(searcher).all_ids())
        return matching.ListMatcher(letters, [self.score] * len(letters)) if letters else matching.NullMatcher()

    def estimate_size(self, reader: Anything) -> int:
        return reader.doc_count_all()


def _translate(asked: Query, engine: Engine) -> query.Query:
    """A query as Whoosh takes it."""
    match asked:
        case Term(text=text, field=name):
            piece = Piece(asked, engine)
            return query.AndMaybe(piece, Fixed(query.Term(NUMBER, text), WHOLE_NUMBER)) if name in ("", "number") else piece
        case Years(first=first, last=last):
            return Fixed(query.TermRange(YEAR, f"{first:04d}", f"{last:04d}"), 0.0)
        case Not(query=hidden):
            return Fixed(query.Not(_translate(hidden, engine)), 0.0)
        case All(queries=queries):
            return query.And([_translate(each, engine) for each in queries])
        case Any(queries=queries):
            return query.Or([_translate(each, engine) for each in queries])
