"""Policies: the 《titles》 and document numbers that letters cite, one policy for all titles under which policies.yml gathers them.

    front matter   citations        add to what the build finds, or correct it
    the text       《…》（…〔2018〕28号）   a title, with the number in brackets behind it
                   …〔2018〕28号           a number alone: that of a title where any letter prints both
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from dafu.citings import Naming, Place, make_key
from dafu.entries import Entry
from dafu.letter import Citation
from dafu.marks import Mark
from dafu.packed import Packed
from dafu.passages import Passage, gather_passages
from dafu.quotes import Span
from dafu.reference import Policy, Reference
from dafu.slugs import assign_slugs


@dataclass(frozen=True, slots=True)
class Citing(Packed):
    """A policy cited at a place in a letter."""

    entry: Entry
    naming: Naming

    @property
    def id(self) -> str:
        return self.naming.id

    @property
    def citation(self) -> Citation | None:
        """What the front matter says of it."""
        return self.entry.letter.front.citations[self.naming.place] if self.id.startswith("q") else None

    @property
    def _found(self) -> Place | Mark:
        letter = self.entry.letter
        return letter.cited[self.naming.place] if self.id.startswith("t") else next(mark for mark in letter.marks if mark.id == self.id)

    @property
    def span(self) -> Span:
        return self._found.span

    @property
    def words(self) -> str:
        return self._found.words

    @property
    def title(self) -> str | None:
        return self.naming.title

    @property
    def number(self) -> str | None:
        return self.naming.number

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
    citings = [Citing(entry, naming) for entry in reversed(entries) for naming in entry.letter.namings]
    known = {make_key(title): policy.slug for policy in reference.policies for title in (policy.name, *policy.titles)}
    titled = {make_key(citing.number): make_key(citing.title) for citing in reversed(citings) if citing.number and citing.title}
    groups: dict[tuple[str, str], list[Citing]] = defaultdict(list)
    for citing in citings:
        groups[_group(citing.naming, known, titled)].append(citing)
    titles = {key: first.title or first.number or "" for key, (first, *_) in groups.items() if key[0] == "title"}
    slugs = assign_slugs(titles.values(), [policy.slug for policy in reference.policies])
    policies = {policy.slug: policy for policy in reference.policies}
    ties = _make_ties(reference.policies)
    found = []
    for key, members in groups.items():
        policy = policies[key[1]] if key[0] == "slug" else None
        slug, name = (policy.slug, policy.name) if policy else (slugs[titles[key]], titles[key])
        found.append(_make_cited(slug, name, members, ties[slug], policy and policy.ground))
    return tuple(sorted(found, key=lambda cited: (-len(cited.by_letter), cited.slug)))


def _group(naming: Naming, known: dict[str, str], titled: dict[str, str]) -> tuple[str, str]:
    """What tells that two citings are of one policy: the slug of policies.yml, else the title, else the number."""
    title, number = make_key(naming.title or ""), make_key(naming.number or "")
    slug = naming.policy or known.get(title) or known.get(number) or known.get(titled.get(number, ""))
    return ("slug", slug) if slug else ("title", title or titled.get(number, number))


def _make_cited(slug: str, name: str, citings: Sequence[Citing], ties: Iterable[Tie], ground: str | None) -> Cited:
    titles, numbers, issuers = (tuple(dict.fromkeys(value for citing in citings if (value := getattr(citing.naming, part)))) for part in ("title", "number", "issuer"))
    by_letter = {letter_id: tuple(same) for letter_id, same in groupby(citings, key=lambda citing: citing.entry.letter.id)}
    return Cited(slug, name, tuple(citings), titles, numbers, issuers, tuple(ties), ground, by_letter)


def _make_ties(policies: Sequence[Policy]) -> dict[str, list[Tie]]:
    """Each policy's relations, seen from either end."""
    names = {policy.slug: policy.name for policy in policies}
    ties: dict[str, list[Tie]] = defaultdict(list)
    for policy in policies:
        for item in policy.relations:
            ties[policy.slug].append(Tie(item.relation, True, item.policy, names[item.policy], item.ground))
            ties[item.policy].append(Tie(item.relation, False, policy.slug, policy.name, item.ground))
    return ties
