"""Feeds and the files that machines look for: Atom, JSON Feed, sitemap, robots, OpenSearch, llms.txt."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from dafu.catalogue import Catalogue
from dafu.entries import Entry
from dafu.output import Output, make_json_output
from dafu.templating import Stage, View

FEED_LENGTH = 50
NEVER = datetime.date(1970, 1, 1)


def iter_feeds(folder: str, title: str, entries: Sequence[Entry], stage: Stage) -> Iterator[Output]:
    """The Atom feed and the JSON Feed of a list, in its folder."""
    newest = entries[:FEED_LENGTH]
    updated = max((entry.updated for entry in newest if entry.updated), default=NEVER)
    yield stage.render_file(f"{folder}feed.xml", "feeds/atom.xml", folder=folder, title=title, entries=newest, updated=updated, never=NEVER)
    yield make_json_output(f"{folder}feed.json", make_json_feed(folder, title, newest, stage))


def make_json_feed(folder: str, title: str, entries: Sequence[Entry], stage: Stage) -> dict[str, Any]:
    """JSON Feed 1.1."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": stage.absolute(folder),
        "feed_url": stage.absolute(f"{folder}feed.json"),
        "description": stage.site.description,
        "language": stage.site.language,
        "items": [_make_item(entry, stage) for entry in entries],
    }


def _make_item(entry: Entry, stage: Stage) -> dict[str, Any]:
    front = entry.letter.front
    item = {
        "id": stage.absolute(entry.url),
        "url": stage.absolute(entry.url),
        "title": front.title,
        "content_text": front.summary or front.title,
        "date_published": f"{entry.date}T00:00:00+08:00" if entry.date else None,
        "date_modified": f"{entry.updated}T00:00:00+08:00" if entry.updated else None,
        "authors": [{"name": entry.respondent.name}],
        "tags": [topic.name for topic in entry.topics],
        "language": "zh-Hans",
    }
    return {name: value for name, value in item.items() if value is not None}


def iter_machine_files(catalogue: Catalogue, stage: Stage, addresses: Sequence[tuple[str, datetime.date | None]]) -> Iterator[Output]:
    """What stands at the root for machines; `addresses` are the site's pages with the day of their last change."""
    yield stage.render_file("sitemap.xml", "feeds/sitemap.xml", addresses=sorted(addresses, key=lambda pair: pair[0]))
    yield stage.render_file("robots.txt", "feeds/robots.txt")
    yield stage.render_file("opensearch.xml", "feeds/opensearch.xml")
    yield stage.render_file("llms.txt", "feeds/llms.txt", catalogue=catalogue)


def last_change(view: View) -> datetime.date | None:
    """The day on which a letter's page last changed, as the content tells it."""
    entry = view.data.get("entry")
    return entry.updated if entry is not None else None
