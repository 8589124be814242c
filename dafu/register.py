"""The register: every commitment, by what it may be filtered by, and the small table with which a browser filters all of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dafu.catalogue import Catalogue
from dafu.entries import Promise
from dafu.lists import count_blocks
from dafu.output import Output, make_json_output
from dafu.status import STATUSES
from dafu.words import Words

FACETS = ("status", "year", "topic", "respondent", "thread", "number", "date")
WITH, WITHOUT = "with", "without"
"""The two values of `number` and `date`."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet, with the commitments that have it."""

    facet: str
    """One of FACETS."""
    slug: str
    name: str
    promises: tuple[Promise, ...]

    @property
    def url(self) -> str:
        return f"commitments/{self.facet}/{self.slug}/"


@dataclass(frozen=True, slots=True)
class Register:
    """All commitments, the newest letters' first."""

    promises: tuple[Promise, ...]
    followed: tuple[Promise, ...]
    """Those of which later letters speak."""
    facets: dict[str, tuple[Value, ...]]
    """By facet: statuses in the rule's order, years from the newest on, all else by number."""


def make_register(catalogue: Catalogue, words: Words) -> Register:
    """The register of an archive."""
    promises = catalogue.promises
    found: dict[str, dict[tuple[str, str], list[Promise]]] = {facet: defaultdict(list) for facet in FACETS}
    for facet, slug, name, promise in _iter_values(catalogue, words):
        found[facet][slug, name].append(promise)
    facets = {facet: tuple(Value(facet, slug, name, tuple(members)) for (slug, name), members in values.items()) for facet, values in found.items()}
    facets = {facet: tuple(sorted(values, key=_rank)) for facet, values in facets.items()}
    return Register(promises, tuple(promise for promise in promises if promise.status.proofs), facets)


def _iter_values(catalogue: Catalogue, words: Words) -> Iterator[tuple[str, str, str, Promise]]:
    for entry in catalogue.entries:
        year = words.group("years", entry.letter.year)
        for promise in entry.promises:
            yield "status", promise.status.code, words.say(f"status.{promise.status.code}"), promise
            yield "year", entry.letter.year, year, promise
            yield "respondent", entry.respondent.slug, entry.respondent.name, promise
            yield from (("topic", topic.slug, topic.name, promise) for topic in entry.topics)
            for facet, is_said in (("number", promise.outline.is_measured), ("date", promise.outline.due is not None)):
                slug = WITH if is_said else WITHOUT
                yield facet, slug, words.say(f"register.{facet}.{slug}"), promise
    for story in catalogue.stories:
        yield from (("thread", story.page.slug, story.page.head.title, promise) for promise in story.promises)


def _rank(value: Value) -> tuple[Any, ...]:
    if value.facet == "status":
        return (STATUSES.index(value.slug),)
    if value.facet == "year":
        return (not value.slug.isdigit(), -int(value.slug) if value.slug.isdigit() else 0)
    if value.facet in ("number", "date"):
        return (value.slug == WITHOUT,)
    return (-len(value.promises), value.slug)


TABLE = "commitments/table.json"


def make_table(register: Register, size: int) -> Output:
    """What a browser needs to filter all commitments: for each its place in every facet, but no words, which it takes from the years' lists: of these a block has
    `size` rows, and the newest page as many as `heads` says."""
    rows = {id(promise): number for number, promise in enumerate(register.promises)}
    return make_json_output(TABLE, {
        "size": size,
        "heads": [len(year.promises) - count_blocks(len(year.promises), size) * size for year in register.facets["year"]],
        "rows": len(rows),
        "facets": {facet: [[value.slug, value.name] for value in values] for facet, values in register.facets.items()},
        "places": {facet: _pack(_place(values, rows)) for facet, values in register.facets.items()},
        "due": [[number, str(promise.outline.due)] for number, promise in enumerate(register.promises) if promise.outline.due],
    }, is_compact=True)


def _place(values: Sequence[Value], rows: Mapping[int, int]) -> list[tuple[int, ...]]:
    """A facet's column: the places of each row's values; rows alike share them, as there are a great many."""
    column: list[tuple[int, ...]] = [()] * len(rows)
    shared: dict[tuple[int, ...], tuple[int, ...]] = {}
    for place, value in enumerate(values):
        for promise in value.promises:
            row = rows[id(promise)]
            places = (*column[row], place)
            column[row] = shared.setdefault(places, places)
    return column


def _pack(column: Iterable[tuple[int, ...]]) -> list[list[Any]]:
    """A column as runs: how many rows in a row have the same places."""
    runs: list[list[Any]] = []
    for places in column:
        if runs and runs[-1][1] == places:
            runs[-1][0] += 1
        else:
            runs.append([1, places])
    return runs
