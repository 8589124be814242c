"""Everything that the site is made of, as one stream: each maker's outputs, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from dafu.annotations import make_annotations
from dafu.assets import read_assets
from dafu.catalogue import Catalogue
from dafu.cite import iter_citation_files, make_citations
from dafu.data import iter_archive_files, make_letter_files
from dafu.feeds import iter_feeds, iter_machine_files, last_change, make_letter_items, make_promise_items
from dafu.headers import iter_with_headers
from dafu.letterpage import make_letter_view, make_notice_view
from dafu.offline import make_worker
from dafu.output import Output
from dafu.pages import KINDS, Browsing
from dafu.parallels import Parallels
from dafu.redirects import iter_moved
from dafu.register import make_register, make_table
from dafu.registerpages import count_rows
from dafu.search.site import Search
from dafu.templating import Stage
from dafu.words import read_words


def iter_outputs(catalogue: Catalogue, search: Search) -> Iterator[Output]:
    """Every file of the site, one at a time; at the end what a host should say of them."""
    yield from iter_with_headers(_iter_files(catalogue, search))


def _iter_files(catalogue: Catalogue, search: Search) -> Iterator[Output]:
    site = catalogue.site
    words = read_words(site.language)
    assets = read_assets()
    stage = Stage(site, words, assets.url, has_about=any(page.slug == "about" for page in catalogue.pages))
    register = make_register(catalogue, words)
    browsing = Browsing(catalogue, register, words, search.start_url)
    parallels = Parallels(catalogue.entries)
    addresses = []
    for view in chain(browsing.iter_views(), (make_notice_view(letter, words) for letter in catalogue.withdrawn)):
        if view.listed:
            addresses.append((view.url, last_change(view)))
        yield stage.render(view)
    yield stage.render_lost(browsing.make_lost())
    for entry in catalogue.entries:
        shared = parallels.find(entry)
        citations = make_citations(site, entry)
        view = make_letter_view(entry, catalogue, shared, citations, search.related[entry.letter.id], words)
        addresses.append((view.url, last_change(view)))
        yield stage.render(view)
        yield from make_letter_files(entry, words)
        yield from iter_citation_files(citations)
        yield make_annotations(entry, catalogue, shared)
    yield from search.iter_outputs(words)
    yield from iter_archive_files(catalogue)
    yield make_table(register, count_rows(site.page_size))
    yield from iter_feeds("", site.title, make_letter_items(catalogue.entries), stage)
    for kind in KINDS:
        for group in catalogue.groups[kind]:
            yield from iter_feeds(group.url, words.say("feed.title", site=site.title, name=words.group(kind, group.name)), make_letter_items(group.entries), stage)
    yield from iter_feeds("commitments/", words.say("feed.title", site=site.title, name=words.say("commitments.title")), make_promise_items(register.promises, words), stage)
    yield from iter_machine_files(catalogue, stage, addresses)
    yield make_worker(site, assets.url, search.start_url)
    yield from assets.iter_outputs()
    yield from iter_moved(stage, words)
