"""How tests ask the search page."""

from __future__ import annotations

from playwright.sync_api import Page, expect

ASK = """async ([query, page]) => {
    history.replaceState(null, "", "?" + new URLSearchParams(page > 1 ? { q: query, page } : { q: query }));
    dispatchEvent(new PopStateEvent("popstate"));
    while (document.body.dataset.search === "busy") await new Promise((done) => setTimeout(done, 2));
    const rows = [...document.querySelectorAll("#results > li")].map((row) => row.dataset.id);
    return { state: document.body.dataset.search, total: Number(document.getElementById("count").dataset.total), rows };
}"""


MOST_PAGES = 4


def ask(page: Page, query: str) -> tuple[int, list[str]]:
    """How many letters the page finds, and which it shows first, page after page."""
    found: list[str] = []
    for number in range(1, MOST_PAGES + 1):
        answer = page.evaluate(ASK, [query, number])
        assert answer["state"] == "ready"
        found += answer["rows"]
        if len(found) >= answer["total"]:
            break
    return answer["total"], found


def open_search_page(page: Page, query: str = "") -> None:
    page.goto(f"search/?q={query}")
    expect(page.locator("body")).to_have_attribute("data-search", "ready", timeout=30_000)
