"""Long lists in pages: older pages keep their address and what they show when something newer comes."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from bench.sentences import ROOT, read_sentences
from dafu import pages
from dafu.lists import Slice, paginate, paginate_newest
from tests.making import build_site, make_letter, read_tree

SIZES = [1, 2, 3, 4, 7]
LENGTHS = range(40)


def cut(length: int, size: int, most: int | None = None) -> list[Slice]:
    """The pages of so many items, the newest of which has the highest number."""
    return list(paginate_newest(range(length, 0, -1), "list/", size, most))


@pytest.mark.parametrize("size", SIZES)
def test_every_item_stands_in_one_page_in_its_order(size: int) -> None:
    for length in LENGTHS:
        assert [item for part in cut(length, size) for item in part.items] == list(range(length, 0, -1))


@pytest.mark.parametrize("size", SIZES)
def test_a_new_item_changes_no_block(size: int) -> None:
    for length in LENGTHS:
        before, after = ({part.url: part.items for part in cut(longer, size)} for longer in (length, length + 1))
        assert {url for url in before if before[url] != after[url]} == {"list/"}
        assert len(after.keys() - before.keys()) <= 1


@pytest.mark.parametrize("size", SIZES)
def test_a_list_in_blocks_is_walked_from_end_to_end(size: int) -> None:
    for length in LENGTHS:
        parts = cut(length, size)
        assert parts[0].url == "list/" and parts[0].before is None and parts[-1].after is None
        assert all(one.after == other.url and other.before == one.url for one, other in pairwise(parts))
        assert {part.end for part in parts[:-1]} <= {parts[-1].url}
        assert len(parts[0].items) <= 1.5 * size + 1 and all(len(part.items) == size for part in parts[1:])
        assert length == 0 or parts[0].items


@pytest.mark.parametrize("most", [1, 2, 5])
def test_a_list_that_is_cut_shows_its_newest_pages(most: int) -> None:
    for length in LENGTHS:
        whole, parts = cut(length, 3), cut(length, 3, most)
        assert [(part.url, part.items) for part in parts] == [(part.url, part.items) for part in whole[:most]]
        assert {part.is_cut for part in parts} == {len(whole) > most} and parts[-1].after is None


def test_a_list_from_its_beginning_on() -> None:
    parts = list(paginate("abcde", "list/", 2))
    assert [(part.url, "".join(part.items), part.before, part.after) for part in parts] == [
        ("list/", "ab", None, "list/page/2/"), ("list/page/2/", "cd", "list/", "list/page/3/"), ("list/page/3/", "e", "list/page/2/", None),
    ]


# The site when a letter comes.

NEW = "letters/2023/99000001"
CHANGED = re.compile(
    r"(index|search/index|data/.*|llms|sitemap|feed|.*/feed)\.(html|xml|json|csv|txt)|search/data/.*|sw\.js"
    r"|(letters|years/2023|topics/[a-z-]+|respondents/[a-z-]+|proposers/jia-892|policies/[a-z-]+|policies|years|topics|respondents|proposers|sessions)/index\.html"
    r"|commitments/(table\.json|(year/2023/|review/2023/|filters/|followed/|(status|topic|respondent|number)/[a-z-]+/|date/without/)?index\.html)"
    rf"|{NEW}/.*"
)


TOPICS = ("policy-funds", "industrial-space", "hetao", "talent", "incubation", "tech-finance", "urban-renewal")


def invent(number: int, year: int, sentences: list[str], chance: random.Random) -> str:
    """One letter with some eight commitments."""
    paragraphs: list[str] = []
    commitments: list[str] = []
    length = chance.randint(1000, 1500)
    while sum(map(len, paragraphs)) < length:
        words = "".join(chance.choices(sentences, k=5))
        if len(commitments) < 8:
            promise = f"将新建第{number}号之{len(commitments) + 1}设施{chance.randint(2, 900)}处"
            commitments.append(promise)
            words += promise + "。"
        paragraphs.append(words.replace("<", "").replace("|", ""))
    head = [
        "---", f'number: "{number}"', f"title: 关于虚构事项{number}的建议", "kind: proposal", f"proposers: [甲{number % 997}]", "respondent: 福田区科技创新局",
        f"date: {year}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}", f"topics: [{', '.join(chance.sample(TOPICS, 3))}]", f"summary: {paragraphs[0][:60]}", "commitments:",
    ]
    head += [f"  - {{id: c{place}, quote: {promise}, action: {promise[1:]}}}" for place, promise in enumerate(commitments, 1)]
    return "\n".join([*head, "---", "", "尊敬的委员：", *(f"\n{words}" for words in paragraphs), "\n福田区科技创新局\n"])


def test_a_new_letter_changes_the_first_pages_of_its_lists(tmp_path: Path) -> None:
    content = tmp_path / "content"
    sentences = read_sentences(None)
    chance = random.Random(9001)
    content.mkdir()
    for name in ("site.yml", "topics.yml", "units.yml", "sessions.yml"):
        (content / name).write_bytes((ROOT / "content" / name).read_bytes())
    for number in range(120):
        year = 2004 + number // 6
        (content / f"letters/{year}").mkdir(parents=True, exist_ok=True)
        (content / f"letters/{year}/{90_000_000 + number}.md").write_text(invent(90_000_000 + number, year, sentences, chance), "utf-8")
    site = content / "site.yml"
    site.write_text(re.sub("page_size: .*", "page_size: 6", site.read_text("utf-8")), "utf-8")
    assert "page_size: 6" in site.read_text("utf-8") and build_site(content, tmp_path / "before").problems == ()
    letter = re.sub(r"date: \S+", "date: 2023-12-31", invent(99_000_001, 2023, sentences, random.Random(9001)))
    letter = letter.replace("福田区科技创新局", "虚构区新设局")  # of another office: statuses stay
    (content / f"{NEW}.md").write_text(letter, "utf-8")
    assert build_site(content, tmp_path / "after").problems == ()
    before, after = read_tree(tmp_path / "before"), read_tree(tmp_path / "after")
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    others = {path for path in changed if not CHANGED.fullmatch(path)}
    letters = {path for path in others if re.fullmatch(r"letters/\d+/\d+/(index\.html|annotations\.jsonld)", path)}  # neighbours, shared passages, related letters
    blocks = {path for path in others - letters if re.search(r"/page/\d+/index\.html$", path)}
    assert others - letters - blocks == set()
    by_list = Counter(path.partition("page/")[0] for path in blocks)
    del by_list["proposers/"]  # an index by number of letters
    assert all(number <= 4 for number in by_list.values()), by_list  # a new block, the one beside it; of a list that is cut the one that falls off, and the last one left
    assert all(_list_rows(before[path]) == _list_rows(after[path]) for path in blocks if path in before and path in after)


def _list_rows(page: bytes) -> list[bytes]:
    return re.findall(rb'<li class="(?:promise|letter-row)".*?</li>', page, re.DOTALL)


def test_the_letters_in_which_an_office_took_part_have_a_list_where_they_are_many(archive: Callable[..., Path]) -> None:
    letters = {f"letters/2020/{number}.md": make_letter(number=f"'{number}'", co_handlers="[旁听局]") for number in range(9001, 9008)}
    content = archive(letters | {"site.yml": "title: 试验档案\ndescription: 只为试验。\npage_size: 3\n"})
    assert build_site(content, content.parent / "public").problems == ()
    folder = content.parent / "public" / "respondents" / "pang-ting-ju"
    pages = [(folder / name).read_text("utf-8") for name in ("index.html", "also/index.html", "also/page/1/index.html")]
    assert [page.count('class="letter-row"') for page in pages] == [3, 4, 3]
    assert 'href="also/"' in pages[0] and "全部7封" in pages[0]


def test_an_indicator_of_many_figures_is_told_in_pages(archive: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_DRAWN", 6)
    figure = "[{quote: 种树九棵, indicator: trees, value: 9, unit: 棵, type: stock, scope: here}]"
    letters = {f"letters/2020/{number}.md": make_letter(number=f"'{number}'", date=f"2020-01-{number - 9000:02d}", figures=figure) for number in range(9001, 9008)}
    indicators = "indicators:\n  - {slug: trees, name: 树, unit: 棵}\nscopes:\n  - {slug: here, name: 某区}\n"
    content = archive(letters | {"indicators.yml": indicators, "site.yml": "title: 试验档案\ndescription: 只为试验。\npage_size: 2\n"})
    assert build_site(content, content.parent / "public").problems == ()
    folder = content.parent / "public" / "indicators" / "trees"
    found = [(folder / name).read_text("utf-8") for name in ("index.html", "page/2/index.html")]
    assert [re.findall(r"letters/2020/(\d+)/#", page) for page in found] == [["9001", "9002", "9003", "9004"], ["9005", "9006", "9007"]]
    assert ["不作图" in page for page in found] == [True, False] and "<svg" not in found[0]
