"""Policies: the 《titles》 and document numbers that letters cite, one policy for all titles under which policies.yml gathers them.

    front matter   citations        add to what the build finds, or correct it
    the text       《…》（…〔2018〕28号）   a title, with the number in brackets behind it
                   …〔2018〕28号           a number alone: that of a title where any letter prints both
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from dafu.citings import Place, iter_cited
from dafu.entries import Entry
from dafu.letter import Citation
from dafu.packed import Packed
from dafu.passages import Passage, gather_passages
from dafu.quotes import Span
from dafu.reading import Letter
from dafu.reference import Policy, Reference
from dafu.slugs import assign_slugs
from dafu.text import squeeze

_PLAIN = str.maketrans("［］[]【】()〔〕", "（）（）（）（）（）", "“”\"'‘’ ")


@dataclass(frozen=True, slots=True)
class Citing(Packed):
    """A policy cited at a place in a letter."""

    entry: Entry
    id: str
    """Its anchor in the letter's page: t1, or q1 where the front matter has it."""
    place: int
    """Among the places where the letter names policies, or in the front matter's list."""

    @property
    def citation(self) -> Citation | None:
        """What the front matter says of it."""
        return self.entry.letter.front.citations[self.place] if self.id.startswith("q") else None

    @property
    def _found(self) -> Place:
        return self.entry.letter.cited[self.place] if self.id.startswith("t") else _read_citation(self.entry.letter, self.id)

    @property
    def span(self) -> Span:
        return self._found.span

    @property
    def words(self) -> str:
        return self._found.words

    @property
    def title(self) -> str | None:
        return self._found.title

    @property
    def number(self) -> str | None:
        return self._found.number

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
    issuers: tuple[str, ...]
    """As the front matter names them."""
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

    def gather(self, entry: Entry) -> tuple[Passage, ...]:
        """The sentences of a letter that cite it."""
        return gather_passages(entry.letter.sentences, [(citing.span, "same") for citing in self.by_letter[entry.letter.id]])


def gather_policies(entries: Sequence[Entry], reference: Reference) -> tuple[Cited, ...]:
    """The policies that letters cite, those first that most letters cite; `entries` are the newest first."""
    citings = [(citing, _Names(place.title, place.number, citing.citation)) for entry in reversed(entries) for citing, place in find_citings(entry)]
    known = {_make_key(title): policy.slug for policy in reference.policies for title in (policy.name, *policy.titles)}
    titled = {_make_key(names.number): _make_key(names.title) for _, names in reversed(citings) if names.number and names.title}
    groups: dict[tuple[str, str], list[tuple[Citing, _Names]]] = defaultdict(list)
    for citing, names in citings:
        groups[_group(names, known, titled)].append((citing, names))
    titles = {key: names.title or names.number or "" for key, ((_, names), *_) in groups.items() if key[0] == "title"}
    slugs = assign_slugs(titles.values(), [policy.slug for policy in reference.policies])
    policies = {policy.slug: policy for policy in reference.policies}
    ties = _make_ties(reference.policies)
    found = []
    for key, members in groups.items():
        policy = policies[key[1]] if key[0] == "slug" else None
        slug, name = (policy.slug, policy.name) if policy else (slugs[titles[key]], titles[key])
        found.append(_make_cited(slug, name, members, ties[slug], policy and policy.ground))
    return tuple(sorted(found, key=lambda cited: (-len(cited.by_letter), cited.slug)))


class _Names:
    """What a place calls a policy."""

    __slots__ = ("title", "number", "policy", "issuer")

    def __init__(self, title: str | None, number: str | None, citation: Citation | None) -> None:
        self.title, self.number = title and sys.intern(title), number and sys.intern(number)
        self.policy, self.issuer = (citation.policy, citation.issuer) if citation else (None, None)


def find_citings(entry: Entry) -> Iterator[tuple[Citing, Place]]:
    """The policies that a letter cites, in the text's order; neither itself nor the proposal that it answers."""
    letter = entry.letter
    typed = [mark for mark in letter.marks if mark.kind == "citation"] if letter.front.citations else []
    own = {_make_key(name) for name in (letter.front.title, letter.front.printed_title, letter.front.document_number) if name}
    places = [(mark.span, Citing(entry, mark.id, mark.index), _read_citation(letter, mark.id)) for mark in typed]
    number = 0
    for at, place in enumerate(letter.cited):
        if any(place.span.start < mark.span.end and mark.span.start < place.span.end for mark in typed):
            continue
        if own & {_make_key(place.title or ""), _make_key(place.number or "")}:
            continue
        number += 1
        places.append((place.span, Citing(entry, f"t{number}", at), place))
    yield from ((citing, place) for _, citing, place in sorted(places, key=lambda each: each[0]))


def _read_citation(letter: Letter, name: str) -> Place:
    """What the front matter says of a place, and where it says nothing what the place says."""
    mark = next(mark for mark in letter.marks if mark.id == name)
    citation = letter.front.citations[mark.index]
    place = next(iter_cited(mark.words), None)
    title, number = (place.title, place.number) if place else (None, None)
    if citation.title is None and title is None and number is None and citation.number is None:
        title = mark.words
    return Place(mark.span, mark.words, citation.title or title, citation.number or number)


def _make_key(title: str) -> str:
    """A title or number as it is compared: without blanks and quotation marks, one kind of brackets."""
    return squeeze(title).removeprefix("《").removesuffix("》").translate(_PLAIN)


def _group(names: _Names, known: dict[str, str], titled: dict[str, str]) -> tuple[str, str]:
    """What tells that two citings are of one policy: the slug of policies.yml, else the title, else the number."""
    title, number = _make_key(names.title or ""), _make_key(names.number or "")
    slug = names.policy or known.get(title) or known.get(number) or known.get(titled.get(number, ""))
    return ("slug", slug) if slug else ("title", title or titled.get(number, number))


def _make_cited(slug: str, name: str, members: Sequence[tuple[Citing, _Names]], ties: Iterable[Tie], ground: str | None) -> Cited:
    citings = tuple(citing for citing, _ in members)
    titles, numbers, issuers = (tuple(dict.fromkeys(value for _, names in members if (value := getattr(names, part)))) for part in ("title", "number", "issuer"))
    by_letter = {letter_id: tuple(same) for letter_id, same in groupby(citings, key=lambda citing: citing.entry.letter.id)}
    return Cited(slug, name, citings, titles, numbers, issuers, tuple(ties), ground, by_letter)


def _make_ties(policies: Sequence[Policy]) -> dict[str, list[Tie]]:
    """Each policy's relations, seen from either end."""
    names = {policy.slug: policy.name for policy in policies}
    ties: dict[str, list[Tie]] = defaultdict(list)
    for policy in policies:
        for item in policy.relations:
            ties[policy.slug].append(Tie(item.relation, True, item.policy, names[item.policy], item.ground))
            ties[item.policy].append(Tie(item.relation, False, policy.slug, policy.name, item.ground))
    return ties
