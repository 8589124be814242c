"""Figures compared: what may be joined by a line, what stands apart and why, and how the chart is laid out."""

from __future__ import annotations

import datetime
from fractions import Fraction
from pathlib import Path

import pytest

from dafu.catalogue import make_catalogue
from dafu.chart import make_bars, make_chart
from dafu.figures import Comparison
from dafu.reference import Indicator
from dafu.archive import read_archive
from dafu.options import Options
from tests.making import ROOT, build_site, make_letter

INDICATORS = """indicators:
  - {slug: trees, name: 树, unit: 棵, units: [株]}
  - {slug: area, name: 面积, unit: 平方米, units: [平米, m²]}
scopes:
  - {slug: district, name: 全区}
  - {slug: park, name: 公园}
"""


def write_content(folder: Path, letters: dict[str, tuple[str, list[str]]]) -> Path:
    """An archive of letters, each with its date and figures; the words of a figure are those of its quote."""
    content = folder / "content"
    (content / "letters").mkdir(parents=True)
    (content / "site.yml").write_text((ROOT / "content" / "site.yml").read_text("utf-8"), "utf-8")
    (content / "indicators.yml").write_text(INDICATORS, "utf-8")
    for name, (date, figures) in letters.items():
        words = "".join(f"甲{number}乙。" for number in range(len(figures)))
        rows = "".join(f"\n  - {{quote: 甲{number}乙, indicator: trees, unit: 棵, {figure}}}" for number, figure in enumerate(figures))
        path = content / "letters" / date[:4] / f"{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(make_letter(f"尊敬的甲乙丙委员：\n\n{words}\n", number=f'"{name}"', date=date, figures=rows), "utf-8")
    return content


def compare(content: Path, slug: str = "trees") -> Comparison:
    archive = read_archive(Options(content=content, output=content.parent / "public", use_cache=False, quiet=True))
    assert archive.problems == ()
    return make_catalogue(archive.letters, archive.reference, archive.pages).comparisons[slug]


STOCK_2018 = "value: 10, type: stock, period: {to: 2018-12-31}, scope: district"
PAIRS = {
    "two dated stocks": ("value: 20, type: stock, period: {to: 2019-12-31}, scope: district", ()),
    "a stated stock joins a dated one": ("value: 20, type: stock, period: {stated: 2020-05-06}, scope: district", ()),
    "a flow": ("value: 20, type: flow, period: {from: 2019-01-01, to: 2019-12-31}, scope: district", ("type",)),
    "a target": ("value: 20, type: target, period: {to: 2020-12-31}, scope: district", ("type",)),
    "another scope": ("value: 20, type: stock, period: {to: 2019-12-31}, scope: park", ("scope",)),
    "another type and scope": ("value: 20, type: rate, period: {to: 2019-12-31}, scope: park", ("type", "scope")),
    "no scope": ("value: 20, type: stock, period: {to: 2019-12-31}", ("scope",)),
}


@pytest.mark.parametrize("case", PAIRS)
def test_what_is_joined_with_a_dated_stock(case: str, tmp_path: Path) -> None:
    figure, reasons = PAIRS[case]
    found = compare(write_content(tmp_path, {"9001": ("2019-05-06", [STOCK_2018]), "9002": ("2020-05-06", [figure])}))
    if reasons:
        stock = next(series for series in found.series if series.members[0].figure.value == 10)
        other = next(series for series in found.series if series is not stock)
        assert stock.list_differences(other) == reasons
        assert not found.is_joined
    else:
        assert [[report.figure.value for report in series.members] for series in found.series] == [[10, 20]]


def test_a_half_year_is_not_a_year_and_an_unknown_period_is_like_no_other(tmp_path: Path) -> None:
    periods = ["{from: 2017-01-01, to: 2017-12-31}", "{from: 2018-01-01, to: 2018-12-31}", "{from: 2018-07-01, to: 2018-12-31}", "{stated: 2019-05-06}", "{stated: 2019-05-06}"]
    found = compare(write_content(tmp_path, {"9001": ("2019-05-06", [f"value: {number}, type: flow, period: {period}, scope: district" for number, period in enumerate(periods)])}))
    assert [[report.figure.value for report in series.members] for series in found.series] == [[0, 1], [2], [3], [4]]
    assert [found.series[0].list_differences(series) for series in found.series[1:]] == [("length",), ("unknown",), ("unknown",)]


def test_two_targets_are_never_joined(tmp_path: Path) -> None:
    found = compare(write_content(tmp_path, {"9001": ("2019-05-06", ["value: 1, type: target, period: {to: 2019-12-31}, scope: district", "value: 2, type: target, period: {to: 2020-12-31}, scope: district"])}))
    assert [len(series.members) for series in found.series] == [1, 1]


@pytest.mark.parametrize(("unit", "multiple"), [("平方米", 1), ("平米", 1), ("万平方米", 10_000), ("万m²", 10_000), ("亿平米", 10**8), ("百万平方米", 10**6), ("亩", None), ("多平方米", None), ("", None), ("万", None)])
def test_units(unit: str, multiple: int | None) -> None:
    assert Indicator(slug="area", name="面积", unit="平方米", units=("平米", "m²")).multiple_of(unit) == multiple


def test_a_foreign_unit_is_a_problem_with_its_mend(tmp_path: Path) -> None:
    content = write_content(tmp_path, {"9001": ("2019-05-06", [STOCK_2018])})
    (content / "indicators.yml").write_text(INDICATORS.replace("unit: 棵, units: [株]", "unit: 公顷"), "utf-8")
    problem, = build_site(content, tmp_path / "public").problems
    assert (problem.code, problem.value) == ("unit-foreign", "棵")
    assert "公顷" in problem.message and "indicators.yml" in problem.mend


@pytest.fixture(scope="module")
def real() -> dict[str, Comparison]:
    archive = read_archive(Options(content=ROOT / "content", output=ROOT / "public", use_cache=False, quiet=True))
    return make_catalogue(archive.letters, archive.reference, archive.pages).comparisons


def test_the_real_letters(real: dict[str, Comparison]) -> None:
    assert sum(len(comparison.reports) for comparison in real.values()) >= 60
    high = real["national-high-tech-enterprises"].series
    assert [[(report.figure.value, report.is_stated) for report in series.members] for series in high] == [[(1293, False), (1503, True)], [(399, False)], [(507, True)]]
    assert {report.figure.value for report in real["innovation-carriers"].reports} == {182, 250}
    assert not real["innovation-carriers"].is_joined
    assert [report.figure.value for report in real["incubation-carriers"].reports] == [43]
    assert [[report.figure.value for report in series.members] for series in real["patent-grants"].series] == [[13765], [10426]]
    assert real["patent-grants"].series[0].list_differences(real["patent-grants"].series[1]) == ("length",)


def test_a_chart_holds_every_point_and_parts_its_labels(real: dict[str, Comparison]) -> None:
    for comparison in real.values():
        chart = make_chart(comparison.series)
        points = [point for drawn in chart.drawn for point in drawn.points]
        assert len(points) == len(comparison.reports)
        assert all(64 <= point.start_x <= point.x <= 600 and 24 <= point.y <= 248 for point in points)
        assert len({(point.x, point.label_y) for point in points}) == len(points)
        assert chart.levels[0] == (0, 248) and chart.years[0] == 64


def test_a_chart_of_odd_figures_stays_in_its_frame(tmp_path: Path) -> None:
    many = [f"value: {number}, type: stock, period: {{stated: 2020-05-06}}, scope: district" for number in range(40)]
    odd = ["value: -12.5, type: rate, period: {from: 1949-10-01, to: 2019-12-31}, scope: district", "value: 0, type: stock, period: {to: 1900-01-01}, scope: park"]
    chart = make_chart(compare(write_content(tmp_path, {"9001": ("2020-05-06", [*many, *odd])})).series)
    points = [point for drawn in chart.drawn for point in drawn.points]
    assert len(points) == 42 and all(24 <= point.y <= 248 for point in points)
    assert all(point.label_y is None or 14 <= point.label_y <= 248 for point in points)
    assert len(chart.names) <= 12 and chart.levels[0][0] < 0 < chart.levels[-1][0]


def test_figures_of_different_things_are_drawn_one_under_the_other(real: dict[str, Comparison]) -> None:
    comparison = real["floor-area"]
    assert not comparison.is_over_time
    bars = make_bars(comparison)
    assert [bar.report for bar in bars.bars] == list(comparison.reports)
    assert all(0 <= bar.x <= bar.x + bar.width <= 440 for bar in bars.bars)
    assert max(bars.bars, key=lambda bar: bar.width).report.printed == "45万平方米"


def test_every_indicator_page_has_its_chart_and_its_table(site: Path, real: dict[str, Comparison]) -> None:
    paged = [comparison for comparison in real.values() if comparison.has_page]
    assert len(paged) >= 10
    for comparison in paged:
        page = (site / comparison.url / "index.html").read_text("utf-8")
        assert page.count('<svg class="chart"') == 1 and "<table>" in page


def test_a_figure_without_a_day_stands_in_the_table_alone(tmp_path: Path) -> None:
    content = write_content(tmp_path, {"9001": ("2020-05-06", [STOCK_2018, "value: 9, type: stock, period: {to: 2019-12-31}, scope: district"])})
    undated = make_letter("尊敬的甲乙丙委员：\n\n甲0乙。\n", number='"9002"', date="null", figures="\n  - {quote: 甲0乙, indicator: trees, unit: 棵, value: 8, type: stock, scope: district}")
    (content / "letters" / "undated").mkdir()
    (content / "letters" / "undated" / "9002.md").write_text(undated, "utf-8")
    comparison = compare(content)
    assert [[report.figure.value for report in series.members] for series in comparison.series] == [[10, 9], [8]]
    assert len([point for drawn in make_chart(comparison.series).drawn for point in drawn.points]) == 2
    assert build_site(content, tmp_path / "public").problems == ()
    assert "日期不详" in (tmp_path / "public" / "indicators" / "trees" / "index.html").read_text("utf-8")


def test_a_fortnight_is_no_moment(tmp_path: Path) -> None:
    content = write_content(tmp_path, {"9001": ("2020-05-06", [
        "value: 3, type: rate, period: {from: 2019-01-01, to: 2019-01-14}, scope: district", "value: 4, type: rate, period: {to: 2019-12-31}, scope: district"])})
    assert [series.months for series in compare(content).series] == [-14, 0]


def test_amounts_count_in_the_indicators_unit(real: dict[str, Comparison]) -> None:
    areas = {report.printed: report.amount for report in real["floor-area"].reports}
    assert areas["3.10866万m²"] == Fraction("31086.6")
    assert areas["40万平方米"] == 400_000
    assert real["floor-area"].reports[0].day == datetime.date(2018, 5, 10)


def test_what_could_be_taken_for_one_indicator_stands_apart_with_its_reason(site: Path) -> None:
    for slug, other, number in (("innovation-carriers", "创新孵化载体", "43家"), ("incubation-carriers", "创新载体", "182家")):
        page = (site / "indicators" / slug / "index.html").read_text("utf-8")
        apart = page[page.index("不是同一指标"):]
        assert other in apart and number in apart and "不能说从182家减到43家" in apart
        assert "<polyline" not in page
