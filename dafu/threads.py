"""Threads: something that recurs over the years, in every letter's own words, the oldest first.

A passage is the sentences of a block that bear one of the thread's names. Names that are the thread's own, or a part of it, or its former ones make
its story; those that only may be the same, or are not, are shown apart and decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from dafu.entries import Entry, Profile, Promise, make_profile
from dafu.figures import Comparison, Reported
from dafu.passages import Passage, gather_passages
from dafu.quotes import Finder, Span
from dafu.reading import Letter
from dafu.reference import Page, ThreadName

OWN = ("same", "part-of", "renamed-from")


@dataclass(frozen=True, slots=True)
class Mention:
    """What one letter says of a thread."""

    entry: Entry
    passages: tuple[Passage, ...]
    promises: tuple[Promise, ...]
    """Those that the editor gives to the thread, and those whose words bear one of its names."""
    beside: tuple[Promise, ...]
    """Other commitments in the same sentences: the thread may have no part in them."""
    figures: tuple[Reported, ...]
    """In the same sentences."""

    @property
    def anchor(self) -> str:
        """The first block that speaks of it."""
        return self.passages[0].anchor if self.passages else self.entry.letter.body.block_at(self.promises[0].mark.span.start).anchor


@dataclass(frozen=True, slots=True)
class Step:
    """A year in a thread's course."""

    year: str
    state: str
    """promised | reported | apart: only under names that may not be the thread's | silent | missing: no letter of that year is held"""
    place: int | None = None
    """Among the story's mentions: the first letter of the year that speaks of it under a name of its own."""


@dataclass(frozen=True, slots=True)
class Story:
    """A thread with everything that letters say of it."""

    page: Page
    mentions: tuple[Mention, ...]
    """The oldest first."""
    apart: tuple[Mention, ...]
    """What stands under names that only may be the same, or are distinct."""
    course: tuple[Step, ...]
    """Each year of the archive."""

    @property
    def url(self) -> str:
        return f"threads/{self.page.slug}/"

    @property
    def promises(self) -> tuple[Promise, ...]:
        return tuple(promise for mention in self.mentions for promise in mention.promises)

    @property
    def profile(self) -> Profile:
        return make_profile(self.promises)


@dataclass(frozen=True, slots=True)
class Around:
    """A thread as a letter meets it: what was said of it before, what after."""

    story: Story
    before: Mention | None
    after: Mention | None


def look_around(story: Story, letter: Letter) -> Around:
    """The mentions nearest to a letter's own; what has no date is neither before nor after."""
    dated = [mention for mention in story.mentions if mention.entry.date]
    place = next((place for place, mention in enumerate(dated) if mention.entry.letter is letter), None)
    if place is None:
        return Around(story, None, None)
    return Around(story, dated[place - 1] if place else None, dated[place + 1] if place + 1 < len(dated) else None)


def tell_stories(threads: Sequence[Page], entries: Sequence[Entry], comparisons: dict[str, Comparison]) -> tuple[Story, ...]:
    """The threads' stories, those first of which most letters speak; `entries` are the letters, the newest first."""
    figures: dict[str, list[Reported]] = {}
    for comparison in comparisons.values():
        for report in comparison.reports:
            figures.setdefault(report.entry.letter.id, []).append(report)
    told: dict[str, list[_Told]] = {page.slug: [] for page in threads}
    for entry in reversed(entries):
        finder = Finder(entry.letter.body.text)
        assigned = {promise.commitment.thread for promise in entry.promises}
        for page in threads:
            places = tuple(_iter_names(page.head.names, finder))
            if places or page.slug in assigned:
                told[page.slug].append((entry, places))
    years = {int(entry.letter.year) for entry in entries if entry.letter.year.isdigit()}
    stories = [_tell(page, told[page.slug], figures, years) for page in threads]
    told_stories = (story for story in stories if story.mentions or story.apart)  # a thread may wait for a letter that is still a draft
    return tuple(sorted(told_stories, key=lambda story: (-len(story.mentions), story.page.slug)))


_Place = tuple[Span, ThreadName]
_Told = tuple[Entry, tuple[_Place, ...]]


def _tell(page: Page, told: Sequence[_Told], figures: dict[str, list[Reported]], years: Set[int]) -> Story:
    own, apart = [], []
    for entry, places in told:
        mention = _make_mention(page.slug, entry, [place for place in places if place[1].relation in OWN], figures.get(entry.letter.id, ()))
        if mention.passages or mention.promises:
            own.append(mention)
        others = _make_mention("", entry, [place for place in places if place[1].relation not in OWN], ())
        if others.passages:
            apart.append(others)
    return Story(page, tuple(own), tuple(apart), _make_course(own, apart, years))


def _make_course(own: Sequence[Mention], apart: Sequence[Mention], held: Set[int]) -> tuple[Step, ...]:
    """The thread in the archive's years; letters without a date stand in none."""
    spoken: dict[str, list[int]] = {}
    for place, mention in enumerate(own):
        spoken.setdefault(mention.entry.letter.year, []).append(place)
    others = {mention.entry.letter.year for mention in apart}
    years = [f"{year:04d}" for year in range(min(held), max(held) + 1)] if held else []
    steps = []
    for year in years:
        if year in spoken:
            promised = any(own[place].promises for place in spoken[year])
            steps.append(Step(year, "promised" if promised else "reported", spoken[year][0]))
        else:
            steps.append(Step(year, "apart" if year in others else "silent" if int(year) in held else "missing"))
    return tuple(steps)


def _iter_names(names: Sequence[ThreadName], finder: Finder) -> Iterator[_Place]:
    """Where the names stand; of two that overlap the longer."""
    taken: list[Span] = []
    for name in sorted(names, key=lambda name: -len(name.name)):
        for span in finder.iter_spans(name.name):
            if all(span.end <= other.start or other.end <= span.start for other in taken):
                taken.append(span)
                yield span, name


def _make_mention(slug: str, entry: Entry, places: Sequence[_Place], figures: Sequence[Reported]) -> Mention:
    """What a letter says at some places; only the thread's own names, with its slug, carry commitments and figures."""
    passages = gather_passages(entry.letter.body, [(span, name.relation) for span, name in places])
    if not slug:
        return Mention(entry, passages, (), (), ())
    promises = tuple(promise for promise in entry.promises if promise.commitment.thread == slug or any(_meet(promise.mark.span, span) for span, _ in places))
    beside = tuple(promise for promise in entry.promises if promise not in promises and _stands_in(promise.mark.span, passages))
    return Mention(entry, passages, promises, beside, tuple(report for report in figures if _stands_in(report.mark.span, passages)))


def _stands_in(span: Span, passages: Sequence[Passage]) -> bool:
    return any(_meet(span, sentence) for passage in passages for sentence in passage.sentences)


def _meet(one: Span, other: Span) -> bool:
    """Whether two stretches share a character."""
    return one.start < other.end and other.start < one.end
