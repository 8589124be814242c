"""Every fragment says its language: in a site whose interface speaks English, nothing Chinese is without `lang`, and nothing English is within it."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dafu.words import read_words
from tests.making import ROOT, build_site

HAN = re.compile("[\u3400-\u9fff]")
VOID = {"meta", "link", "input", "br", "img", "hr", "rect", "path", "circle", "line", "polyline"}
SPOKEN = ("title", "aria-label", "placeholder", "alt", "data-part")
SILENT = {"script", "style", "title", "svg"}
"""What no language can be said of: data; a page's title, which names page and site; a chart's words, which its label stands for."""


class Reader(HTMLParser):
    """Collects what is said, with its language."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.said: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        language = given.get("lang") or (self.open[-1][1] if self.open else "")
        self.said += [(value, language) for name in SPOKEN if (value := given.get(name))]
        if tag not in VOID:
            self.open.append((tag, language))

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not SILENT & {tag for tag, _ in self.open}:
            self.said.append((data.strip(), self.open[-1][1]))


@pytest.fixture(scope="module", params=["content", "tests/mini"])
def english(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("english")
    shutil.copytree(ROOT / request.param, folder / "content")
    settings = folder / "content" / "site.yml"
    settings.write_text(re.sub(r"(?m)^language: .*$", "language: en", settings.read_text("utf-8")), "utf-8")
    assert build_site(folder / "content", folder / "public").problems == ()
    return folder / "public"


def read_said(site: Path) -> list[tuple[str, str, str]]:
    """What is said on every page: path, words, language."""
    said = []
    for path in sorted(site.rglob("*.html")):
        reader = Reader()
        reader.feed(path.read_text("utf-8"))
        said += [(path.relative_to(site).as_posix(), words, language) for words, language in reader.said]
    return said


def test_nothing_chinese_is_without_its_language(english: Path) -> None:
    said = read_said(english)
    assert len(said) > 1000
    assert [(path, words[:40]) for path, words, language in said if HAN.search(words) and not language.startswith("zh")] == []


def test_no_word_of_the_interface_is_taken_for_chinese(english: Path) -> None:
    interface = {text for text in read_words("en").entries.values() if re.fullmatch(r"[A-Z][a-z]+( [a-z]+)+\.?", text)}
    assert [(path, words) for path, words, language in read_said(english) if words in interface and language.startswith("zh")] == []
