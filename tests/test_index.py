"""The index, and what it finds: against a naive search of the words, and by name."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.letters import read_sentences, write_archive
from bench.queries import Queries
from dafu.body import Block, Body, Run
from dafu.memo import Memo
from dafu.road import Options, open_search
from dafu.search import chunks, frequent, making
from dafu.search.arrays import FEW, np, order_rows, sort_each, sort_stably
from dafu.search.bundles import Kept
from dafu.search.engine import Engine
from dafu.search.fields import FIELDS
from dafu.search.frequent import want_pairs
from dafu.search.site import Search, list_shard_units
from tests.making import ROOT, make_letter, read_tree, search_naively

PLACES = {field.name: place for place, field in enumerate(FIELDS)}
Archive = Callable[..., Path]


def read_search(content: Path) -> Search:
    found, problems = open_search(Options(content=content, output=content.parent / "public", use_cache=False, quiet=True))
    assert problems == ()
    return found


@pytest.fixture(scope="module")
def real() -> Search:
    return read_search(ROOT / "content")


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Search:
    """160 letters put together from sentences of the real ones."""
    content = tmp_path_factory.mktemp("invented") / "content"
    write_archive(content, 160, read_sentences(None))
    return read_search(content)


@pytest.mark.parametrize("name", ["real", "invented"])
def test_every_piece_is_found_where_it_stands_and_nowhere_else(name: str, request: pytest.FixtureRequest) -> None:
    search = request.getfixturevalue(name)
    pieces = Queries(search.documents).pieces(400 if name == "real" else 120)
    found = {piece: {hit.entry.letter.id for hit in search.find(f'"{piece}"')} for piece in pieces}
    assert {piece: letters for piece, letters in found.items() if letters != search_naively(search.documents, piece)} == {}
    assert all(found.values())


def ids(search: Search, source: str) -> list[str]:
    return [hit.entry.letter.id for hit in search.find(source)]


@pytest.fixture
def small(archive: Archive) -> Search:
    def letter(body: str, **keys: str) -> str:
        return make_letter(f"尊敬的委员：\n\n{body}\n\n某某局\n", **({"title": "关于虚构事项的建议"} | keys))

    return read_search(archive({
        "letters/2019/9001.md": letter("种树九棵。", date="2019-01-02", title="关于种树的建议"),
        "letters/2019/9002.md": letter("种树九棵，修桥一座。", number='"9002"', date="2019-01-02", title="关于修路的建议"),
        "letters/2020/b-2017-062.md": letter("参考9001号提案，扫雪。\n\n路灯", number="B〔2017〕062", proposers="[甲子, 乙丑]", topics="[trees]", document_number="云府函〔2020〕7号"),
        "letters/2021/9004.md": letter("灯火", number='"9004"', date="2021-03-04", respondent="另一局", co_handlers="[会办甲局]", summary="概述如此。",
                                       notes="[{quote: 灯火, note: 此处有疑}]", corrections="[{quote: 灯火, reading: 灯塔, type: typo}]",
                                       commitments="[{id: c1, quote: 灯火, action: 点亮灯塔, owners: [照明办]}]"),
        "letters/undated/n.md": letter("种树九棵。", number="null", date="null", title="关于无日期的建议"),
    }))


@pytest.mark.parametrize(("source", "expected"), [
    ("种树九棵", ["2019/9001", "2019/9002", "undated/n"]),
    ("number:900", ["2021/9004", "2019/9001", "2019/9002"]),
    ("b〔2017〕062", ["2020/b-2017-062"]),
    ("number:云府函(2020)7号", ["2020/b-2017-062"]),
    ("proposer:乙丑", ["2020/b-2017-062"]),
    ("甲子乙丑", []),  # two names are two stretches
    ("扫雪。路灯", []),  # and so are two paragraphs
    ("topic:树木", ["2020/b-2017-062"]),
    ("topic:trees", ["2020/b-2017-062"]),
    ("trees", []),
    ("respondent:另一", ["2021/9004"]),
    ("会办甲局", ["2021/9004"]),
    ("概述如此", ["2021/9004"]),
    ("此处有疑", ["2021/9004"]),
    ("灯火", ["2021/9004"]),
    ("灯塔", ["2021/9004"]),
    ("commitment:照明办", ["2021/9004"]),
    ("种树 -修桥", ["2019/9001", "undated/n"]),
    ("修桥 OR 扫雪", ["2020/b-2017-062", "2019/9002"]),
    ("-种树", ["2021/9004", "2020/b-2017-062"]),
    ("year:2019", ["2019/9001", "2019/9002"]),
    ("year:2020..", ["2021/9004", "2020/b-2017-062"]),
    ("year:2020 year:2021", []),
    ("year:abc", []),
    ("", []),
    ("\ud800", []),
    ("九棵" * 5_000, []),
])
def test_query_finds_these_letters(small: Search, source: str, expected: list[str]) -> None:
    assert sorted(ids(small, source)) == sorted(expected)


def test_a_number_typed_alone_puts_its_letter_first(small: Search) -> None:
    assert ids(small, "9001") == ["2019/9001", "2020/b-2017-062"]


def test_titles_count_more_than_texts(small: Search) -> None:
    assert ids(small, "种树")[0] == "2019/9001"


def test_ties_fall_to_the_youngest_then_to_the_first_id(archive: Archive) -> None:
    letters = {f"letters/{date[:4]}/{number}.md": make_letter(number=f'"{number}"', date=date) for number, date in ((9001, "2020-05-06"), (9002, "2020-05-06"), (9003, "2019-05-06"), (9004, "2021-05-06"))}
    assert ids(read_search(archive(letters)), "九棵") == ["2021/9004", "2020/9001", "2020/9002", "2019/9003"]


def test_drafts_and_withdrawn_letters_are_not_found(archive: Archive) -> None:
    hidden = {"letters/2020/9002.md": make_letter(number='"9002"', draft="true"), "letters/2020/9003.md": make_letter(number='"9003"', withdrawn="{date: 2021-01-01, reason: 虚构}")}
    assert ids(read_search(archive({"letters/2020/9001.md": make_letter()} | hidden)), "九棵") == ["2020/9001"]


def test_a_hit_says_where(small: Search) -> None:
    assert {hit.entry.letter.id: hit.where for hit in small.find("灯塔")} == {"2021/9004": ("commitment", "correction")}


def test_grams_begin_with_every_character_of_the_archive(real: Search) -> None:
    """The first level is the alphabet, and what stands often grows below it."""
    kept = Kept(real.folder)
    held = {unit for document in real.documents for place in range(len(FIELDS)) for unit in document.folded(place)} - {"\0"}
    assert [chr(unit) for unit in kept.read("units")[kept.read("depths") == 0].tolist()] == sorted(held)
    assert kept.read("grams").sum() > 5_000


def test_one_process_and_two_make_the_same_shards(invented: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    from dafu.search import stretches

    monkeypatch.setattr(stretches, "STRETCH", 100_000)
    one, two = (Search(list(invented.entries.values()), Memo(None), jobs) for jobs in (1, 2))
    assert read_tree(two.folder) == read_tree(one.folder) == read_tree(invented.folder)


@pytest.mark.parametrize(("most", "together"), [(10_000, 1_000_000), (500, 1), (16, 3_000)])
def test_characters_that_stand_everywhere_are_grown_pair_by_pair_to_the_same_shards(invented: Search, monkeypatch: pytest.MonkeyPatch, most: int, together: int) -> None:
    entries = list(invented.entries.values())
    for module in (chunks, making):
        monkeypatch.setattr(module, "CHUNK", 50)
    plain, by_pairs = (Search(entries, Memo(None)) for _ in range(2))  # their folders go when they do
    whole = read_tree(plain.folder)
    monkeypatch.setattr(frequent, "MOST_PLACES", most)
    monkeypatch.setattr(frequent, "TOGETHER", together)
    pairs: list[int] = []
    monkeypatch.setattr(frequent, "want_pairs", lambda units, often: (pairs.append(len(often)), want_pairs(units, often))[1])
    made = read_tree(by_pairs.folder)
    numbered = "item-groups.npy"  # how the growing numbered its grams
    assert whole and sorted(made) == sorted(whole) and [name for name in whole if made[name] != whole[name] and name != numbered] == []
    assert pairs[0] > 0


def test_a_spoilt_cache_is_made_anew(real: Search, tmp_path: Path) -> None:
    memo = Memo(tmp_path / ".cache" / "memo")
    entries = list(real.entries.values())
    Search(entries, memo).folder
    before = read_tree(tmp_path / ".cache")
    for path in (tmp_path / ".cache").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-3] + b"xyz")
    again = Search(entries, memo)
    assert read_tree(again.folder) == read_tree(real.folder) | {name: read_tree(again.folder)[name] for name in ("STAMP", "PROGRAM")}
    assert before.keys() >= {path for path in read_tree(tmp_path / ".cache") if path.endswith(".bin")}


def test_a_little_change_leaves_most_shards_as_they_were(invented: Search) -> None:
    sheet, said = invented.sheets[150], "此处另添一句虚构的话。"
    before = sheet.letter.body
    start = len(before.text) + 2
    body = Body((*before.blocks, Block("paragraph", "p99", ((Run(said, start),),), start=start, end=start + len(said))), f"{before.text}\n\n{said}")
    changed = Search(list(invented.entries.values()), Memo(None))
    changed.sheets = [*invented.sheets[:150], replace(sheet, letter=replace(sheet.letter, body=body)), *invented.sheets[151:]]
    assert changed.documents[150].words[PLACES["text"]] == (*invented.documents[150].words[PLACES["text"]], said)
    old, new = ({path for path in read_tree(search.folder) if path.endswith(".bin")} for search in (invented, changed))
    assert len(new - old) < len(new) / 5
    units, again = ({unit.name: unit.given() for unit in list_shard_units(search.folder)} for search in (invented, changed))
    assert sum(units.get(name) == given for name, given in again.items()) > len(again) / 2


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(ROOT / "build.py"), *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_the_command_answers_in_json() -> None:
    told = json.loads(run("search", "河套", "--format", "json").stdout)
    assert told.keys() == {"query", "total", "hits"}
    assert (told["query"], told["total"], len(told["hits"])) == ("河套", 5, 5)
    assert all(hit.keys() == {"id", "score", "where"} and "text" in hit["where"] for hit in told["hits"])
    assert [hit["score"] for hit in told["hits"]] == sorted((hit["score"] for hit in told["hits"]), reverse=True)
    limited = json.loads(run("search", "河套", "--format", "json", "--limit", "2").stdout)
    assert limited == told | {"hits": told["hits"][:2]}


def test_the_command_answers_in_words() -> None:
    assert "2018/20180136" in run("search", "20180136").stdout
    assert run("search", "并无此语").stdout == "No letter has all of these words.\n"
    assert run("search").returncode == 2
    assert run("search", "河套", "--limit", "0").returncode == 2


def test_random_queries_are_no_error(small: Search) -> None:
    chance = random.Random(9001)
    for _ in range(200):
        small.find("".join(chance.choices(["种", "树", " ", "(", ")", '"', "-", "OR ", "year:", "title:", "2019", ".."], k=chance.randint(1, 20))))


def test_an_engine_knows_its_letters(real: Search) -> None:
    assert isinstance(real.engine, Engine)
    assert real.engine.ids == tuple(document.id for document in real.documents)


@pytest.mark.parametrize("most", [1, 300, (1 << 40) - 1, (1 << 50) - 1, (1 << 51) - 1, (1 << 63) - 1])
def test_keys_are_sorted_stably(most: int) -> None:
    keys = np.random.default_rng(most).integers(0, most, 5000, endpoint=True)
    for each in (keys, keys.astype(np.uint64), keys[:1], keys[:0]):
        order, held = sort_stably(each)
        assert order.tolist() == np.argsort(each, kind="stable").tolist() and held.tolist() == sorted(each.tolist())
        assert held.dtype == each.dtype and sort_stably(each, most + 1)[0].tolist() == order.tolist()


@pytest.mark.parametrize("sizes", [[], [1], [3] * 2000, [FEW - 1, 1, 1], [1, FEW, 1], [FEW + 1, FEW - 1], [3 * FEW, 2, 5, FEW], [2, FEW // 2] * 9])
@pytest.mark.parametrize("first", [0, 1 << 20, 1 << 45])
def test_places_are_sorted_group_by_group(sizes: list[int], first: int) -> None:
    groups = np.repeat(first + 3 * np.arange(len(sizes)), np.array(sizes, int))
    units = np.random.default_rng(9001).integers(0, 300, len(groups)).astype(np.uint16) * np.uint16(211)
    order, keys = sort_each(groups, units)
    assert order.tolist() == np.lexsort((units, groups)).tolist()
    assert keys.tolist() == (groups << 16 | units)[order].tolist()


@pytest.mark.parametrize("most", [(3, 5, 2), (1 << 20, 3, 1 << 29), (1 << 20, 3, 1 << 40), (1 << 20, 1 << 30, 1 << 13), (3, 1 << 61, 1 << 61)])
def test_rows_are_ordered_by_one_column_after_the_other(most: tuple[int, ...]) -> None:
    chance = np.random.default_rng(9001)
    columns = [chance.integers(0, one, 4000).astype(kind) for one, kind in zip(most, (np.int64, np.uint64, np.int64))]
    columns[0][::2] = columns[0][0]
    for some in (columns, [column[:1] for column in columns], [column[:0] for column in columns]):
        assert order_rows(*some).tolist() == np.lexsort(some[::-1]).tolist()
