"""Threads: every passage that bears a name, in its order, with its commitments and figures; names that only may be the same decide nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from dafu.catalogue import Catalogue, make_catalogue
from dafu.archive import read_archive
from dafu.options import Options
from dafu.text import squeeze
from tests.making import ROOT, build_site, make_letter

THREAD = """---
title: 旧桥
kind: project
names:
  - {name: 旧桥, relation: same}
  - {name: 旧桥北段, relation: part-of}
  - {name: 老桥, relation: possibly-same, ground: 未说明。}
  - {name: 旧桥小学, relation: distinct}
---

说明。
"""


def write_content(folder: Path, thread: str = THREAD) -> Path:
    content = folder / "content"
    letters = {
        "2018/9001": "旧桥很旧。我局将修旧桥北段。种树。",
        "2019/9002": "旧桥小学开学。老桥已修好。",
        "2020/9003": "修桥九座。旧桥（见附件）；已修好！另种树。",
        "2022/9004": "种树九棵。",
    }
    promise = "\n  - {id: c1, quote: 将修旧桥北段, action: 修旧桥北段}\n  - {id: c2, quote: 种树, action: 种树}\n  - {id: c3, quote: 我局将修, action: 修, thread: old-bridge}"
    for name, words in letters.items():
        year, number = name.split("/")
        path = content / "letters" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make_letter(f"尊敬的甲乙丙委员：\n\n{words}\n", number=f'"{number}"', date=f"{year}-05-06", **({"commitments": promise} if year == "2018" else {})), "utf-8")
    (content / "threads").mkdir()
    (content / "threads" / "old-bridge.md").write_text(thread, "utf-8")
    (content / "site.yml").write_text((ROOT / "content" / "site.yml").read_text("utf-8"), "utf-8")
    return content


def read_catalogue(content: Path) -> Catalogue:
    archive = read_archive(Options(content=content, output=content.parent / "public", use_cache=False, quiet=True))
    assert archive.problems == ()
    return make_catalogue(archive.letters, archive.reference, archive.pages)


def test_a_story_in_the_letters_words(tmp_path: Path) -> None:
    story, = read_catalogue(write_content(tmp_path)).stories
    assert [(step.year, step.state) for step in story.course] == [("2018", "promised"), ("2019", "apart"), ("2020", "reported"), ("2021", "missing"), ("2022", "silent")]
    first, second = story.mentions
    assert first.passages[0].parts == (("旧桥", "same"), ("很旧。", ""), ("我局将修", ""), ("旧桥北段", "part-of"), ("。", ""))
    assert [promise.commitment.id for promise in first.promises] == ["c1", "c3"]
    assert "".join(words for words, _ in second.passages[0].parts) == "旧桥（见附件）；"
    assert [[relation for _, relation in passage.parts if relation] for mention in story.apart for passage in mention.passages] == [["distinct", "possibly-same"]]


def test_a_thread_that_no_letter_speaks_of_is_a_problem(tmp_path: Path) -> None:
    content = write_content(tmp_path, THREAD.replace("旧桥北段, relation: part-of", "新桥, relation: part-of").replace("旧桥, relation: same", "新楼, relation: same").replace("name: 老桥", "name: 新路"))
    letter = content / "letters" / "2018" / "9001.md"
    letter.write_text(letter.read_text("utf-8").replace(", thread: old-bridge", ""), "utf-8")
    codes = [(problem.code, problem.value) for problem in build_site(content, tmp_path / "public").problems]
    assert codes == [("thread-unmentioned", "old-bridge")]


@pytest.fixture(scope="module")
def real() -> Catalogue:
    return read_catalogue(ROOT / "content")


def test_the_threads_of_the_real_letters(real: Catalogue) -> None:
    assert len(real.stories) >= 12
    for story in real.stories:
        assert story.mentions and story.page.markdown.strip(), story.page.slug
        for mention in (*story.mentions, *story.apart):
            for passage in mention.passages:
                for words in "".join(part for part, _ in passage.parts).split("……"):
                    assert squeeze(words) in squeeze(mention.entry.letter.body.text)


def test_every_name_stands_in_a_letter(real: Catalogue) -> None:
    texts = [squeeze(entry.letter.body.text) for entry in real.entries]
    missing = [(story.page.slug, name.name) for story in real.stories for name in story.page.head.names if not any(squeeze(name.name) in text for text in texts)]
    assert missing == []


def test_a_thread_of_more_letters_than_a_page_holds_leads_to_each_year(tmp_path: Path) -> None:
    content = write_content(tmp_path)
    (content / "site.yml").write_text("title: 试验档案\ndescription: 只为试验。\npage_size: 1\n", "utf-8")
    assert build_site(content, tmp_path / "public").problems == ()
    page = (tmp_path / "public" / "threads" / "index.html").read_text("utf-8")
    assert 'href="old-bridge/#l-2018-9001"' in page and 'href="old-bridge/page/2/#l-2020-9003"' in page


def test_a_thread_that_only_a_draft_bears_waits_for_it(tmp_path: Path) -> None:
    content = write_content(tmp_path)
    for path in content.glob("letters/*/*.md"):
        path.write_text(path.read_text("utf-8").replace("\nkind:", "\ndraft: true\nkind:") if "旧桥" in path.read_text("utf-8") else path.read_text("utf-8"), "utf-8")
    assert build_site(content, tmp_path / "public").problems == ()
    assert not (tmp_path / "public" / "threads" / "old-bridge").exists()
