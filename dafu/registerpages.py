"""The register's pages: all commitments, those of each value of a facet, those of which later letters speak, and a sheet to print for each year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from dafu.catalogue import Catalogue
from dafu.entries import Entry, Promise, count_statuses
from dafu.heads import Crumb
from dafu.lists import Slice, list_page_units, make_list_view, paginate, paginate_newest
from dafu.markup import json_data
from dafu.register import TABLE, WITH, Register, Value
from dafu.templating import View
from dafu.units import EVERYTHING, Unit, depend
from dafu.words import Words

ROWS_A_LETTER = 2
"""Pages of the register have so many times the rows of a list of letters: a row is shorter."""

FOLDED_AFTER = 8
"""Values of a facet that the register's first page shows."""

MOST_PAGES = 5
"""Of each list that only repeats what stands in the years' lists: some 500 commitments, more than anyone leafs through. All lists whole would be ten
times the letters; a browser filters all of them, and a year's list holds all that is of the year."""


def count_rows(page_size: int) -> int:
    """How many commitments stand in a page of the register."""
    return page_size * ROWS_A_LETTER


def list_register_units(register: Register, catalogue: Catalogue, words: Words) -> list[Unit[View]]:
    """Every page of the register."""
    return _RegisterPages(register, catalogue, words).list_units()


@dataclass(frozen=True, slots=True)
class Chapter:
    """The part of the register that one letter fills."""

    entry: Entry
    promises: tuple[Promise, ...]


class _RegisterPages:
    def __init__(self, register: Register, catalogue: Catalogue, words: Words) -> None:
        self.register, self.catalogue, self.words = register, catalogue, words
        self.size = count_rows(catalogue.site.page_size)
        self.top = Crumb(words.say("commitments.title"), "commitments/")
        self.script_words = json_data(words.under("register.js."))

    def list_units(self) -> list[Unit[View]]:
        facets = self.register.facets
        named = tuple((value.facet, value.slug, value.name, len(value.promises)) for values in facets.values() for value in values)
        return [
            Unit("commitments/", self._iter_all, depend(EVERYTHING)),
            *self._list_followed(),
            *(unit for values in facets.values() for value in values for unit in self._list_value(value, named)),
            Unit("commitments/filters/", lambda: [self._make_filters()], depend(EVERYTHING)),
            *(unit for year in facets["year"] for unit in self._list_sheets(year)),
        ]

    def _iter_all(self) -> Iterator[View]:
        return self._iter_list(self._cut("commitments/", self.register.promises), title=self.top.name, members=self.register.promises, feed="commitments/")

    def _list_followed(self) -> list[Unit[View]]:
        title, members = self.words.say("commitments.followed"), self.register.followed
        return list_page_units(self._cut("commitments/followed/", members, None), partial(self._iter_list, title=title, members=members, above=self.top), depend(EVERYTHING), title)

    def _list_value(self, value: Value, named: object) -> list[Unit[View]]:
        title = self.words.say(f"register.of.{value.facet}", name=value.name)
        make = partial(self._iter_list, title=title, members=value.promises, above=self.top, value=value)
        if value.facet == "year":
            return list_page_units(self._cut(value.url, value.promises, None), make, depend(value, named), title)
        return [Unit(value.url, lambda: make(self._cut_dated(value) if (value.facet, value.slug) == ("date", WITH) else self._cut(value.url, value.promises)), depend(value, named))]

    def _cut(self, url: str, members: Sequence[Promise], most: int | None = MOST_PAGES) -> Iterator[Slice]:
        return paginate_newest(members, url, self.size, most)

    def _cut_dated(self, value: Value) -> Iterator[Slice]:
        """In the order of their dates; of many the latest."""
        dated = sorted(value.promises, key=lambda promise: (promise.outline.due, promise.letter.id))
        kept = dated[-MOST_PAGES * self.size :]
        for part in paginate(kept, value.url, self.size):
            yield replace(part, total=len(dated), is_cut=len(kept) < len(dated))

    def _iter_list(self, parts: Iterable[Slice], *, title: str, members: Sequence[Promise], feed: str | None = None, above: Crumb | None = None, value: Value | None = None) -> Iterator[View]:
        shown: dict[str, Any] = {"register": self.register, "value": value, "table": TABLE, "folded_after": FOLDED_AFTER, "script_words": self.script_words}
        description = self.words.say("commitments.description")
        for part in parts:
            data = shown | {"chapters": tuple(self._gather(part.items)), "statuses": count_statuses(members) if part.is_first else {}}
            yield make_list_view(part, self.words, title=title, description=description, section="commitments", template="pages/commitments.html", feed=feed, above=above, data=data)

    def _gather(self, promises: Sequence[Promise]) -> Iterator[Chapter]:
        """The rows under their letters, in the order given: a letter may begin a second chapter."""
        rows: list[Promise] = []
        for promise in (*promises, None):
            if rows and (promise is None or promise.letter is not rows[0].letter):
                yield Chapter(self.catalogue.entries[self.catalogue.places[rows[0].letter.id]], tuple(rows))
                rows = []
            if promise is not None:
                rows.append(promise)

    def _make_filters(self) -> View:
        title = self.words.say("register.filters")
        return View(url="commitments/filters/", template="pages/filters.html", title=title, description=self.words.say("register.filters.description"), section="commitments",
                    crumbs=(self.top, Crumb(title, "commitments/filters/")), data={"register": self.register})

    def _list_sheets(self, year: Value) -> list[Unit[View]]:
        """The sheet of a year to print and to fill in: 回头看."""
        title = self.words.say("register.sheet", name=year.name)
        parts = self._cut(f"commitments/review/{year.slug}/", year.promises, None)
        return list_page_units(parts, partial(self._iter_sheet, year=year, title=title), depend(year), title)

    def _iter_sheet(self, parts: Iterable[Slice], *, year: Value, title: str) -> Iterator[View]:
        for part in parts:
            yield make_list_view(part, self.words, title=title, description=self.words.say("register.sheet.description"), section="commitments", template="pages/sheet.html",
                                 above=self.top, data={"chapters": tuple(self._gather(part.items)), "statuses": count_statuses(year.promises) if part.is_first else {}})
