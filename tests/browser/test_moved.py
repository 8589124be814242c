"""What stands at an old permalink leads on by itself, with its anchor and without a script; whoever stops there finds the link."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Route

from tests.browser.conftest import serve
from tests.making import make_letter

OLD = "letters/2019/9001/"


@pytest.fixture(scope="module")
def moved_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("moved")
    files = {
        "site.yml": f"title: 试验档案\ndescription: 只为试验。\nredirects:\n  {OLD}: letters/2020/9001/#p2\n", "topics.yml": "- {slug: trees, name: 树木}\n",
        "letters/2020/9001.md": make_letter(),
    }
    for name, text in files.items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    with serve(folder / "content", folder / "site") as address:
        yield address


@pytest.mark.parametrize("scripts", [True, False])
def test_old_address_leads_on(browser: Browser, moved_address: str, scripts: bool) -> None:
    with browser.new_context(base_url=moved_address, java_script_enabled=scripts) as context:
        page = context.new_page()
        page.goto(OLD, wait_until="commit")
        page.wait_for_url("**/letters/2020/9001/#p2")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_can_be_read_and_used_where_nothing_leads_on(browser: Browser, moved_address: str, scheme: str) -> None:
    def stay(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('http-equiv="refresh"', 'name="stay"'))

    with browser.new_context(base_url=moved_address, viewport={"width": 320, "height": 800}, color_scheme=scheme) as context:
        page = context.new_page()
        page.route(f"**/{OLD}", stay)
        page.goto(OLD)
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.get_by_role("link", name="letters/2020/9001/#p2").click()
        page.wait_for_url("**/letters/2020/9001/#p2")
