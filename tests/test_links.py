"""No link of the site is dead: the built pages looked at with other means, and the build's own check on crafted ones."""

from __future__ import annotations

import random
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import pytest

from dafu.links import LinkCheck, Looker, Seen, _iter_folders
from dafu.output import Output
from tests.making import TESTS, build_site, inflate, read_tree

Tree = dict[str, bytes]
BASE = "https://example.org/mini/"


@pytest.fixture(scope="module")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """The site of tests/mini, built once."""
    output = tmp_path_factory.mktemp("mini") / "public"
    assert build_site(TESTS / "mini", output).problems == ()
    return read_tree(output)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of tests/mini."""
    return Path(shutil.copytree(TESTS / "mini", tmp_path / "content"))


class Page(HTMLParser):
    """What a page links to, and the anchors in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src", "action", "data-source", "cite") and value is not None:
                self.links.append(value)
            if name == "id" and value is not None:
                self.ids.append(value)


@pytest.fixture(scope="module")
def pages(mini: Tree) -> dict[str, Page]:
    return {path: Page(data.decode()) for path, data in mini.items() if path.endswith(".html")}


def find_file(address: str) -> str:
    """The file behind an address of the mini site."""
    path = unquote(address.removeprefix(BASE).partition("?")[0])
    return path + "index.html" if path == "" or path.endswith("/") else path


def test_every_link_of_every_page_leads_somewhere(mini: Tree, pages: dict[str, Page]) -> None:
    dead = []
    for path, page in pages.items():
        for link in page.links:
            address, fragment = urldefrag(urljoin(BASE + path, link))
            target = find_file(address)
            outside = not address.startswith(BASE)
            if outside and (urljoin(BASE, link) != link or link.startswith("/")):
                dead.append((path, link, "leaves the site"))
            elif not outside and target not in mini:
                dead.append((path, link, "no such file"))
            elif not outside and fragment and unquote(fragment) not in pages[target].ids:
                dead.append((path, link, "no such anchor"))
    assert dead == []


def test_no_page_has_an_anchor_twice(pages: dict[str, Page]) -> None:
    assert {path: sorted({name for name in page.ids if page.ids.count(name) > 1}) for path, page in pages.items() if len(set(page.ids)) < len(page.ids)} == {}


def test_links_inside_the_site_are_relative(pages: dict[str, Page]) -> None:
    absolute = {link for path, page in pages.items() if path != "404.html" for link in page.links if link.startswith("/")}
    assert absolute == set()
    assert all(link.startswith(("/mini/", "#", "mailto:")) for link in pages["404.html"].links)


def test_every_address_in_feeds_and_data_is_one_of_the_site(mini: Tree) -> None:
    told = {
        (path, found.removesuffix("."))  # a reference ends in a full stop
        for path, data in mini.items()
        if not path.startswith("assets/")
        for found in re.findall(rf"{re.escape(BASE)}[^\s\"'<>)}}\\]*", (inflate(data) if path.endswith(".bin") else data).decode("utf-8", "replace"))
    }
    assert len(told) > 300
    assert [(path, found) for path, found in sorted(told) if find_file(urldefrag(found)[0]) not in mini] == []


def test_same_bytes_work_under_any_path(tmp_path: Path, pages: dict[str, Page]) -> None:
    build_site(TESTS / "mini", tmp_path / "public", base_url="https://example.net/")
    moved = {path: Page(data.decode()) for path, data in read_tree(tmp_path / "public").items() if path.endswith(".html")}
    relative = [{path: [link for link in page.links if ":" not in link] for path, page in site.items() if path != "404.html"} for site in (pages, moved)]
    assert relative[0] == relative[1]


# The build's own check, on crafted pages


def check_links(pages: dict[str, str], base_path: str = "/") -> list[tuple[str, str, str]]:
    """Page, code and dead target of each problem that the link check has with some files."""
    check = LinkCheck(base_path)
    outputs = [Output(path, text.encode()) for path, text in pages.items()]
    assert list(check.watch(iter(outputs))) == outputs, "the check lets all pass"
    return [(problem.path, problem.code, re.findall(r"leads to (.*?), ", problem.message)[0]) for problem in check.iter_problems()]


def link_to(address: str) -> str:
    return f'<p><a class="x" href="{address}">九</a></p>'


GOOD = {
    "neighbour": ("letters/a/index.html", "../b/"),
    "file": ("letters/a/index.html", "../b/index.html"),
    "home": ("letters/a/index.html", "../../"),
    "home from home": ("index.html", "./"),
    "itself": ("letters/a/index.html", "#p1"),
    "itself with a question": ("letters/a/index.html", "?q=9001"),
    "anchor": ("index.html", "letters/a/#p1"),
    "top of the page": ("index.html", "letters/a/#"),
    "question": ("index.html", "letters/a/?q=%E4%B9%9D&amp;n=9#p1"),
    "escaped": ("index.html", "n&amp;9.txt"),
    "percent": ("index.html", "%E4%B9%9D.txt"),
    "anchor in a file that has none": ("index.html", "n&amp;9.txt#line=9"),
    "out": ("index.html", "https://example.org/9001#nine"),
    "out without a scheme": ("index.html", "//example.org/9001"),
    "mail": ("index.html", "mailto:nine@example.org"),
}


@pytest.mark.parametrize(("page", "address"), GOOD.values(), ids=GOOD)
def test_good_link_is_no_problem(page: str, address: str) -> None:
    site = {"index.html": "", "letters/a/index.html": '<p id="p1"></p>', "letters/b/index.html": "", "n&9.txt": "", "九.txt": ""}
    assert check_links(site | {page: site[page] + link_to(address)}) == []


BAD = {
    "dead": ("letters/a/index.html", "../c/", ("link-dead", "letters/c/index.html")),
    "folder without a slash": ("index.html", "letters/a", ("link-dead", "letters/a")),
    "above the root": ("index.html", "../index.html", ("link-dead", "../index.html")),
    "far above the root": ("letters/a/index.html", "../../../../", ("link-dead", "../../index.html")),
    "dead from the root": ("index.html", "/nothing/", ("link-dead", "nothing/index.html")),
    "dead with a question": ("index.html", "nothing/?q=9", ("link-dead", "nothing/index.html")),
    "dead anchor": ("index.html", "letters/a/#p9", ("anchor-dead", "letters/a/index.html#p9")),
    "dead anchor in itself": ("letters/a/index.html", "#p9", ("anchor-dead", "letters/a/index.html#p9")),
    "anchor of another case": ("index.html", "letters/a/#P1", ("anchor-dead", "letters/a/index.html#P1")),
}


@pytest.mark.parametrize(("page", "address", "problem"), BAD.values(), ids=BAD)
def test_dead_link_is_a_problem(page: str, address: str, problem: tuple[str, str]) -> None:
    site = {"index.html": "", "letters/a/index.html": '<p id="p1"></p>'}
    assert check_links(site | {page: site[page] + link_to(address)}) == [(page, *problem)]


@pytest.mark.parametrize(("base_path", "address", "dead"), [("/mini/", "/mini/a/", False), ("/mini/", "/a/", True), ("/mini/", "/mini/mini/a/", True), ("/", "/a/", False)])
def test_link_from_the_root_starts_with_the_path_of_the_site(base_path: str, address: str, dead: bool) -> None:
    assert bool(check_links({"a/index.html": "", "404.html": link_to(address)}, base_path)) is dead


@pytest.mark.parametrize("markup", ['<img src="9.svg">', '<form action="9/"></form>', '<script type="module"\n src="9.js"></script>', '<link rel="x" href="9.css">'])
def test_all_that_a_page_asks_for_is_looked_at(markup: str) -> None:
    assert [code for _, code, _ in check_links({"index.html": markup})] == ["link-dead"]


@pytest.mark.parametrize("order", [1, -1])
def test_dead_link_is_told_once_with_the_first_page_that_has_it(order: int) -> None:
    pages = {"feed.xml": '<link href="9/"/>', "b.html": link_to("9/") * 2, "a.html": link_to("9/")}
    assert check_links(dict(list(pages.items())[::order])) == [("a.html", "link-dead", "9/index.html")]


def test_words_that_look_like_links_are_none() -> None:
    assert check_links({"index.html": "<p>a href=&#34;9/&#34; 和 &lt;a href=&#34;9/&#34;&gt;</p>", "n.txt": link_to("9/"), "n.json": link_to("9/")}) == []


@pytest.mark.parametrize("address", ["https://[9001", "//[9001/", "http://9001]/"])
def test_link_that_is_no_address_does_not_stop_the_check(address: str) -> None:
    assert [code for _, code, _ in check_links({"index.html": link_to(address)})] in ([], ["link-dead"])


# What a dead link does to a build


def test_dead_link_of_an_editor_leaves_the_old_site(content: Path) -> None:
    output = content.parent / "public"
    build_site(content, output)
    before = read_tree(output)
    about = content / "pages" / "about.md"
    about.write_text(about.read_text("utf-8") + "\n见[旧页](../letters/2016/9999/)。\n", "utf-8")
    problems = build_site(content, output).problems
    assert [(problem.path, problem.code) for problem in problems] == [(about.as_posix(), "link-dead")]
    assert read_tree(output) == before


@pytest.mark.parametrize("name", ["letters", "data", "search"])
def test_page_in_the_place_of_a_section_is_a_problem(content: Path, name: str) -> None:
    (content / "pages" / f"{name}.md").write_text("---\ntitle: 九\n---\n\n九。\n", "utf-8")
    assert [problem.path.rpartition("/")[2] for problem in build_site(content, content.parent / "public").problems] == [f"{name}.md"]


def test_source_address_that_is_none_is_a_problem(content: Path) -> None:
    letter = content / "letters" / "2016" / "9001.md"
    letter.write_text(letter.read_text("utf-8").replace("url: https://example.org/9001?a=1&b=2", 'url: "https://[9001"'), "utf-8")
    assert [problem.path.rpartition("/")[2] for problem in build_site(content, content.parent / "public").problems] == ["9001.md"]


def test_a_plain_link_leads_where_any_link_would() -> None:
    chance, check = random.Random(9), Looker("/")
    pieces = ["../", "./", "a", "letters/", "2018/", "index.txt", "#c1", "#", "..", ".", "/", "page/2/", "a.b/", "%20", "?q", "é"]
    for _ in range(5000):
        page = chance.choice(["index.html", "letters/2018/a/index.html", "404.html", "a/b.html"])
        link = "".join(chance.choice(pieces) for _ in range(chance.randint(0, 5)))
        assert check._resolve(page, link, list(_iter_folders(page))) == check._resolve_any(page, link), (page, link)


PAGE = Output("letters/2018/a/index.html", b'<p id="p1"><a href="#p1"></a><a href="#p9"></a><a href="../b/">b</a></p>')


@pytest.mark.parametrize("base_url", ["/", BASE])
def test_of_what_is_made_with_a_page_only_what_the_page_has_not_and_has_not_asked_is_told(base_url: str) -> None:
    names = ["letters/2018/a/", "letters/2018/a/#p1", "letters/2018/a/#p7", "letters/2018/b/", "letters/2018/b/#p1", "letters/2018/c/"]
    data = Output("letters/2018/a/index.json", "".join(f'{{"url":"{name}","id":"{BASE}{name}"}}' for name in names).encode())
    looker, seen = Looker(base_url), Seen()
    assert {link[:2] for link in looker.look(PAGE, seen).links} == {("letters/2018/a/index.html", "p9"), ("letters/2018/b/index.html", "")}
    assert {link[:2] for link in looker.look(data, seen).links} == {("letters/2018/a/index.html", "p7"), ("letters/2018/b/index.html", "p1"), ("letters/2018/c/index.html", "")}
    alone = {link[:2] for link in looker.look(data).links}
    assert alone == {("letters/2018/a/index.html", ""), ("letters/2018/a/index.html", "p1"), ("letters/2018/a/index.html", "p7"), ("letters/2018/b/index.html", ""), ("letters/2018/b/index.html", "p1"), ("letters/2018/c/index.html", "")}
