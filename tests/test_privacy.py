"""Personal data is refused wherever it is typed; what stays hidden is in no file of the site, whatever the file is packed in."""

from __future__ import annotations

import gzip
import html
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from dafu.cli import PROBLEMS, main
from dafu.letter import FrontMatter
from dafu.records import Record, RecordOf, iter_keys
from dafu.reference import Indicator, PageHead, Policy, Scope, Session, Site, Thread, Topic, Unit
from dafu.archive import read_archive
from dafu.options import Options
from dafu.shapes import ListOf, MapOf, Shape
from tests.making import build_site, inflate, make_letter, read_tree

Archive = Callable[..., Path]
PLANTS = {"mobile-number": "13800009001", "identity-number": "440303199001010010", "contact-body": "联系人：甲某某"}
PEOPLE = ("13800009001", "440303199001010010", "甲某某")


def iter_planted(shape: Shape, plant: str) -> Iterator[tuple[str, Any]]:
    """Every value of a shape in which one scalar is the plant, with the way to it."""
    if isinstance(shape, ListOf):
        yield from ((f"[]{way}", [value]) for way, value in iter_planted(shape.item, plant))
    elif isinstance(shape, RecordOf):
        yield from iter_planted_records(shape.cls, plant)
    elif isinstance(shape, MapOf):
        yield from ((f".*{way}", {"甲": value}) for way, value in iter_planted(shape.values, plant))
        yield ".key", {plant: "甲"}
    else:
        yield "", plant


def iter_planted_records(cls: type[Record], plant: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, known in iter_keys(cls).items():
        yield from ((f".{name}{way}", {name: value}) for way, value in iter_planted(known.metadata["shape"], plant))


def as_yaml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


HEADS = {"threads": Thread, "pages": PageHead}
LISTS = {"topics": Topic, "units": Unit, "sessions": Session, "policies": Policy}


def iter_files(plant: str) -> Iterator[tuple[str, str, str]]:
    """Every text of every kind of content with a plant in it: the way to it, the file's name, the file."""
    for number, (way, record) in enumerate(iter_planted_records(FrontMatter, plant), 9001):
        key = next(iter(record))
        yield f"letter{way}", f"letters/2020/{number}.md", make_letter(**({"number": str(number)} | {key: as_yaml(record[key])}))
    for kind, cls in HEADS.items():
        yield from ((f"{kind}{way}", f"{kind}/甲.md", f"---\n{as_yaml(record)[1:-1]}\n---\n\n乙。\n") for way, record in iter_planted_records(cls, plant))
        yield f"{kind} body", f"{kind}/甲.md", f"---\ntitle: 甲\n---\n\n乙。\n\n- {plant}\n"
    for name, cls in LISTS.items():
        yield from ((f"{name}{way}", f"{name}.yml", f"- {as_yaml(record)}\n") for way, record in iter_planted_records(cls, plant))
    for name, cls in {"indicators": Indicator, "scopes": Scope}.items():
        yield from ((f"{name}{way}", "indicators.yml", f"{name}:\n  - {as_yaml(record)}\n") for way, record in iter_planted_records(cls, plant))
    yield from ((f"site{way}", "site.yml", as_yaml(record)[1:-1] + "\n") for way, record in iter_planted_records(Site, plant))
    for state in ("draft: true", "withdrawn: {date: 2021-01-01, reason: 误发}", "kind: proposal"):
        yield f"body, {state}", "letters/2020/9001.md", make_letter(f"甲乙丙委员：\n\n我局种树。{plant}。\n") .replace("kind: proposal", state)
    yield "comment", "letters/2020/9001.md", make_letter(draft=f"true   # ? {plant}")
    yield "comment in settings", "topics.yml", f"# {plant}\n- {{slug: trees, name: 树木}}\n"
    yield "table", "letters/2020/9001.md", make_letter(f"| 甲 | 乙 |\n| --- | --- |\n| 丙 | {plant} |\n")


NUMBERS = (".number", ".letter", ".replies_to", "document_number")
"""Where digits are the number of a proposal or a document."""
CASES = [(code, way, name, text) for code, plant in PLANTS.items() for way, name, text in iter_files(plant) if code != "mobile-number" or not way.endswith(NUMBERS)]


def test_every_kind_of_content_is_planted() -> None:
    assert len(CASES) > 300 and {"letter.source.note", "letter.commitments[].evidence[].quote", "site.publish.*.to", "threads.names[].ground"} <= {way for _, way, _, _ in CASES}


@pytest.mark.parametrize("code", PLANTS)
def test_personal_data_is_refused_with_its_place(code: str, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = []
    for _, way, name, text in (case for case in CASES if case[0] == code):
        content = archive({name: text})
        monkeypatch.chdir(content)
        found = read_archive(Options(content=content, output=Path("none"), use_cache=False)).problems
        (content / name).unlink()
        start = text.index(PLANTS[code]) + PLANTS[code].find("甲") % (len(PLANTS[code]) + 1) * (code == "contact-body")
        spot = (text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))
        if [(problem.path, problem.line, problem.column) for problem in found if problem.code == code] != [(name, *spot)]:
            wrong.append(way)
        if any(person in str(problem) + str(problem.value) for person in PEOPLE for problem in found):
            wrong.append(f"{way} is repeated")
    assert wrong == []


def test_nothing_is_written_and_nothing_is_repeated(archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = archive({"letters/2020/9001.md": make_letter(date="13800009001", contact="{name: 甲某某}", notes="[{quote: 联系人：甲某某, note: 甲}]")})
    for form in ("text", "json"):
        assert main(["build", "--content", str(content), "--output", str(tmp_path / "public"), "--no-cache", "--format", form]) == PROBLEMS
        shown = capsys.readouterr()
        told = shown.out.encode().decode("unicode_escape") if form == "json" else shown.err
        assert [person for person in PEOPLE if person in told] == [] and "contact-open" in told and "mobile-number" in told
    assert not (tmp_path / "public").exists()


def test_the_archive_itself_can_be_written_to(archive: Archive, tmp_path: Path) -> None:
    site = "title: 试验档案\ndescription: 只为试验。\ncontact: {name: 编辑部, email: 13800009001@example.org}\n"
    page = "---\ntitle: 关于\n---\n\n联系方式：editor@example.org\n"
    assert build_site(archive({"site.yml": site, "pages/about.md": page, "letters/2020/9001.md": make_letter()}), tmp_path / "public").problems == ()


# What may be planted, because it is published nowhere.

_RARE = [chr(code) for code in range(0x3D00, 0x4DB0)]


class Planter:
    """Makes words of which no character stands anywhere else."""

    def __init__(self) -> None:
        self.planted: list[str] = []

    def __call__(self) -> str:
        place = 3 * len(self.planted)
        self.planted.append("".join(_RARE[place : place + 3]))
        return self.planted[-1] + f" Qzxj{len(self.planted):03d}"


def plant_letter(plant: Planter, number: str, **keys: str) -> str:
    """A letter with a plant in each of its texts."""
    said = plant()
    texts = {"title": plant(), "printed_title": plant(), "session": plant(), "respondent": plant(), "document_number": plant(), "summary": plant()}
    return make_letter(
        f"{plant()}委员：\n\n## 一、{plant()}\n\n我局{said}，详见《{plant()}》。**{plant()}。**\n\n| {plant()} |\n| --- |\n| {plant()} |\n\n{plant()}［已隐去］\n",
        **({"number": number, "proposers": f"[{plant()}, {plant()}]", "co_handlers": f"[{plant()}]", "topics": "[trees]", "contact": "withheld", **texts, **keys}),
        source=f"{{file: {plant()}, url: 'https://example.org/{number}', note: {plant()}}}", redactions=f"[{{nth: 1, reason: {plant()}}}]", revisions=f"[{{date: 2020-06-06, note: {plant()}}}]",
        commitments=f"[{{id: c1, quote: {said}, action: {plant()}, owners: [{plant()}], thread: grove}}]", notes=f"[{{quote: {said}, note: {plant()}}}]",
        corrections=f"[{{quote: {said}, reading: {plant()}, type: typo, note: {plant()}}}]", citations=f"[{{quote: {said}, title: {plant()}, issuer: {plant()}}}]",
        outcome=f"{{grade: {plant()}, scheme: {plant()}}}   # {plant()}",
        figures=f"[{{quote: {said}, indicator: planted, value: 9, unit: 棵, type: stock, period: {{stated: 2020-05-06}}}}]",
    )


SHARED = "我局将在大湖东岸的空地上再种树九棵并请街坊一同照看它们。"
OPEN = {
    "letters/2020/9001.md": make_letter(f"甲乙丙委员：\n\n{SHARED}大树林一期。\n\n（联系人：［已隐去］）\n", contact="withheld", topics="[trees]", summary="龘龘之事",
                                        redactions="[{nth: 1, reason: 联系人}]", commitments="[{id: c1, quote: 再种树九棵, action: 种树, thread: grove}]"),
    "letters/2019/9005.md": make_letter(number="9005", date="2019-05-06"),
    "threads/grove.md": "---\ntitle: 大树林\nkind: place\nnames: [{name: 大树林, relation: same}]\n---\n\n说明。\n",
    "indicators.yml": "indicators:\n  - {slug: planted, name: 种树, unit: 棵}\n",
}


def plant_archive(plant: Planter) -> dict[str, str]:
    """An archive with plants in all that isn't published: a withdrawn letter, a draft, comments, addresses of hosts."""
    gone = plant_letter(plant, "9002", withdrawn="{date: 2021-01-01, reason: 应当事人请求}").replace("\n\n##", f"\n\n{SHARED}\n\n##")
    return OPEN | {
        "letters/2020/9002.md": gone,
        "letters/2020/9003.md": plant_letter(plant, "9003", draft="true") + SHARED,
        "letters/2020/9001.md": OPEN["letters/2020/9001.md"].replace("kind: proposal", f"kind: proposal   # {plant()}"),
        "site.yml": f"title: 试验档案   # {plant()}\ndescription: 只为试验。\npublish:\n  box: {{kind: rsync, to: {plant()}}}\n",
        "topics.yml": f"# {plant()}\n- {{slug: trees, name: 树木}}\n",
    }


STUB = "---\nwithdrawn: {date: 2021-01-01, reason: 应当事人请求}\n---\n"


def read_decoded(name: str, data: bytes) -> str:
    """All that a file says, however it is packed and escaped; of a shard its grams' units."""
    while name.endswith((".gz", ".br")):
        data, name = gzip.decompress(data) if name.endswith(".gz") else pytest.importorskip("brotli").decompress(data), name[:-3]
    data = inflate(data) if name.endswith(".bin") else data
    if re.fullmatch(r"search/data/[0-9a-f]{4}-[0-9a-f]{6}\.bin", name):
        data = data[8 : 8 + 2 * int.from_bytes(data[:4], "little")].decode("utf-16-le", "replace").encode()
    text = data[1:].decode("gb18030", "replace") if name.endswith("/search.bin") and data[:1] == b"G" else data.decode("utf-8", "replace")
    escaped = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)
    return "\0".join((name, unquote(name), text, escaped, html.unescape(text), unquote(text))).casefold()


def find_words(site: Path, words: list[str]) -> set[str]:
    """Which of some words stand in which file."""
    decoded = {name: read_decoded(name, data) for name, data in read_tree(site).items()}
    return {f"{name}: {word}" for name, text in decoded.items() for word in words if word.casefold() in text}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, list[str]]:
    """The site of the archive with plants, that of one in which the withdrawn letter is a stub and nothing else is hidden, and the plants."""
    folder, plant = tmp_path_factory.mktemp("planted"), Planter()
    trees = {"full": plant_archive(plant), "bare": OPEN | {"letters/2020/9002.md": STUB, "site.yml": "title: 试验档案\ndescription: 只为试验。\n", "topics.yml": "- {slug: trees, name: 树木}\n"}}
    for name, files in trees.items():
        for path, text in files.items():
            (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / name / path).write_text(text, "utf-8")
        assert build_site(folder / name, folder / f"{name} site").problems == ()
    return folder / "full site", folder / "bare site", plant.planted


def test_what_is_hidden_is_in_no_file(planted: tuple[Path, Path, list[str]]) -> None:
    site, _, plants = planted
    assert len(plants) > 60 and find_words(site, [*"".join(plants), *plants, "qzxj", "ｑｚｘｊ"]) == set()


def test_the_search_for_what_is_hidden_finds_what_is_shown(planted: tuple[Path, Path, list[str]]) -> None:
    found = {re.sub(r"[0-9a-f]{6,}|: 龘", "", each) for each in find_words(planted[0], ["龘"])}
    assert {"letters/2020/9001/index.html", "letters/2020/9001/index.json", "letters/2020/9001/search.bin", "data/letters.json", "data/letters.csv", "feed.xml"} <= found
    assert any(each.startswith("search/data/") for each in found)


def test_hiding_and_leaving_out_make_the_same_site(planted: tuple[Path, Path, list[str]]) -> None:
    full, bare = read_tree(planted[0]), read_tree(planted[1])
    assert [name for name in sorted(full.keys() | bare.keys()) if full.get(name) != bare.get(name)] == []


@pytest.mark.parametrize(("ending", "module"), [("gz", "gzip"), ("br", "brotli")])
def test_a_packed_file_is_looked_into(ending: str, module: str) -> None:
    assert "龘" in read_decoded(f"a.html.{ending}", pytest.importorskip(module).compress("龘".encode()))


def test_with_the_switch_on_a_contact_stands_in_its_page_alone(archive: Archive, tmp_path: Path) -> None:
    site = "title: 试验档案\ndescription: 只为试验。\npublish_contacts: true\n"
    content = archive({"site.yml": site, "letters/2020/9001.md": make_letter(contact="{name: 㵘㵘, phone: 0900-90019001}")})
    assert build_site(content, tmp_path / "public").problems == ()
    assert find_words(tmp_path / "public", ["㵘", "90019001"]) == {"letters/2020/9001/index.html: 㵘", "letters/2020/9001/index.html: 90019001"}


def test_with_the_switch_on_a_contact_line_stays_and_an_identity_number_does_not(archive: Archive) -> None:
    site = "title: 试验档案\ndescription: 只为试验。\npublish_contacts: true\n"
    content = archive({"site.yml": site, "letters/2020/9001.md": make_letter("九棵。\n\n（联系人：甲某某，13800009001）\n\n440303199001010010\n")})
    assert [problem.code for problem in read_archive(Options(content=content, output=Path("none"), use_cache=False)).problems] == ["identity-number"]
