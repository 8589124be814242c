"""Keys of units: digests of all that their outputs are made from. Equal keys, equal outputs.

A letter stands for its file, the program and what it may refer to, whatever of it a page shows; an entry for its letter, the names in it, and what later
letters say of its commitments. So nothing that a template comes to show of them can be forgotten here; what is no known value is an error.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

from dafu.catalogue import Catalogue
from dafu.entries import Entry, Group, Named, Promise
from dafu.figures import Comparison, Reported, Series
from dafu.kept import KeptBody
from dafu.makers import Makers
from dafu.policies import Cited, Citing
from dafu.quotes import Span
from dafu.reading import Letter
from dafu.records import Record
from dafu.reference import Topic
from dafu.register import Value
from dafu.seal import digest_program
from dafu.status import Proof
from dafu.threads import Mention, Story
from dafu.units import Everything

Key = bytes

LONG = 100
"""Rows from which on a table is told once, and not by each unit that depends on it."""


_TELLING = {type(None), str, bool, int, float, bytes, datetime.date, Span}
"""Of these the representation tells all."""


def _digest(*parts: object) -> Key:
    return _sum(repr(parts).encode("utf-8", "surrogatepass"))


def _sum(told: bytes) -> Key:
    return hashlib.sha256(told).digest()[:16]


class Keys:
    """The keys of a site's units."""

    def __init__(self, makers: Makers) -> None:
        self.makers = makers
        self._letters: dict[str, Key] = {}
        self._named: dict[int, Key] = {}
        self._tables: dict[int, tuple[Sequence[object], Key]] = {}
        """By their identity tables, which live as long as this does, with their keys."""

    @property
    def _catalogue(self) -> Catalogue:
        return self.makers.catalogue

    @cached_property
    def _common(self) -> Key:
        """What all units depend on."""
        has_about = any(page.slug == "about" for page in self._catalogue.pages)
        return _digest(digest_program(), self._catalogue.site, self.makers.assets.url, has_about)

    @cached_property
    def _everything(self) -> Key:
        catalogue = self._catalogue
        return _digest(self._tell(catalogue.entries), self._tell(catalogue.withdrawn), catalogue.draft_count, catalogue.reference, catalogue.pages)

    @cached_property
    def _reference(self) -> Key:
        """What letters may refer to."""
        return _digest(self._catalogue.reference)

    def prepare(self) -> None:
        """Tells what nearly all keys hold, so that copies of this process needn't."""
        self._common, self._everything, self._of_entries  # noqa: B018

    def list_all(self, units: Iterable[tuple[str, int, bytes]]) -> list[Key]:
        """The keys of some units, each by its kind, its place and the digest of its passages."""
        return [self.of(*unit) for unit in units]

    def of(self, kind: str, place: int, passages: bytes) -> Key:
        """The key of a unit; `passages` is of a letter the digest of those that it shares with others."""
        if kind == "letters":
            return _digest(self._common, passages, *map(self._tell, self.makers.list_given(self._catalogue.entries[place])))
        unit = (self.makers.units if kind == "units" else self.makers.tables)[place]
        return _digest(self._common, unit.name, *map(self._tell, unit.given()))

    def _tell_letter(self, letter: Letter) -> Key:
        key = self._letters.get(letter.id)
        if key is None:
            body = letter.body
            told = (body.name,) if isinstance(body, KeptBody) else (letter.path, letter.line, letter.front, body.markdown, body.digest, self._reference)
            key = self._letters[letter.id] = _digest(letter.id, *told)
        return key

    @cached_property
    def _of_entries(self) -> dict[str, Key]:
        """By the letter's id that of each of the catalogue's entries."""
        return {entry.letter.id: self._tell_entry(entry) for entry in self._catalogue.entries}

    def _tell_promise(self, promise: Promise) -> bytes:
        return self._of_entries[promise.letter.id] + f"{promise.outline.id}\0".encode()

    def _tell_entry(self, entry: Entry) -> Key:
        named = map(self._tell_named, (entry.respondent, *entry.proposers, None, *entry.co_handlers, None, entry.session, *entry.topics))
        promises = [(promise.id, promise.status.code, promise.status.later_held, self._tell(promise.status.proofs)) for promise in entry.promises]
        return _digest(self._tell_letter(entry.letter), b"".join(named), promises, self._tell(entry.replies_to))

    def _tell_named(self, value: Named | Topic | None) -> Key:
        """What stands in letter after letter."""
        key = self._named.get(id(value))
        if key is None:
            key = self._named[id(value)] = _digest(value)
        return key

    @cached_property
    def _ways(self) -> dict[type, Callable[[Any], object]]:
        """How values of the most frequent kinds are told."""
        return dict.fromkeys(_TELLING, lambda value: value) | {
            tuple: self._tell_row,
            list: self._tell_row,
            Entry: lambda entry: self._of_entries[entry.letter.id],
            Promise: self._tell_promise,
            Letter: self._tell_letter,
        }

    def _tell(self, value: object) -> object:
        """A value as what its representation tells all of."""
        way = self._ways.get(type(value))
        if way is not None:
            return way(value)
        match value:
            case Record():
                return value
            case Proof():
                return self._tell_letter(value.letter), value.span, value.anchor, value.evidence
            case Everything():
                return self._everything
            case _:
                return self._tell_gathered(value)

    def _tell_row(self, values: Sequence[object]) -> object:
        """Values in a row, however many, in few bytes."""
        kinds = set(map(type, values))
        if kinds <= _TELLING:
            return values
        if kinds == {Entry}:
            return _sum(b"".join([self._of_entries[entry.letter.id] for entry in values]))
        if kinds == {Promise}:
            return _sum(b"".join(map(self._tell_promise, values)))
        if kinds == {tuple} and len(values) >= LONG:
            return self._tell_table(values)
        return [value if type(value) in _TELLING else self._tell(value) for value in values]

    def _tell_table(self, rows: Sequence[object]) -> Key:
        """A long table, which unit after unit depends on."""
        held = self._tables.get(id(rows))
        if held is None:
            held = self._tables[id(rows)] = rows, _digest(*map(self._tell, rows))
        return held[1]

    def _tell_gathered(self, value: object) -> object:
        """What gathers letters, or what they say."""
        tell = self._tell
        match value:
            case Group():
                return value.kind, value.slug, value.name, value.description, tell(value.entries), tell(value.also)
            case Value():
                return value.facet, value.slug, value.name, tell(value.promises)
            case Story():
                return value.page, value.course, tell(value.mentions), tell(value.apart)
            case Mention():
                return tell(value.entry), value.thread, value.is_apart, tell(value.promises), tell(value.beside), tell(value.figures)
            case Comparison():
                return value.indicator, tell(value.series), [(other, ground, tell(found)) for other, ground, found in value.unlike]
            case Series():
                return value.type, value.scope, value.months, tell(value.members)
            case Reported():
                return tell(value.entry), value.number
            case Cited():
                return value.slug, value.name, value.titles, value.numbers, value.ground, value.ties, tell(value.citings)
            case Citing():
                return tell(value.entry), value.id
            case _:
                raise TypeError(f"a unit depends on {type(value).__name__}, of which no key is known")
