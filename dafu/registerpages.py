"""The register's pages: all commitments, those of each value of a facet, those of which later letters speak, and a sheet to print for each year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dafu.catalogue import Catalogue
from dafu.entries import Entry, Promise, count_statuses
from dafu.heads import Crumb
from dafu.lists import make_list_view, paginate
from dafu.register import TABLE, WITH, Register, Value
from dafu.templating import View
from dafu.words import Words

ROWS_A_LETTER = 2
"""Pages of the register have so many times the rows of a list of letters: a row is shorter."""

FOLDED_AFTER = 8
"""Values of a facet that every page of the register shows."""


def count_rows(page_size: int) -> int:
    """How many commitments stand in a page of the register."""
    return page_size * ROWS_A_LETTER


def iter_register_views(register: Register, catalogue: Catalogue, words: Words) -> Iterator[View]:
    """Every page of the register."""
    return _RegisterPages(register, catalogue, words).iter_views()


@dataclass(frozen=True, slots=True)
class Chapter:
    """The part of the register that one letter fills."""

    entry: Entry
    promises: tuple[Promise, ...]


class _RegisterPages:
    def __init__(self, register: Register, catalogue: Catalogue, words: Words) -> None:
        self.register, self.catalogue, self.words = register, catalogue, words
        self.top = Crumb(words.say("commitments.title"), "commitments/")

    def iter_views(self) -> Iterator[View]:
        yield from self._iter_list("commitments/", self.top.name, self.register.promises, feed="commitments/")
        yield from self._iter_list("commitments/followed/", self.words.say("commitments.followed"), self.register.followed, above=self.top)
        for values in self.register.facets.values():
            for value in values:
                yield from self._iter_value(value, self.words.say(f"register.of.{value.facet}", name=value.name))
        yield self._make_filters()
        for year in self.register.facets["year"]:
            yield from self._iter_sheet(year)

    def _iter_value(self, value: Value, title: str) -> Iterator[View]:
        members = value.promises
        if (value.facet, value.slug) == ("date", WITH):
            members = tuple(sorted(members, key=lambda promise: (promise.commitment.due.value, promise.letter.id)))
        yield from self._iter_list(value.url, title, members, above=self.top, value=value)

    def _iter_list(self, url: str, title: str, members: Sequence[Promise], *, feed: str | None = None, above: Crumb | None = None, value: Value | None = None) -> Iterator[View]:
        shown: dict[str, Any] = {"register": self.register, "value": value, "statuses": count_statuses(members), "table": TABLE, "folded_after": FOLDED_AFTER}
        shown["script_words"] = self.words.under("register.js.")
        description = self.words.say("commitments.description")
        for part in paginate(members, url, count_rows(self.catalogue.site.page_size)):
            data = shown | {"chapters": tuple(self._gather(part.items))}
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

    def _iter_sheet(self, year: Value) -> Iterator[View]:
        """The sheet of a year to print and to fill in: 回头看."""
        title = self.words.say("register.sheet", name=year.name)
        for part in paginate(year.promises, f"commitments/review/{year.slug}/", count_rows(self.catalogue.site.page_size)):
            yield make_list_view(part, self.words, title=title, description=self.words.say("register.sheet.description"), section="commitments", template="pages/sheet.html",
                                 above=self.top, data={"chapters": tuple(self._gather(part.items)), "statuses": count_statuses(year.promises)})
