"""Everything that the site is made of, in units, and parts of many units that any process can make: each maker's outputs, one at a time.

    letters    a letter's page and its other forms
    units      all other pages, lists' feeds, letters as data, the search's shards
    tables     what is put together from extracts of all letters, when these have been made

What is made of all the others comes at the end.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

from dafu.annotations import make_annotations
from dafu.assets import Assets
from dafu.catalogue import Catalogue
from dafu.cite import iter_citation_files, make_citations
from dafu.data import list_archive_units, make_letter_files
from dafu.entries import Entry
from dafu.extracts import Extracts, pack_extract
from dafu.feeds import FEED_LENGTH, iter_feeds, iter_machine_files, make_letter_items, make_promise_items
from dafu.letterpage import make_letter_view, make_notice_view
from dafu.offline import make_worker
from dafu.output import Output, url_of
from dafu.pages import KINDS, Browsing
from dafu.parallels import Parallels, Shared, choose_together, digest_shared
from dafu.redirects import iter_moved
from dafu.register import TABLE, Register, make_register, make_table
from dafu.registerpages import count_rows
from dafu.search.cards import make_card_file
from dafu.search.site import list_shard_units
from dafu.tables import list_tables, make_extract, show_rows
from dafu.templating import Stage, View
from dafu.threads import Around, look_around
from dafu.units import EVERYTHING, Unit, depend
from dafu.words import Words, read_words

PAGES = 25
"""Other units than letters that are made in one go; of letters as many as passages are found of together."""

FEW_PARTS = 12
"""Parts that a few units make up at least, as one of them may take as long as all others."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the site: letters, or other units, by their places."""

    kind: str
    """letters | units | tables"""
    places: tuple[int, ...]
    extracts: Extracts | None = None
    """For tables, those of all letters."""


class Making(NamedTuple):
    """A unit that is about to be made."""

    place: int
    outputs: Iterable[Output]
    passages: bytes = b""
    """Of a letter the digest of the passages that it shares."""
    extract: bytes = b""
    """Of a letter, what tables have of it."""
    rows: Sequence[Output] = ()
    """The same as tables by themselves."""


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
    is_split: bool
    """Whether the letters in `data/` have a file a year."""
    shards: Path
    """Where the search's shards are kept."""

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

    @cached_property
    def units(self) -> list[Unit[Output]]:
        """All but the letters and what is made of their extracts; those that take longest last."""
        return [*self._gathering, *self._large]

    @cached_property
    def _gathering(self) -> list[Unit[Output]]:
        return [
            *(Unit(unit.name, partial(self._render, unit), unit.given) for unit in self.browsing.list_units()),
            Unit("withdrawn", lambda: (self.stage.render(make_notice_view(letter, self.words)) for letter in self.catalogue.withdrawn), depend(*self.catalogue.withdrawn)),
            *self._list_feeds(),
            *list_shard_units(self.shards),
        ]

    @cached_property
    def _large(self) -> list[Unit[Output]]:
        table = Unit(TABLE, lambda: [make_table(self.register, count_rows(self.catalogue.site.page_size))], depend(EVERYTHING))
        return [*list_archive_units(self.catalogue, by_year=self.is_split), table]

    @cached_property
    def tables(self) -> list[Unit[Output]]:
        """What is made of the letters' extracts."""
        return list_tables(self.catalogue)

    def _render(self, unit: Unit[View]) -> Iterator[Output]:
        return map(self.stage.render, unit.make())

    def name_units(self) -> dict[str, list[str]]:
        """The names of all units, by kind and place."""
        return {"letters": [entry.url for entry in self.catalogue.entries], "units": [unit.name for unit in self.units], "tables": [unit.name for unit in self.tables]}

    def list_parts(self, letters: Sequence[int], units: Sequence[int]) -> list[Part]:
        """The parts that letters and other units make up; first the large ones, each by itself."""
        large = [place for place in units if place >= len(self._gathering)]
        pages = units[: len(units) - len(large)]
        few = max(1, min(PAGES, len(pages) // FEW_PARTS))
        together = choose_together(len(self.catalogue.entries))
        return [
            *(Part("units", (place,)) for place in large),
            *(Part("units", tuple(pages[first : first + few])) for first in range(0, len(pages), few)),
            *(Part("letters", tuple(letters[first : first + together])) for first in range(0, len(letters), together)),
        ]

    def make(self, part: Part) -> Iterator[Making]:
        """Each unit of a part."""
        if part.kind == "letters":
            yield from (self._begin_letter(*found) for found in self.parallels.iter_shared(part.places))
        elif part.kind == "units":
            yield from (Making(place, self.units[place].make()) for place in part.places)
        else:
            yield from (Making(place, self.tables[place].make(part.extracts)) for place in part.places)

    def _begin_letter(self, place: int, shared: Sequence[Shared]) -> Making:
        entry = self.catalogue.entries[place]
        extract = make_extract(entry, self.catalogue)
        return Making(place, self._make_letter(entry, shared), digest_shared(shared), pack_extract(extract), show_rows(extract))

    def list_given(self, entry: Entry) -> tuple[object, ...]:
        """What a letter's outputs are made from, beside the passages that it shares with others."""
        catalogue, name = self.catalogue, entry.letter.id
        return (
            entry,
            self.related[name],
            (catalogue.older(entry), catalogue.newer(entry)),
            catalogue.supplements(entry),
            tuple(_tell_around(look_around(story, entry.letter)) for story in catalogue.stories_of.get(name, ())),
            tuple((citing, cited.slug, cited.name, cited.has_page, cited.url) for citing, cited in catalogue.citings_of.get(name, ())),
            tuple((report, comparison.has_page, comparison.url) for report, comparison in catalogue.reports_of.get(name, ())),
            catalogue.evidence_of.get(name, ()),
        )

    def iter_last(self, pages: Iterable[tuple[str, datetime.date | None]]) -> Iterator[Output]:
        """What stands at the root, partly made of the other outputs: of the files of pages that are listed, with the day of a letter's last change."""
        yield self.stage.render_lost(self.browsing.make_lost())
        yield from iter_machine_files(self.catalogue, self.stage, [(url_of(path), day) for path, day in pages])
        yield make_worker(self.catalogue.site, self.assets.url, self.search_start)
        yield from self.assets.iter_outputs()
        yield from iter_moved(self.stage, self.words)

    def _make_letter(self, entry: Entry, shared: Sequence[Shared]) -> Iterator[Output]:
        citations = make_citations(self.catalogue.site, entry)
        page = self.stage.render(make_letter_view(entry, self.catalogue, shared, citations, self.related[entry.letter.id], self.words))
        yield replace(page, changed=entry.updated)
        yield from make_letter_files(self.catalogue.site, entry, self.words)
        yield make_card_file(entry, self.words)
        if self.catalogue.site.has_beside("cite"):
            yield from iter_citation_files(citations)
        if self.catalogue.site.has_beside("annotations"):
            yield make_annotations(entry, self.catalogue, shared)

    def _list_feeds(self) -> list[Unit[Output]]:
        """The feeds of each list that has any."""
        site, words = self.catalogue.site, self.words
        groups = [group for kind in KINDS for group in self.catalogue.groups[kind]]
        letters = [("", site.title, self.catalogue.entries), *((group.url, words.say("feed.title", site=site.title, name=words.group(group.kind, group.name)), group.entries) for group in groups)]
        promised = words.say("feed.title", site=site.title, name=words.say("commitments.title"))
        return [
            *(Unit(f"{folder}feed", partial(self._feed_letters, folder, title, entries), depend(title, entries[:FEED_LENGTH])) for folder, title, entries in letters),
            Unit("commitments/feed", lambda: iter_feeds("commitments/", promised, make_promise_items(self.register.promises, words), self.stage), depend(EVERYTHING)),
        ]

    def _feed_letters(self, folder: str, title: str, entries: Sequence[Entry]) -> Iterator[Output]:
        return iter_feeds(folder, title, make_letter_items(entries), self.stage)


def _tell_around(around: Around) -> tuple[object, ...]:
    """What a letter's page shows of a thread."""
    return around.story.url, around.story.page.head, *((mention.entry, mention.anchor) if mention else () for mention in (around.before, around.after))

