"""A reader takes something along: a link, a quotation, a citation, a sheet of paper; and keeps the theme chosen."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.test_cite import read_bibtex, read_ris, set_gbt

LETTER = "letters/2021/jy20210042/"
URL = f"https://example.org/some/path/{LETTER}"


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page whose clipboard can be read."""
    with browser.new_context(base_url=address, viewport={"width": 1280, "height": 900}, permissions=["clipboard-read", "clipboard-write"]) as context:
        yield context.new_page()


def read_clipboard(page: Page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def test_a_paragraph_is_copied_as_a_link_and_as_a_quotation_with_its_source(page: Page) -> None:
    page.goto(LETTER)
    page.locator("#p4").hover()
    tools = page.get_by_role("group", name="本段")
    tools.get_by_role("button", name="复制链接").click()
    expect(tools.get_by_role("status")).to_have_text("已复制")
    assert read_clipboard(page) == f"{URL}#p4"
    tools.get_by_role("button", name="复制引文").click()
    quotation = read_clipboard(page)
    assert quotation.startswith("“河套深港科技创新合作区深圳园区科研空间批量供给，") and "空间资源持续释放。”（福田区科技创新局《关于对JY 20210042〈关于提升产业园区建设及运营环境的建议〉的回复》，2021年6月21日，第4段，" in quotation
    assert quotation.endswith(f"{URL}#p4）")


def test_what_is_selected_is_what_is_quoted(page: Page) -> None:
    page.goto(LETTER)
    page.locator("#p4").hover()
    page.evaluate("() => { const mark = document.querySelector('#p4 mark'); getSelection().selectAllChildren(mark); }")
    page.get_by_role("button", name="复制引文").click()
    assert read_clipboard(page).startswith("“37万平方米优质科研空间投入使用”（")


def test_a_quotation_follows_the_text_that_is_read(page: Page) -> None:
    page.goto("letters/2020/ta20200005/")
    for choice, name in (("原样", "福田区科创创新局"), ("校读", "福田区科技创新局")):
        page.get_by_label(choice, exact=True).check()
        page.locator(".is-signature").first.hover()
        page.get_by_role("button", name="复制引文").click()
        expect(page.get_by_role("group", name="本段").get_by_role("status")).to_have_text("已复制")
        assert read_clipboard(page).startswith(f"“{name}”")


def copy_citations(page: Page) -> dict[str, str]:
    """Every format as a click copies it."""
    copied = {}
    for form in page.locator(".cite-form").all():
        name = form.locator("h3, summary").inner_text()
        if form.evaluate("form => form.localName === 'details' && !form.open"):
            form.locator("summary").click()
        form.get_by_role("button", name="复制").click()
        expect(page.locator(".cite-said")).to_have_text("已复制")
        copied[name] = read_clipboard(page)
    return copied


@pytest.mark.parametrize("paragraph", [None, "p4"])
def test_a_click_copies_each_format_for_the_letter_and_for_a_paragraph(page: Page, paragraph: str | None) -> None:
    page.goto(LETTER)
    if paragraph:
        page.locator(f"#{paragraph}").hover()
        page.get_by_role("button", name="引用本段").click()
        expect(page.locator(".cite-part")).to_contain_text("引用第4段")
    copied = copy_citations(page)
    title = "关于对JY 20210042《关于提升产业园区建设及运营环境的建议》的回复" + (": 第4段" if paragraph else "")
    url = URL + (f"#{paragraph}" if paragraph else "")
    today = datetime.date.today()
    assert copied["GB/T 7714"] == f"福田区科技创新局. {title}[EB/OL]. (2021-06-21)[{today}]. {url}.\n" == set_gbt(copied["CSL-JSON"]) + "\n"
    bibtex, ris, (csl,) = read_bibtex(copied["BibTeX"]), read_ris(copied["RIS"]), json.loads(copied["CSL-JSON"])
    assert (bibtex["title"], bibtex["url"], bibtex["urldate"]) == (title, url, str(today))
    assert (ris["title"], ris["urls"], ris["access_date"]) == (title, [url], f"{today:%Y/%m/%d}")
    assert (csl["title"], csl["URL"]) == (title, url)


def test_from_a_paragraph_back_to_the_whole_letter(page: Page) -> None:
    page.goto(LETTER)
    page.locator("#p4").hover()
    page.get_by_role("button", name="引用本段").click()
    page.get_by_role("button", name="改为引用全文").click()
    expect(page.locator(".cite-text").first).not_to_contain_text("第4段")
    expect(page.locator(".cite-part")).to_be_hidden()


def test_on_a_phone_a_number_opens_the_tools(browser: Browser, address: str) -> None:
    with browser.new_context(base_url=address, viewport={"width": 360, "height": 740}, has_touch=True, permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        page.goto(LETTER)
        page.locator("#p4 .pilcrow").tap()
        page.get_by_role("button", name="复制链接").tap()
        expect(page.get_by_role("group", name="本段").get_by_role("status")).to_have_text("已复制")
        assert read_clipboard(page) == f"{URL}#p4"
        assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_where_copying_is_forbidden_the_words_are_selected(page: Page) -> None:
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('no')); document.execCommand = () => false;")
    page.goto(LETTER)
    page.locator(".cite-take button").first.click()
    expect(page.locator(".cite-said")).to_contain_text("请按 Ctrl+C")
    assert page.evaluate("getSelection().toString()").startswith("福田区科技创新局. 关于对")


def test_keyboard_alone_leads_from_home_through_search_to_a_paragraphs_citation(page: Page) -> None:
    page.goto("./")

    def tab_to(selector: str, most: int = 200, key: str = "Tab") -> None:
        for _ in range(most):
            page.keyboard.press(key)
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                shown = page.evaluate("() => { const style = getComputedStyle(document.activeElement); return [style.outlineStyle, parseFloat(style.outlineWidth)]; }")
                assert shown[0] != "none" and shown[1] >= 2
                return
        raise AssertionError(f"{selector} is not reached")

    tab_to(".skip")
    page.keyboard.press("Enter")
    tab_to("input[type=search]", 3)
    page.keyboard.type("新建停车位6000个")
    page.keyboard.press("Enter")
    expect(page.locator("#results li").first).to_be_visible()
    tab_to("#results a")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("关于提升产业园区建设及运营环境的建议")
    expect(page.locator(".text-block .found").first).to_be_visible()
    paragraph = page.evaluate("document.querySelector('.text-block .found').closest('[id^=p]').id")
    tab_to(f"#{paragraph} .pilcrow", 3, "Shift+Tab")
    tab_to(f"#{paragraph} [data-take=quote]", 2)
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="本段").get_by_role("status")).to_have_text("已复制")
    assert "新建停车位6000个" in read_clipboard(page)
    tab_to(f"#{paragraph} [data-take=cite]", 1)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "cite"
    tab_to(".cite-form:first-of-type .cite-take button", 4)
    page.keyboard.press("Enter")
    expect(page.locator(".cite-said")).to_have_text("已复制")
    assert read_clipboard(page).endswith(f"{URL}#{paragraph}.\n")


def test_escape_puts_the_tools_away(page: Page) -> None:
    page.goto(LETTER)
    page.locator("#p4 .pilcrow").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="本段")).to_have_count(0)
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#p4"


def test_the_contents_follow_the_reading(page: Page) -> None:
    page.goto(LETTER)
    current = page.locator(".contents [aria-current=location]")
    expect(current).to_have_count(0)
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        page.locator("#s2").evaluate("heading => heading.scrollIntoView()")
        expect(current).to_have_text(page.locator("#s2").inner_text())
        expect(current).to_be_in_viewport()


def test_the_theme_is_the_systems_until_it_is_chosen_and_the_choice_lasts(browser: Browser, address: str) -> None:
    background = "getComputedStyle(document.documentElement).backgroundColor"
    with browser.new_context(base_url=address, color_scheme="dark") as context:
        page = context.new_page()
        page.goto("./")
        assert page.evaluate(background) == "rgb(22, 21, 19)"
        page.get_by_label("外观").select_option("light")
        assert page.evaluate(background) == "rgb(255, 253, 248)"
        page.goto(LETTER)
        assert page.evaluate(background) == "rgb(255, 253, 248)"
        page.get_by_label("外观").select_option("dark")
        page.emulate_media(color_scheme="light")
        page.goto("search/")
        assert page.evaluate(background) == "rgb(22, 21, 19)"


def print_letter(page: Page, letter: str) -> list[str]:
    """The text of each printed page, without blanks."""
    page.goto(letter)
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    assert [round(side) for side in document[0].get_size()] == [595, 842]
    return [re.sub(r"\s", "", sheet.get_textpage().get_text_range()) for sheet in document]


def test_letter_prints_as_a_document(page: Page) -> None:
    sheets = print_letter(page, "letters/2020/ta20200005/")
    for number, text in enumerate(sheets, 1):
        assert text.endswith(str(number)) or text.startswith(str(number))
    first, whole = sheets[0], "".join(sheets)
    for fact in ("政协提案·TA20200005", "https://example.org/some/path/letters/2020/ta20200005/", "主办单位福田区科技创新局", "答复日期2020年8月10日", "提出人徐飙"):
        assert fact in first
    paragraphs = page.locator(".letter-text .text-block").count()
    assert all(f"¶{number}" in whole for number in range(1, paragraphs + 1))
    assert "福田区科技创新局[40]" in whole and "40.第28段勘误：原文作“福田区科创创新局”" in whole.replace("「", "“").replace("」", "”")
    assert "本函承诺" in whole
    for absent in ("复制", "外观", "跳到正文", "BibTeX", "相关答复", "检索"):
        assert absent not in whole


def test_every_note_has_its_number_in_the_text_and_is_printed(page: Page) -> None:
    for path in sorted((Path(__file__).parents[2] / "content/letters").glob("*/*.md")):
        page.goto(f"letters/{path.parent.name}/{path.stem}/")
        page.emulate_media(media="print")
        listed = page.locator(".footnotes li").evaluate_all("items => items.filter(item => item.checkVisibility()).map(item => item.value)")
        numbers = page.locator("[data-note]").evaluate_all("marks => marks.map(mark => Number(mark.dataset.note))")
        assert sorted(numbers) == listed == list(range(1, len(listed) + 1))
