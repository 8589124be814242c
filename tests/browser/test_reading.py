"""A reader walks through the archive in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A fresh page; whatever the console complains of, and whatever is asked of another host, fails the test."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(address) else trouble.append(request.url))
    yield page
    context.close()
    assert trouble == []


def test_from_home_to_a_commitment(page: Page) -> None:
    page.goto("./")
    page.locator(".years").get_by_role("link", name=re.compile("2021")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2021年")
    page.get_by_role("link", name="关于提升产业园区建设及运营环境的建议").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("关于提升产业园区建设及运营环境的建议")
    page.locator(".facts a", has_text="77项承诺").click()
    page.locator(".promise a", has_text="新建停车位6000个").click()
    mark = page.locator("mark[data-mark]:target")
    expect(mark).to_have_text("新建停车位6000个")
    expect(mark).to_be_in_viewport()
    assert re.search(r"/letters/2021/jy20210042/#c\d+$", page.url)


def test_from_the_register_to_both_quotes(page: Page) -> None:
    page.goto("commitments/")
    page.get_by_role("link", name="有后续说法的承诺").click()
    proof = page.locator(".promise", has=page.locator(".status-done")).first
    words = proof.locator(".proof q").inner_text()
    proof.locator(".proof a").first.click()
    expect(page.locator("article")).to_contain_text(words)


def test_contents_lead_to_their_heading(page: Page) -> None:
    page.goto("letters/2020/ta20200005/")
    page.locator(".contents a", has_text="（三）打造生物医药公共服务体系").click()
    expect(page.locator("p:target")).to_contain_text("在已有博济生物医药研发公共服务平台")


def test_correction_is_read_and_the_print_is_told(page: Page) -> None:
    page.goto("letters/2020/ta20200005/")
    last = page.locator(".is-signature").first
    assert last.evaluate("element => element.innerText").strip().endswith("福田区科技创新局")
    expect(page.locator(".aside-correction", has_text="福田区科创创新局")).to_be_visible()


def test_each_kind_of_annotation_can_be_switched_off_and_the_choice_lasts(page: Page) -> None:
    page.goto("letters/2018/20180136/")
    promise, note = page.locator(".aside-commitment").first, page.locator(".aside-note").first
    expect(promise).to_be_visible()
    page.get_by_label("承诺", exact=True).uncheck()
    expect(promise).to_be_hidden()
    expect(note).to_be_visible()
    assert page.locator("mark.commitment").first.evaluate("mark => getComputedStyle(mark).textDecorationLine") == "none"
    page.goto("letters/2020/ta20200005/")
    expect(page.get_by_label("承诺", exact=True)).not_to_be_checked()
    expect(page.locator(".aside-commitment").first).to_be_hidden()
    for name in ("回应此前承诺", "数字", "政策文件", "又见他函", "编者注", "勘误"):
        page.get_by_label(name, exact=True).uncheck()
    expect(page.locator(".aside >> visible=true")).to_have_count(0)
    shown = page.locator(".letter-text :is(mark, a.policy, a.compared, ins)").evaluate_all("marks => marks.map(mark => getComputedStyle(mark)).filter(style => style.textDecorationLine !== 'none' || style.borderBlockEndWidth !== '0px').length")
    assert shown == 0


def test_the_printed_text_is_one_click_away_and_the_choice_lasts(page: Page) -> None:
    page.goto("letters/2020/ta20200005/")
    last = page.locator(".is-signature").first
    page.get_by_label("原样", exact=True).check()
    assert last.inner_text().endswith("福田区科创创新局")
    page.reload()
    assert last.inner_text().endswith("福田区科创创新局")
    page.get_by_label("校读", exact=True).check()
    assert last.inner_text().endswith("福田区科技创新局")


def test_without_corrections_marked_the_printed_text_is_whole(page: Page) -> None:
    page.goto("letters/2020/ta20200005/")
    page.get_by_label("勘误", exact=True).uncheck()
    last = page.locator(".is-signature").first
    assert last.inner_text().endswith("福田区科技创新局")
    page.get_by_label("原样", exact=True).check()
    assert last.inner_text().endswith("福田区科创创新局")


def test_later_words_lead_back_to_the_promise(page: Page) -> None:
    page.goto("letters/2020/ta20200005/")
    page.locator(".aside-evidence a", has_text="c28").click()
    expect(page.locator("mark[data-mark=c28]:target")).to_have_text("组建“南方知识产权运营中心”")


def test_the_switches_work_without_script(browser: Browser, address: str) -> None:
    with browser.new_context(base_url=address, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("letters/2020/ta20200005/")
        page.get_by_label("原样", exact=True).check()
        page.get_by_label("编者注", exact=True).uncheck()
        expect(page.locator(".is-signature ins").first).to_be_hidden()
        expect(page.locator(".aside-note").first).to_be_hidden()


def test_a_shared_passage_leads_to_its_other_place(page: Page) -> None:
    page.goto("letters/2020/ta20200005/")
    page.locator(".aside-parallel a", has_text="2018年").first.click()
    expect(page.locator("p:target")).to_contain_text("政策以产业空间供给侧改革为切入点，破除空间缺失限制")
    page.locator(".passage", has=page.locator("p:target")).locator(".aside-parallel a", has_text="2020年").first.click()
    expect(page.locator("p:target")).to_contain_text("以产业空间供给侧改革为切入点，破除空间缺失限制")


def test_neighbours_lead_through_the_archive(page: Page) -> None:
    page.goto("letters/2018/20180136/")
    seen = []
    while page.locator("a[rel=next]").count():
        page.locator("a[rel=next]").click()
        seen.append(page.url.rstrip("/").rpartition("/")[2])
    assert seen == ["ta20200005", "jy20210042", "2023005", "2023103"]


def test_search_finds_a_literal_piece_and_nothing_else(page: Page) -> None:
    page.goto("./")
    page.get_by_role("searchbox").fill("并明确予以支持")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("#count")).to_have_attribute("data-total", "1")
    expect(page.locator("#results li")).to_have_attribute("data-id", "2018/20180136")
    expect(page.locator("#results .found")).to_have_text("并明确予以支持")
    page.locator("#q").fill("ＪＹ２０２１００４２ 停车位")
    expect(page.locator("#results li")).to_have_attribute("data-id", "2021/jy20210042")
    page.locator("#q").fill("没有这样的字")
    expect(page.locator("#count")).to_have_attribute("data-total", "0")


def test_every_page_makes_sense_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("letters/2021/jy20210042/")
    expect(page.locator("article mark.commitment").first).to_be_visible()
    page.goto("search/")
    expect(page.get_by_text("检索在浏览器里进行，需要启用 JavaScript")).to_be_visible()
    context.close()


GAPS = """() => {
  const blocks = [...document.querySelectorAll('.text-block, .text-heading')].map((block) => block.getBoundingClientRect());
  return Math.max(...blocks.slice(1).map((block, place) => block.top - blocks[place].bottom));
}"""
OVERLAPS = """() => {
  const notes = [...document.querySelectorAll('.asides')].map((note) => note.getBoundingClientRect());
  return notes.slice(1).filter((note, place) => note.top < notes[place].bottom - 1).length;
}"""


@pytest.mark.parametrize("letter", ["2018/20180136", "2020/ta20200005", "2021/jy20210042", "2023/2023005", "2023/2023103"])
@pytest.mark.parametrize("width", [1100, 1280, 1920])
def test_notes_tear_no_hole_into_the_text_and_never_overlap(page: Page, letter: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"letters/{letter}/")
    assert page.evaluate(GAPS) <= 36
    assert page.evaluate(OVERLAPS) == 0
