"""The archive as one value: letters in their order, everything that they name with a permalink, and what follows from comparing them."""

from __future__ import annotations

import bisect
import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from dafu.entries import Entry, Group, Named, Promise
from dafu.figures import Comparison, Reported, compare_figures
from dafu.policies import Cited, Citing, gather_policies
from dafu.reading import Letter
from dafu.reference import Page, Reference, Site
from dafu.shelf import Heard, Shelf
from dafu.slugs import assign_slugs
from dafu.status import Proof, derive_status, find_proofs, make_lineage
from dafu.threads import Story, tell_stories

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that the makers need to know."""

    site: Site
    reference: Reference
    entries: tuple[Entry, ...]
    """The published letters, newest first."""
    groups: dict[str, tuple[Group, ...]]
    pages: tuple[Page, ...] = ()
    withdrawn: tuple[Letter, ...] = ()
    draft_count: int = 0
    places: dict[str, int] = field(default_factory=dict)
    """A letter's id to its place in `entries`."""
    comparisons: dict[str, Comparison] = field(default_factory=dict)
    """What letters report of each indicator, by its slug."""
    reports_of: dict[str, tuple[tuple[Reported, Comparison], ...]] = field(default_factory=dict)
    """A letter's id to the figures that it reports."""
    stories: tuple[Story, ...] = ()
    """What letters say of each thread."""
    stories_of: dict[str, tuple[Story, ...]] = field(default_factory=dict)
    """A letter's id to the threads of which it speaks."""
    policies: tuple[Cited, ...] = ()
    """What letters cite."""
    citings_of: dict[str, tuple[tuple[Citing, Cited], ...]] = field(default_factory=dict)
    """A letter's id to the policies that it cites."""
    evidence_of: dict[str, tuple[tuple[Promise, Proof], ...]] = field(default_factory=dict)
    """A letter's id to the earlier commitments of which its words tell, with those words."""
    later_replies: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    """A letter's id to the replies that supplement it."""

    @property
    def promises(self) -> tuple[Promise, ...]:
        return tuple(promise for entry in self.entries for promise in entry.promises)

    def older(self, entry: Entry) -> Entry | None:
        """The dated letter before it."""
        return self._neighbour(entry, 1)

    def newer(self, entry: Entry) -> Entry | None:
        """The dated letter after it."""
        return self._neighbour(entry, -1)

    def _neighbour(self, entry: Entry, step: int) -> Entry | None:
        place = self.places[entry.letter.id] + step
        found = self.entries[place] if 0 <= place < len(self.entries) else None
        return found if found is not None and found.date and entry.date else None

    def supplements(self, entry: Entry) -> tuple[Entry, ...]:
        """Later replies that supplement this one, oldest first."""
        return self.later_replies.get(entry.letter.id, ())


LONGEST_DAYS = 10_000_000
"""More days than the calendar has."""


def make_catalogue(letters: Sequence[Letter], reference: Reference, pages: Sequence[Page], heard: Heard = {}) -> Catalogue:
    """The catalogue of letters that have passed every check; `heard` is what others quote of them."""
    published = [letter for letter in letters if not letter.front.draft and not letter.front.withdrawn]
    published.sort(key=lambda letter: letter.age)
    names = _Names(published, reference)
    shelf = Shelf(published, heard)
    promises = _make_promises(published, names, reference, shelf)
    entries = tuple(_make_entry(letter, names, promises[letter.id], shelf) for letter in reversed(published))
    comparisons = compare_figures(entries, reference)
    stories = tell_stories(reference.threads, entries, comparisons)
    policies = gather_policies(entries, reference)
    return Catalogue(
        site=reference.site,
        reference=reference,
        entries=entries,
        groups=_make_groups(entries, reference),
        pages=tuple(pages),
        withdrawn=tuple(sorted((l for l in letters if l.front.withdrawn and not l.front.draft), key=lambda letter: letter.id)),
        draft_count=sum(letter.front.draft for letter in letters),
        places={entry.letter.id: place for place, entry in enumerate(entries)},
        comparisons=comparisons,
        reports_of=_by_letter((report.entry.letter, (report, comparison)) for comparison in comparisons.values() for report in comparison.reports),
        stories=stories,
        stories_of=_by_letter((mention.entry.letter, story) for story in stories for mention in story.mentions),
        policies=policies,
        citings_of=_by_letter((citing.entry.letter, (citing, cited)) for cited in policies for citing in cited.citings),
        evidence_of=_by_letter((proof.letter, (promise, proof)) for entry in reversed(entries) for promise in entry.promises for proof in promise.status.proofs),
        later_replies=_by_letter((entry.replies_to, entry) for entry in reversed(entries) if entry.replies_to is not None),
    )


def _by_letter(pairs: Iterable[tuple[Letter, T]]) -> dict[str, tuple[T, ...]]:
    """What belongs to each letter, by its id, in the order given."""
    found: dict[str, list[T]] = defaultdict(list)
    for letter, item in pairs:
        found[letter.id].append(item)
    return {name: tuple(items) for name, items in found.items()}


class _Names:
    """Names as printed to the pages of who bears them."""

    def __init__(self, letters: Sequence[Letter], reference: Reference) -> None:
        self.topics = {topic.slug: topic for topic in reference.topics}
        self.units = self._known("respondents", reference.units)
        self.sessions = self._known("sessions", reference.sessions)
        fronts = [letter.front for letter in letters]
        self._add("respondents", self.units, (name for front in fronts for name in (front.respondent, *front.co_handlers)))
        self._add("sessions", self.sessions, (front.session for front in fronts if front.session))
        self.people: dict[str, Named] = {}
        self._add("proposers", self.people, (name for front in fronts for name in front.proposers), people=True)

    @staticmethod
    def _known(kind: str, items: Iterable[object]) -> dict[str, Named]:
        known = {}
        for item in items:
            named = Named(item.name, item.slug, f"{kind}/{item.slug}/")
            known |= dict.fromkeys((item.name, *item.aliases), named)
        return known

    @staticmethod
    def _add(kind: str, known: dict[str, Named], names: Iterable[str], *, people: bool = False) -> None:
        new = [name for name in names if name not in known]
        taken = {named.slug for named in known.values()}
        for name, slug in assign_slugs(new, taken, people=people).items():
            known[name] = Named(name, slug, f"{kind}/{slug}/")


def _make_promises(letters: Sequence[Letter], names: _Names, reference: Reference, shelf: Shelf) -> dict[str, tuple[Promise, ...]]:
    """Each letter's commitments in the editor's order; `letters` from oldest to newest."""
    lineage = make_lineage(reference.units)
    days: dict[str, list[datetime.date]] = defaultdict(list)
    for letter in letters:
        if letter.front.date:
            days[names.units[letter.front.respondent].slug].append(letter.front.date)
    quiet = datetime.timedelta(days=min(reference.site.quiet_after_days, LONGEST_DAYS))
    found = {}
    for letter in letters:
        slug = names.units[letter.front.respondent].slug
        later = _count_later(letter, quiet, [days[each] for each in lineage.get(slug, (slug,))])
        found[letter.id] = tuple(_iter_promises(letter, shelf, later))
    return found


def _count_later(letter: Letter, quiet: datetime.timedelta, shelves: Iterable[list[datetime.date]]) -> int:
    if letter.front.date is None:
        return 0
    quiet = max(quiet, datetime.timedelta(days=1))
    if quiet > datetime.date.max - letter.front.date:
        return 0
    from_day = letter.front.date + quiet
    return sum(len(days) - bisect.bisect_left(days, from_day) for days in shelves)


def _iter_promises(letter: Letter, shelf: Shelf, later: int) -> Iterable[Promise]:
    for outline in letter.outlines:
        if outline.place is not None:
            yield Promise(letter, outline, derive_status(outline, find_proofs(outline, shelf), later))


def _make_entry(letter: Letter, names: _Names, promises: tuple[Promise, ...], shelf: Shelf) -> Entry:
    front = letter.front
    first = shelf.find(front.replies_to) if front.replies_to else None
    return Entry(
        letter=letter,
        respondent=names.units[front.respondent],
        proposers=tuple(names.people[name] for name in front.proposers),
        co_handlers=tuple(names.units[name] for name in front.co_handlers),
        session=names.sessions[front.session] if front.session else None,
        topics=tuple(names.topics[slug] for slug in front.topics),
        promises=promises,
        replies_to=first if isinstance(first, Letter) else None,
    )


def _make_groups(entries: tuple[Entry, ...], reference: Reference) -> dict[str, tuple[Group, ...]]:
    """The browsing lists: years newest first with their gaps, topics in their file's order, all else by number of letters."""
    topics = [Group("topics", t.slug, t.name, _having(entries, lambda e, t=t: t in e.topics), t.description) for t in reference.topics]
    return {
        "years": _make_years(entries),
        "topics": tuple(topics),
        "respondents": _gather_groups("respondents", entries, lambda entry: [entry.respondent], lambda entry: entry.co_handlers),
        "proposers": _gather_groups("proposers", entries, lambda entry: entry.proposers),
        "sessions": _gather_groups("sessions", entries, lambda entry: [entry.session] if entry.session else []),
    }


NamesOf = Callable[[Entry], Iterable[Named]]


def _having(entries: Iterable[Entry], test: Callable[[Entry], bool]) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if test(entry))


def _gather_groups(kind: str, entries: Iterable[Entry], names: NamesOf, also: NamesOf = lambda entry: ()) -> tuple[Group, ...]:
    found: dict[Named, tuple[list[Entry], list[Entry]]] = defaultdict(lambda: ([], []))
    for entry in entries:
        for role, named_by in enumerate((names, also)):
            for named in dict.fromkeys(named_by(entry)):
                found[named][role].append(entry)
    groups = [Group(kind, named.slug, named.name, tuple(first), also=tuple(second)) for named, (first, second) in found.items()]
    return tuple(sorted(groups, key=lambda group: (-len(group.entries), group.slug)))


def _make_years(entries: Iterable[Entry]) -> tuple[Group, ...]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.letter.year].append(entry)
    dated = [int(year) for year in found if year.isdigit()]
    span = range(max(dated), min(dated) - 1, -1) if dated else ()
    years = [f"{year:04d}" for year in span] + [year for year in found if not year.isdigit()]
    return tuple(Group("years", year, year, tuple(found.get(year, ()))) for year in years)
