"""The whole site of the invented archive in tests/mini/, byte for byte: `pytest --update-golden` writes tests/golden/ anew."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dafu.held import Held
from dafu.letter import Contact
from dafu.records import Record, RecordOf, iter_keys
from dafu.reference import ALTERNATES
from dafu.archive import read_archive
from dafu.options import Options
from dafu.shapes import Choice, ListOf
from tests.making import TESTS, build_site, inflate, read_tree

MINI, GOLDEN = TESTS / "mini", TESTS / "golden"
Tree = dict[str, bytes]

_ASSETS = re.compile(r"\bassets/[0-9a-f]{12}/")


@pytest.fixture(scope="module")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """The site of tests/mini, built once."""
    output = tmp_path_factory.mktemp("mini") / "public"
    assert build_site(MINI, output).problems == ()
    return read_tree(output)


def blind_assets(tree: Tree) -> Tree:
    """The site with `HASH` for its assets' hash; of the assets, which lie in static/ already, the names alone; compressed files as they were before."""
    blind = {}
    for path, data in tree.items():
        if _ASSETS.match(path):
            blind[_ASSETS.sub("assets/HASH/", path)] = b""
        elif path.endswith(".bin"):
            blind[path] = inflate(data)
        else:
            blind[path] = _ASSETS.sub("assets/HASH/", data.decode("utf-8")).encode()
    return blind


def describe_difference(found: Tree, expected: Tree) -> list[str]:
    """Missing and extra files, and the first line in which each other file differs."""
    told = [f"{path}: missing" for path in sorted(expected.keys() - found.keys())]
    told += [f"{path}: not expected" for path in sorted(found.keys() - expected.keys())]
    for path in sorted(found.keys() & expected.keys()):
        ours, theirs = found[path].split(b"\n"), expected[path].split(b"\n")
        if ours != theirs:
            line = next((n for n, pair in enumerate(zip(ours, theirs)) if pair[0] != pair[1]), min(len(ours), len(theirs)))
            told.append(f"{path}:{line + 1}: {_show(ours, line)}, not {_show(theirs, line)}")
    return told


def _show(lines: list[bytes], line: int) -> str:
    return repr(lines[line].decode("utf-8", "replace")) if line < len(lines) else "end of file"


def write_golden(tree: Tree) -> None:
    shutil.rmtree(GOLDEN, ignore_errors=True)
    for path, data in tree.items():
        (GOLDEN / path).parent.mkdir(parents=True, exist_ok=True)
        (GOLDEN / path).write_bytes(data)


def test_mini_site_is_the_golden_one(mini: Tree, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        write_golden(blind_assets(mini))
    told = describe_difference(blind_assets(mini), read_tree(GOLDEN))
    assert not told, "\n".join(["the site differs (if that is meant: pytest --update-golden):", *told[:20], f"{len(told)} files in all"])


def test_a_difference_is_told_by_file_and_first_line() -> None:
    found = {"new.html": b"", "same.html": b"a\n", "other.html": b"a\nb\nc\n", "short.txt": b"a"}
    expected = {"gone.html": b"", "same.html": b"a\n", "other.html": b"a\nB\nC\n", "short.txt": b"a\nb"}
    assert describe_difference(found, expected) == [
        "gone.html: missing",
        "new.html: not expected",
        "other.html:2: 'b', not 'B'",
        "short.txt:2: end of file, not 'b'",
    ]


def test_assets_are_compared_by_name_alone() -> None:
    tree = {"assets/0123456789ab/css/a.css": b"p{}", "index.html": b'<link href="assets/0123456789ab/css/a.css">'}
    assert blind_assets(tree) == {"assets/HASH/css/a.css": b"", "index.html": b'<link href="assets/HASH/css/a.css">'}


# What the golden files must say whoever wrote them anew.


def read_table(tree: Tree, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(tree[f"data/{name}.csv"].decode("utf-8-sig").splitlines()))


def test_statuses_of_the_mini_archive(mini: Tree) -> None:
    letters = json.loads(mini["data/letters.json"])
    found = {f"{letter['id']}#{commitment['id']}": commitment["status"] for letter in letters for commitment in letter["commitments"]}
    assert found == {
        "2016/9001#c1": "done",  # the youngest word counts, whatever the order of the evidence
        "2016/9001#c2": "restated",
        "2016/9001#c3": "redefined",
        "2016/9001#c4": "not-mentioned-since",
        "2016/9001#c5": "progress",
        "2016/9001#c6": "not-mentioned-since",
        "2016/9001#c7": "not-mentioned-since",
        "2016/9001#c8": "uncheckable",
        "2016/9001#c9": "not-mentioned-since",
        "2016/9001-2#c1": "not-mentioned-since",  # by letters of the successor
        "2018/9002-ta#c1": "not-mentioned-since",
        "2019/9006#c1": "no-later-letter-held",  # drafts and withdrawn letters are not held
        "undated/9003#c1": "no-later-letter-held",
    }


@pytest.mark.parametrize("words", ["草稿", "9004", "撤下的正文", "不应出现"])
def test_drafts_and_withdrawn_words_stand_nowhere(mini: Tree, words: str) -> None:
    assert [path for path, data in mini.items() if words.encode() in data and not path.startswith("assets/")] == []


def test_relations_stand_in_the_table_as_in_the_front_matter(mini: Tree) -> None:
    rows = read_table(mini, "commitments")
    assert Counter(row["relation"] for row in rows if row["value"]) == {"=": 2, ">=": 1, "<=": 1, ">": 1, "<": 1, "~": 1}


def test_undated_letters_are_named_in_words(mini: Tree) -> None:
    shown = [path for path, data in mini.items() if path.endswith((".html", "feed.xml", "feed.json")) and "undated年".encode() in data]
    assert shown == []


def test_undated_letters_are_reached_from_the_years(mini: Tree) -> None:
    assert b'href="undated/"' in mini["years/index.html"]


def test_name_in_another_form_under_a_letter_is_a_signature(mini: Tree) -> None:
    page = mini["letters/2016/9001/index.html"].decode()
    assert re.findall(r'<p class="text-block is-(\w+)" id="(p1[456])"', page) == [("signature", "p14"), ("signature", "p15"), ("contact", "p16")]


def test_two_people_with_one_pinyin_have_a_page_each(mini: Tree) -> None:
    titles = {slug: re.search(r"<h1[^>]*>(.*?)</h1>", mini[f"proposers/{slug}/index.html"].decode()) for slug in ("li-tao", "li-tao-2")}
    assert {slug: found and found[1] for slug, found in titles.items()} == {"li-tao": "李涛", "li-tao-2": "李滔"}


# The mini archive leaves no key of the contract out.


def iter_records(value: Any) -> Iterator[Record]:
    """A record and all that lie in it."""
    if isinstance(value, Record):
        yield value
        for known in iter_keys(type(value)).values():
            yield from iter_records(getattr(value, known.name))
    elif isinstance(value, (tuple, Held)):
        for item in value:
            yield from iter_records(item)


def iter_expected(cls: type[Record]) -> Iterator[tuple[str, str, str]]:
    """Class, key and, where it is one of a closed list, each word of a record's keys and of those in it."""
    for name, known in iter_keys(cls).items():
        shape = known.metadata["shape"]
        shape = shape.item if isinstance(shape, ListOf) else shape
        yield from ((cls.__name__, name, word) for word in (shape.options if isinstance(shape, Choice) else ("",)))
        if isinstance(shape, RecordOf):
            yield from iter_expected(shape.cls)


def test_mini_archive_shows_every_key_and_every_word() -> None:
    archive = read_archive(Options(content=MINI, output=Path("none"), use_cache=False))
    records = [*(letter.front for letter in archive.letters), archive.reference.site]
    reference = archive.reference
    records += [*reference.topics, *reference.units, *reference.sessions, reference.indicators, *reference.policies]
    records += [thread.head for thread in reference.threads] + [page.head for page in archive.pages]
    found = set()
    for record in iter_records(tuple(records)):
        for name, known in iter_keys(type(record)).items():
            if (value := getattr(record, known.name)) not in (None, ()):
                found.add((type(record).__name__, name, value if isinstance(known.metadata["shape"], Choice) else ""))
    wanted = {item for cls in {type(record) for record in records} for item in iter_expected(cls)}
    never = {(Contact.__name__, "phone", ""), ("Site", "language", "en"), ("Site", "precompress", "gz"), ("Site", "precompress", "br")} | {("Site", "alternates", form) for form in ALTERNATES}  # no person stands here, a site has one language, and compressed bytes are another test's
    assert wanted - found == never
