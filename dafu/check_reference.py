"""The rules for what letters refer to: slugs and names claimed once, successors and relations that exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from dafu.problems import Problem, Report, quote_value
from dafu.reference import Policy, Reference, Unit
from dafu.shapes import Record


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
        yield from report.problems
    yield from _check_threads(reference, paths)


def _check_claims(items: Iterable[Record], report: Report) -> None:
    """No slug and no name may belong to two."""
    slugs: dict[str, str] = {}
    names: dict[str, str] = {}
    for item in items:
        if item.slug in slugs:
            report.add(item.at.of("slug"), "slug-repeated", f"slug {quote_value(item.slug)} is also that of {quote_value(slugs[item.slug])}.", "Give each a slug of its own.", value=item.slug)
        elif item.slug is not None:
            slugs[item.slug] = item.name or item.slug
        also = getattr(item, "aliases", ()) or getattr(item, "titles", ())
        for name in dict.fromkeys([item.name, *also]):
            if name is not None and names.setdefault(name, item.slug) != item.slug:
                report.add(item.at.start, "name-repeated", f"The name {quote_value(name)} is also that of {quote_value(names[name])}.", "A name can mean only one.", value=name)


def _check_units(units: tuple[Unit, ...], report: Report) -> None:
    by_slug = {unit.slug: unit for unit in units}
    for unit in units:
        if unit.successor is not None and unit.successor not in by_slug:
            report.add(unit.at.of("successor"), "slug-unknown", f"successor {quote_value(unit.successor)} is not defined in units.yml.", _suggest(unit.successor, by_slug), value=unit.successor)
        elif _is_own_successor(unit, by_slug):
            report.add(unit.at.of("successor"), "unit-circle", f"{quote_value(unit.name)} is in the end its own successor.", "Take one of the successors away.", value=unit.successor)
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
            if relation.policy is not None and relation.policy not in slugs:
                report.add(relation.at.of("policy"), "slug-unknown", f"policy {quote_value(relation.policy)} is not defined in policies.yml.", _suggest(relation.policy, slugs), value=relation.policy)


def _check_threads(reference: Reference, paths: dict[str, str]) -> Iterator[Problem]:
    claimed: dict[str, str] = {}
    for slug, thread in reference.threads:
        report = Report(paths.get(f"threads/{slug}", f"threads/{slug}.md"))
        for name in thread.names:
            if name.relation in ("possibly-same", "distinct") or name.name is None:
                continue
            owner = claimed.setdefault(name.name, slug)
            if owner != slug:
                report.add(name.at.of("name"), "name-repeated", f"The name {quote_value(name.name)} belongs to the thread {quote_value(owner)} too.",
                           "Leave it to one of them, or say `possibly-same` or `distinct` in the other.", value=name.name)
        yield from report.problems


def _suggest(slug: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(slug, list(known), 1)
    return f'Did you mean "{near[0]}"?' if near else "Define it there, or use one that stands there."
