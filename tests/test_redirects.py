"""Redirects: what may stand in site.yml, and what stands at the old place afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dafu.redirects import find_end
from tests.making import build_site, make_letter, read_tree

Archive = Callable[..., Path]
BASE = "https://example.org/some/path/"
SITE = f"title: 试验档案\ndescription: 只为试验。\nbase_url: {BASE}\nredirects:\n"


def make_content(archive: Archive, redirects: str) -> Path:
    site = SITE + redirects
    return archive({"letters/2020/9001.md": make_letter(topics="[trees]"), "letters/2020/9002.md": make_letter(number="'9002'", withdrawn="{date: 2021-01-01, reason: 虚构}"), "site.yml": site})


def build(content: Path) -> dict[str, bytes]:
    output = content.parent / "public"
    assert build_site(content, output).problems == ()
    return read_tree(output)


def tell(content: Path) -> list[tuple[str, int, str]]:
    """File, line and code of each problem."""
    problems = build_site(content, content.parent / "public").problems
    assert not (content.parent / "public").exists() or not problems
    return [(problem.path.rpartition("/")[2], problem.line, problem.code) for problem in problems]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A site with redirects of every kind."""
    content = tmp_path_factory.mktemp("moved") / "content"
    redirects = "  letters/2019/9009/: letters/2020/9001/#p2\n  topics/old/: topics/trees/\n  home/: ./\n  away/: https://example.net/?a=1&lt=2'\n"
    files = {"site.yml": SITE + redirects, "topics.yml": "- {slug: trees, name: 树木}\n", "letters/2020/9001.md": make_letter(topics="[trees]")}
    for name, text in files.items():
        (content / name).parent.mkdir(parents=True, exist_ok=True)
        (content / name).write_text(text, "utf-8")
    return build(content)


def test_old_place_has_a_page_that_leads_on_without_a_script(tree: dict[str, bytes]) -> None:
    page = tree["letters/2019/9009/index.html"].decode()
    assert '<meta http-equiv="refresh" content="0; url=../../2020/9001/#p2">' in page
    assert f'<link rel="canonical" href="{BASE}letters/2020/9001/">' in page
    assert '<meta name="robots" content="noindex">' in page
    assert f'<p>现在的地址：<a href="../../2020/9001/#p2">{BASE}letters/2020/9001/#p2</a></p>' in page
    assert [tag for tag in re.findall(r"<script[^>]*>", page) if "src=" not in tag and "ld+json" not in tag] + re.findall(r"<style|\sstyle=|\son[a-z]+=", page) == []


def test_old_place_may_lead_home(tree: dict[str, bytes]) -> None:
    assert '<meta http-equiv="refresh" content="0; url=../">' in tree["home/index.html"].decode()


def test_hosts_read_the_same_with_the_path_of_the_site(tree: dict[str, bytes]) -> None:
    assert tree["_redirects"].decode().splitlines() == [
        "/some/path/away/ https://example.net/?a=1&lt=2' 301", "/some/path/home/ /some/path/ 301",
        "/some/path/letters/2019/9009/ /some/path/letters/2020/9001/#p2 301", "/some/path/topics/old/ /some/path/topics/trees/ 301",
    ]


def test_address_elsewhere_is_text_in_the_page(tree: dict[str, bytes]) -> None:
    page = tree["away/index.html"].decode()
    assert page.count("https://example.net/?a=1&amp;lt=2&#39;") == 4
    assert "https://example.net/?a=1&lt" not in page


def test_moved_page_stands_nowhere_else(tree: dict[str, bytes]) -> None:
    assert [path for path, data in tree.items() if b"letters/2019/9009" in data] == ["_redirects", "letters/2019/9009/index.html"]


def test_site_without_redirects_has_no_list_of_them(archive: Archive) -> None:
    assert "_redirects" not in build(archive({"letters/2020/9001.md": make_letter()}))


def test_page_speaks_the_language_of_the_site(archive: Archive) -> None:
    content = make_content(archive, "  old/: letters/\n")
    (content / "site.yml").write_text((content / "site.yml").read_text("utf-8") + "language: en\n", "utf-8")
    assert "<h1>This page has moved</h1>" in build(content)["old/index.html"].decode()


BAD = {
    "a letter's own page": ("letters/2020/9001/: letters/", "redirect-taken"),
    "the notice of a withdrawn letter": ("letters/2020/9002/: letters/", "redirect-taken"),
    "a page of the house": ("search/: letters/", "redirect-taken"),
    "to no page": ("old/: letters/2020/9009/", "link-dead"),
    "to no anchor": ("old/: letters/2020/9001/#p9", "anchor-dead"),
    "to itself": ("old/: old/", "redirect-circle"),
    "to itself with an anchor": ("old/: old/#p1", "redirect-circle"),
    "in a circle": ("old/: older/\n  older/: old/", "redirect-circle"),
    "without a slash": ("letters/2020/9009: letters/", "value-form"),
    "from the root": ("/old/: letters/", "value-form"),
    "above the site": ("../old/: letters/", "value-form"),
    "with a hole": ("old//page/: letters/", "value-form"),
    "in capitals": ("Old/: letters/", "value-form"),
    "over a file": ("feed.xml: letters/", "value-form"),
    "below a file": ("feed.xml/: letters/", "value-form"),
    "with a space": ("old page/: letters/", "value-form"),
    "to above": ("old/: ../letters/", "value-form"),
    "to the host's root": ("old/: /letters/", "value-form"),
    "to another host without a scheme": ("old/: //example.net/", "value-form"),
    "to a script": ("old/: 'javascript:alert(9)'", "value-form"),
    "to a bare http": ("old/: http://example.net/", "value-form"),
    "to what is no address": ("old/: 'https://[9'", "address-invalid"),
    "to markup": ("old/: 'https://example.net/\"><script>'", "address-invalid"),
    "with a question": ("old/: search/?q=9", "value-form"),
}


@pytest.mark.parametrize(("line", "code"), BAD.values(), ids=BAD)
def test_bad_redirect_is_told_at_its_line(archive: Archive, line: str, code: str) -> None:
    lines = [5, 6] if line.count("\n") else [5]
    assert tell(make_content(archive, f"  {line}\n")) == [("site.yml", number, code) for number in lines]


ENDS = {
    "straight": ({"a/": "b/"}, "b/"),
    "over another": ({"a/": "b/", "b/": "c/#p1"}, "c/#p1"),
    "with the anchor of the way": ({"a/": "b/#p3", "b/": "c/"}, "c/#p3"),
    "with the later anchor": ({"a/": "b/#p3", "b/": "c/#p1"}, "c/#p1"),
    "home": ({"a/": "./"}, ""),
    "out": ({"a/": "b/#p3", "b/": "https://example.net/9"}, "https://example.net/9"),
    "round": ({"a/": "b/", "b/": "c/", "c/": "b/#p1"}, None),
}


@pytest.mark.parametrize(("redirects", "end"), ENDS.values(), ids=ENDS)
def test_chain_leads_to_its_end(redirects: dict[str, str], end: str | None) -> None:
    assert find_end("a/", redirects) == end


def test_dead_end_of_a_chain_is_told_at_a_redirect(archive: Archive) -> None:
    assert tell(make_content(archive, "  old/: older/\n  older/: gone/\n")) == [("site.yml", 5, "link-dead")]
