"""The Whoosh index asked. A piece of text that a person types is found by its characters standing in a row, and scored as one term: with the number of
letters that hold the whole piece, and how often each does.
"""

from __future__ import annotations

import math
from functools import cached_property
from pathlib import Path
from typing import Any as Anything

from dafu.search import arrays
from dafu.search.fields import FIELDS, K1, WHOLE_NUMBER, fields_of
from dafu.search.query import All, Any, Not, Query, Term, Years, iter_terms
from dafu.search.segments import ID, NUMBER, YEAR, index, matching, query, scoring


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
        self.leaves = list(self.reader.leaf_readers())
        """The readers of the segments, and the number of each one's first letter."""
        self.letters = self.reader.doc_count_all()

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The letters' ids, oldest first."""
        return tuple(self.reader.stored_fields(number)[ID] for number in range(self.letters))

    def total_length(self, name: str) -> int:
        """Characters in a field of all letters."""
        return int(self.reader.field_length(name))

    def read_unit(self, name: str, unit: str) -> arrays.Array:
        """Where a character stands in a field: letters and places as `arrays.spread` puts them together."""
        found = [arrays.spread([], [], arrays.read_offsets([]))]
        for reader, first in self.leaves:
            if (name, unit) in reader:
                postings = reader.postings(name, unit)
                postings._read_ids()
                postings._read_weights()
                postings._read_values()
                found.append(arrays.spread(postings._ids, postings._weights, arrays.read_offsets(postings._values)) + (first << 32))
        return arrays.np.concatenate(found)

    def find_places(self, name: str, text: str) -> arrays.Array:
        """Where a folded piece of text stands in a field: letters and places as `arrays.spread` puts them together."""
        units = [chr(unit) for unit in arrays.make_row([text]).units[:-1].tolist()]
        if any((name, unit) not in self.reader for unit in units):
            return arrays.spread([], [], arrays.read_offsets([]))
        keys = {unit: self.read_unit(name, unit) for unit in set(units)}
        rarest = min(units, key=lambda unit: len(keys[unit]))
        found = keys[rarest] - units.index(rarest)
        for distance in sorted(range(len(units)), key=lambda place: len(keys[units[place]])):
            found = arrays.follow(found, distance, keys[units[distance]])
        return found

    def ask(self, asked: Query) -> list[tuple[int, float]]:
        """The letters that a query finds with their scores: the best first, of equals the youngest."""
        results = self.searcher.search(_translate(asked, self), limit=None)
        return sorted(((number, score) for score, number in results.top_n), key=lambda hit: (-hit[1], -hit[0]))

    def find_first(self, searcher: Anything) -> int:
        """The number of the first letter of a segment."""
        return 0 if searcher is self.searcher else self.searcher._offset_for_subsearcher(searcher)

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
        first = self.engine.find_first(searcher)
        letters = [letter for letter in sorted(self.scores) if first <= letter < first + searcher.doc_count_all()]
        return matching.ListMatcher([letter - first for letter in letters], [self.scores[letter] for letter in letters]) if letters else matching.NullMatcher()

    @cached_property
    def scores(self) -> dict[int, float]:
        """The score of each letter that holds the piece."""
        scores: dict[int, float] = {}
        for place in fields_of(self.term.field):
            letters, counts = arrays.count_by_letter(self.engine.find_places(FIELDS[place].name, self.term.text))
            scorer = self._make_scorer(place, len(letters))
            for letter, count in zip(letters, counts):
                scores[letter] = scores.get(letter, 0.0) + scorer(letter, count)
        return scores

    def _make_scorer(self, place: int, holding: int) -> Anything:
        field = FIELDS[place]
        idf, average = make_idf(self.engine.letters, holding), self.engine.total_length(field.name) / self.engine.letters
        return lambda letter, count: field.boost * scoring.bm25(idf, count, self.engine.reader.doc_field_length(letter, field.name, 1), average, field.b, K1)

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
