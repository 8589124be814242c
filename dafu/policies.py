"""Policies: the 《titles》 and document numbers that letters cite, one policy for all titles under which policies.yml gathers them.

    front matter   citations        add to what the build finds, or correct it
    the text       《…》（…〔2018〕28号）   a title, with the number in brackets behind it
                   …〔2018〕28号           a number alone: that of a title where any letter prints both
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from dafu.citings import iter_cited
from dafu.entries import Entry
from dafu.letter import Citation
from dafu.packed import Packed
from dafu.passages import Passage, gather_passages
from dafu.quotes import Span
from dafu.marks import Mark
from dafu.reference import Policy, Reference
from dafu.slugs import assign_slugs
from dafu.text import squeeze

_PLAIN = str.maketrans("［］[]【】()〔〕", "（）（）（）（）（）", "“”\"'‘’ ")


@dataclass(frozen=True, slots=True)
class Citing(Packed):
    """A policy cited at a place in a letter."""

    entry: Entry
    span: Span
    words: str
    id: str
    """Its anchor in the letter's page: t1, or q1 where the front matter has it."""
    title: str | None
    number: str | None
    citation: Citation | None = None
    """What the front matter says of it."""

    @property
    def url(self) -> str:
        return f"letters/{self.entry.letter.id}/#{self.id}"


@dataclass(frozen=True, slots=True)
class Tie(Packed):
    """What one policy does to another, or has done to it."""

    relation: str
    """adopts | amends | merges | succeeds"""
    is_active: bool
    other: str
    """The other's slug."""
    name: str
    ground: str | None


@dataclass(frozen=True, slots=True)
class Cited(Packed):
    """A policy with every place where it is cited."""

    slug: str
    name: str
    citings: tuple[Citing, ...]
    """The oldest first."""
    titles: tuple[str, ...]
    """As printed, the first of them first."""
    numbers: tuple[str, ...]
    ties: tuple[Tie, ...] = ()
    ground: str | None = None
    """Why the editor takes its titles for one policy's."""
    by_letter: dict[str, tuple[Citing, ...]] = field(default_factory=dict)
    """The same by their letters' ids, in the same order."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The letters that cite it, the oldest first."""
        return tuple(citings[0].entry for citings in self.by_letter.values())

    @property
    def has_page(self) -> bool:
        """Whether two letters cite it, so that there is something to lay side by side."""
        return len(self.by_letter) > 1

    @property
    def url(self) -> str:
        """Its page, or the one place where it is cited."""
        return f"policies/{self.slug}/" if self.has_page else self.citings[0].url

    @property
    def issuers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(citing.citation.issuer for citing in self.citings if citing.citation and citing.citation.issuer))

    def gather(self, entry: Entry) -> tuple[Passage, ...]:
        """The sentences of a letter that cite it."""
        return gather_passages(entry.letter.sentences, [(citing.span, "same") for citing in self.by_letter[entry.letter.id]])


def gather_policies(entries: Sequence[Entry], reference: Reference) -> tuple[Cited, ...]:
    """The policies that letters cite, those first that most letters cite; `entries` are the newest first."""
    citings = [citing for entry in reversed(entries) for citing in find_citings(entry)]
    known = {_make_key(title): policy.slug for policy in reference.policies for title in (policy.name, *policy.titles)}
    titled = {_make_key(citing.number): _make_key(citing.title) for citing in reversed(citings) if citing.number and citing.title}
    groups: dict[tuple[str, str], list[Citing]] = defaultdict(list)
    for citing in citings:
        groups[_group(citing, known, titled)].append(citing)
    names = {key: citing.title or citing.number or "" for key, (citing, *_) in groups.items() if key[0] == "title"}
    slugs = assign_slugs(names.values(), [policy.slug for policy in reference.policies])
    policies = {policy.slug: policy for policy in reference.policies}
    ties = _make_ties(reference.policies)
    found = []
    for key, members in groups.items():
        policy = policies[key[1]] if key[0] == "slug" else None
        slug, name = (policy.slug, policy.name) if policy else (slugs[names[key]], names[key])
        found.append(_make_cited(slug, name, members, ties[slug], policy and policy.ground))
    return tuple(sorted(found, key=lambda cited: (-len(cited.by_letter), cited.slug)))


def find_citings(entry: Entry) -> Iterator[Citing]:
    """The policies that a letter cites, in the text's order; neither itself nor the proposal that it answers."""
    letter, typed = entry.letter, [mark for mark in entry.letter.facts if mark.kind == "citation"]
    own = {_make_key(name) for name in (letter.front.title, letter.front.printed_title, letter.front.document_number) if name}
    places = [(mark.span, _read_citation(entry, mark)) for mark in typed]
    number = 0
    for place in letter.cited:
        if any(place.span.start < mark.span.end and mark.span.start < place.span.end for mark in typed):
            continue
        if own & {_make_key(place.title or ""), _make_key(place.number or "")}:
            continue
        number += 1
        places.append((place.span, Citing(entry, place.span, place.words, f"t{number}", place.title, place.number)))
    yield from (citing for _, citing in sorted(places, key=lambda place: place[0]))


def _read_citation(entry: Entry, mark: Mark) -> Citing:
    """What the front matter says of a place, and where it says nothing what the place says."""
    citation = entry.letter.front.citations[mark.index]
    place = next(iter_cited(mark.words), None)
    title, number = (place.title, place.number) if place else (None, None)
    if citation.title is None and title is None and number is None and citation.number is None:
        title = mark.words
    return Citing(entry, mark.span, mark.words, mark.id, citation.title or title, citation.number or number, citation)


def _make_key(title: str) -> str:
    """A title or number as it is compared: without blanks and quotation marks, one kind of brackets."""
    return squeeze(title).removeprefix("《").removesuffix("》").translate(_PLAIN)


def _group(citing: Citing, known: dict[str, str], titled: dict[str, str]) -> tuple[str, str]:
    """What tells that two citings are of one policy: the slug of policies.yml, else the title, else the number."""
    title, number = _make_key(citing.title or ""), _make_key(citing.number or "")
    slug = (citing.citation and citing.citation.policy) or known.get(title) or known.get(number) or known.get(titled.get(number, ""))
    return ("slug", slug) if slug else ("title", title or titled.get(number, number))


def _make_cited(slug: str, name: str, citings: Sequence[Citing], ties: Iterable[Tie], ground: str | None) -> Cited:
    titles = dict.fromkeys(citing.title for citing in citings if citing.title)
    numbers = dict.fromkeys(citing.number for citing in citings if citing.number)
    by_letter: dict[str, tuple[Citing, ...]] = {}
    for letter_id, members in groupby(citings, key=lambda citing: citing.entry.letter.id):
        by_letter[letter_id] = tuple(members)
    return Cited(slug, name, tuple(citings), tuple(titles), tuple(numbers), tuple(ties), ground, by_letter)


def _make_ties(policies: Sequence[Policy]) -> dict[str, list[Tie]]:
    """Each policy's relations, seen from either end."""
    names = {policy.slug: policy.name for policy in policies}
    ties: dict[str, list[Tie]] = defaultdict(list)
    for policy in policies:
        for item in policy.relations:
            ties[policy.slug].append(Tie(item.relation, True, item.policy, names[item.policy], item.ground))
            ties[item.policy].append(Tie(item.relation, False, policy.slug, policy.name, item.ground))
    return ties
