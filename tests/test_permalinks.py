"""What has been published keeps its address: the list, what it promises, and what breaks a promise."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dafu.permalinks import HEAD, Permalink, format_permalinks, is_promise, merge_permalinks, pack_anchors, parse_permalinks, record_permalinks, unpack_anchors
from dafu.problems import Report, SettingsError
from dafu.road import Options, build
from tests.making import TESTS, build_site, make_letter, read_tree

Archive = Callable[..., Path]
COMMITMENT = "[{id: c1, quote: 种树九棵, action: 种树}]"
LETTER = "letters/2020/9001.md"


def tell(content: Path) -> list[tuple[str, int, str, str | None]]:
    """File, line, code and value of each problem; with one nothing is written."""
    output = content.parent / "public"
    problems = build_site(content, output).problems
    assert output.exists() is not bool(problems)
    return [(problem.path.rpartition("/")[2], problem.line, problem.code, problem.value) for problem in problems]


def test_a_build_tells_what_it_promises(archive: Archive) -> None:
    content = archive({LETTER: make_letter(topics="[trees]", commitments=COMMITMENT), "pages/about.md": "---\ntitle: 九\n---\n\n九。\n"})
    result = build_site(content, content.parent / "public")
    assert [str(each) for each in result.permalinks] == [
        "about/", "commitments/", "data/", "indicators/", "letters/", "letters/2020/9001/ p1-p3 c1", "policies/", "proposers/", "proposers/jia-yi-bing/",
        "respondents/", "respondents/mou-mou-ju/", "search/", "sessions/", "threads/", "topics/", "topics/trees/", "years/", "years/2020/",
    ]
    assert build(Options(content=content, output=content.parent / "other", use_cache=False), writing=False).permalinks == result.permalinks


def test_all_listed_pages_are_promised_but_those_that_come_and_go(tmp_path: Path) -> None:
    result = build_site(TESTS / "mini", tmp_path / "public")
    pages = [path.removesuffix("index.html") for path, data in read_tree(tmp_path / "public").items() if path.endswith("/index.html") and b"noindex" not in data]
    left = {url for url in pages if "/page/" in url or url.startswith("commitments/")} - {"commitments/"}
    assert len(left) > 20
    assert {each.url for each in result.permalinks} == set(pages) - left


PROMISES = {"letters/": True, "letters/2020/9001/": True, "commitments/": True, "letters/page/2/": False, "topics/trees/page/12/": False, "topics/page/": True, "respondents/page/also/": False, "respondents/also/": True,
            "commitments/status/done/": False, "commitments/review/2020/": False, "commitments/filters/": False}


@pytest.mark.parametrize(("url", "promised"), PROMISES.items(), ids=PROMISES)
def test_which_pages_are_promised(url: str, promised: bool) -> None:
    assert is_promise(url) is promised


PACKED = {"p1": "p1", "p1 p2": "p1-p2", "p3 p1 p2 p5": "p1-p3 p5", "c2 p10 c1 p9": "p9-p10 c1-c2", "p1 c2 c4": "p1 c2 c4", "": "", "s1 f1 title p01 c1": "c1"}


@pytest.mark.parametrize(("anchors", "packed"), PACKED.items())
def test_anchors_are_packed(anchors: str, packed: str) -> None:
    assert pack_anchors(anchors.split()) == packed
    assert pack_anchors(unpack_anchors(packed)) == packed


def test_merging_loses_nothing() -> None:
    old = (Permalink("letters/2018/9001/", "p1-p4 c2"), Permalink("topics/gone/"), Permalink("letters/2018/9001/", "c1"))
    new = (Permalink("letters/2018/9001/", "p2-p6"), Permalink("letters/2020/9002/", "p1"))
    assert merge_permalinks(old, new) == (Permalink("letters/2018/9001/", "p1-p6 c1-c2"), Permalink("letters/2020/9002/", "p1"), Permalink("topics/gone/"))
    assert merge_permalinks(merge_permalinks(old, new), new) == merge_permalinks(new, old)


def test_list_comes_back_as_it_went_out() -> None:
    permalinks = (Permalink("letters/2018/9001/", "p1-p6 c1 c3"), Permalink("topics/trees/"))
    report = Report("permalinks.txt")
    assert parse_permalinks(format_permalinks(permalinks), report) == permalinks
    assert report.problems == []


BAD = ["/letters/", "letters", "letters/2018/9001", "../letters/", "letters//9001/", "Letters/", "https://example.org/", "letters/ p1-p", "letters/ p3-p1", "letters/ q1", "letters/ p0",
       "letters/ p1-c2", "letters/ p1,p2", "<<<<<<< HEAD", "=======", "letters/ p1-p9999999", "a" * 300 + "/"]


@pytest.mark.parametrize("line", BAD)
def test_bad_line_is_a_problem_with_its_line(archive: Archive, line: str) -> None:
    content = archive({LETTER: make_letter(), "permalinks.txt": f"# 九\n\nletters/\n{line}\n"})
    assert tell(content) == [("permalinks.txt", 4, "permalink-line", line)]


# What a new build may not drop


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of two letters that has been published."""
    content = tmp_path_factory.mktemp("published") / "content"
    files = {"site.yml": "title: 试验档案\ndescription: 只为试验。\n", "topics.yml": "- {slug: trees, name: 树木}\n",
             LETTER: make_letter(topics="[trees]", commitments=COMMITMENT), "letters/2020/9002.md": make_letter(number="'9002'", topics="[trees]")}
    for name, text in files.items():
        (content / name).parent.mkdir(parents=True, exist_ok=True)
        (content / name).write_text(text, "utf-8")
    result = build_site(content, content.parent / "public")
    assert record_permalinks(content, result.permalinks) == len(result.permalinks) > 10
    return content


@pytest.fixture
def published(once: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(once, tmp_path / "content"))


def find_line(content: Path, start: str) -> int:
    lines = (content / "permalinks.txt").read_text("utf-8").split("\n")
    return next(number for number, line in enumerate(lines, 1) if line.startswith(start))


def edit(path: Path, old: str, new: str) -> None:
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def test_same_content_keeps_its_promises(published: Path) -> None:
    assert tell(published) == []


def test_letter_that_is_gone_is_a_problem(published: Path) -> None:
    (published / "letters/2020/9002.md").unlink()
    assert tell(published) == [("permalinks.txt", find_line(published, "letters/2020/9002/"), "permalink-dropped", "letters/2020/9002/")]


def test_letter_that_became_a_draft_is_a_problem(published: Path) -> None:
    edit(published / "letters/2020/9002.md", "title:", "draft: true\ntitle:")
    assert [code for _, _, code, _ in tell(published)] == ["permalink-dropped"]


def test_renamed_topic_is_a_problem_until_a_redirect_says_where_it_went(published: Path) -> None:
    for name in (LETTER, "letters/2020/9002.md", "topics.yml"):
        edit(published / name, "trees", "forests")
    assert [(code, value) for _, _, code, value in tell(published)] == [("permalink-dropped", "topics/trees/")]
    edit(published / "site.yml", "title:", "redirects:\n  topics/trees/: topics/forests/\ntitle:")
    assert tell(published) == []


def test_withdrawn_letter_keeps_its_address_and_no_anchor(published: Path) -> None:
    edit(published / LETTER, "title:", "withdrawn: {date: 2021-01-01, reason: 虚构}\ntitle:")
    assert tell(published) == []


def test_paragraph_that_is_gone_is_a_problem_until_its_anchor_is_led_on(published: Path) -> None:
    edit(published / LETTER, "\n\n某某局", "")
    line = find_line(published, "letters/2020/9001/")
    assert tell(published) == [("permalinks.txt", line, "anchor-dropped", "p3")]
    edit(published / LETTER, "title:", "anchors: {p3: p2}\ntitle:")
    assert tell(published) == []


def test_commitment_that_is_gone_is_a_problem(published: Path) -> None:
    edit(published / LETTER, "id: c1", "id: c2")
    assert tell(published) == [("permalinks.txt", find_line(published, "letters/2020/9001/"), "anchor-dropped", "c1")]


def test_new_paragraphs_and_pages_are_no_problem(published: Path) -> None:
    edit(published / LETTER, "\n\n某某局\n", "\n\n某某局\n\n九\n")
    (published / "letters/2020/9003.md").write_text(make_letter(number="'9003'", proposers="[丁戊己]"), "utf-8")
    assert tell(published) == []


def test_line_that_stands_there_twice_counts_as_one(published: Path) -> None:
    with (published / "permalinks.txt").open("a", encoding="utf-8") as file:
        file.write("letters/2020/9001/ p2 c1\r\n")
    assert tell(published) == []


def test_without_a_list_nothing_has_been_promised(published: Path) -> None:
    (published / "permalinks.txt").unlink()
    (published / "letters/2020/9002.md").unlink()
    assert tell(published) == []


# Recording


def test_recording_adds_what_is_new_and_writes_only_then(published: Path) -> None:
    path = published / "permalinks.txt"
    before, stamp = path.read_bytes(), path.stat().st_mtime_ns
    assert record_permalinks(published, [Permalink("letters/2020/9001/", "p2")]) == 0
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, stamp)
    assert record_permalinks(published, [Permalink("letters/2020/9001/", "p9"), Permalink("topics/new/")]) == 2
    text = path.read_text("utf-8")
    assert text.startswith(HEAD) and "letters/2020/9001/ p1-p3 p9 c1\n" in text and "letters/2020/9002/" in text
    lines = text.splitlines()[1:]
    assert lines == sorted(lines)


def test_recording_into_a_damaged_list_loses_nothing(published: Path) -> None:
    path = published / "permalinks.txt"
    path.write_text("topics/old/\n<<<<<<<\n", "utf-8")
    with pytest.raises(SettingsError, match=r"permalinks\.txt:2:1: .*permalink-line"):
        record_permalinks(published, [Permalink("topics/new/")])
    assert path.read_text("utf-8") == "topics/old/\n<<<<<<<\n"


def test_recording_that_breaks_off_leaves_the_old_list(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = read_tree(published)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        record_permalinks(published, [Permalink("topics/new/")])
    assert read_tree(published) == before
