"""Two small charts of figures, laid out at build time; the template draws them as SVG: one over time, and one of a bar for each of what differs."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dafu.figures import Comparison, Reported, Series

WIDTH, HEIGHT = 640, 280
LEFT, RIGHT, TOP, BOTTOM = 64, 40, 24, 32
CROWDED = 14
"""Vertical distance, in the chart's units, below which two labels near each other would touch."""

MOST_YEARS = 12
"""Years that have room for their names."""

BAR_HEIGHT, BAR_ROOM = 44, 440


@dataclass(frozen=True, slots=True)
class Point:
    """A figure's place."""

    report: Reported
    x: float
    y: float
    start_x: float
    """Where its period begins; the same as `x` for a moment."""
    label_y: float | None
    """None where there is no room for a label: the table has the number."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A series' points; a line joins them if there are two or more."""

    series: Series
    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        """The line as SVG coordinates."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that the template draws of figures over time."""

    drawn: tuple[Drawn, ...]
    years: tuple[float, ...]
    """Where each marked year begins."""
    names: tuple[tuple[int, float], ...]
    """The years that are named, and where their names stand."""
    levels: tuple[tuple[float, float], ...]
    """Each marked amount, in the printed multiple of the unit, and its height."""
    multiple: str
    """千, 万 or 亿 of the unit in which levels count, or nothing."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure as a bar under its name."""

    series: Series
    report: Reported
    x: float
    width: float
    y: float


@dataclass(frozen=True, slots=True)
class Bars:
    """Figures of different things, one under the other."""

    bars: tuple[Bar, ...]
    zero_x: float
    height: int


def make_chart(series: Sequence[Series]) -> Chart:
    """The layout of some series, of whose figures one at least has a day; those without one are left out."""
    dated = [(each, [report for report in each.members if report.day and report.first_day]) for each in series]
    reports = [report for _, members in dated for report in members]
    first_year = min(report.first_day.year for report in reports)
    last_year = max(report.day.year for report in reports) + 1
    start, end = datetime.date(first_year, 1, 1).toordinal(), datetime.date(last_year, 1, 1).toordinal()
    low, high = _find_bounds(reports)
    step = _find_step(high - low)
    bottom, top = step * (low // step), step * -(-high // step)

    def across(day: datetime.date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (day.toordinal() - start) / (end - start), 1)

    def up(amount: Fraction) -> float:
        return round(float(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (amount - bottom) / (top - bottom)), 1)

    multiple, times = next(((name, times) for name, times in (("亿", 10**8), ("万", 10**4)) if max(high, -low) >= times), ("", 1))
    places = _spread_labels([(across(report.day), up(report.amount), report) for report in reports])
    drawn = tuple(Drawn(each, tuple(Point(report, across(report.day), up(report.amount), across(report.first_day), places[id(report)]) for report in members)) for each, members in dated if members)
    every = -(-(last_year - first_year) // MOST_YEARS)
    years = tuple(across(datetime.date(year, 1, 1)) for year in (*range(first_year, last_year, every), last_year))
    middle = datetime.timedelta(days=182 if every == 1 else 0)
    names = tuple((year, across(datetime.date(year, 1, 1) + middle)) for year in range(first_year, last_year, every))
    levels = tuple((float((bottom + step * number) / times), up(bottom + step * number)) for number in range(int((top - bottom) / step) + 1))
    return Chart(drawn, years, names, levels, multiple)


def make_bars(comparison: Comparison) -> Bars:
    """A bar for each figure, the oldest first, from nothing on."""
    pairs = sorted(((each, report) for each in comparison.series for report in each.members), key=lambda pair: (pair[1].day or datetime.date.min, pair[1].entry.letter.id, pair[1].number))
    low, high = _find_bounds([report for _, report in pairs])
    share = Fraction(BAR_ROOM) / (high - low)
    zero = float(-low * share)
    bars = []
    for number, (series, report) in enumerate(pairs):
        reach = float(report.amount * share)
        bars.append(Bar(series, report, round(zero + min(reach, 0), 1), round(max(abs(reach), 1), 1), number * BAR_HEIGHT))
    return Bars(tuple(bars), round(zero, 1), len(pairs) * BAR_HEIGHT + 6)


def _find_bounds(reports: Sequence[Reported]) -> tuple[Fraction, Fraction]:
    """The lowest and the highest amount, nothing included; never the same."""
    amounts = [Fraction(0), *(report.amount for report in reports)]
    return (min(amounts), max(amounts)) if any(amounts) else (Fraction(0), Fraction(1))


def _find_step(most: Fraction) -> Fraction:
    """The distance of the marked amounts: 1, 2 or 5 times a power of ten, four of them at most."""
    power = Fraction(1, 1000)
    while power * 50 < most:
        power *= 10
    return next((power * times for times in (Fraction(1, 1000), Fraction(1, 100), Fraction(1, 10), 1, 2, 5, 10, 20, 50) if power * times * 4 >= most), power * 50)


def _spread_labels(places: Sequence[tuple[float, float, Reported]]) -> dict[int, float | None]:
    """The height of each label: over its point, moved up where it would touch one that stands already, none where that is over the edge."""
    taken: list[tuple[float, float]] = []
    found: dict[int, float | None] = {}
    for x, y, report in sorted(places, key=lambda place: -place[1]):
        height = y - 9
        while any(abs(x - other) < 90 and abs(height - level) < CROWDED for other, level in taken):
            height -= CROWDED
        found[id(report)] = round(height, 1) if height >= CROWDED else None
        if height >= CROWDED:
            taken.append((x, height))
    return found
