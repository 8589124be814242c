"""The register in a real browser: filters in the address bar at once, and as plain pages without script."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import serve
from tests.making import ROOT


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    yield page
    context.close()
    assert trouble == []


@pytest.fixture(scope="module")
def rows(address: str) -> list[dict[str, str]]:
    """The register as its table has it."""
    with urlopen(f"{address}data/commitments.csv") as answer:
        return list(csv.DictReader(answer.read().decode("utf-8-sig").splitlines()))


def list_shown(page: Page) -> list[str]:
    return page.locator("#rows .promise").evaluate_all("rows => rows.map(row => row.dataset.id)")


def choose(page: Page, facet: str, name: str) -> None:
    """Clicks a value once the script has made it a filter; before that it leads to the value's own page."""
    page.locator(f"[data-facet={facet}] a[href*='?']", has_text=name).click()


def show_total(page: Page, number: int) -> None:
    expect(page.locator("#count")).to_have_text(f"共{number}项承诺")


def test_filters_add_up_in_the_address_bar(page: Page, rows: list[dict[str, str]]) -> None:
    page.goto("commitments/")
    choose(page, "year", "2018年")
    show_total(page, sum(row["date"].startswith("2018") for row in rows))
    choose(page, "status", "再次承诺")
    expected = [f"{row['letter']}#{row['id']}" for row in rows if row["date"].startswith("2018") and row["status"] == "restated"]
    show_total(page, len(expected))
    assert re.search(r"\?year=2018&status=restated$", page.url)
    assert list_shown(page) == expected
    page.reload()
    show_total(page, len(expected))
    page.go_back()
    show_total(page, sum(row["date"].startswith("2018") for row in rows))
    page.locator("#chosen a").click()
    expect(page.locator("#count")).to_be_hidden()
    assert "?" not in page.url


def test_links_of_a_filtered_row_lead_to_both_quotes(page: Page) -> None:
    page.goto("commitments/?status=done")
    row = page.locator("#rows .promise").first
    words = row.locator(".proof q").inner_text()
    row.locator(".proof a").click()
    expect(page.locator("article p:target")).to_contain_text(words)
    page.go_back()
    expect(page.locator("#rows .promise").first).to_be_visible()
    quote = page.locator("#rows .promise .promise-action a").first
    quote.click()
    expect(page.locator("mark[data-mark]:target")).to_be_visible()


def test_a_date_has_passed_by_the_readers_clock(page: Page, rows: list[dict[str, str]]) -> None:
    page.clock.set_fixed_time("2022-01-01T08:00:00")
    page.goto("commitments/?date=passed")
    passed = [f"{row['letter']}#{row['id']}" for row in rows if row["due"] and row["due"] < "2022-01-01"]
    show_total(page, len(passed))
    assert list_shown(page) == passed
    page.goto("commitments/date/with/")
    dated = sum(bool(row["due"]) for row in rows)
    expect(page.locator("#rows .due")).to_have_count(dated)
    expect(page.locator("#rows .due.is-passed")).to_have_count(len(passed))
    page.clock.set_fixed_time("2024-01-01T08:00:00")
    page.reload()
    expect(page.locator("#rows .due.is-passed")).to_have_count(sum(bool(row["due"]) and row["due"] < "2024-01-01" for row in rows))


def test_a_plain_page_can_be_narrowed_further(page: Page, rows: list[dict[str, str]]) -> None:
    page.goto("commitments/thread/hetao/")
    choose(page, "year", "2021年")
    expect(page).to_have_url(re.compile(r"commitments/\?thread=hetao&year=2021$"))
    expect(page.locator("#chosen a")).to_have_count(2)
    assert {name.partition("/")[0] for name in list_shown(page)} == {"2021"}
    assert len(list_shown(page)) == sum(row["date"].startswith("2021") and "hetao" in row["threads"].split("；") for row in rows)


def test_pages_of_a_filtered_register(page: Page, rows: list[dict[str, str]]) -> None:
    page.goto("commitments/?status=not-mentioned-since")
    expected = [f"{row['letter']}#{row['id']}" for row in rows if row["status"] == "not-mentioned-since"]
    show_total(page, len(expected))
    seen = list_shown(page)
    while page.locator("#pager [rel=next]").count():
        page.locator("#pager [rel=next]").click()
        page.wait_for_function("last => document.querySelector('#rows .promise')?.dataset.id !== last", arg=seen[-20])
        seen += list_shown(page)
    assert seen == expected


@pytest.fixture(scope="module")
def small_pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the real archive is served in pages of four commitments."""
    folder = tmp_path_factory.mktemp("small")
    content = Path(shutil.copytree(ROOT / "content", folder / "content"))
    settings = (content / "site.yml").read_text("utf-8")
    (content / "site.yml").write_text(re.sub("page_size: .*", "page_size: 2", settings), "utf-8")
    with serve(content, folder / "served") as address:
        yield address


@pytest.mark.parametrize("state", ["status=not-mentioned-since", "thread=hetao", "year=2018", "number=with"])
def test_rows_are_taken_from_whatever_page_of_their_year_has_them(browser: Browser, small_pages: str, rows: list[dict[str, str]], state: str) -> None:
    passes = {
        "status=not-mentioned-since": lambda row: row["status"] == "not-mentioned-since", "thread=hetao": lambda row: "hetao" in row["threads"].split("；"),
        "year=2018": lambda row: row["date"].startswith("2018"), "number=with": lambda row: row["value"],
    }[state]
    expected = [f"{row['letter']}#{row['id']}" for row in rows if passes(row)]
    with browser.new_context(base_url=small_pages) as context:
        page = context.new_page()
        page.goto(f"commitments/?{state}")
        show_total(page, len(expected))
        assert list_shown(page) == expected[:20]
        last = (len(expected) + 19) // 20
        page.goto(f"commitments/?{state}&page={last}")
        show_total(page, len(expected))
        assert list_shown(page) == expected[(last - 1) * 20 :]


def test_a_list_that_is_cut_leads_to_all_of_it(browser: Browser, small_pages: str, rows: list[dict[str, str]]) -> None:
    with browser.new_context(base_url=small_pages) as context:
        page = context.new_page()
        page.goto("commitments/status/not-mentioned-since/")
        assert len(list_shown(page)) < 7
        while page.locator("#rows [rel=next]").count():
            with page.expect_navigation():  # else the page that is being left may be asked, or none
                page.locator("#rows [rel=next]").click()
        expect(page.locator("#rows .rule")).to_contain_text("这里只列出最近的一部分")
        page.locator("#rows .rule a").first.click()
        show_total(page, sum(row["status"] == "not-mentioned-since" for row in rows))


def test_nothing_that_passes_is_said_in_words(page: Page) -> None:
    page.goto("commitments/?status=done&date=with")
    expect(page.locator("#rows")).to_have_text("没有同时符合这些条件的承诺。")


def test_the_skip_link_leaves_the_register_as_it_is(page: Page) -> None:
    page.goto("commitments/")
    page.evaluate("document.body.dataset.same = 'yes'")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert page.evaluate("document.body.dataset.same") == "yes"


def test_on_a_phone_a_filter_leads_to_what_it_finds(browser: Browser, address: str) -> None:
    with browser.new_context(base_url=address, viewport={"width": 360, "height": 700}) as context:
        page = context.new_page()
        page.goto("commitments/")
        page.locator("#folding > summary").click()
        choose(page, "status", "再次承诺")
        expect(page.locator("#count")).to_be_in_viewport()


def test_filters_that_cannot_be_fetched_are_told_and_the_page_stays(browser: Browser, address: str) -> None:
    with browser.new_context(base_url=address) as context:
        page = context.new_page()
        page.route("**/table.json", lambda route: route.abort())
        page.goto("commitments/")
        expect(page.locator("#count")).to_contain_text("未能取得筛选所需的文件")
        expect(page.locator("#rows .promise").first).to_be_visible()
        page.locator("[data-facet=status] a", has_text="称已完成").click()
        expect(page).to_have_url(re.compile("commitments/status/done/$"))


@pytest.mark.parametrize("width", [360, 1280])
def test_every_filter_is_a_plain_page_without_script(browser: Browser, address: str, rows: list[dict[str, str]], width: int) -> None:
    with browser.new_context(base_url=address, java_script_enabled=False, viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        page.goto("commitments/")
        if width < 900:
            page.locator("#folding > summary").click()
        page.locator("[data-facet=status] a", has_text="未见提及").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("未见提及")
        counted = sum(row["status"] == "not-mentioned-since" for row in rows)
        expect(page.locator("header strong")).to_have_text(f"{counted}项承诺")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("url", ["commitments/?status=progress", "commitments/status/done/", "commitments/filters/", "commitments/review/2021/"])
def test_axe_finds_nothing(browser: Browser, address: str, url: str, scheme: str) -> None:
    context = browser.new_context(base_url=address, color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(url)
    if "?" in url:
        expect(page.locator("#chosen a")).to_have_count(1)
    result = Axe().run(page)
    context.close()
    assert [(violation["id"], [node["html"][:200] for node in violation["nodes"][:3]]) for violation in result.response["violations"]] == []


def test_a_sheet_prints_in_landscape_with_room_to_write(browser: Browser, address: str, tmp_path: Path) -> None:
    with browser.new_context(base_url=address) as context:
        page = context.new_page()
        page.goto("commitments/review/2018/")
        pdf = page.pdf(prefer_css_page_size=True)
    boxes = [tuple(float(side) for side in box.split()) for box in re.findall(rb"/MediaBox \[([\d. ]+)\]", pdf)] if b"/MediaBox" in pdf else []
    assert boxes and any(width > height for _, _, width, height in boxes)
