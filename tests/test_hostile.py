"""Hostile content: what builds reaches a reader as words and nothing else, in every file of the site; what doesn't is refused; nothing of it moves a terminal."""

from __future__ import annotations

import csv
import io
import json
import os
import time
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware

from bench.foreign import iter_foreign, iter_foreign_in
from dafu.cli import DONE, PROBLEMS, USAGE, main
from dafu.intake.desk import Desk, RawFile
from dafu.intake.word import MAX_UNPACKED_BYTES
from dafu.letter import FrontMatter
from dafu.problems import Problem, Report
from dafu.reading import read_letter
from dafu.reference import Reference, Site
from dafu.text import find_control, squeeze
from tests.hostile import CASES, FIRST, SECOND, THIRD, Maker, make_files, write_files
from tests.making import build_site, make_letter, read_tree

Archive = Callable[..., Path]
Tree = dict[str, bytes]


@pytest.fixture(scope="module", params=["zh-Hans", "en"])
def hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Tree, dict[str, FrontMatter], Maker]:
    """The site of the hostile archive, its letters' front matter as read, and its words."""
    folder = tmp_path_factory.mktemp("hostile")
    files, maker = make_files(request.param)
    assert build_site(write_files(folder / "content", files), folder / "public").problems == ()
    letters = {name: read_letter(name, files[f"letters/{name}.md"], Report(name)) for name in (FIRST, SECOND)}
    return read_tree(folder / "public"), {name: letter.front for name, letter in letters.items() if letter}, maker


class Words(HTMLParser):
    """All that a page says: its text and the values of its attributes."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.said: list[str] = []
        self.data: list[Any] = []
        self.is_data = False
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.said += [value for _, value in attrs if value]
        self.is_data = tag == "script" and ("type", "application/ld+json") in attrs

    def handle_data(self, data: str) -> None:
        self.said.append(data)
        if self.is_data:
            self.data.append(json.loads(data))
            self.is_data = False


def test_nothing_stands_in_any_file_that_no_maker_writes(hostile: tuple[Tree, dict[str, FrontMatter], Maker]) -> None:
    tree, _, _ = hostile
    assert {name: found for name, data in tree.items() if not name.startswith(("assets/", "sw.js")) and (found := list(iter_foreign_in(name, data)))} == {}


NOT_SHOWN = {"EditorialContact.name", "Indicator.units", "Scope.aliases", "Session.aliases", "Source.file", "Topic.keywords"}
"""What no page shows."""


def test_every_word_reaches_a_reader_as_it_was_typed(hostile: tuple[Tree, dict[str, FrontMatter], Maker]) -> None:
    tree, _, maker = hostile
    said = squeeze("\0".join("".join(Words(data).said) for name, data in tree.items() if name.endswith(".html")))
    assert {key for word, key in maker.given.items() if squeeze(word) not in said} == NOT_SHOWN


def test_no_word_of_a_draft_or_a_withdrawn_letter_is_in_any_file(hostile: tuple[Tree, dict[str, FrontMatter], Maker]) -> None:
    tree, _, maker = hostile
    spellings = [spelling for word in maker.unread for spelling in (word.encode(), json.dumps(word, ensure_ascii=False)[1:-1].encode())]
    assert f"letters/{THIRD}/index.html" in tree and len(spellings) > 40
    assert [spelling for spelling in spellings if any(spelling in data for data in tree.values())] == []


def test_feeds_and_data_say_what_the_content_says(hostile: tuple[Tree, dict[str, FrontMatter], Maker]) -> None:
    tree, letters, _ = hostile
    titles = [letters[name].title for name in (SECOND, FIRST)]
    atom = ElementTree.fromstring(tree["feed.xml"])
    space = {"a": "http://www.w3.org/2005/Atom"}
    assert [entry.findtext("a:title", "", space) for entry in atom.findall("a:entry", space)] == titles
    assert [entry.findtext("a:summary", "", space) for entry in atom.findall("a:entry", space)] == [letters[name].summary for name in (SECOND, FIRST)]
    assert [item["title"] for item in json.loads(tree["feed.json"])["items"]] == titles
    assert [letter["title"] for letter in json.loads(tree["data/letters.json"])] == titles
    rows = list(csv.DictReader(io.StringIO(tree["data/letters.csv"].decode("utf-8-sig"), newline="")))
    assert [row["title"].removeprefix("'") for row in rows] == [title.removeprefix("'") for title in titles]
    head, *_ = Words(tree[f"letters/{FIRST}/index.html"]).data[1:]
    assert (head["headline"], head["abstract"]) == (letters[FIRST].title, letters[FIRST].summary)


def iter_depths(text: str) -> Iterator[int]:
    """How deep in braces each character stands, as BibTeX counts: a backslash before one makes no difference."""
    depth = 0
    for char in text:
        depth += (char == "{") - (char == "}")
        yield depth


@pytest.mark.parametrize("letter", [FIRST, SECOND])
def test_citations_come_back_whole(hostile: tuple[Tree, dict[str, FrontMatter], Maker], letter: str) -> None:
    tree, letters, _ = hostile
    files = {ending: tree[f"letters/{letter}/cite.{ending}"].decode() for ending in ("bib", "ris", "json", "txt")}
    title = letters[letter].printed_title
    library = bibtexparser.parse_string(files["bib"], append_middleware=[LatexDecodingMiddleware()])
    assert library.failed_blocks == [] and len(library.entries) == 1 and list(library.entries[0].fields_dict) == ["author", "title", *(["number"] if "number" in files["bib"] else []), "date", "year", "month", "organization", "langid", "url"]
    depths = list(iter_depths(files["bib"].strip()))
    assert (depths[-1], min(depths[8:-1])) == (0, 1)
    (entry,) = rispy.load(io.StringIO(files["ris"]))
    assert (entry["title"], json.loads(files["json"])[0]["title"]) == (title, title)
    assert files["txt"].count("\n") == 1 and f"{title}" in files["txt"]


# ── what must be refused


def list_codes(content: Path, tmp_path: Path, ending: str = "") -> list[str]:
    return sorted({problem.code for problem in build_site(content, tmp_path / "public").problems if problem.path.endswith(ending)})


@pytest.mark.parametrize("char", CASES["hidden"], ids=lambda char: f"U+{ord(char):04X}")
def test_what_no_reader_sees_is_refused_in_fields_and_bodies(char: str, archive: Archive, tmp_path: Path) -> None:
    title = '"甲' + (f"\\U{ord(char):08x}") + '乙"'
    content = archive({"letters/2020/9001.md": make_letter(f"甲{char}乙\n", title=title), "letters/2020/9002.md": make_letter(number="9002", title=f"甲{char}乙"), "pages/a.md": f"---\ntitle: 甲\n---\n甲{char}乙\n"})
    assert list_codes(content, tmp_path, "9001.md") == list_codes(content, tmp_path, "a.md") == ["text-control"]
    assert list_codes(content, tmp_path, "9002.md") in (["text-control"], ["yaml-broken"])


@pytest.mark.parametrize("entity", CASES["entities"])
def test_an_entity_smuggles_nothing(entity: str, archive: Archive, tmp_path: Path) -> None:
    content = archive({"letters/2020/9001.md": make_letter(f"甲{entity}乙\n"), "pages/a.md": f"---\ntitle: 甲\n---\n甲{entity}乙\n"})
    assert [list_codes(content, tmp_path, ending) for ending in ("9001.md", "a.md")] == [["text-control"]] * 2


@pytest.mark.parametrize("address", CASES["addresses"])
def test_only_the_web_is_an_address(address: str, archive: Archive, tmp_path: Path) -> None:
    typed = json.dumps(address)
    content = archive({"letters/2020/9001.md": make_letter(source=f"{{url: {typed}}}"), "site.yml": f"title: 甲\ndescription: 乙\nlicence: {typed}\nbase_url: {typed}\ncontact: {{url: {typed}}}\n"})
    problems = build_site(content, tmp_path / "public").problems
    assert sorted(problem.code for problem in problems) == ["address-invalid"] * 4
    assert [line for line in map(str, problems) if find_control(line) or "\n" in line] == []


@pytest.mark.parametrize("case", CASES["bodies"], ids=lambda case: case["text"])
def test_a_body_holds_words_for_every_reader_of_markdown(case: dict[str, str], archive: Archive, tmp_path: Path) -> None:
    content = archive({"letters/2020/9001.md": make_letter(f"甲乙丙委员：\n\n{case['text']}\n")})
    assert list_codes(content, tmp_path) == [case["code"]]


@pytest.mark.parametrize("case", [case for case in CASES["bodies"] if case["code"] != "body-html" and "letters_only" not in case], ids=lambda case: case["text"])
def test_a_page_of_the_editor_holds_no_such_link_either(case: dict[str, str], archive: Archive, tmp_path: Path) -> None:
    content = archive({"letters/2020/9001.md": make_letter(), "pages/a.md": f"---\ntitle: 甲\n---\n\n{case['text']}\n"})
    assert list_codes(content, tmp_path) == [case["code"]]


@pytest.mark.parametrize("case", CASES["names"], ids=lambda case: ascii(case["name"]))
def test_a_hostile_file_name_is_a_problem(case: dict[str, Any], archive: Archive, tmp_path: Path) -> None:
    head = "---\ntitle: 甲园\nkind: place\nnames: [{name: 树, relation: same}]\n---\n" if case["name"].startswith("threads") else "---\ntitle: 甲\n---\n"
    content = archive({"letters/2020/9001.md": make_letter(), case["name"]: make_letter(number="9009") if case["name"].startswith("letters") else head})
    assert list_codes(content, tmp_path) == case["codes"]
    assert not (tmp_path / "public").exists()


# ── the terminal

ESCAPES = "\x1b]0;甲\x07\x1b[31m\u202e\u200b"


def assert_plain(capsys: pytest.CaptureFixture[str]) -> str:
    """What was shown, which no terminal takes for more than words."""
    shown = "".join(capsys.readouterr())
    assert find_control(shown.replace("\n", "")) is None
    return shown


@pytest.mark.parametrize("form", ["text", "json"])
def test_problems_move_no_terminal(form: str, archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed = json.dumps(ESCAPES)
    content = archive({"letters/2020/9001.md": make_letter(kind=typed, date=typed, title=typed, topics=f"[{typed}]", checks=f"[{typed}]", draft=typed, **{typed: typed}), f"letters/2020/{ESCAPES}.md": "甲"})
    assert main(["check", "--content", str(content), "--output", str(tmp_path / "public"), "--no-cache", "--format", form]) == PROBLEMS
    assert assert_plain(capsys).count("\n") > 6


def test_a_folder_of_such_a_name_moves_no_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--content", str(tmp_path / ESCAPES)]) == USAGE
    assert "there is no such folder" in assert_plain(capsys)


@pytest.mark.parametrize("name", [f"a{ESCAPES}.txt", "a\udcff.txt", "=1+1.txt", "null", '"}, draft: {.txt'], ids=ascii)
@pytest.mark.parametrize("options", [[], ["--stdout"], ["--format", "json"], ["--dry-run"]], ids=str)
def test_an_import_moves_no_terminal_and_leaves_a_draft_that_can_be_read(name: str, options: list[str], archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    turned = "\u202e\u200b"
    raw = f"某某单位内部\x1b[31m刊物\n\n关于第9001号提案{turned}的答复\n\n甲乙丙委员：\n您提出的《关于多种{turned}树的提案》收悉，现答复如下：\n我局将种树九棵<script>alert(9001)</script>。\x07\n\n某某县林业局{turned}\n2020年5月6日\n联系人：{turned}陈九\n"
    content = archive({"letters/2019/9002.md": make_letter(number="9002", date="2019-05-06")})
    path = tmp_path / name
    path.write_bytes(raw.encode())
    assert main(["import", os.fspath(path), "--content", str(content), "--no-cache", *options]) == DONE
    assert_plain(capsys)
    assert [problem.code for problem in build_site(content, tmp_path / "public").problems] == []


def test_what_the_search_shows_moves_no_terminal(archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = archive({"letters/2020/9001.md": make_letter(title="'<script>{{7*7}}=1 种树'")})
    assert main(["search", f"种树 OR {ESCAPES}", "--content", str(content), "--no-cache"]) == DONE
    assert "1 letter found." in assert_plain(capsys)


def test_a_problem_is_one_line_whatever_stands_in_it() -> None:
    problem = Problem(path=f"a{ESCAPES}\n.md", code="a-b", message="甲\r\n乙\u2028丙\x85丁\x0b戊.", mend="己.")
    assert find_control(str(problem)) is None and len(str(problem).splitlines()) == 1


def test_what_is_foreign_would_be_found() -> None:
    pages = ["<script>1</script>", "<img>", "<p onclick=x>", "<a href='javascript:x'>", "<a href='java\tscript:x'>", "<a href='//e.org'>", "<p style=x>", "<!--x-->", "<p id='a b'>", "<?x>", "</svg><iframe>"]
    assert [page for page in pages if not list(iter_foreign(page))] == []


def test_a_word_file_that_blows_up_is_refused_before_it_is_unpacked() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", bytes(MAX_UNPACKED_BYTES + 1))
    (problem,) = Desk([], Reference(site=Site(title="甲", description="乙"))).take_in(RawFile("a.docx", data.getvalue()))
    assert isinstance(problem, Problem) and problem.code == "raw-large" and len(data.getvalue()) < 1_000_000


LONG = {"blanks": " ", "tabs": "\t", "brackets": "[", "links": "[a](b)", "pictures": "![", "tags": "<x\n", "entities": "&#8238;", "bold": "**", "backslashes": "\\", "cells": "| a ", "quotation marks": "“ "}


@pytest.mark.parametrize("piece", LONG.values(), ids=LONG)
def test_a_body_of_nothing_but_one_thing_is_read_in_seconds(piece: str) -> None:
    start = time.process_time()
    read_letter("2020/9001", make_letter(piece * (100_000 // len(piece)) + "甲\n"), Report("a.md"))
    assert time.process_time() - start < 10


@pytest.mark.parametrize("piece", ["|", "|\n", "1", "13800000000", "2020年5月6日\n", " ", "<td>", "（", "、甲"], ids=ascii)
def test_a_raw_letter_with_much_of_one_thing_is_read_in_seconds(piece: str) -> None:
    raw = f"关于第9001号提案的答复\n\n甲乙丙委员：\n您提出的《关于多种树的提案》收悉，现答复如下：\n我局将种树九棵。{piece * (60_000 // len(piece))}\n\n某某县林业局\n2020年5月6日\n"
    start = time.process_time()
    list(Desk([], Reference(site=Site(title="甲", description="乙"))).take_in(RawFile("a.txt", raw.encode())))
    assert time.process_time() - start < 10
