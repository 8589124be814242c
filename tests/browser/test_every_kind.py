"""What holds for every kind of page: nobody is kept out, nothing jumps, nothing runs off the screen, little is fetched."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response, expect

from tests.browser.conftest import Quiet, serve
from tests.browser.kinds import KINDS
from tests.making import ROOT, make_letter

every_kind = pytest.mark.parametrize("url", KINDS.values(), ids=list(KINDS))


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with browser.new_context(base_url=address, viewport={"width": 1280, "height": 900}) as context:
        yield context.new_page()


def open_kind(page: Page, url: str) -> None:
    page.goto(url)
    if "search" in url:
        expect(page.locator("#results li").first).to_be_visible()


@every_kind
def test_axe_finds_nothing_light_or_dark_wide_or_narrow(page: Page, url: str) -> None:
    open_kind(page, url)
    found = []
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            violations = Axe().run(page).response["violations"]
            found += [(width, scheme, violation["id"], [node["html"][:200] for node in violation["nodes"][:3]]) for violation in violations]
    assert found == []


NARROW = """() => [...document.querySelectorAll('a[href], button, select, input, summary')].filter((target) => {
  const { width, height } = target.getBoundingClientRect();
  const style = getComputedStyle(target);
  return width && style.display !== 'inline' && target.checkVisibility({ visibilityProperty: true }) && !target.closest('.unseen, .skip') && !target.matches('.unseen, input[type=radio], input[type=checkbox]') && (width < 23.9 || height < 23.9);
}).map((target) => target.outerHTML.slice(0, 150))"""


LONELY = """() => [...document.querySelectorAll('h1, h2, h3, h4, .row-title, .promise-action')].filter((heading) => {
  const walker = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT);
  const tops = [];
  while (walker.nextNode()) for (let place = 0; place < walker.currentNode.length; place += 1) {
    const range = document.createRange();
    range.setStart(walker.currentNode, place);
    range.setEnd(walker.currentNode, place + 1);
    const { top, width } = range.getBoundingClientRect();
    if (width) tops.push(Math.round(top));
  }
  return tops.length > 2 && Math.abs(tops.at(-1) - tops.at(-2)) > 8;
}).map((heading) => heading.textContent)"""


@every_kind
def test_nothing_runs_off_the_screen_nor_is_too_small_nor_stands_alone(page: Page, url: str) -> None:
    """No page is wider than the screen, no target smaller than 24 pixels, no heading ends in a line of one character."""
    open_kind(page, url)
    for width in (320, 360, 414, 768, 1100, 1280, 2560):
        page.set_viewport_size({"width": width, "height": 900})
        assert (width, page.evaluate("document.documentElement.scrollWidth") <= width, page.evaluate(LONELY), page.evaluate(NARROW) if width == 360 else []) == (width, True, [], [])


SHIFTS = """new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; }).observe({ type: 'layout-shift', buffered: true });
  requestAnimationFrame(() => setTimeout(() => done(sum), 100));
})"""


@every_kind
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_jumps(page: Page, url: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    open_kind(page, url)
    assert page.evaluate(SHIFTS) == 0


class Slow(Quiet):
    """A line that lets a page through piece by piece, with time between them for half of it to be drawn."""

    def copyfile(self, source: BinaryIO, outputfile: BinaryIO) -> None:  # type: ignore[override]
        is_page = self.path.endswith("/")
        while piece := source.read(1000 if is_page else -1):
            outputfile.write(piece)
            time.sleep(0.03 if is_page else 0)


def test_nothing_jumps_while_a_page_comes_in(browser: Browser, tmp_path: Path) -> None:
    kinds = ("home", "respondents", "proposers", "proposer", "sessions", "session", "indicator")
    with serve(ROOT / "content", tmp_path, Slow) as address:
        for kind in kinds:
            with browser.new_context(base_url=address, viewport={"width": 1280, "height": 740}) as context:
                page = context.new_page()
                page.goto(KINDS[kind])
                assert (kind, page.evaluate(SHIFTS)) == (kind, 0)


def test_a_choice_that_was_kept_makes_nothing_jump(page: Page) -> None:
    url = KINDS["letter with corrections"]
    page.goto(url)
    for name in ("承诺", "编者注", "勘误"):
        page.get_by_label(name, exact=True).uncheck()
    page.locator("#theme").select_option("dark")
    page.goto(f"{url}#p6")
    assert page.evaluate(SHIFTS) == 0


LONG = "关于推动" + "粤港澳大湾区国际科技创新中心" * 12 + "建设的建议"
NAMES = [f"甲乙{'丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉'[number]}" for number in range(18)]
HARD = f"""尊敬的各位代表：

## 一、{LONG}

我局在 https://example.org/{"long" * 40} 公布，编号为{"A1" * 60}，计划种树九棵。

| {" | ".join(f"第{number}项指标名称" for number in range(14))} |
|{"---|" * 14}
| {" | ".join(str(number * 1_000_000) for number in range(14))} |

某某局
"""


@pytest.fixture(scope="module")
def hard_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A letter with everything that runs off a screen, and pages that name it."""
    folder = tmp_path_factory.mktemp("hard")
    files = {
        "site.yml": f"title: {'试验档案' * 6}\ndescription: 只为试验。\n", "topics.yml": f"- {{slug: trees, name: {'树木与园林' * 8}}}\n",
        "letters/2020/9001.md": make_letter(HARD, title=LONG, proposers=f"[{', '.join(NAMES)}]", respondent="某某" * 30 + "局", topics="[trees]", commitments='[{id: c1, quote: 计划种树九棵, action: 种树, due: {value: 2021-12-31, text: 九}, measure: {value: 9, unit: 棵, relation: "="}}]'),
    }
    for name, text in files.items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    with serve(folder / "content", folder / "site") as address:
        yield address


def list_pages(folder: Path) -> list[str]:
    return [path.parent.relative_to(folder).as_posix() for path in folder.rglob("index.html")]


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_the_longest_words_flow_again(browser: Browser, hard_address: str, tmp_path_factory: pytest.TempPathFactory, width: int) -> None:
    """At 320 pixels, which is also 1280 at four times the size."""
    folder = next(path for path in tmp_path_factory.getbasetemp().glob("hard*/site/some/path"))
    with browser.new_context(base_url=hard_address, viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        wide = []
        for url in list_pages(folder):
            page.goto(f"{url}/")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append(url)
    assert wide == []


def test_text_twice_as_large_stays_on_the_screen(browser: Browser, address: str) -> None:
    with browser.new_context(base_url=address, viewport={"width": 640, "height": 800}) as context:
        page = context.new_page()
        for url in KINDS.values():
            page.goto(url)
            page.add_style_tag(content="html { font-size: 200%; }")
            assert (url, page.evaluate("document.documentElement.scrollWidth")) <= (url, 640)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.startswith("letter with")])
def test_a_letter_is_light(page: Page, kind: str) -> None:
    """Sizes as gzip sends them; the scripts also as they are."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(KINDS[kind], wait_until="networkidle")
    bodies = {answer.url: answer.body() for answer in answers}
    assert len(answers) <= 6
    assert sum(len(gzip.compress(body, 6)) for body in bodies.values()) < 60_000
    assert sum(len(body) for url, body in bodies.items() if url.endswith(".js")) < 8_000


def test_reduced_motion_and_forced_colours_lose_nothing(browser: Browser, address: str) -> None:
    with browser.new_context(base_url=address, forced_colors="active", reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(KINDS["letter with corrections"])
        moving = "() => [...document.querySelectorAll('*')].filter((one) => { const { animationName, transitionDuration } = getComputedStyle(one); return animationName !== 'none' || transitionDuration !== '0s'; }).length"
        assert page.evaluate(moving) == 0
        bordered = page.locator(".status, .letter-text ins, .chart-bar").evaluate_all("marks => marks.every(mark => getComputedStyle(mark).borderBlockEndStyle !== 'none')")
        assert bordered
