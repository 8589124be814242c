"""Threads: something that recurs over the years, in every letter's own words, the oldest first.

A passage is the sentences of a block that bear one of the thread's names. Names that are the thread's own, or a part of it, or its former ones make
its story; those that only may be the same, or are not, are shown apart and decide nothing.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from dafu.entries import Entry, Profile, Promise, make_profile
from dafu.figures import Comparison, Reported
from dafu.packed import Packed
from dafu.passages import Passage
from dafu.reading import Letter
from dafu.reference import Page
from dafu.told import Spoken


@dataclass(frozen=True, slots=True)
class Mention(Packed):
    """What one letter says of a thread."""

    entry: Entry
    thread: str
    """The slug."""
    is_apart: bool
    """Whether this is what it says under names that may not be the thread's."""
    anchor: str
    """The first block that speaks of it."""
    promises: tuple[Promise, ...]
    """Those that the editor gives to the thread, and those whose words bear one of its names."""
    beside: tuple[Promise, ...]
    """Other commitments in the same sentences: the thread may have no part in them."""
    figures: tuple[Reported, ...]
    """In the same sentences."""

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The letter's words."""
        return next((told.apart if self.is_apart else told.passages for told in self.entry.letter.told if told.thread == self.thread), ())


@dataclass(frozen=True, slots=True)
class Step(Packed):
    """A year in a thread's course."""

    year: str
    state: str
    """promised | reported | apart: only under names that may not be the thread's | silent | missing: no letter of that year is held"""
    place: int | None = None
    """Among the story's mentions: the first letter of the year that speaks of it under a name of its own."""


@dataclass(frozen=True, slots=True)
class Story(Packed):
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
    mentions = story.mentions
    place = bisect.bisect_left(mentions, letter.age, key=lambda mention: mention.entry.letter.age)
    if place == len(mentions) or mentions[place].entry.letter.id != letter.id or letter.front.date is None:
        return Around(story, None, None)
    before = mentions[place - 1] if place and mentions[place - 1].entry.date else None
    return Around(story, before, mentions[place + 1] if place + 1 < len(mentions) else None)


def tell_stories(threads: Sequence[Page], entries: Sequence[Entry], comparisons: dict[str, Comparison]) -> tuple[Story, ...]:
    """The threads' stories, those first of which most letters speak; `entries` are the letters, the newest first."""
    figures: dict[str, list[Reported]] = {}
    for comparison in comparisons.values():
        for report in comparison.reports:
            figures.setdefault(report.entry.letter.id, []).append(report)
    own: dict[str, list[Mention]] = {page.slug: [] for page in threads}
    apart: dict[str, list[Mention]] = {page.slug: [] for page in threads}
    for entry in reversed(entries):
        for spoken in (each for each in entry.letter.spoken if each.thread in own):
            for mention in iter_mentions(entry, spoken, figures.get(entry.letter.id, ())):
                (apart if mention.is_apart else own)[spoken.thread].append(mention)
    years = {int(entry.letter.year) for entry in entries if entry.letter.year.isdigit()}
    stories = [Story(page, tuple(own[page.slug]), tuple(apart[page.slug]), _make_course(own[page.slug], apart[page.slug], years)) for page in threads]
    told_stories = (story for story in stories if story.mentions or story.apart)  # a thread may wait for a letter that is still a draft
    return tuple(sorted(told_stories, key=lambda story: (-len(story.mentions), story.page.slug)))


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


def iter_mentions(entry: Entry, spoken: Spoken, figures: Sequence[Reported]) -> Iterator[Mention]:
    """What a letter says under the thread's own names, which alone carry commitments and figures, and what it says under others."""
    if spoken.anchor is not None:
        promises, beside = (tuple(promise for promise in entry.promises if promise.outline.number in numbers) for numbers in (spoken.promises, spoken.beside))
        yield Mention(entry, spoken.thread, False, spoken.anchor, promises, beside, tuple(report for report in figures if report.number in spoken.figures))
    if spoken.apart is not None:
        yield Mention(entry, spoken.thread, True, spoken.apart, (), (), ())
