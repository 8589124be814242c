"""What the letters of an archive may know of each other: number, date, office, thread, and of which works each reports.

A letter leans only on those of lower numbers, so that it is the same in every archive that holds it.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bench.invented import FIRST_YEAR, OBJECTS, PLACES, THREADS, YEARS, Office, Recurring, choose_unit

LOOKED_BACK = 400
"""Letters among which one looks for others of its office."""


@dataclass(frozen=True, slots=True)
class Work:
    """Something that offices build in a place."""

    place: str
    object: str
    counter: str
    count: int

    def put(self, form: str) -> str:
        return form.format(place=self.place, object=self.object, counter=self.counter, count=self.count)


@dataclass(frozen=True, slots=True)
class Spine:
    """All of a letter but its words."""

    number: int
    date: datetime.date
    unit: Office
    kind: str
    thread: Recurring
    reports: tuple[tuple[Work, str], ...]
    """What it says of works, and in which sense."""

    @property
    def year(self) -> int:
        return self.date.year

    @property
    def name(self) -> str:
        return f"{self.year}{9001 + self.number // YEARS}"

    @property
    def id(self) -> str:
        return f"{self.year}/{self.name}"


def make_spine(number: int, seed: int, *, newest: bool = False) -> Spine:
    """The spine of a letter; the newest is of the last December, when no other is."""
    chance = random.Random(f"{seed}/spine/{number}")
    date = datetime.date(FIRST_YEAR + number % YEARS, chance.randint(4, 11), chance.randint(1, 28))
    if newest:
        date = datetime.date(FIRST_YEAR + YEARS - 1, 12, date.day)
    dealt = number - newest  # the newest has the thread of the one before it, which is sure to be in the archive
    thread = THREADS[(dealt + dealt // YEARS) % len(THREADS)]
    works = [make_work(chance, name, counter) for name, counter in chance.sample(OBJECTS, 4)]
    reports = tuple((work, chance.choice(("done", "progress", "progress", "restated"))) for work in works)
    return Spine(number, date, choose_unit(chance), chance.choice(("proposal", "proposal", "suggestion")), thread, reports)


_recall_spine = lru_cache(maxsize=4 * LOOKED_BACK)(make_spine)


def make_work(chance: random.Random, name: str, counter: str) -> Work:
    return Work(chance.choice(PLACES), name, counter, chance.randint(2, 60) * (10 if counter in "个套张" else 1))


def iter_kin(spine: Spine, seed: int) -> Iterator[Spine]:
    """Letters of lower numbers and the same office, of other years."""
    for number in range(spine.number - 1, max(-1, spine.number - 1 - LOOKED_BACK), -1):
        if FIRST_YEAR + number % YEARS != spine.year and (other := _recall_spine(number, seed)).unit is spine.unit:
            yield other
