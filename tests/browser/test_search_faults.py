"""Odd questions and broken answers: the search page says what is wrong in words, and keeps what is there."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from bench.letters import read_sentences, write_archive, write_newest
from dafu.search.shards import deflate
from tests.browser.conftest import serve
from tests.browser.searching import ASK, open_search_page
from tests.making import build_site, make_letter


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("query", ["", " ", "。", "\"", "\"科技", "(", ")", "(科技 (", "foo:bar", "year:abc", "title:", "-", "OR", "<img src=x onerror=window.broken=1>", "\ud800", "科" * 10_000, "科技 " * 3_000, "( " * 3_000, "&amp;", "%E4", "'"])
def test_odd_queries_do_no_harm(page: Page, query: str) -> None:
    open_search_page(page)
    page.evaluate("query => { document.getElementById('q').value = query; document.getElementById('q').dispatchEvent(new InputEvent('input')); }", query)
    page.wait_for_timeout(300)
    expect(page.locator("body")).to_have_attribute("data-search", "ready", timeout=20_000)
    assert page.evaluate("window.broken") is None


SHARD = re.compile(r"/search/data/[0-9a-f]{4}-")


def fail(route: Route) -> None:
    route.abort()


def test_a_shard_that_comes_at_the_second_try_is_no_fault(page: Page) -> None:
    tries: list[str] = []
    page.route(SHARD, lambda route: (tries.append(route.request.url), route.abort() if len(tries) == 1 else route.continue_()))
    open_search_page(page, "河套")
    expect(page.locator("#count")).to_have_attribute("data-total", "5")
    assert len(tries) == 2


@pytest.mark.parametrize("fault", ["missing", "truncated", "garbage", "empty"])
def test_a_broken_shard_is_told_in_words_and_what_is_there_stays(page: Page, fault: str) -> None:
    open_search_page(page, "河套")
    expect(page.locator("#results li")).to_have_count(5)

    def spoil(route: Route) -> None:
        data = route.fetch().body()
        bodies = {"missing": b"", "truncated": data[: len(data) // 2], "garbage": b"\x00\xff" * 500, "empty": b""}
        route.fulfill(status=404 if fault == "missing" else 200, body=bodies[fault])

    page.route(SHARD, spoil)
    page.locator("#q").fill("孵化")
    expect(page.locator("body")).to_have_attribute("data-search", "error")
    expect(page.locator("#count")).to_contain_text("未能取得")
    expect(page.locator("#results li")).to_have_count(5)
    page.unroute(SHARD)
    page.locator("#q").fill("孵化 ")
    expect(page.locator("body")).to_have_attribute("data-search", "ready")


def test_a_stale_page_says_so(page: Page) -> None:
    """After a new publication the table that an old page names may be gone."""
    page.route("**/search/data/start-*", lambda route: route.fulfill(status=404))
    page.goto("search/?q=河套")
    expect(page.locator("body")).to_have_attribute("data-search", "error")
    expect(page.locator("#count")).to_contain_text("请刷新本页")


def test_a_slow_answer_to_an_older_question_is_dropped(page: Page) -> None:
    open_search_page(page)
    page.route(SHARD, lambda route: (time.sleep(1.0), route.continue_()))
    page.locator("#q").fill("停车位")
    page.wait_for_timeout(300)
    page.unroute(SHARD)
    page.locator("#q").fill("year:2018")
    expect(page.locator("#count")).to_have_attribute("data-total", "1")
    page.wait_for_timeout(1_500)
    expect(page.locator("#count")).to_have_attribute("data-total", "1")


def test_an_open_page_goes_on_when_the_site_is_published_anew(browser: Browser, tmp_path: Path) -> None:
    content, folder = tmp_path / "content", tmp_path / "served"
    write_archive(content, 40, read_sentences(None))
    with serve(content, folder) as address:
        old, other = browser.new_page(), browser.new_page()
        old.goto(f"{address}search/?q=设施1")
        expect(old.locator("body")).to_have_attribute("data-search", "ready")
        newest = write_newest(content, 40, read_sentences(None))
        newest.write_text(newest.read_text("utf-8") + "\n雪豹新来。\n", "utf-8")
        assert build_site(content, folder / "some" / "path", base_url="https://example.org/some/path/").problems == ()
        other.goto(f"{address}search/?q=雪豹新来")
        expect(other.locator("#count")).to_have_attribute("data-total", "1")
        for query, total in (("雪豹新来", "1"), ("创新", None), ("企业", None), ("year:2004", None), ("答复", "41")):
            old.locator("#q").fill(query)
            expect(old.locator("#q")).to_have_value(query)
            old.wait_for_timeout(250)
            expect(old.locator("body")).to_have_attribute("data-search", "ready")
            if total:
                expect(old.locator("#count")).to_have_attribute("data-total", total)
        old.close()
        other.close()


def test_a_shard_that_holds_something_else_is_fetched_again(page: Page) -> None:
    tries: list[str] = []
    wrong = deflate(b"\1\0\0\0\1\0\0\0xx\4\1\0")
    page.route(SHARD, lambda route: (tries.append(route.request.url), route.fulfill(body=wrong) if len(tries) == 1 else route.continue_()))
    open_search_page(page, "河套")
    expect(page.locator("#count")).to_have_attribute("data-total", "5")
    assert len(tries) == 2


@pytest.mark.parametrize("query", ["\"", "\"\"", "( )", "title:", "\u200b"])
def test_a_query_of_nothing_finds_nothing(page: Page, query: str) -> None:
    open_search_page(page)
    assert page.evaluate(ASK, [query, 1]) == {"state": "ready", "total": 0, "rows": []}


def test_back_leads_to_the_search_before(page: Page) -> None:
    open_search_page(page)
    for query in ("河套", "停车位"):
        page.locator("#q").fill("")
        page.locator("#q").press_sequentially(query)
        page.wait_for_timeout(400)
        page.locator("#q").press("Enter")
        page.wait_for_timeout(300)
        expect(page.locator("body")).to_have_attribute("data-search", "ready")
    page.go_back()
    expect(page.locator("#q")).to_have_value("河套")
    expect(page.locator("#count")).to_have_attribute("data-total", "5")


def test_nothing_fires_while_composing_begins(page: Page) -> None:
    open_search_page(page)
    # In one step: on a slow machine a search would fire between two, and rightly.
    page.locator("#q").evaluate("""(field) => {
        field.value = "a";
        field.dispatchEvent(new InputEvent("input", {bubbles: true}));
        field.dispatchEvent(new CompositionEvent("compositionstart", {bubbles: true}));
    }""")
    page.wait_for_timeout(400)
    assert page.url.endswith("?q=")


def test_focus_stays_with_what_was_pressed(page: Page) -> None:
    open_search_page(page, "福田")
    page.locator("#facets").get_by_role("link", name="2023").press("Enter")
    expect(page.locator("#count")).to_have_attribute("data-total", "2")
    expect(page.locator("#facets").get_by_role("link", name="2023")).to_be_focused()


def test_arrows_go_through_all_results(browser: Browser, invented_address: str) -> None:
    page = browser.new_page(base_url=invented_address, viewport={"width": 1280, "height": 720})
    open_search_page(page, "的")
    page.locator("#q").focus()
    for _ in range(20):
        page.keyboard.press("ArrowDown")
    expect(page.locator("#results a").last).to_be_focused()
    page.close()


def test_a_long_pasted_piece_leads_to_a_link_that_opens(page: Page) -> None:
    text = page.request.get("letters/2018/20180136/index.txt").text()
    paragraph = max(text.split("\n\n"), key=len)
    open_search_page(page)
    assert page.evaluate(ASK, [f'"{paragraph}"', 1])["rows"] == ["2018/20180136"]
    assert len(page.locator("#results a").first.get_attribute("href") or "") < 2_000
    page.locator("#results a").first.click()
    expect(page.locator(".found-bar")).to_be_visible()


def test_odd_letters_are_found_and_marked(browser: Browser, archive: Callable[..., Path], tmp_path: Path) -> None:
    """Characters that only a compatible form shows to be traditional, and words in traditional characters."""
    letters = {"letters/2020/9001.md": make_letter("尊敬的委员：\n\n汽⾞通行，𠮷野家。\n\n某某局\n", title="关于通行的建议"), "letters/2020/9002.md": make_letter("尊敬的委員：\n\n種樹創新。\n\n某某局\n", number='"9002"')}
    with serve(archive(letters), tmp_path / "served") as address:
        page = browser.new_page(base_url=address)
        open_search_page(page)
        expected = {"汽车通行": ["2020/9001"], "汽車": ["2020/9001"], "𠮷": ["2020/9001"], "种树创新": ["2020/9002"], "種树": ["2020/9002"]}
        assert {query: page.evaluate(ASK, [query, 1])["rows"] for query in expected} == expected
        page.evaluate(ASK, ["种树创新", 1])
        page.locator("#results a").first.click()
        expect(page.locator(".letter-text mark.found").first).to_have_text("種樹創新")
        page.close()


def test_what_is_kept_by_others_under_our_name_does_no_harm(page: Page) -> None:
    page.goto("about/")
    page.evaluate("localStorage.setItem('dafu-recent', '{}')")
    open_search_page(page, "河套")
    expect(page.locator("#count")).to_have_attribute("data-total", "5")


def test_a_letter_whose_words_cannot_be_had_keeps_its_link(page: Page) -> None:
    page.route("**/search.bin", fail)
    open_search_page(page, "河套")
    expect(page.locator("#results li")).to_have_count(5)
    expect(page.locator("#results li").first).to_contain_text("暂时取不到")
    expect(page.locator("#results a").first).to_have_attribute("href", re.compile(r"^\.\./letters/2023/2023005/\?find="))
