"""What the catalogue is made of: a letter in its place, its commitments with their status, and the lists that it stands in."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dafu.letter import Commitment
from dafu.packed import Packed
from dafu.marks import Mark, Outline
from dafu.reading import Letter
from dafu.reference import Topic
from dafu.status import STATUSES, Status
from dafu.text import squeeze


@dataclass(frozen=True, slots=True)
class Named(Packed):
    """Something with a name and a page."""

    name: str
    slug: str
    url: str


@dataclass(frozen=True, slots=True)
class Promise(Packed):
    """A commitment in its letter, with its status."""

    letter: Letter
    outline: Outline
    status: Status

    @property
    def id(self) -> str:
        return self.outline.id

    @property
    def commitment(self) -> Commitment:
        return self.letter.front.commitments[self.outline.number]

    @property
    def mark(self) -> Mark:
        return self.letter.marks[self.outline.place]

    @property
    def quote(self) -> str:
        """The letter's own words, exactly."""
        return self.mark.words

    @property
    def url(self) -> str:
        return f"letters/{self.letter.id}/#{self.id}"

    @property
    def date(self) -> datetime.date | None:
        """The day of its letter."""
        return self.letter.front.date

    @property
    def is_verbatim(self) -> bool:
        """Whether the action in plain words is just what the letter says."""
        return squeeze(self.commitment.action) == squeeze(self.quote)


@dataclass(frozen=True, slots=True)
class Entry(Packed):
    """A published letter in its place in the archive."""

    letter: Letter
    respondent: Named
    proposers: tuple[Named, ...]
    """In the printed order, repetitions included."""
    co_handlers: tuple[Named, ...]
    session: Named | None
    topics: tuple[Topic, ...]
    promises: tuple[Promise, ...]
    replies_to: Letter | None = None

    @property
    def url(self) -> str:
        return f"letters/{self.letter.id}/"

    @property
    def date(self) -> datetime.date | None:
        return self.letter.front.date

    @property
    def profile(self) -> Profile:
        return make_profile(self.promises)

    @property
    def updated(self) -> datetime.date | None:
        """The day of the last revision, or of the letter."""
        days = [revision.date for revision in self.letter.front.revisions]
        return max(days, default=self.date)


@dataclass(frozen=True, slots=True)
class Group(Packed):
    """Letters that share a year, topic, respondent, proposer or session."""

    kind: str
    """years | topics | respondents | proposers | sessions"""
    slug: str
    name: str
    entries: tuple[Entry, ...] = ()
    """Newest first; empty for a year without a letter."""
    description: str | None = None
    also: tuple[Entry, ...] = ()
    """For an office: the letters in whose handling it took part."""

    @property
    def url(self) -> str:
        return f"{self.kind}/{self.slug}/"

    @property
    def promise_count(self) -> int:
        return sum(len(entry.promises) for entry in self.entries)


def count_statuses(promises: Iterable[Promise]) -> dict[str, int]:
    """How many commitments have each status, in the register's order; statuses that none has are left out."""
    counts = dict.fromkeys(STATUSES, 0)
    for promise in promises:
        counts[promise.status.code] += 1
    return {code: count for code, count in counts.items() if count}


@dataclass(frozen=True, slots=True)
class Profile:
    """How many of a letter's commitments say how much, by when and who."""

    total: int
    measured: int
    dated: int
    owned: int

    @property
    def shares(self) -> tuple[tuple[str, int], ...]:
        """What some of them say, with how many do: measured | dated | owned."""
        return tuple((name, count) for name, count in (("measured", self.measured), ("dated", self.dated), ("owned", self.owned)) if count)


def make_profile(promises: Sequence[Promise]) -> Profile:
    """The profile of a letter, of an office, of a year."""
    outlines = [promise.outline for promise in promises]
    return Profile(len(outlines), sum(each.is_measured for each in outlines), sum(each.due is not None for each in outlines), sum(each.is_owned for each in outlines))
