"""Related letters: against a naive comparison of all letters by all pairs of their characters."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.letters import read_sentences, write_archive
from dafu.memo import Memo
from dafu.search.arrays import np
from dafu.search.fields import FIELDS
from dafu.search.pairs import FIRST, FULL, count_holders
from dafu.search.site import Search
from tests.making import ROOT, make_letter
from tests.test_index import read_search

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
    monkeypatch.setattr("dafu.search.making.RELATED", 7)
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
