"""The rules for figures: a unit that is the indicator's, and a time that the calendar and the chart have room for."""

from __future__ import annotations

from dafu.letter import FrontMatter, Period
from dafu.problems import Report, quote_value
from dafu.reference import Reference, know

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Beyond these a year is a slip; the list of years, gaps included, would be as long."""

def check_figures(front: FrontMatter, reference: Reference, report: Report) -> None:
    """Problems of a letter's figures."""
    indicators = know(reference).indicators
    for number, figure in enumerate(front.figures, 1):
        name, indicator = f"figures[{number}]", indicators.get(figure.indicator)
        if indicator is not None and indicator.unit and figure.unit and indicator.multiple_of(figure.unit) is None:
            report.add(figure.at.of("unit"), "unit-foreign", f"{name}.unit {quote_value(figure.unit)} is not a unit of the indicator {quote_value(indicator.slug)} ({indicator.unit}).",
                       "Correct the unit, name another indicator, or add the form to the indicator's `units` in indicators.yml.", value=figure.unit)
        if figure.period is not None:
            _check_period(figure.period, f"{name}.period", report)


def _check_period(period: Period, name: str, report: Report) -> None:
    for key, day in (("from", period.from_), ("to", period.to), ("stated", period.stated)):
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            report.add(period.at.of(key), "date-far", f"{name}.{key} {day} is not a day of the years {FIRST_YEAR} to {LAST_YEAR}.", "Write the day that the letter means.", value=str(day))
    if period.from_ and period.to and period.to < period.from_:
        report.add(period.at.of("to"), "period-order", f"{name} ends on {period.to}, before it begins on {period.from_}.", "Exchange or correct the two days.", value=str(period.to))
