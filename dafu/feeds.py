"""Feeds and the files that machines look for: Atom, JSON Feed, sitemap, robots, OpenSearch, llms.txt."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dafu.catalogue import Catalogue
from dafu.entries import Entry, Promise
from dafu.output import Output, make_json_output
from dafu.templating import Stage
from dafu.words import Words

FEED_LENGTH = 50

Address = tuple[str, datetime.date | None]
"""A page with the day of its last change."""

MOST_TOGETHER = 5_000
"""Addresses in one sitemap: all of it is new with each letter."""

MOST_ADDRESSES = 50_000
"""In any sitemap, by the protocol."""
NEVER = datetime.date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a feed."""

    url: str
    """Site-relative; also what tells it from others."""
    title: str
    summary: str
    published: datetime.date | None
    updated: datetime.date | None
    author: str
    tags: tuple[tuple[str, str], ...]
    """Slug and name of each."""


def make_letter_items(entries: Sequence[Entry]) -> list[Item]:
    """The newest letters."""
    return [
        Item(
            entry.url, entry.letter.front.title, entry.letter.front.summary or entry.letter.front.title, entry.date, entry.updated, entry.respondent.name,
            tuple((topic.slug, topic.name) for topic in entry.topics),
        )
        for entry in entries[:FEED_LENGTH]
    ]


def make_promise_items(promises: Sequence[Promise], words: Words) -> list[Item]:
    """The commitments of which last something was said: by their own letter or a later one."""
    newest = sorted(promises, key=lambda promise: (_last_word(promise) or NEVER), reverse=True)
    return [_make_promise_item(promise, words) for promise in newest[:FEED_LENGTH]]


def _last_word(promise: Promise) -> datetime.date | None:
    return promise.status.proofs[-1].letter.front.date if promise.status.proofs else promise.letter.front.date


def _make_promise_item(promise: Promise, words: Words) -> Item:
    status = words.say(f"status.{promise.status.code}")
    later = [f"{words.date(proof.letter.front.date)}{words.say('colon')}{proof.quote}" for proof in promise.status.proofs]
    summary = "\n".join([promise.quote, *later, status])
    return Item(promise.url, promise.commitment.action, summary, promise.letter.front.date, _last_word(promise), promise.letter.front.respondent, ((promise.status.code, status),))


def iter_feeds(folder: str, title: str, items: Sequence[Item], stage: Stage) -> Iterator[Output]:
    """The Atom feed and the JSON Feed of a list, in its folder."""
    updated = max((item.updated for item in items if item.updated), default=NEVER)
    yield stage.render_file(f"{folder}feed.xml", "feeds/atom.xml", folder=folder, title=title, items=items, updated=updated, never=NEVER)
    yield make_json_output(f"{folder}feed.json", make_json_feed(folder, title, items, stage))


def make_json_feed(folder: str, title: str, items: Sequence[Item], stage: Stage) -> dict[str, Any]:
    """JSON Feed 1.1."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": stage.absolute(folder),
        "feed_url": stage.absolute(f"{folder}feed.json"),
        "description": stage.site.description,
        "language": stage.site.language,
        "items": [_make_item(item, stage) for item in items],
    }


def _make_item(item: Item, stage: Stage) -> dict[str, Any]:
    made = {
        "id": stage.absolute(item.url),
        "url": stage.absolute(item.url),
        "title": item.title,
        "content_text": item.summary,
        "date_published": f"{item.published}T00:00:00+08:00" if item.published else None,
        "date_modified": f"{item.updated}T00:00:00+08:00" if item.updated else None,
        "authors": [{"name": item.author}],
        "tags": [name for _, name in item.tags],
        "language": "zh-Hans",
    }
    return {name: value for name, value in made.items() if value is not None}


def iter_machine_files(catalogue: Catalogue, stage: Stage, addresses: Sequence[Address]) -> Iterator[Output]:
    """What stands at the root for machines; `addresses` are the site's pages."""
    yield from _iter_sitemaps(stage, sorted(addresses, key=lambda pair: pair[0]))
    yield stage.render_file("robots.txt", "feeds/robots.txt")
    yield stage.render_file("opensearch.xml", "feeds/opensearch.xml")
    yield stage.render_file("llms.txt", "feeds/llms.txt", catalogue=catalogue)


def _iter_sitemaps(stage: Stage, addresses: Sequence[Address]) -> Iterator[Output]:
    """One sitemap; of many addresses one for each folder, as a sitemap may speak only of what lies below it, and a list of these."""
    if len(addresses) <= MOST_TOGETHER:
        yield stage.render_file("sitemap.xml", "feeds/sitemap.xml", addresses=addresses)
        return
    folders: dict[str, list[Address]] = defaultdict(list)
    for address in addresses:
        folders[_find_folder(address[0])].append(address)
    parts = {}
    for folder, members in folders.items():
        for number, start in enumerate(range(0, len(members), MOST_ADDRESSES), 1):
            name = "sitemap" if folder else "sitemap-pages"
            parts[f"{folder}{name}{f'-{number}' if number > 1 else ''}.xml"] = members[start : start + MOST_ADDRESSES]
    for path, members in parts.items():
        yield stage.render_file(path, "feeds/sitemap.xml", addresses=members)
    yield stage.render_file("sitemap.xml", "feeds/sitemaps.xml", paths=sorted(parts))


def _find_folder(url: str) -> str:
    """The folder whose sitemap names a page: a year for letters, the root for what stands alone."""
    first, _, rest = url.partition("/")
    year, _, inside = rest.partition("/")
    if first == "letters" and inside and year != "page":
        return f"letters/{year}/"
    return f"{first}/" if rest else ""
