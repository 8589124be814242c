"""Parallel passages: those that a naive search finds, no more and no less, at both places."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from dafu import meetings
from dafu.catalogue import Catalogue, make_catalogue
from dafu.entries import Entry
from dafu.parallels import MOST, SHORTEST, SHOWN, Parallel, Parallels
from dafu.archive import read_archive
from dafu.memo import Memo
from dafu.options import Options
from dafu.search.arrays import np
from tests.making import ROOT, make_letter

Place = tuple[str, int, int]


def read_entries(folder: Path, bodies: list[str]) -> tuple[Entry, ...]:
    """Invented letters of one year each, the newest first."""
    for number, body in enumerate(bodies, 1):
        path = folder / "content" / "letters" / str(2000 + number) / f"{9000 + number}.md"
        path.parent.mkdir(parents=True)
        path.write_text(make_letter(body, number=f'"{9000 + number}"', date=f"{2000 + number}-05-06"), "utf-8")
    (folder / "content" / "site.yml").write_text("title: 试验档案\ndescription: 只为试验。\n", "utf-8")
    return read_catalogue(folder / "content").entries


def read_catalogue(content: Path) -> Catalogue:
    archive = read_archive(Options(content=content, output=content.parent / "public", use_cache=False, quiet=True))
    assert archive.problems == ()
    return make_catalogue(archive.letters, archive.reference, archive.pages)


def meet_all(entries: tuple[Entry, ...]) -> Parallels:
    """The passages of all letters."""
    parallels = Parallels(entries, Memo(None))
    parallels.meet()
    return parallels


ALL = 1000
"""More passages than any letter here has."""


def find_passages(parallels: Parallels, entry: Entry) -> list[Parallel]:
    """Every passage of a letter, in the text's order."""
    return [parallel for part in next(parallels.find_each([entry], ALL, ALL)) for parallel in part.parallels]


def find_all(entries: tuple[Entry, ...]) -> set[tuple[Place, Place]]:
    """Every passage with every place where it is found elsewhere."""
    parallels = meet_all(entries)
    return {
        ((entry.letter.id, parallel.span.start, parallel.span.end), (other.entry.letter.id, other.span.start, other.span.end))
        for entry in entries for parallel in find_passages(parallels, entry) for other in parallel.others
    }


def find_naively(entries: tuple[Entry, ...]) -> set[tuple[Place, Place]]:
    """The longest equal stretches of every two paragraphs, by the table of all pairs of places."""
    found = set()
    for one in entries:
        for other in entries:
            if one is not other:
                found |= set(iter_equal(one, other))
    return found


def iter_equal(one: Entry, other: Entry) -> Iterator[tuple[Place, Place]]:
    text, there = one.letter.body.text, other.letter.body.text
    lengths: dict[int, int] = {}
    places = defaultdict(list)
    for at, char in enumerate(there):
        if char != "\n":
            places[char].append(at)
    for place in range(len(text) - 1, -1, -1):
        before = {at: lengths.get(at + 1, 0) + 1 for at in places.get(text[place], ())}
        for at, length in before.items():
            is_longest = place == 0 or at == 0 or text[place - 1] != there[at - 1] or text[place - 1] == "\n"
            if is_longest and length >= SHORTEST:
                yield (one.letter.id, place, place + length), (other.letter.id, at, at + length)
        lengths = before


@pytest.mark.parametrize("seed", range(6))
def test_passages_are_those_of_a_naive_search(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if seed % 2:
        monkeypatch.setattr("dafu.texts.BATCH", 2)
        monkeypatch.setattr("dafu.meetings.RANGE", 40)
        monkeypatch.setattr("dafu.meetings.LARGE", 1)
        monkeypatch.setattr("dafu.parallels.COMPARED", 3)
        monkeypatch.setattr("dafu.parallels.MANY", 0)
    chance = random.Random(seed)
    pool = ["".join(chance.choice("甲乙丙丁戊己庚辛壬癸子丑寅卯𠀀") for _ in range(chance.choice((12, 19, 20, 21, 33, 70)))) for _ in range(9)]
    bodies = []
    for _ in range(MOST):
        pieces = [chance.choice(pool)[chance.choice((0, 0, 0, 3)) :] + chance.choice(("", "", "木", "水", "\n\n")) for _ in range(6)]
        bodies.append("\n\n".join(["".join(pieces[:3]), "".join(pieces[3:])]) + "\n")
    entries = read_entries(tmp_path, bodies)
    expected = find_naively(entries)
    assert expected
    assert find_all(entries) == expected


def test_passages_on_either_side_of_other_words_of_the_same_length_are_both_found(tmp_path: Path) -> None:
    one, other = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子丑寅卯", "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏"
    entries = read_entries(tmp_path, [f"{one}木{other}\n", f"{one}水{other}\n"])
    expected = find_naively(entries)
    assert len(expected) == 4
    assert find_all(entries) == expected


def test_companies_whose_numbers_sum_to_the_same_are_told_apart() -> None:
    letters, sizes = np.array([0, 1, 4, 0, 2, 3], np.uint32), np.array([3, 3])
    for places in (np.zeros(6, np.uint32), np.arange(6, dtype=np.uint32)):
        one, other = meetings._name_company(letters, places, sizes).reshape(2, 3)
        assert one[0] != other[0]


@pytest.mark.parametrize("places", [5, 1_000_000])
def test_a_few_letters_share_by_themselves_what_they_share_among_all(places: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(places)
    pieces = ["".join(chance.choice("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳") for _ in range(24)) for _ in range(9)]
    entries = read_entries(tmp_path, ["".join(f"{piece}{chance.choice('金木水火土')}" for piece in chance.choices(pieces, k=3)) + "\n" for _ in range(40)])
    parallels = meet_all(entries)
    expected = list(parallels.iter_shared([3, 20]))
    assert all(shared for _, shared in expected)
    monkeypatch.setattr("dafu.meetings.RANGE", places)
    parallels.meet([3, 20])
    assert parallels._met is not None and (parallels._met.ranges > 1) == (places == 5)
    assert list(parallels.iter_shared([3, 20])) == expected


@pytest.mark.parametrize("seed", range(4))
def test_what_a_letter_shares_does_not_hang_on_letters_that_share_nothing_with_it(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    pieces = ["".join(chance.choice("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳") for _ in range(24)) for _ in range(5)]
    bodies = ["".join(f"{piece}{chance.choice('金木水火土')}" for piece in chance.choices(pieces, k=3)) + "\n" for _ in range(20)]
    told = [[(shared.span, shared.quote, shared.has_more, [other.span for other in shared.others]) for shared in find_passages(parallels, entry)]
            for entries in (read_entries(tmp_path / "alone", bodies), read_entries(tmp_path / "behind", ["无\n", *bodies])) for parallels in [meet_all(entries)] for entry in entries[:20]]
    assert told[:20] == told[20:]


def test_a_passage_ends_with_its_paragraph_and_begins_with_its_sentence(tmp_path: Path) -> None:
    words = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子丑"
    entries = read_entries(tmp_path, [f"木。{words}\n\n水。\n", f"金。{words}\n\n水。\n"])
    assert [parallel.span.slice(entry.letter.body.text) for entry in entries for parallel in find_passages(meet_all(entries), entry)] == [words, words]


def test_of_a_passage_that_many_have_the_nearest_in_time_are_named(tmp_path: Path) -> None:
    words = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子丑"
    entries = read_entries(tmp_path, [f"{number}{words}\n" for number in "春夏秋冬东南西北"])
    parallels = meet_all(entries)
    found, = find_passages(parallels, entries[4])
    assert {"2003", "2005"} <= {other.entry.letter.year for other in found.others} < {entry.letter.year for entry in entries} - {"2004"} and found.has_more


def test_an_archive_of_one_letter_has_none(tmp_path: Path) -> None:
    entries = read_entries(tmp_path, ["甲\n"])
    assert next(meet_all(entries).find_each(entries[:1])) == ()


def test_the_real_letters_repeat_themselves() -> None:
    entries = read_catalogue(ROOT / "content").entries
    found = find_all(entries)
    assert {(one[0], other[0]) for one, other in found} == {(one[0], other[0]) for one, other in find_naively(entries)}
    words = {entry.letter.id: entry.letter.body.text for entry in entries}
    assert "以产业空间供给侧改革为切入点，破除空间缺失限制，深度集聚创新资源，激发创新活力主体，" in {words[name][start:end] for (name, start, end), _ in found}


def test_of_many_passages_a_page_shows_the_longest(tmp_path: Path) -> None:
    chance = random.Random(9)
    pieces = ["".join(chance.choice("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳") for _ in range(20 + number)) for number in range(50)]
    paragraphs = ["木".join(pieces[place : place + 5]) for place in range(0, 50, 5)]
    entries = read_entries(tmp_path, ["\n\n".join(paragraphs) + "\n", "\n\n".join(f"金{piece}" for piece in reversed(pieces)) + "\n"])
    parallels = meet_all(entries)
    assert len(find_passages(parallels, entries[1])) == 50
    shared = next(parallels.find_each(entries[1:2]))
    assert [(part.anchor, len(part.parallels), part.left_out) for part in shared] == [(f"p{number}", 3, 2) for number in range(6, 11)]
    assert [parallel.quote for parallel in shared[-1].parallels] == pieces[47:]
    assert [parallel.id for part in shared for parallel in part.parallels] == [f"x{number}" for number in range(1, SHOWN + 1)]
