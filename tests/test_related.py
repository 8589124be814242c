"""Related letters: against a naive comparison of all letters by all pairs of their characters."""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from bench.letters import read_sentences, write_archive
from dafu.body import Body
from dafu.entries import Entry
from dafu.memo import Memo
from dafu.search import chunks
from dafu.search.arrays import np
from dafu.search.fields import FIELDS, digest_sheet, make_sheet
from dafu.search.pairs import FIRST, FULL, count_holders
from dafu.search.related import Telling, find_affected
from dafu.search.relating import Relating
from dafu.search.site import Search
from tests.making import ROOT, make_letter
from tests.test_index import read_search
from tests.test_search_changes import with_letter

PLACES = {field.name: place for place, field in enumerate(FIELDS)}
Archive = Callable[..., Path]


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Search:
    """160 letters put together from sentences of the real ones."""
    content = tmp_path_factory.mktemp("invented") / "content"
    write_archive(content, 160, read_sentences(None))
    return read_search(content)


def test_related_letters_share_what_few_hold(archive: Archive) -> None:
    words = {9001: "修建梧桐大桥", 9002: "修建云杉公园", 9003: "梧桐大桥通车", 9004: "扫雪除冰", 9005: "云杉公园开园"}
    letters = {f"letters/2020/{number}.md": make_letter(f"尊敬的委员：\n\n{text}。\n\n某某局\n", number=f'"{number}"', title="关于虚构事项的建议") for number, text in words.items()}
    related = {letter: {entry.letter.id for entry in others} for letter, others in read_search(archive(letters)).related.items()}
    assert related == {"2020/9001": {"2020/9003", "2020/9002"}, "2020/9003": {"2020/9001"}, "2020/9002": {"2020/9005", "2020/9001"}, "2020/9005": {"2020/9002"}, "2020/9004": set()}


def test_related_letters_are_the_same_whichever_are_looked_at_together(invented: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dafu.search.relating.RELATED", 7)
    again = Search(list(invented.entries.values()), Memo(None)).related
    assert again == invented.related
    assert any(again.values())


def relate_naively(search: Search, holding: int) -> list[list[int]]:
    """Every letter beside every other, by all pairs of characters of all letters."""
    weights = {"title": 4, "summary": 2, "topic": 2, "commitment": 1, "text": 1}
    often: list[Counter[str]] = []
    for document in search.documents:
        counts: Counter[str] = Counter()
        for name, weight in weights.items():
            words = document.folded(PLACES[name])
            counts.update({pair: weight * count for pair, count in Counter(map("".join, zip(words, words[1:]))).items() if all("\u4e00" <= char <= "\u9fff" for char in pair)})
        often.append(counts)
    holders = Counter(pair for counts in often for pair in counts)
    size = len(often)
    telling = []
    for counts in often:
        told = {pair: math.log1p(min(count, 255)) * math.log(size / holders[pair] + 1) for pair, count in counts.items() if 2 <= holders[pair] <= min(max(2, size // 4), holding)}
        kept = dict(sorted(told.items(), key=lambda item: (-round(item[1], 9), item[0]))[:48])
        norm = math.sqrt(sum(weight**2 for weight in kept.values()))
        telling.append({pair: weight / norm for pair, weight in kept.items()})
    related = []
    for number, mine in enumerate(telling):
        shares = [(sum(weight * theirs[pair] for pair, weight in mine.items() if pair in theirs), other) for other, theirs in enumerate(telling) if other != number]
        near = sorted(((round(share, 9), other) for share, other in shares if share >= 0.08), reverse=True)
        related.append([other for _, other in near[:4]])
    return related


@pytest.mark.parametrize("holding", [1024, 5])
def test_related_letters_are_those_that_a_naive_count_finds(invented: Search, monkeypatch: pytest.MonkeyPatch, holding: int) -> None:
    monkeypatch.setattr("dafu.search.related.HOLDING", holding)
    monkeypatch.setattr("dafu.search.chunks.CHUNK", 50)
    monkeypatch.setattr("dafu.search.making.CHUNK", 50)
    found = Search(list(invented.entries.values()), Memo(None))
    places = {entry.letter.id: place for place, entry in enumerate(found.ordered)}
    assert [[places[other.letter.id] for other in found.related[entry.letter.id]] for entry in found.ordered] == relate_naively(found, holding)


def relate(folder: Path, entries: list[Entry], last: Path | None, changed: list[int]) -> tuple[list[list[int]], Relating]:
    """The related letters, made in a folder of their own, and what found them."""
    source, passing = folder / "index", folder / "passing"
    for each in (source, passing):
        each.mkdir(parents=True)
    names = chunks.name_chunks([digest_sheet(entry) for entry in entries])
    for place, name in enumerate(names):
        chunks.write_chunk(source, (name, [make_sheet(entry) for entry in entries[place * chunks.CHUNK : (place + 1) * chunks.CHUNK]]))
    chunks.write_store(folder, source, names)
    relating = Relating(folder, passing, source, names, last, np.array(changed, np.int64))

    def spread(work: Callable[..., object], items: Iterable[object], ahead: int = 1) -> Iterator[object]:
        return map(work, items)

    relating.write([task() for task in relating.tell(spread)])
    return json.loads((folder / "related.json").read_text()), relating


def iter_changed(entries: list[Entry], chance: random.Random) -> Iterator[tuple[list[Entry], list[int]]]:
    """The letters over and over, each time with some that read otherwise: a few words, or all of another letter's; at last as at first."""
    now = entries
    for _ in range(8):
        now, changed = list(now), sorted(chance.sample(range(len(now)), chance.choice([1, 1, 3])))
        for place in changed:
            body, at = now[place].letter.body, chance.randrange(40, 2000)
            other = chance.choice(now).letter.body if chance.random() < 0.3 else Body(body.blocks, body.text[:at] + chance.choice(["某某", "桥头", "深圳", "薹"]) + body.text[at + chance.randrange(4) :])
            now[place] = with_letter(now[place], body=other)
        yield now, changed
    yield entries, [place for place, entry in enumerate(entries) if entry is not now[place]]


@pytest.mark.parametrize("counted", [8192, 300])
def test_after_a_change_letters_are_related_as_if_all_were_compared(invented: Search, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: int) -> None:
    monkeypatch.setattr("dafu.search.pairs.MOST_UNITS", counted)
    monkeypatch.setattr("dafu.search.chunks.CHUNK", 50)
    last, again = tmp_path / "0", []
    related, relating = relate(last, invented.ordered, None, [])
    assert len(relating.compared) == len(related) == 160
    for number, (now, changed) in enumerate(iter_changed(invented.ordered, random.Random(counted)), 1):
        found, relating = relate(tmp_path / f"{number}", now, last, changed)
        assert found == relate(tmp_path / f"{number} anew", now, None, [])[0]
        last, again = tmp_path / f"{number}", [*again, relating]
    assert found == related
    assert min(len(relating.compared) for relating in again) < 40
    assert any(relating.last is None for relating in again) == (counted == 300), "where other characters count than before, all letters are compared"


@pytest.mark.parametrize(("named", "bound", "affected"), [([], 0.08, [0, 1]), ([], 0.18, [0, 1]), ([], 0.2, [0]), ([0], 0.2, [0, 1])])
def test_another_letter_is_compared_where_it_can_have_gained_or_lost_one(named: list[int], bound: float, affected: list[int]) -> None:
    telling = Telling(np.array([7, 7, 9], np.uint32), np.array([0.6, 0.3, 1.0]), np.array([1, 1, 1], np.uint8))
    assert find_affected(telling.sort(), np.array([0]), [[], named, []], np.array([0.08, bound, 0.08])).tolist() == affected


def test_pairs_of_characters_that_hardly_stand_anywhere_relate_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dafu.search.pairs.MOST_UNITS", 2)
    units = np.zeros(0x10000, np.int64)
    units[[ord(char) for char in "甲乙丙"]] = 9, 9, 1
    pairs = np.array([ord(one) - FIRST << 15 | ord(other) - FIRST for one, other in ("甲乙", "乙甲", "甲丙", "丙丙")], np.uint32)
    counts = np.array([3, FULL, 2, 2], np.uint16)
    assert count_holders([(pairs, counts), (pairs[:2], counts[:2])], units).count(pairs).tolist() == [6, FULL, 0, 0]


def test_every_real_letter_has_related_ones() -> None:
    real = read_search(ROOT / "content")
    assert {letter: 1 <= len(others) <= 4 and letter not in {entry.letter.id for entry in others} for letter, others in real.related.items()} == dict.fromkeys(real.related, True)
