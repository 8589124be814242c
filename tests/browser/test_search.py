"""The search page in a real browser: the same letters in the same order as Whoosh, whatever is asked, and whatever goes wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.queries import Queries
from dafu.road import Options, open_search
from dafu.search.folding import make_pairs
from dafu.search.query import parse_query
from dafu.search.site import Search
from tests.browser.conftest import serve
from tests.browser.searching import MOST_PAGES, ask, open_search_page
from tests.making import ROOT, TESTS, make_letter, search_naively


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def open_page(content: Path) -> Search:
    search, problems = open_search(Options(content=content, output=content.parent / "public", use_cache=False))
    assert problems == ()
    return search


@pytest.mark.parametrize("name", ["real", "invented"])
def test_browser_and_whoosh_show_the_same_letters_in_the_same_order(browser: Browser, name: str, address: str, invented: Path, invented_address: str) -> None:
    search = open_page(ROOT / "content" if name == "real" else invented)
    page = browser.new_page(base_url=address if name == "real" else invented_address)
    open_search_page(page)
    forms = Queries(search.documents).forms(330 if name == "real" else 300)
    different = {}
    for form in forms:
        theirs = [search.engine.ids[number] for number, _ in search.engine.ask(parse_query(form))]
        total, ours = ask(page, form)
        if (total, ours) != (len(theirs), theirs[: len(ours)]):
            different[form] = (total, ours, theirs)
    page.close()
    assert different == {}


@pytest.mark.parametrize("name", ["real", "invented"])
def test_every_piece_is_found_where_it_stands_and_nowhere_else(browser: Browser, name: str, address: str, invented: Path, invented_address: str) -> None:
    search = open_page(ROOT / "content" if name == "real" else invented)
    page = browser.new_page(base_url=address if name == "real" else invented_address)
    open_search_page(page)
    pieces = Queries(search.documents, seed=2).pieces(300 if name == "real" else 100)
    wrong = []
    for piece in pieces:
        truth = search_naively(search.documents, piece)
        total, ours = ask(page, f'"{piece}"')
        if total != len(truth) or not truth.issuperset(ours) or len(ours) != min(total, 20 * MOST_PAGES):
            wrong.append(piece)
    page.close()
    assert wrong == []


def test_letters_of_one_day_and_without_a_date_keep_their_order(browser: Browser, tmp_path: Path) -> None:
    letters = {"2019/9004": "2019-12-31", "2020/9001": "2020-05-06", "2020/9002": "2020-01-31", "2020/9003": "2020-05-06", "2020/ta9": "2020-05-06", "undated/9005": "null", "undated/n": "null"}
    for letter, date in letters.items():
        path = tmp_path / "content" / "letters" / f"{letter}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make_letter(number=f'"{path.stem}"', date=date), "utf-8")
    (tmp_path / "content" / "site.yml").write_text((ROOT / "content" / "site.yml").read_text("utf-8"), "utf-8")
    ordered = ["2020/9001", "2020/9003", "2020/ta9", "2020/9002", "2019/9004", "undated/9005", "undated/n"]
    assert [hit.entry.letter.id for hit in open_page(tmp_path / "content").find("种树")] == ordered
    with serve(tmp_path / "content", tmp_path / "served") as address:
        page = browser.new_page(base_url=address)
        open_search_page(page)
        assert ask(page, "种树") == (7, ordered)
        assert ask(page, "year:2020 种树") == (4, ordered[:4])
        assert ask(page, "9003")[1] == ["2020/9003"]
        page.close()


def test_terms_are_those_of_the_python_twin(page: Page) -> None:
    open_search_page(page)
    cases = json.loads((TESTS / "cases" / "terms.json").read_text("utf-8"))
    told = page.evaluate("""async ([cases, pairs]) => {
        const { fold, parseQuery, readPairs } = await import(document.querySelector("script[type=module]").src.replace("page.js", "terms.js"));
        const table = readPairs(pairs);
        const asCase = (query) => {
            switch (query?.kind) {
                case undefined: return null;
                case "term": return query.field ? [query.text, query.field] : [query.text];
                case "years": return { years: [query.first, query.last] };
                case "not": return { not: asCase(query.query) };
                default: return { [query.kind]: query.queries.map(asCase) };
            }
        };
        const differs = (found, expected) => JSON.stringify(found) !== JSON.stringify(expected);
        return [
            ...cases.fold.filter(([source, folded]) => fold(source, table) !== folded),
            ...cases.queries.filter(([source, meaning]) => differs(asCase(parseQuery(source, table)), meaning)),
        ];
    }""", [cases, make_pairs()])
    assert told == []


def test_browsers_read_gb_18030_as_python_writes_it(page: Page) -> None:
    page.goto("search/")
    from dafu.search.cards import MOVED

    chars = "".join(char for point in [*range(0x20, 0xD800), *range(0xF900, 0xFFFE), *range(0x20000, 0x2A6E0, 7)] if not MOVED.search(char := chr(point)))
    read = page.evaluate("bytes => new TextDecoder('gb18030').decode(new Uint8Array(bytes))", list(chars.encode("gb18030")))
    assert [(one, two) for one, two in zip(chars, read) if one != two] == []
    assert len(read.encode("utf-16-le")) == len(chars.encode("utf-16-le"))


def test_a_row_shows_title_facts_passage_and_where(page: Page) -> None:
    open_search_page(page, "停车位")
    row = page.locator("#results li").first
    expect(row).to_have_attribute("data-id", "2021/jy20210042")
    expect(row.locator("h2")).to_have_text("关于提升产业园区建设及运营环境的建议")
    expect(row.locator(".letter-row-meta")).to_contain_text("JY20210042")
    expect(row.locator(".snippet .found").first).to_have_text("停车位")
    expect(row.locator(".letter-row-where")).to_contain_text("正文")
    assert "#p" in (row.locator("a").get_attribute("href") or "")


def test_a_number_typed_alone_puts_its_letter_first(page: Page) -> None:
    for number, letter in (("20180136", "2018/20180136"), ("ta20200005", "2020/ta20200005"), ("２０２３１０３", "2023/2023103")):
        open_search_page(page, number)
        expect(page.locator("#results li").first).to_have_attribute("data-id", letter)


def test_a_question_gets_to_the_nearest_letters(page: Page) -> None:
    open_search_page(page, "福田区有多少国家高新技术企业")
    expect(page.locator("#count")).to_have_attribute("data-total", "0")
    expect(page.locator("#results li")).to_have_count(0)
    expect(page.locator("#similar li").first).to_contain_text("高新技术企业")
    expect(page.locator("#similar h2").first).to_contain_text("没有完全匹配")


def test_facets_count_and_filter_and_stand_in_the_address(page: Page) -> None:
    open_search_page(page, "福田")
    years = page.locator("#facets section").first
    assert [int(text) for text in years.locator(".tags-count").all_inner_texts()] == [1, 1, 1, 2]
    years.get_by_role("link", name="2023").click()
    expect(page.locator("#count")).to_have_attribute("data-total", "2")
    assert "year=2023" in page.url
    page.get_by_role("link", name="按日期").click()
    expect(page.locator("#results li").first).to_have_attribute("data-id", "2023/2023103")
    page.reload()
    expect(page.locator("#count")).to_have_attribute("data-total", "2")
    expect(page.locator("#results li").first).to_have_attribute("data-id", "2023/2023103")
    page.locator("#chosen a").click()
    expect(page.locator("#count")).to_have_attribute("data-total", "5")
    page.go_back()
    expect(page.locator("#count")).to_have_attribute("data-total", "2")


def test_long_results_come_in_pages(browser: Browser, invented_address: str) -> None:
    page = browser.new_page(base_url=invented_address)
    open_search_page(page, "的")
    expect(page.locator("#results li")).to_have_count(20)
    page.locator("#pager a[rel=next]").click()
    expect(page.locator("#pager")).to_contain_text("第2页")
    assert "page=2" in page.url
    page.close()


def test_rows_below_the_screen_are_filled_when_they_are_reached(browser: Browser, invented_address: str) -> None:
    page = browser.new_page(base_url=invented_address, viewport={"width": 1280, "height": 720})
    open_search_page(page, "的")
    assert page.locator("#results li.is-coming").count() > 10
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator("#results li.is-coming")).to_have_count(0)
    page.close()


def test_results_follow_what_is_typed_but_not_while_composing(page: Page) -> None:
    open_search_page(page)
    field = page.locator("#q")
    field.evaluate("""field => {
        field.dispatchEvent(new CompositionEvent("compositionstart"));
        field.value = "ke'ji";
        field.dispatchEvent(new InputEvent("input", { isComposing: true }));
    }""")
    page.wait_for_timeout(400)
    assert "q=" not in page.url.replace("?q=", "", 1)
    field.evaluate("""field => {
        field.value = "科技";
        field.dispatchEvent(new CompositionEvent("compositionend"));
    }""")
    expect(page.locator("#count")).to_have_attribute("data-total", "5")
    assert "%E7%A7%91%E6%8A%80" in page.url


def test_the_keyboard_alone_leads_to_a_letter(page: Page) -> None:
    open_search_page(page, "停车位")
    page.locator("body").press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#results a").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".found-bar")).to_be_visible()


def test_matches_are_marked_in_the_letter(page: Page) -> None:
    open_search_page(page, "停车位 园区")
    page.locator("#results a").first.click()
    expect(page.locator(".letter-text mark.found", has_text="停车位").first).to_be_attached()
    before = page.locator(".found-bar [role=status]").inner_text()
    page.get_by_role("button", name="下一处").click()
    assert page.locator(".found-bar [role=status]").inner_text() != before
    expect(page.locator(".found.is-current").first).to_be_in_viewport()
    text = page.locator(".letter-text").inner_text()
    page.get_by_role("button", name="取消标记").click()
    expect(page.locator("mark.found")).to_have_count(0)
    assert page.locator(".letter-text").inner_text() == text
    assert "find=" not in page.url


def test_a_printed_slip_and_its_reading_are_both_marked(page: Page) -> None:
    for words in ("福田区科创创新局", "福田区科技创新局"):
        page.goto(f"letters/2020/ta20200005/?find={words}")
        expect(page.locator(".letter-text .is-signature mark.found").first).to_be_attached()


def test_searches_are_kept_on_this_device_until_they_are_cleared(page: Page) -> None:
    open_search_page(page)
    page.locator("#q").fill("河套")
    page.locator("#q").press("Enter")
    expect(page.locator("#count")).to_have_attribute("data-total", "5")
    open_search_page(page)
    expect(page.locator("#recent a")).to_have_text("河套")
    page.get_by_role("button", name="清除记录").click()
    expect(page.locator("#recent")).to_be_hidden()


def test_every_page_leads_to_the_search(page: Page) -> None:
    page.goto("letters/2018/20180136/")
    page.locator("#finder").fill("河套")
    page.locator("#finder").press("Enter")
    expect(page.locator("#count")).to_have_attribute("data-total", "5")
