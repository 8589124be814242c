"""What a page says of itself to machines: Dublin Core, Open Graph, citation and government-page metadata, JSON-LD."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dafu.catalogue import Catalogue
from dafu.cite import name_letter
from dafu.entries import Entry, Named
from dafu.output import absolute_url
from dafu.reading import Letter
from dafu.reference import Site


@dataclass(frozen=True, slots=True)
class Meta:
    """A `meta` element; Open Graph names go into `property`."""

    name: str
    content: str

    @property
    def is_property(self) -> bool:
        return self.name.startswith(("og:", "article:"))


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the way from the home page to here."""

    name: str
    url: str


def make_page_metas(site: Site, title: str, description: str, url: str, column: str) -> list[Meta]:
    """What every page says."""
    address = absolute_url(site.base_url, url)
    return [
        Meta("description", description),
        Meta("DC.title", title),
        Meta("DC.language", site.language),
        Meta("DC.identifier", address),
        Meta("og:site_name", site.title),
        Meta("og:title", title),
        Meta("og:description", description),
        Meta("og:url", address),
        Meta("og:locale", "zh_CN" if site.language == "zh-Hans" else "en_GB"),
        Meta("SiteName", site.title),
        Meta("ColumnName", column),
        Meta("ArticleTitle", title),
        Meta("Description", description),
        Meta("Url", address),
    ]


def make_list_metas(site: Site) -> list[Meta]:
    """What a page that is no letter says beside that."""
    publisher = site.publisher or site.title
    return [Meta("og:type", "website"), Meta("DC.publisher", publisher), Meta("DC.type", "Collection"), Meta("Author", publisher), Meta("ContentSource", publisher), Meta("Keywords", site.title)]


def make_letter_metas(site: Site, entry: Entry) -> list[Meta]:
    """What a letter's page says beside that."""
    front = entry.letter.front
    keywords = "；".join(topic.name for topic in entry.topics)
    metas = [
        Meta("og:type", "article"),
        Meta("DC.creator", front.respondent),
        Meta("DC.publisher", site.publisher or site.title),
        Meta("DC.type", "Text"),
        Meta("DC.format", "text/html"),
        Meta("DC.subject", keywords),
        Meta("citation_title", name_letter(entry)),
        Meta("citation_author", front.respondent),
        Meta("citation_language", "zh"),
        Meta("citation_publisher", site.publisher or site.title),
        Meta("citation_public_url", absolute_url(site.base_url, entry.url)),
        Meta("Author", front.respondent),
        Meta("ContentSource", front.respondent),
        Meta("Keywords", keywords),
    ]
    if front.number:
        metas.append(Meta("citation_technical_report_number", front.number))
    if front.date:
        metas += [
            Meta("DC.date", front.date.isoformat()),
            Meta("citation_publication_date", front.date.strftime("%Y/%m/%d")),
            Meta("article:published_time", front.date.isoformat()),
            Meta("PubDate", front.date.isoformat()),
        ]
    if front.revisions and entry.updated:
        metas.append(Meta("article:modified_time", entry.updated.isoformat()))
    return [meta for meta in metas if meta.content]


def make_crumb_data(site: Site, crumbs: tuple[Crumb, ...]) -> dict[str, Any]:
    """schema.org BreadcrumbList."""
    items = [
        {"@type": "ListItem", "position": place, "name": crumb.name, "item": absolute_url(site.base_url, crumb.url)}
        for place, crumb in enumerate(crumbs, 1)
    ]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}


def make_letter_data(site: Site, entry: Entry) -> dict[str, Any]:
    """schema.org Message from a GovernmentOrganization."""
    front = entry.letter.front
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Message",
        "@id": absolute_url(site.base_url, entry.url),
        "url": absolute_url(site.base_url, entry.url),
        "name": name_letter(entry),
        "headline": front.title,
        "inLanguage": "zh-Hans",
        "identifier": front.number,
        "dateSent": front.date.isoformat() if front.date else None,
        "dateModified": entry.updated.isoformat() if front.revisions and entry.updated else None,
        "abstract": front.summary,
        "keywords": [topic.name for topic in entry.topics],
        "sender": _organization(site, entry.respondent),
        "recipient": [{"@type": "Person", "name": person.name} for person in dict.fromkeys(entry.proposers)],
        "contributor": [_organization(site, unit) for unit in entry.co_handlers],
        "isPartOf": {"@type": "Dataset", "@id": absolute_url(site.base_url, "data/"), "name": site.title},
    }
    return {name: value for name, value in data.items() if value not in (None, [])}


def _organization(site: Site, unit: Named) -> dict[str, Any]:
    return {"@type": "GovernmentOrganization", "name": unit.name, "url": absolute_url(site.base_url, unit.url)}


def make_dataset_data(catalogue: Catalogue) -> dict[str, Any]:
    """schema.org Dataset for the archive as data."""
    site = catalogue.site
    days = sorted(entry.date for entry in catalogue.entries if entry.date)
    files = {"letters.json": "application/json", "letters.csv": "text/csv", "commitments.csv": "text/csv", "figures.csv": "text/csv", "threads.json": "application/json", "policies.json": "application/json"}
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": absolute_url(site.base_url, "data/"),
        "url": absolute_url(site.base_url, "data/"),
        "name": site.title,
        "description": site.description,
        "inLanguage": "zh-Hans",
        "creator": {"@type": "Organization", "name": site.publisher or site.title},
        "license": site.licence,
        "temporalCoverage": f"{days[0]}/{days[-1]}" if days else None,
        "distribution": [
            {"@type": "DataDownload", "contentUrl": absolute_url(site.base_url, f"data/{name}"), "encodingFormat": kind}
            for name, kind in files.items()
        ],
    }
    return {name: value for name, value in data.items() if value is not None}


_FORMS = (("md", "index.md", "text/markdown"), ("txt", "index.txt", "text/plain"), ("json", "index.json", "application/json"), ("annotations", "annotations.jsonld", "application/ld+json"))


def iter_letter_links(site: Site, letter: Letter) -> Iterator[tuple[str, str]]:
    """The letter's other forms: site-relative address and media type."""
    yield from ((f"letters/{letter.id}/{name}", kind) for form, name, kind in _FORMS if site.has_beside(form))
