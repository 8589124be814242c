"""A small chart of figures over time, laid out at build time: where each point, line and label stands. The template draws it as SVG."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dafu.figures import Reported, Series

WIDTH, HEIGHT = 640, 280
LEFT, RIGHT, TOP, BOTTOM = 64, 40, 24, 32
CROWDED = 14
"""Vertical distance, in the chart's units, below which two labels near each other would touch."""


@dataclass(frozen=True, slots=True)
class Point:
    """A figure's place."""

    report: Reported
    x: float
    y: float
    start_x: float
    """Where its period begins; the same as `x` for a moment."""
    label_y: float


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
    """Everything that the template draws."""

    drawn: tuple[Drawn, ...]
    years: tuple[tuple[int, float], ...]
    """Each year and where it begins."""
    levels: tuple[tuple[float, float], ...]
    """Each marked amount, in the printed multiple of the unit, and its height."""
    multiple: str
    """千, 万 or 亿 of the unit in which levels count, or nothing."""


def make_chart(series: Sequence[Series]) -> Chart:
    """The layout of some series, of which one at least has a figure."""
    reports = [report for each in series for report in each.members]
    first_year = min(report.first_day.year for report in reports)
    last_year = max(report.day.year for report in reports) + 1
    start, end = datetime.date(first_year, 1, 1).toordinal(), datetime.date(last_year, 1, 1).toordinal()
    most = max(max(report.amount for report in reports), Fraction(1, 1000))
    step = _find_step(most)
    top = step * -(-most // step)

    def across(day: datetime.date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (day.toordinal() - start) / (end - start), 1)

    def up(amount: Fraction) -> float:
        return round(float(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * amount / top), 1)

    multiple, times = next(((name, times) for name, times in (("亿", 10**8), ("万", 10**4)) if most >= times), ("", 1))
    places = _spread_labels([(across(report.day), up(report.amount), report) for report in reports])
    drawn = tuple(Drawn(each, tuple(Point(report, across(report.day), up(report.amount), across(report.first_day), places[id(report)]) for report in each.members)) for each in series)
    years = tuple((year, across(datetime.date(year, 1, 1))) for year in range(first_year, last_year + 1))
    levels = tuple((float(step * number / times), up(step * number)) for number in range(int(top / step) + 1))
    return Chart(drawn, years, levels, multiple)


def _find_step(most: Fraction) -> Fraction:
    """The distance of the marked amounts: 1, 2 or 5 times a power of ten, four of them at most."""
    power = Fraction(1, 1000)
    while power * 50 < most:
        power *= 10
    return next(power * times for times in (1, 2, 5, 10, 20, 50) if power * times * 4 >= most)


def _spread_labels(places: Sequence[tuple[float, float, Reported]]) -> dict[int, float]:
    """The height of each label: over its point, moved up where it would touch one that stands already."""
    taken: list[tuple[float, float]] = []
    found = {}
    for x, y, report in sorted(places, key=lambda place: -place[1]):
        height = y - 9
        while any(abs(x - other) < 90 and abs(height - level) < CROWDED for other, level in taken):
            height -= CROWDED
        taken.append((x, height))
        found[id(report)] = round(height, 1)
    return found
