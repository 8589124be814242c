"""A real browser over the hostile archive, and hostile addresses: no dialog, no error, nothing from elsewhere, no element that no template writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.foreign import ALLOWED, is_foreign
from tests.browser.conftest import serve
from tests.hostile import CASES, FIRST, WORDS, make_files, write_files

SPOILT = ("__proto__", "constructor", "<img src=x onerror=alert(9001)>", "javascript:alert(9001)", "\u202e", "%", "../../..", "1e9", "-1", "NaN", "9" * 400)


@pytest.fixture(scope="module")
def hostile_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def hostile_address(hostile_folder: Path) -> Iterator[str]:
    files, _ = make_files()
    files["site.yml"] = re.sub(r'"base_url": "[^"]*"', '"base_url": "https://example.org/"', files["site.yml"]).replace('"offline": true', '"offline": false')
    with serve(write_files(hostile_folder / "content", files), hostile_folder / "site") as address:
        yield address


@pytest.fixture
def troubles() -> list[str]:
    return []


@pytest.fixture
def open_page(browser: Browser, hostile_address: str, troubles: list[str]) -> Iterator[Callable[[], Page]]:
    """Opens pages that tell of everything that a hostile word could bring about; nothing of it may have happened at the end."""

    def watch() -> Page:
        page = context.new_page()
        page.on("dialog", lambda dialog: (troubles.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: troubles.append(f"error {error}"))
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.on("popup", lambda popup: troubles.append(f"popup {popup.url}"))
        page.on("request", lambda request: troubles.append(f"request {request.url}") if not request.url.startswith(hostile_address) else None)
        page.on("framenavigated", lambda frame: troubles.append(f"frame {frame.url}") if not frame.url.startswith((hostile_address, "about:blank")) else None)
        return page

    with browser.new_context(base_url=hostile_address) as context:
        yield watch
    assert troubles == []


@pytest.fixture
def page(open_page: Callable[[], Page]) -> Page:
    return open_page()


TABS = 8


def visit(open_page: Callable[[], Page], urls: Sequence[str]) -> Iterator[tuple[str, Page]]:
    """Pages that have come to rest; some side by side, as most of the time nothing happens."""
    tabs = [open_page() for _ in range(min(TABS, len(urls)))]
    for first in range(0, len(urls), TABS):
        opened = list(zip(urls[first : first + TABS], tabs))
        for url, tab in opened:
            tab.goto(url, wait_until="commit")
        for url, tab in opened:
            tab.wait_for_load_state("networkidle")
            yield url, tab


ATTRIBUTES = "() => [...document.querySelectorAll('*')].flatMap((one) => [[one.localName, '', ''], ...[...one.attributes].map(({ name, value }) => [one.localName, name, value])])"
MADE_BY_SCRIPTS = {"href", "title", "data-key", "data-id", "data-filled", "data-search", "data-total", "data-value", "open"}
"""What our scripts set: on elements of their own and of the page."""


def list_foreign(page: Page) -> list[str]:
    """Elements and attributes in the page as the browser reads it that neither templates nor scripts write."""
    found = {(tag, name.lower(), value) for tag, name, value in page.evaluate(ATTRIBUTES)}
    return [f"<{tag} {name}={value!r}>" for tag, name, value in sorted(found) if tag.lower() not in ALLOWED or (name and name not in MADE_BY_SCRIPTS and is_foreign(tag.lower(), name, value))]


def list_pages(folder: Path) -> list[str]:
    site = folder / "site" / "some" / "path"
    return [path.relative_to(site).as_posix().removesuffix("index.html") for path in sorted(site.rglob("*.html"))]


def test_no_page_does_what_its_words_say(open_page: Callable[[], Page], hostile_folder: Path) -> None:
    pages = list_pages(hostile_folder)
    assert len(pages) > 40
    foreign = {url: found for url, page in visit(open_page, [quote(url) or "./" for url in pages]) if (found := list_foreign(page))}
    assert foreign == {}


def search(page: Page, query: str, more: str = "") -> None:
    page.goto(f"search/?q={quote(query)}{more}")
    page.wait_for_selector("body[data-search=ready]")


def test_a_query_is_words_wherever_it_is_shown(page: Page) -> None:
    """In the field, in the count, among the last searches, in the links of facets and pages."""
    for query in (*CASES["queries"], *WORDS[:4]):
        search(page, query, "&sort=date")
        page.locator("#q").press("Enter")
        page.reload()
        page.wait_for_selector("body[data-search=ready]")
        assert (query, list_foreign(page)) == (query, [])
    assert page.locator("#recent li").count() > 3


def test_hostile_words_are_found_and_shown_as_words(page: Page) -> None:
    for word in WORDS:
        search(page, f'"{word.partition(chr(34))[0] or word.strip(chr(34)).partition(chr(34))[0]}"')
        page.wait_for_load_state("networkidle")
        assert (word, list_foreign(page), page.locator("#results li, #similar li").count() > 0) == (word, [], True)


@pytest.mark.parametrize("value", SPOILT, ids=lambda value: ascii(value)[:30])
def test_filters_of_search_and_register_are_words(open_page: Callable[[], Page], value: str) -> None:
    filters = {"search/": ("year", "topic", "respondent", "kind", "status", "sort"), "commitments/": ("status", "year", "topic", "respondent", "thread", "number", "date"), "commitments/filters/": ("topic",)}
    spoilt = quote(value)
    states = [(url, state) for url, names in filters.items() for state in ("&".join(f"{name}={spoilt}" for name in names), f"page={spoilt}", f"{names[0]}={spoilt}")]
    for url, page in visit(open_page, [f"{url}?{state}#{spoilt}" for url, state in states]):
        assert (url, list_foreign(page)) == (url, [])


@pytest.mark.parametrize("value", SPOILT, ids=lambda value: ascii(value)[:30])
def test_what_a_letter_is_asked_to_mark_is_words(page: Page, value: str) -> None:
    page.goto(f"letters/{FIRST}/?find={quote(value)}&find={quote('<script>')}#{quote(value)}", wait_until="networkidle")
    expect(page.locator(".found-bar")).to_be_visible()
    page.locator(".found-bar button").nth(1).click()
    assert list_foreign(page) == []


def test_a_passage_is_taken_with_its_source_as_it_is(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"letters/{FIRST}/")
    title = page.locator("[data-take=quote]").first
    page.locator(".text-block .pilcrow").nth(2).click()
    title.click()
    shown = page.evaluate("navigator.clipboard.readText()")
    assert page.evaluate("document.querySelector('[data-take=quote]').dataset.title") in shown and "undefined" not in shown and "function" not in shown
