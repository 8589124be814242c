"""The register as a reader finds it in `public/`: every status rests on quotes that stand in the letters."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.making import ROOT

SAYS = {"称已完成：": "done", "称有进展：": "progress", "再次承诺：": "restated", "改变表述：": "redefined"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the register, as its page shows it."""

    id: str
    quote: str
    status: str
    rule: str
    proofs: tuple[tuple[str, str, str], ...]
    """Letter, what its words say, and the words."""


def strip(markup: str) -> str:
    return html.unescape(re.sub("<[^>]*>", "", markup))


def read_rows(page: str) -> list[Row]:
    rows = []
    for row_id, row in re.findall(r'<li class="promise" data-id="([^"]+)">(.*?)</li>', page, re.DOTALL):
        quote = re.search(r"<q>(.*?)</q>", row, re.DOTALL)
        proofs = re.findall(r'<p class="proof"><a href="[^"]*letters/([^"]+)/#p\d+">.*?</a> (.*?)<q[^>]*>(.*?)</q>', row, re.DOTALL)
        status, rule = re.search(r'class="status status-([a-z-]+)"', row), re.search(r'<p class="promise-rule">(.*?)</p>', row, re.DOTALL)
        assert quote and status and rule
        rows.append(Row(row_id, strip(quote[1]), status[1], strip(rule[1]).strip(), tuple((letter, SAYS[says], strip(words)) for letter, says, words in proofs)))
    return rows


def read_pages(folder: Path) -> list[Row]:
    """All rows of a list in pages."""
    pages = [folder / "index.html", *sorted(folder.glob("page/*/index.html"), key=lambda path: int(path.parent.name))]
    return [row for path in pages for row in read_rows(path.read_text("utf-8"))]


@pytest.fixture(scope="module")
def rows(site: Path) -> list[Row]:
    return read_pages(site / "commitments")


def read_text(site: Path, letter: str) -> str:
    return (site / "letters" / letter / "index.txt").read_text("utf-8")


def test_every_status_is_reached_from_quotes_in_both_letters(site: Path, rows: list[Row]) -> None:
    assert len(rows) == sum(len(letter["commitments"]) for letter in json.loads((site / "data" / "letters.json").read_text("utf-8")))
    for row in rows:
        letter = row.id.partition("#")[0]
        assert row.quote in read_text(site, letter), row.id
        for later, _, words in row.proofs:
            assert words in read_text(site, later), row.id
            assert later > letter, row.id
        if row.proofs:
            assert row.status == row.proofs[-1][1], row.id
        else:
            assert row.status in ("not-mentioned-since", "no-later-letter-held", "uncheckable"), row.id


def test_a_status_without_evidence_follows_from_the_letters_held(rows: list[Row]) -> None:
    held = {row.id.partition("#")[0] for row in rows}
    for row in rows:
        if row.status in ("not-mentioned-since", "no-later-letter-held"):
            later = sum(int(other[:4]) > int(row.id[:4]) for other in held)
            assert row.status == ("not-mentioned-since" if later else "no-later-letter-held"), row.id
            assert not later or f"答复{later}封" in row.rule, row.id


def test_what_later_words_decide() -> None:
    """The pairs on which two careful readers agreed; the threads' notes tell where they didn't."""
    found = {}
    for path in (ROOT / "content" / "letters").glob("*/*.md"):
        for commitment in yaml.safe_load(path.read_text("utf-8").split("\n---\n")[0])["commitments"]:
            for evidence in commitment.get("evidence", ()):
                found[path.stem, commitment["id"]] = evidence["says"]
    assert found == {
        ("20180136", "c4"): "restated", ("20180136", "c5"): "restated", ("20180136", "c7"): "progress", ("20180136", "c10"): "redefined", ("20180136", "c11"): "restated",
        ("20180136", "c12"): "restated", ("20180136", "c14"): "progress", ("20180136", "c28"): "done", ("20180136", "c30"): "progress", ("20180136", "c31"): "redefined",
        ("20180136", "c42"): "progress", ("20180136", "c52"): "done", ("ta20200005", "c15"): "done", ("jy20210042", "c5"): "progress", ("jy20210042", "c6"): "progress",
        ("jy20210042", "c27"): "progress",
    }


def test_every_value_of_a_facet_has_its_page_and_its_rows(site: Path, rows: list[Row]) -> None:
    by_id = {row.id: row for row in rows}
    for folder in (site / "commitments" / "status").iterdir():
        assert {row.id for row in read_pages(folder)} == {row.id for row in rows if row.status == folder.name}
    for folder in (site / "commitments" / "year").iterdir():
        assert {row.id for row in read_pages(folder)} == {row.id for row in rows if row.id.startswith(folder.name)}
    for facet in ("number", "date"):
        with_it, without = (read_pages(site / "commitments" / facet / value) for value in ("with", "without"))
        assert sorted(row.id for row in (*with_it, *without)) == sorted(by_id)
    for facet in ("topic", "respondent", "thread"):
        for folder in (site / "commitments" / facet).iterdir():
            assert set(row.id for row in read_pages(folder)) <= set(by_id) and read_pages(folder)


def test_dated_commitments_stand_in_the_order_of_their_dates(site: Path) -> None:
    page = (site / "commitments" / "date" / "with" / "index.html").read_text("utf-8")
    days = re.findall(r'<span class="due"[^>]*>.*?<time datetime="([\d-]+)">', page)
    assert days == sorted(days) and len(days) == len(read_rows(page))


def test_the_table_tells_what_the_pages_tell(site: Path, rows: list[Row]) -> None:
    table = json.loads((site / "commitments" / "table.json").read_text("utf-8"))
    statuses = [place for count, places in table["places"]["status"] for place in [places] * count]
    assert [[table["facets"]["status"][place][0] for place in places] for places in statuses] == [[row.status] for row in rows]


def test_a_sheet_for_each_year_holds_every_commitment(site: Path, rows: list[Row]) -> None:
    for folder in (site / "commitments" / "review").iterdir():
        pages = "".join(path.read_text("utf-8") for path in folder.rglob("index.html"))
        quotes = [strip(quote) for quote in re.findall(r'<td lang="zh-Hans"><q>(.*?)</q>', pages, re.DOTALL)]
        assert sorted(quotes) == sorted(row.quote for row in rows if row.id.startswith(folder.name))


def test_the_feed_begins_with_what_was_said_last(site: Path) -> None:
    feed = json.loads((site / "commitments" / "feed.json").read_text("utf-8"))
    days = [item["date_modified"] for item in feed["items"]]
    assert days == sorted(days, reverse=True) and len(days) == 50
