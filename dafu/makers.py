"""Everything that the site is made of, in parts that any process can make: each maker's outputs, one at a time.

    letters    a letter's page and its other forms, for a stretch of letters
    lists      every n-th of all other pages
    feeds      every n-th list's feeds
    tables     what stands in data/

What is made of all the others comes at the end.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice

from dafu.annotations import make_annotations
from dafu.assets import Assets
from dafu.catalogue import Catalogue
from dafu.cite import iter_citation_files, make_citations
from dafu.data import iter_archive_files, make_letter_files
from dafu.entries import Entry
from dafu.feeds import Item, iter_feeds, iter_machine_files, make_letter_items, make_promise_items
from dafu.letterpage import make_letter_view, make_notice_view
from dafu.offline import make_worker
from dafu.output import Output, url_of
from dafu.pages import KINDS, Browsing
from dafu.parallels import Parallels, Shared
from dafu.redirects import iter_moved
from dafu.register import Register, make_register, make_table
from dafu.registerpages import count_rows
from dafu.templating import Stage, View
from dafu.words import Words, read_words

LETTERS = 25
"""Letters that are made in one go."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the site: a stretch of letters, or of all else of a kind every n-th."""

    kind: str
    """letters | lists | feeds | tables"""
    first: int
    step: int


@dataclass(frozen=True)
class Makers:
    """What the site is made from; it goes to other processes as it is."""

    catalogue: Catalogue
    parallels: Parallels
    related: Mapping[str, tuple[Entry, ...]]
    """For each letter those that speak most of the same."""
    search_start: str
    """The address of the table that browsers load first."""
    assets: Assets

    @cached_property
    def words(self) -> Words:
        return read_words(self.catalogue.site.language)

    @cached_property
    def stage(self) -> Stage:
        return Stage(self.catalogue.site, self.words, self.assets.url, has_about=any(page.slug == "about" for page in self.catalogue.pages))

    @cached_property
    def register(self) -> Register:
        return make_register(self.catalogue, self.words)

    @cached_property
    def browsing(self) -> Browsing:
        return Browsing(self.catalogue, self.register, self.words, self.search_start)

    def __getstate__(self) -> dict[str, object]:
        """Without what each process works out for itself."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def list_parts(self, processes: int) -> list[Part]:
        """The parts of the site in their order, enough of each kind for so many processes."""
        letters = [Part("letters", first, LETTERS) for first in range(0, len(self.catalogue.entries), LETTERS)]
        return [*(Part("lists", first, processes) for first in range(processes)), *letters, Part("tables", 0, 1), *(Part("feeds", first, processes) for first in range(processes))]

    def make(self, part: Part) -> Iterator[Output]:
        """The outputs of a part."""
        match part.kind:
            case "letters":
                entries = self.catalogue.entries[part.first : part.first + part.step]
                for entry, shared in zip(entries, self.parallels.find_each(entries)):
                    yield from self._make_letter(entry, shared)
            case "lists":
                yield from map(self.stage.render, islice(self._iter_views(), part.first, None, part.step))
            case "feeds":
                for folder, title, items in islice(self._iter_lists(), part.first, None, part.step):
                    yield from iter_feeds(folder, title, items, self.stage)
            case "tables":
                yield from iter_archive_files(self.catalogue)
                yield make_table(self.register, count_rows(self.catalogue.site.page_size))

    def iter_last(self, pages: Iterable[tuple[str, datetime.date | None]]) -> Iterator[Output]:
        """What stands at the root, partly made of the other outputs: of the files of pages that are listed, with the day of a letter's last change."""
        yield self.stage.render_lost(self.browsing.make_lost())
        yield from iter_machine_files(self.catalogue, self.stage, [(url_of(path), day) for path, day in pages])
        yield make_worker(self.catalogue.site, self.assets.url, self.search_start)
        yield from self.assets.iter_outputs()
        yield from iter_moved(self.stage, self.words)

    def _iter_views(self) -> Iterator[View]:
        return chain(self.browsing.iter_views(), (make_notice_view(letter, self.words) for letter in self.catalogue.withdrawn))

    def _make_letter(self, entry: Entry, shared: Sequence[Shared]) -> Iterator[Output]:
        citations = make_citations(self.catalogue.site, entry)
        page = self.stage.render(make_letter_view(entry, self.catalogue, shared, citations, self.related[entry.letter.id], self.words))
        yield replace(page, changed=entry.updated)
        yield from make_letter_files(self.catalogue.site, entry, self.words)
        if self.catalogue.site.has_beside("cite"):
            yield from iter_citation_files(citations)
        if self.catalogue.site.has_beside("annotations"):
            yield make_annotations(entry, self.catalogue, shared)

    def _iter_lists(self) -> Iterator[tuple[str, str, Sequence[Item]]]:
        """Folder, title and items of each list that has feeds."""
        site, words = self.catalogue.site, self.words
        yield "", site.title, make_letter_items(self.catalogue.entries)
        for group in (group for kind in KINDS for group in self.catalogue.groups[kind]):
            yield group.url, words.say("feed.title", site=site.title, name=words.group(group.kind, group.name)), make_letter_items(group.entries)
        yield "commitments/", words.say("feed.title", site=site.title, name=words.say("commitments.title")), make_promise_items(self.register.promises, words)
