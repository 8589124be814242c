"""Figures compared: those of an indicator in their order, and which of them may be joined by a line.

    type, scope and length of period agree   → one series, joined by a line
    a stock, whether dated or only stated    → a moment; a stated one is drawn hollow
    a target, a period or a scope not given  → a series of its own
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from dafu.entries import Entry
from dafu.letter import Figure
from dafu.marks import Mark
from dafu.packed import Packed
from dafu.reference import Indicator, Reference, Scope

MOMENT_TYPES = ("stock", "capacity", "rate")
"""Types that may hold of a day, where they don't cover a period."""


@dataclass(frozen=True, slots=True)
class Reported(Packed):
    """A figure in its letter."""

    entry: Entry
    number: int
    """Its place in the front matter's list."""
    multiple: Fraction | int
    """What its unit is in the indicator's."""

    @property
    def figure(self) -> Figure:
        return self.entry.letter.front.figures[self.number]

    @property
    def mark(self) -> Mark:
        return next(mark for mark in self.entry.letter.marks if mark.kind == "figure" and mark.index == self.number)

    @property
    def amount(self) -> Fraction:
        """In the indicator's unit."""
        return Fraction(str(self.figure.value)) * self.multiple

    @property
    def quote(self) -> str:
        """The letter's own words, exactly."""
        return self.mark.words

    @property
    def url(self) -> str:
        return f"letters/{self.entry.letter.id}/#f{self.number + 1}"

    @property
    def printed(self) -> str:
        """Value and unit as the letter counts."""
        return f"{self.figure.value}{self.figure.unit}"

    @property
    def is_stated(self) -> bool:
        """Whether the only day known is that of the letter that says so."""
        period = self.figure.period
        return period is None or period.to is None

    @property
    def day(self) -> datetime.date | None:
        """The day that it stands for, or the last of its period; None where not even the letter has a date."""
        period = self.figure.period
        found = (period.to or period.stated) if period else None
        return found or self.entry.date

    @property
    def first_day(self) -> datetime.date | None:
        """Where its period begins; of a moment the same day."""
        period = self.figure.period
        return (period.from_ if period else None) or self.day

    @property
    def months(self) -> int | None:
        """The length of its period: 0 for a moment, None where the letter gives none; of less than 20 days, as many with a minus."""
        period = self.figure.period
        if period and period.from_ and period.to:
            days = (period.to - period.from_).days + 1
            return round(days / 30.44) if days >= 20 else -days
        return 0 if self.figure.type in MOMENT_TYPES else None


@dataclass(frozen=True, slots=True)
class Series(Packed):
    """Figures that may be compared with each other, the oldest first."""

    type: str
    scope: Scope | None
    months: int | None
    members: tuple[Reported, ...]

    def list_differences(self, other: Series) -> tuple[str, ...]:
        """Why it isn't one with another: type | scope | length | unknown."""
        found = []
        if self.type != other.type:
            found.append("type")
        if self.scope != other.scope:
            found.append("scope")
        if self.type == other.type and self.months != other.months and None not in (self.months, other.months):
            found.append("length")
        return tuple(found) or ("unknown",)


@dataclass(frozen=True, slots=True)
class Comparison(Packed):
    """All that letters report of an indicator."""

    indicator: Indicator
    series: tuple[Series, ...]
    """The longest first."""
    unlike: tuple[tuple[Indicator, str, tuple[Reported, ...]], ...] = ()
    """Indicators that could be taken for the same: each with why it isn't, and its figures."""

    @property
    def url(self) -> str:
        return f"indicators/{self.indicator.slug}/"

    @property
    def reports(self) -> tuple[Reported, ...]:
        """Every figure, the oldest first."""
        return tuple(sorted((report for series in self.series for report in series.members), key=_age))

    @property
    def is_joined(self) -> bool:
        """Whether any of them may be joined by a line."""
        return any(len(series.members) > 1 for series in self.series)

    @property
    def is_over_time(self) -> bool:
        """Whether any two speak of the same at a known time: else they are drawn one under the other, each with its name."""
        scopes = [report.figure.scope for report in self.reports if report.figure.scope and report.day]
        return len(set(scopes)) < len(scopes)

    @property
    def has_page(self) -> bool:
        """Whether there is something to compare, or to keep apart."""
        return bool(self.unlike) or sum(len(series.members) for series in self.series) > 1


def _age(report: Reported) -> tuple[datetime.date, datetime.date, str, int]:
    return report.day or datetime.date.min, report.first_day or datetime.date.min, report.entry.letter.id, report.number


def compare_figures(entries: Sequence[Entry], reference: Reference) -> dict[str, Comparison]:
    """The figures of all letters by indicator, in the order of the file."""
    indicators = {indicator.slug: indicator for indicator in reference.indicators.indicators}
    scopes = {scope.slug: scope for scope in reference.indicators.scopes}
    found: dict[str, list[Reported]] = defaultdict(list)
    for entry in entries:
        for number, figure in enumerate(entry.letter.front.figures):
            found[figure.indicator].append(Reported(entry, number, indicators[figure.indicator].multiple_of(figure.unit) or 1))
    unlike = _pair_unlike(indicators.values())
    return {
        slug: Comparison(indicator, _make_series(found[slug], scopes), tuple((indicators[other], ground, tuple(sorted(found[other], key=_age))) for other, ground in unlike[slug] if other in found))
        for slug, indicator in indicators.items() if slug in found
    }


def _pair_unlike(indicators: Iterable[Indicator]) -> dict[str, list[tuple[str, str]]]:
    """For each indicator those that it isn't, whichever of the two says so, with the ground."""
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for indicator in indicators:
        for item in indicator.unlike:
            pairs[indicator.slug].append((item.indicator, item.ground))
            pairs[item.indicator].append((indicator.slug, item.ground))
    return pairs


def _make_series(reports: Iterable[Reported], scopes: dict[str, Scope]) -> tuple[Series, ...]:
    groups: dict[tuple[object, ...], list[Reported]] = defaultdict(list)
    for number, report in enumerate(sorted(reports, key=_age)):
        figure = report.figure
        is_alone = figure.type == "target" or figure.scope is None or report.months is None or report.day is None
        groups[figure.type, figure.scope, report.months, number if is_alone else None].append(report)
    series = [Series(first.figure.type, scopes.get(first.figure.scope or ""), first.months, tuple(group)) for group in groups.values() for first in group[:1]]
    return tuple(sorted(series, key=lambda each: (-len(each.members), each.type == "target", _age(each.members[0]))))
