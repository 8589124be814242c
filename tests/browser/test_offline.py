"""A site that asks for it is read without a network: what was read before, and the shell; one that asks no longer leaves no worker behind."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import serve
from tests.making import ROOT, build_site

READ, UNREAD = "letters/2023/2023103/", "letters/2018/20180136/"


def write_content(folder: Path, offline: bool) -> Path:
    """The real archive, its switch set."""
    shutil.copytree(ROOT / "content", folder, dirs_exist_ok=True)
    with (folder / "site.yml").open("a", encoding="utf-8") as site:
        site.write(f"\noffline: {'true' if offline else 'false'}\n")
    return folder


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    with serve(write_content(tmp_path / "content", True), tmp_path / "site") as address:
        yield address


@pytest.fixture
def context(browser: Browser, served: str) -> Iterator[BrowserContext]:
    with browser.new_context(base_url=served) as context:
        yield context


def open_with_worker(context: BrowserContext) -> Page:
    """A page of a site whose worker is at work."""
    page = context.new_page()
    page.goto("./")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    return page


def open_styled(page: Page, url: str) -> None:
    """A page that was read, as it looked. Chromium under load now and then asks the network for a new page's first files, past the worker that has them; a reader loads it again."""
    page.goto(url)
    if not is_styled(page):
        page.reload()
    assert is_styled(page)


def is_styled(page: Page) -> bool:
    return page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 253, 248)"


def test_what_was_read_and_the_shell_open_without_a_network(context: BrowserContext) -> None:
    page = open_with_worker(context)
    page.goto(READ)
    page.goto("search/?q=科创区")
    expect(page.locator("#results li").first).to_be_visible()
    context.set_offline(True)
    open_styled(page, READ + "#p3")
    expect(page.get_by_role("heading", level=1)).to_have_text("关于全力推进福田建设中国式现代化的都市型科创区的建议")
    page.locator("#p3 .pilcrow").focus()
    expect(page.get_by_role("group", name="本段")).to_be_visible()
    page.goto("search/?q=科创区")
    expect(page.locator("#results li").first).to_be_visible()
    page.goto("./")
    expect(page.get_by_role("heading", level=1)).to_have_text("答复档案")


def test_what_was_never_read_is_said_to_be_missing_and_can_be_tried_again(context: BrowserContext) -> None:
    page = open_with_worker(context)
    page.goto(READ)
    context.set_offline(True)
    page.goto(UNREAD)
    expect(page.get_by_role("heading", level=1)).to_have_text("没有网络")
    expect(page.locator("#read a")).to_have_text("关于全力推进福田建设中国式现代化的都市型科创区的建议")
    context.set_offline(False)
    page.get_by_role("link", name="再试一次").click()
    expect(page).to_have_url(re.compile(f"{UNREAD}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("关于福田区创新创业的建议")


def test_with_a_network_a_reader_sees_the_page_as_it_is_now_and_what_is_gone_is_forgotten(context: BrowserContext, tmp_path: Path) -> None:
    page = open_with_worker(context)
    page.goto(READ)
    file = tmp_path / "site/some/path" / READ / "index.html"
    file.write_text(file.read_text("utf-8").replace("<h1 ", "<h1 data-new "), "utf-8")
    page.goto(READ)
    expect(page.locator("h1[data-new]")).to_have_count(1)
    shutil.rmtree(file.parent)
    page.goto(READ)
    context.set_offline(True)
    page.goto(READ)
    expect(page.get_by_role("heading", level=1)).to_have_text("没有网络")


def test_a_page_read_before_a_new_publication_keeps_its_looks(context: BrowserContext, tmp_path: Path) -> None:
    page = open_with_worker(context)
    page.goto(READ)
    site = tmp_path / "site/some/path"
    (old,) = (site / "assets").iterdir()
    for path in site.rglob("*"):
        if path.suffix in (".html", ".js") and path.is_file():
            path.write_text(path.read_text("utf-8").replace(old.name, "0" * 12), "utf-8")
    old.rename(site / "assets" / ("0" * 12))
    page.goto("./")
    page.evaluate("navigator.serviceWorker.getRegistration().then((registration) => registration.update())")
    kept = "async (name) => Boolean(await caches.match(new URL(name, location.href)))"
    page.wait_for_function("async (name) => { const shell = await caches.open((await caches.keys()).find((each) => each.startsWith('dafu shell'))); return (await shell.keys()).every(({ url }) => !url.includes(name)); }", arg=old.name)
    page.wait_for_function("async () => { const { installing, waiting, active } = await navigator.serviceWorker.getRegistration(); return !installing && !waiting && active.state === 'activated' && navigator.serviceWorker.controller === active; }")
    assert [page.evaluate(kept, f"assets/{old.name}/{name}") for name in ("css/site.css", "js/kept.js", "js/letter.js")] == [True, True, True]
    context.set_offline(True)
    open_styled(page, READ)
    page.locator("#p3 .pilcrow").focus()
    expect(page.get_by_role("group", name="本段")).to_be_visible()


def test_a_site_that_wants_it_no_longer_leaves_nothing_behind(context: BrowserContext, tmp_path: Path) -> None:
    page = open_with_worker(context)
    page.goto(READ)
    shutil.rmtree(tmp_path / "content")
    assert build_site(write_content(tmp_path / "content", False), tmp_path / "site/some/path", base_url="https://example.org/some/path/").problems == ()
    page.goto("./")
    page.evaluate("navigator.serviceWorker.getRegistration().then((registration) => registration?.update())")
    page.wait_for_function("async () => !(await navigator.serviceWorker.getRegistration()) && !(await caches.keys()).length")


def test_a_site_that_never_wanted_it_registers_nothing(browser: Browser, address: str) -> None:
    with browser.new_context(base_url=address) as context:
        page = context.new_page()
        page.goto("./", wait_until="load")
        assert page.evaluate("navigator.serviceWorker.getRegistration().then((registration) => registration ?? null)") is None
