"""Everything that the site is made of, in parts that any process can make: each maker's outputs, one at a time.

    tables     what stands in data/
    lists      all other pages, for a stretch of their sections
    letters    a letter's page and its other forms, for a stretch of letters
    feeds      lists' feeds, for a stretch of lists

What is made of all the others comes at the end.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

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
from dafu.templating import Section, Stage
from dafu.words import Words, read_words

LETTERS, SECTIONS, FEEDS = 25, 25, 100
"""Letters, sections of lists and lists with feeds that are made in one go."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the site: a stretch of what there is of a kind."""

    kind: str
    """tables | lists | letters | feeds"""
    first: int = 0
    end: int = 0


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

    def list_parts(self) -> list[Part]:
        """The parts of the site in their order: first what takes longest."""
        stretches = (("lists", len(self.sections), SECTIONS), ("letters", len(self.catalogue.entries), LETTERS), ("feeds", len(self.lists), FEEDS))
        return [Part("tables"), *(Part(kind, first, first + step) for kind, count, step in stretches for first in range(0, count, step))]

    def make(self, part: Part) -> Iterator[Output]:
        """The outputs of a part."""
        match part.kind:
            case "letters":
                entries = self.catalogue.entries[part.first : part.end]
                for entry, shared in zip(entries, self.parallels.find_each(entries)):
                    yield from self._make_letter(entry, shared)
            case "lists":
                for section in self.sections[part.first : part.end]:
                    yield from map(self.stage.render, section())
            case "feeds":
                for folder, title, read in self.lists[part.first : part.end]:
                    yield from iter_feeds(folder, title, read(), self.stage)
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

    @cached_property
    def sections(self) -> list[Section]:
        """All pages that are no letter's."""
        return [*self.browsing.list_sections(), lambda: (make_notice_view(letter, self.words) for letter in self.catalogue.withdrawn)]

    def _make_letter(self, entry: Entry, shared: Sequence[Shared]) -> Iterator[Output]:
        citations = make_citations(self.catalogue.site, entry)
        page = self.stage.render(make_letter_view(entry, self.catalogue, shared, citations, self.related[entry.letter.id], self.words))
        yield replace(page, changed=entry.updated)
        yield from make_letter_files(self.catalogue.site, entry, self.words)
        if self.catalogue.site.has_beside("cite"):
            yield from iter_citation_files(citations)
        if self.catalogue.site.has_beside("annotations"):
            yield make_annotations(entry, self.catalogue, shared)

    @cached_property
    def lists(self) -> list[tuple[str, str, Callable[[], Sequence[Item]]]]:
        """Folder, title and what gathers the items of each list that has feeds."""
        site, words = self.catalogue.site, self.words
        groups = [group for kind in KINDS for group in self.catalogue.groups[kind]]
        named = [(group.url, words.say("feed.title", site=site.title, name=words.group(group.kind, group.name)), partial(make_letter_items, group.entries)) for group in groups]
        promised = words.say("feed.title", site=site.title, name=words.say("commitments.title"))
        return [("", site.title, partial(make_letter_items, self.catalogue.entries)), *named, ("commitments/", promised, lambda: make_promise_items(self.register.promises, words))]
