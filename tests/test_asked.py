"""Links of files that lie there as they were: whatever they ask for that is no longer there is found, without reading the others."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

import dafu.asked
from dafu.asked import Asked, AskedLink, Told, iter_unmet, number_links, pack_links
from dafu.problems import Problem
from dafu.road import Options, build
from tests.making import build_site, make_letter


@pytest.mark.parametrize("together", [5000, 3])
@pytest.mark.parametrize("seed", range(30))
def test_those_that_ask_for_what_is_gone_are_found(seed: int, together: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files with anchors, in groups that ask for one another's; some of the groups made again with fewer."""
    monkeypatch.setattr(dafu.asked, "TOGETHER", together)
    chance = random.Random(seed)
    site = {f"{place}/index.html": [f"p{number}" for number in range(chance.randrange(4))] for place in range(40)}
    names = sorted(site)
    groups = [names[first : first + 2] for first in range(0, len(names), 2)]
    links = {name: [(other := chance.choice(names), chance.choice(["", *site[other]]), "link") for _ in range(chance.randrange(6))] for name in names}
    anew = chance.sample(groups, 4)
    for name in (name for group in anew for name in group):  # what is made again may ask for whatever an editor typed
        links[name] = [(chance.choice(names), chance.choice(["", "p0", "p1", "p2", "p9"]), "link") for _ in range(chance.randrange(4))]
    now = {name: [anchor for anchor in anchors if chance.random() < 0.6] if any(name in group for group in anew) else anchors for name, anchors in site.items()}
    for name in chance.sample(anew[0] + anew[1], 1):
        del now[name]
    asked = [Asked(Told(number_links((link for name in group for link in links[name]), {name: None for name in group if name in now})), group not in anew) for group in groups]
    found = [asked.index(each) for each in iter_unmet(asked, [], [(name, " ".join(anchors).encode()) for name, anchors in now.items()])]
    dead = [place for place, group in enumerate(groups) if any(path not in now or (fragment and fragment not in now[path]) for name in group for path, fragment, _ in links[name])]
    assert found == dead


def test_what_files_ask_of_each_other_is_told_only_where_it_is_not_there() -> None:
    own = {"9/index.html": b" p1 p2 ", "9/index.json": None}
    links = [("9/index.html", "", ""), ("9/index.html", "p1", ""), ("9/index.json", "", ""), ("9/index.html", "p3", ""), ("8/index.html", "p1", ""), ("8.txt", "line=9", "")]
    assert number_links(links[:3], own) == number_links([], own)
    assert sorted(number_links(links, own)) == sorted(number_links(links[3:], dict.fromkeys(own)))


@pytest.mark.parametrize("stretch", [1, 2, 3, 20_000])
def test_links_are_told_and_kept_in_stretches_as_they_are_whole(stretch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    links = [("8/index.html", f"p{number % 5}", f"8/#p{number % 5}") for number in range(9)] + [("7.csv", "", "7.csv")]
    files = {"9.csv": (links, ()), "9.html": (links[:3], ("https://example.org/", "https://example.com/")), "9.txt": ([], ())}
    whole = number_links(links, {"9.csv": None})
    monkeypatch.setattr(dafu.asked, "STRETCH", stretch)
    told = number_links(links, {"9.csv": None})
    assert told[:32] == whole[:32]
    assert {told[place : place + 16] for place in range(32, len(told), 16)} == {whole[place : place + 16] for place in range(32, len(whole), 16)}
    read: dict[str, tuple[list[AskedLink], list[str]]] = {}
    for path, asked, outside in Asked(Told(told, pack_links((path, *each) for path, each in files.items())), is_lying=False).read():
        found = read.setdefault(path, ([], []))
        found[0].extend(asked)
        found[1].extend(outside)
    assert read == {path: (list(asked), list(outside)) for path, (asked, outside) in files.items()}


@pytest.mark.parametrize("anchor", ["p1", "9" * 8, "9" * 9, "九" * 3])
def test_an_anchor_of_any_length_is_told_from_others(anchor: str) -> None:
    asked = [Asked(Told(number_links([("8/index.html", anchor, "")], {})), is_lying=False)]
    assert not list(iter_unmet(asked, ["8/index.html"], [("8/index.html", f" p9 {anchor} ".encode())]))
    assert list(iter_unmet(asked, ["8/index.html"], [("8/index.html", f" p9 {anchor[:-1]} ".encode())])) == asked


def build_again(content: Path) -> tuple[Problem, ...]:
    return build(Options(content=content, output=content.parent / "again", quiet=True)).problems


BODY = "尊敬的甲乙丙委员：\n\n我局将种树九棵。\n\n我局将修路十里。\n\n某某局\n"

CHANGES: dict[str, Callable[[Path], object]] = {
    "a paragraph goes": lambda path: path.write_text(make_letter(BODY.replace("我局将修路十里。\n\n某某局", "某某局"), number='"9002"'), "utf-8"),
    "the letter goes": Path.unlink,
    "the letter becomes a draft": lambda path: path.write_text(make_letter(BODY, number='"9002"', draft="true"), "utf-8"),
}


def test_a_changed_letter_that_asks_for_no_anchor_of_one_that_lies_there_is_told(archive: Callable[..., Path], tmp_path: Path) -> None:
    content = archive({f"letters/2019/{number}.md": make_letter(BODY, number=f'"{number}"', date="2019-05-06") for number in range(9003, 9030)})
    assert build_again(content) == ()
    (content / "letters/2019/9003.md").write_text(make_letter(BODY.replace("修路十里", "修路十里，[见](../9004/#p99)"), number='"9003"', date="2019-05-06"), "utf-8")
    cold = build_site(content, tmp_path / "cold").problems
    assert [problem.code for problem in cold] == ["anchor-dead"]
    assert build_again(content) == cold


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_a_letter_that_lies_there_with_a_dead_link_is_told(archive: Callable[..., Path], tmp_path: Path, change: Callable[[Path], object]) -> None:
    asks = make_letter("尊敬的甲乙丙委员：\n\n我局将种树九棵，[见前](../../2020/9002/#p4)。\n\n某某局\n")
    others = {f"letters/2019/{number}.md": make_letter(number=f'"{number}"', date="2019-05-06") for number in range(9003, 9030)}
    content = archive({"letters/2018/9001.md": asks.replace("2020-05-06", "2018-05-06"), "letters/2020/9002.md": make_letter(BODY, number='"9002"'), **others})
    assert build_again(content) == ()
    change(content / "letters/2020/9002.md")
    cold = build_site(content, tmp_path / "cold").problems
    assert [problem.code for problem in cold] in (["anchor-dead"], ["link-dead"])
    assert build_again(content) == cold
