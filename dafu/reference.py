"""What the letters refer to: topics, units, sessions, indicators, policies, threads, and the site's own settings."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from math import prod

from dafu.compress import FORMS
from dafu.letter import NAME
from dafu.records import Record, RecordOf, key
from dafu.shapes import PERMALINK, SLUG, TARGET, Address, Choice, Day, Flag, ListOf, MapOf, Number, Pairs, Text
from dafu.targets import Target

ALTERNATES = ("txt", "md", "json", "annotations", "cite")
"""Other forms of a letter: plain text, Markdown, data, annotations, and four citations."""

record = dataclass(frozen=True, slots=True, kw_only=True)

SENTENCE = Text(hint="a sentence")


@record
class Topic(Record):
    """A subject that letters are browsed by."""

    slug: str = key(SLUG)
    name: str = key(NAME)
    description: str | None = key(SENTENCE, default=None)
    keywords: tuple[str, ...] = key(ListOf(NAME), default=())


@record
class Unit(Record):
    """An office: lead unit, co-handler or owner of a commitment."""

    slug: str = key(SLUG)
    name: str = key(NAME)
    aliases: tuple[str, ...] = key(ListOf(NAME), default=())
    successor: str | None = key(SLUG, default=None)
    valid_from: datetime.date | None = key(Day(), default=None)
    valid_to: datetime.date | None = key(Day(), default=None)


@record
class Session(Record):
    """A session of a congress or conference, with the forms in which letters print its name."""

    slug: str = key(SLUG)
    name: str = key(NAME)
    aliases: tuple[str, ...] = key(ListOf(NAME), default=())


@record
class Unlike(Record):
    """Another indicator that could be taken for the same, and why it isn't."""

    indicator: str = key(SLUG)
    ground: str = key(SENTENCE)


@record
class Indicator(Record):
    """A quantity that letters report."""

    slug: str = key(SLUG)
    name: str = key(NAME)
    unit: str = key(NAME)
    units: tuple[str, ...] = key(ListOf(NAME), default=())
    """Other forms in which letters print it: 平米 for 平方米; 万 or 亿 of one is no other."""
    description: str | None = key(SENTENCE, default=None)
    unlike: tuple[Unlike, ...] = key(ListOf(RecordOf(Unlike)), default=())

    def multiple_of(self, unit: str) -> int | None:
        """How many of its unit one of a printed unit is: 10000 for 万平米 where the unit is 平方米; None for a foreign unit."""
        for plain in (self.unit, *self.units):
            head = unit.removesuffix(plain)
            if unit.endswith(plain) and all(char in _TIMES for char in head):
                return prod(_TIMES[char] for char in head)
        return None


_TIMES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}


@record
class Scope(Record):
    """What a figure covers, with the forms in which letters print it: 全区 and 辖区 are one scope."""

    slug: str = key(SLUG)
    name: str = key(NAME)
    aliases: tuple[str, ...] = key(ListOf(NAME), default=())


@record
class Indicators(Record):
    """indicators.yml: the indicators and the scopes that figures may name."""

    indicators: tuple[Indicator, ...] = key(ListOf(RecordOf(Indicator)), default=())
    scopes: tuple[Scope, ...] = key(ListOf(RecordOf(Scope)), default=())


@record
class PolicyRelation(Record):
    """What one policy does to another."""

    relation: str = key(Choice(("adopts", "amends", "merges", "succeeds")))
    policy: str = key(SLUG)
    ground: str | None = key(SENTENCE, default=None)


@record
class Policy(Record):
    """A policy with the titles under which letters print it."""

    slug: str = key(SLUG)
    name: str = key(NAME)
    titles: tuple[str, ...] = key(ListOf(NAME), default=())
    ground: str | None = key(SENTENCE, default=None)
    """Why the titles are taken for one policy's."""
    relations: tuple[PolicyRelation, ...] = key(ListOf(RecordOf(PolicyRelation)), default=())


@record
class ThreadName(Record):
    """A name as printed, how it stands to the thread, and on what ground."""

    name: str = key(NAME)
    relation: str = key(Choice(("same", "part-of", "renamed-from", "possibly-same", "distinct")))
    ground: str | None = key(SENTENCE, default=None)


@record
class Thread(Record):
    """The head of threads/SLUG.md: something that recurs over the years."""

    title: str = key(NAME)
    kind: str = key(Choice(("place", "project", "programme", "body")))
    summary: str | None = key(SENTENCE, default=None)
    names: tuple[ThreadName, ...] = key(ListOf(RecordOf(ThreadName)), default=())


@record
class PageHead(Record):
    """The head of pages/SLUG.md."""

    title: str = key(NAME)
    description: str | None = key(SENTENCE, default=None)


@dataclass(frozen=True, slots=True)
class Page:
    """A text of the editor's own: a page such as `about`, or a thread."""

    slug: str
    path: str
    head: PageHead | Thread
    markdown: str
    line: int
    """Of the file, in which the Markdown begins."""


@record
class EditorialContact(Record):
    """Where readers send corrections and requests to take something down."""

    name: str | None = key(NAME, default=None)
    email: str | None = key(Text(pattern=r"[\w.+-]+@[\w.-]+", hint="an e-mail address", example="editor@example.org"), default=None)
    url: str | None = key(Address(), default=None)


@record
class Site(Record):
    """site.yml: the archive's name, address, language and switches."""

    title: str = key(NAME)
    description: str = key(SENTENCE)
    base_url: str = key(Address(is_base=True), default="https://example.org/")
    language: str = key(Choice(("zh-Hans", "en")), default="zh-Hans")
    publisher: str | None = key(NAME, default=None)
    contact: EditorialContact | None = key(RecordOf(EditorialContact), default=None)
    licence: str | None = key(Address(), default=None)
    quiet_after_days: int = key(Number(whole=True, least=0), default=180)
    page_size: int = key(Number(whole=True, least=1), default=50)
    publish_contacts: bool = key(Flag(), default=False)
    offline: bool = key(Flag(), default=False)
    """Whether readers' browsers keep the shell and what was read, through a service worker."""
    precompress: tuple[str, ...] = key(ListOf(Choice(FORMS)), default=())
    """Forms in which texts lie compressed beside themselves, for a host that looks for them."""
    alternates: tuple[str, ...] = key(ListOf(Choice(ALTERNATES)), default=ALTERNATES)
    """What stands beside each letter's page: a host may cap the number of files."""
    publish: Pairs = key(MapOf(SLUG, RecordOf(Target)), default=Pairs())
    """Targets by name."""
    redirects: Pairs = key(MapOf(PERMALINK, TARGET), default=Pairs())
    """Permalinks of pages that are gone, and where each of them leads now."""

    def has_beside(self, form: str) -> bool:
        """Whether a letter has a form beside its page; annotations count in the plain text, so that comes with them."""
        return form in self.alternates or (form == "txt" and "annotations" in self.alternates)


@record
class Reference(Record):
    """All of it together, as read."""

    site: Site
    topics: tuple[Topic, ...] = ()
    units: tuple[Unit, ...] = ()
    sessions: tuple[Session, ...] = ()
    indicators: Indicators = Indicators()
    policies: tuple[Policy, ...] = ()
    threads: tuple[Page, ...] = ()
    """By slug; their heads are threads'."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a reference defines, as letters ask for it."""

    reference: Reference
    indicators: dict[str, Indicator]
    """By their slugs."""
    slugs: dict[str, tuple[str, dict[str, None]]]
    """By the kind of what has them: the file in which they are defined, and they, in its order."""


_at_hand: list[Known] = []


def know(reference: Reference) -> Known:
    """What a reference defines. That of the last one stays at hand: letter after letter is checked beside the same."""
    if not _at_hand or _at_hand[0].reference is not reference:
        indicators = reference.indicators
        kinds = {
            "topics": ("topics.yml", reference.topics), "thread": ("threads/", reference.threads), "indicator": ("indicators.yml", indicators.indicators),
            "scope": ("indicators.yml", indicators.scopes), "policy": ("policies.yml", reference.policies),
        }
        slugs = {kind: (file, dict.fromkeys(item.slug for item in items)) for kind, (file, items) in kinds.items()}
        _at_hand[:] = [Known(reference, {indicator.slug: indicator for indicator in indicators.indicators}, slugs)]
    return _at_hand[0]
