"""The rules for figures: a unit that is the indicator's, and a time that has an end and isn't still to come."""

from __future__ import annotations

from dafu.letter import Figure, FrontMatter, Period
from dafu.problems import Report, quote_value
from dafu.reference import Reference

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Beyond these a year is a slip; the list of years, gaps included, would be as long."""

MAY_BE_AHEAD = ("target", "capacity")
"""Types of figures that may speak of a day after the letter's."""


def check_figures(front: FrontMatter, reference: Reference, report: Report) -> None:
    """Problems of a letter's figures."""
    indicators = {indicator.slug: indicator for indicator in reference.indicators.indicators}
    for number, figure in enumerate(front.figures, 1):
        name, indicator = f"figures[{number}]", indicators.get(figure.indicator)
        if indicator is not None and indicator.unit and figure.unit and indicator.multiple_of(figure.unit) is None:
            report.add(figure.at.of("unit"), "unit-foreign", f"{name}.unit {quote_value(figure.unit)} is not a unit of the indicator {quote_value(indicator.slug)} ({indicator.unit}).",
                       "Correct the unit, name another indicator, or add the form to the indicator's `units` in indicators.yml.", value=figure.unit)
        if figure.period is not None and not figure.period.at.unread:
            _check_period(figure, figure.period, f"{name}.period", front, report)


def _check_period(figure: Figure, period: Period, name: str, front: FrontMatter, report: Report) -> None:
    days = {"from": period.from_, "to": period.to, "stated": period.stated}
    if period.to is None and period.stated is None:
        report.add(figure.at.of("period"), "period-open", f"{name} has no end.", "Write `to`, the day that the figure stands for or the last of its period, or `stated`, the letter's date.")
    for key, day in days.items():
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            report.add(period.at.of(key), "date-far", f"{name}.{key} {day} is not a day of the years {FIRST_YEAR} to {LAST_YEAR}.", "Write the day that the letter means.", value=str(day))
            return
    if period.from_ and period.to and period.to < period.from_:
        report.add(period.at.of("to"), "period-order", f"{name} ends on {period.to}, before it begins on {period.from_}.", "Exchange or correct the two days.", value=str(period.to))
    if front.date is None:
        return
    if period.stated is not None and period.stated != front.date:
        report.add(period.at.of("stated"), "period-stated", f"{name}.stated {period.stated} is not the letter's date {front.date}.",
                   "`stated` says that only the letter's own day is known: write that, or `to` for a day that the letter names.", value=str(period.stated))
    if period.to is not None and period.to > front.date and figure.type not in MAY_BE_AHEAD:
        report.add(period.at.of("to"), "period-late", f"{name}.to {period.to} lies after the letter's date {front.date}.", "What is reported has happened; for what is to come the type is `target`.", value=str(period.to))
