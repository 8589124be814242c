"""The rules for what letters refer to: slugs and names claimed once, successors and relations that exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from dafu.problems import Problem, Report, quote_value
from dafu.reading import Letter
from dafu.records import Record
from dafu.reference import Indicator, Page, Policy, Reference, Unit
from dafu.targets import check_targets
from dafu.text import make_slug, squeeze


def check_reference(reference: Reference, paths: dict[str, str]) -> Iterator[Problem]:
    """Problems in the settings files; `paths` says how each is shown."""
    lists: dict[str, list[tuple[str, Iterable[Record]]]] = {
        "topics": [("", reference.topics)],
        "units": [("", reference.units)],
        "sessions": [("", reference.sessions)],
        "policies": [("", reference.policies)],
        "indicators": [("indicators", reference.indicators.indicators), ("scopes", reference.indicators.scopes)],
    }
    for stem, parts in lists.items():
        report = Report(paths.get(stem, f"{stem}.yml"))
        for _, items in parts:
            _check_claims(items, report)
        if stem == "units":
            _check_units(reference.units, report)
        if stem == "policies":
            _check_policies(reference.policies, report)
        if stem == "indicators":
            _check_unlike(reference.indicators.indicators, report)
        yield from report.problems
    report = Report(paths.get("site", "site.yml"))
    check_targets(reference.site.publish, report)
    yield from report.problems
    yield from _check_threads(reference.threads)


RESERVED = frozenset(("letters", "years", "topics", "respondents", "proposers", "sessions", "commitments", "threads", "indicators", "policies", "search", "data", "assets", "offline"))
"""Folders of the site in which an editor's page can't lie."""


def check_pages(pages: Iterable[Page]) -> Iterator[Problem]:
    """Whether each page of the editor's own can have the address that its name gives."""
    for page in pages:
        if make_slug(page.slug) != page.slug or page.slug in RESERVED:
            why = "is a part of the site" if page.slug in RESERVED else "can't be an address"
            yield Problem(path=page.path, code="page-name", message=f"The page's name {quote_value(page.slug)} {why}.",
                          mend="Rename the file: lower-case ASCII letters, digits and single hyphens, and no name of the site's own.", value=page.slug)


def _check_claims(items: Iterable[Record], report: Report) -> None:
    """No slug and no name may belong to two."""
    slugs: dict[str, str] = {}
    names: dict[str, Record] = {}
    for item in items:
        if item.slug in slugs:
            report.add(item.at.of("slug"), "slug-repeated", f"slug {quote_value(item.slug)} is also that of {quote_value(slugs[item.slug])}.", "Give each a slug of its own.", value=item.slug)
        elif item.slug is not None:
            slugs[item.slug] = item.name or item.slug
        for name, key in _iter_names(item):
            known = names.setdefault(_make_plain(name), item)
            if known is not item:
                other = known.slug or known.name or ""
                report.add(item.at.of(key), "name-repeated", f"The name {quote_value(name)} is also that of {quote_value(other)}.", "A name can mean only one.", value=name)


def _iter_names(item: Record) -> Iterator[tuple[str, str]]:
    """Every name that an item claims, with the key under which it stands."""
    if item.name is not None:
        yield item.name, "name"
    for key in ("aliases", "titles"):
        for number, name in enumerate(getattr(item, key, ())):
            yield name, f"{key}.{number}"


def _make_plain(name: str) -> str:
    """A name as it is looked for: blanks and the marks of a title don't count."""
    return squeeze(name).removeprefix("《").removesuffix("》")


def _check_units(units: tuple[Unit, ...], report: Report) -> None:
    by_slug = {unit.slug: unit for unit in units}
    for unit in units:
        if unit.successor is not None and unit.successor not in by_slug:
            report.add(unit.at.of("successor"), "slug-unknown", f"successor {quote_value(unit.successor)} is not defined in units.yml.", _suggest(unit.successor, by_slug), value=unit.successor)
        elif _is_own_successor(unit, by_slug):
            report.add(unit.at.of("successor"), "unit-circle", f"{quote_value(unit.name or unit.slug)} is in the end its own successor.", "Take one of the successors away.", value=unit.successor)
        if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
            report.add(unit.at.of("valid_to"), "period-order", f"valid_to {unit.valid_to} lies before valid_from {unit.valid_from}.", "Exchange or correct the two days.", value=str(unit.valid_to))


def _is_own_successor(unit: Unit, by_slug: dict[str, Unit]) -> bool:
    seen: set[str] = set()
    after: Unit | None = unit
    while after is not None and after.successor and after.successor not in seen:
        seen.add(after.successor)
        after = by_slug.get(after.successor)
    return unit.slug in seen


def _check_policies(policies: tuple[Policy, ...], report: Report) -> None:
    slugs = {policy.slug for policy in policies}
    for policy in policies:
        for relation in policy.relations:
            if relation.policy is not None and relation.policy == policy.slug:
                report.add(relation.at.of("policy"), "policy-circle", f"The policy {quote_value(policy.slug)} stands in a relation to itself.", "Name the other policy.", value=relation.policy)
            if relation.policy is not None and relation.policy not in slugs:
                report.add(relation.at.of("policy"), "slug-unknown", f"policy {quote_value(relation.policy)} is not defined in policies.yml.", _suggest(relation.policy, slugs), value=relation.policy)


def _check_unlike(indicators: tuple[Indicator, ...], report: Report) -> None:
    slugs = {indicator.slug for indicator in indicators}
    for indicator in indicators:
        for item in indicator.unlike:
            if item.indicator is not None and item.indicator == indicator.slug:
                report.add(item.at.of("indicator"), "indicator-circle", f"The indicator {quote_value(indicator.slug)} is said to be unlike itself.", "Name the other indicator.", value=item.indicator)
            elif item.indicator is not None and item.indicator not in slugs:
                report.add(item.at.of("indicator"), "slug-unknown", f"indicator {quote_value(item.indicator)} is not defined in indicators.yml.", _suggest(item.indicator, slugs), value=item.indicator)


def _check_threads(threads: Iterable[Page]) -> Iterator[Problem]:
    claimed: dict[str, str] = {}
    for page in threads:
        report, slug, thread = Report(page.path), page.slug, page.head
        if make_slug(slug) != slug:
            report.add((1, 1), "thread-name", f"The thread's name {quote_value(slug)} can't be an address.", "Rename the file: lower-case ASCII letters, digits and single hyphens.", value=slug)
        for name in thread.names:
            if name.relation in ("possibly-same", "distinct") or name.name is None:
                continue
            owner = claimed.setdefault(squeeze(name.name), slug)
            if owner != slug:
                report.add(name.at.of("name"), "name-repeated", f"The name {quote_value(name.name)} belongs to the thread {quote_value(owner)} too.",
                           "Leave it to one of them, or say `possibly-same` or `distinct` in the other.", value=name.name)
        yield from report.problems


def check_mentions(threads: Iterable[Page], letters: Sequence[Letter]) -> Iterator[Problem]:
    """Threads of which no letter speaks, under whatever name, and to which no commitment is given; a withdrawn letter speaks no more."""
    letters = [letter for letter in letters if not letter.front.withdrawn]
    spoken = {outline.thread for letter in letters for outline in letter.outlines} | {slug for letter in letters for slug in letter.named}
    for page in threads:
        if page.slug not in spoken:
            yield Problem(path=page.path, code="thread-unmentioned", message=f"No letter bears a name of the thread {quote_value(page.slug)}.",
                          mend="Write its names as letters print them, or delete the file.", value=page.slug)


def _suggest(slug: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(slug, [name for name in known if name], 1)
    return f'Did you mean "{near[0]}"?' if near else "Define it there, or use one that stands there."
