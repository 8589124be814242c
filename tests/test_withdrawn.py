"""A withdrawn letter leaves a short notice at its permalink, and nothing anywhere else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from dafu.data import make_letter_schema
from dafu.archive import read_archive
from dafu.options import Options
from tests.making import build_site, make_letter, read_tree

Archive = Callable[..., Path]
LEFT = "{date: 2021-01-02, reason: 应当事人请求}"
STUB = f"---\nwithdrawn: {LEFT}\n---\n"
GONE = "letters/2020/9001.md"
WORDS = "我局将在大湖东岸的空地上再种树九棵并请街坊一同照看它们。"


def told(content: Path) -> list[tuple[str, str]]:
    """Code and mend of each problem."""
    found = read_archive(Options(content=content, output=Path("none"), use_cache=False))
    return [(problem.code, problem.mend) for problem in found.problems]


def test_withdrawn_alone_is_enough(archive: Archive, tmp_path: Path) -> None:
    assert build_site(archive({GONE: STUB}), tmp_path / "public").problems == ()
    assert [path for path in read_tree(tmp_path / "public") if path.startswith("letters/2020/")] == ["letters/2020/9001/index.html"]


def test_a_stub_and_the_whole_letter_leave_the_same_site(archive: Archive, tmp_path: Path) -> None:
    for name, text in {"whole": make_letter(WORDS, withdrawn=LEFT), "stub": STUB}.items():
        assert build_site(archive({GONE: text, "letters/2021/9002.md": make_letter(WORDS, number="9002", date="2021-05-06", respondent="别局", proposers="[丁]")}), tmp_path / name).problems == ()
    assert read_tree(tmp_path / "whole") == read_tree(tmp_path / "stub")


@pytest.mark.parametrize(("text", "codes"), [
    (STUB.replace(", reason: 应当事人请求", ""), ["key-missing"]),
    (STUB.replace(LEFT, "null"), ["body-empty", "key-missing", "key-missing", "key-missing", "year-folder"]),
    (STUB.replace("---\n", "---\nsource: {colour: 绿}\n", 1), ["key-unknown"]),
    (STUB.replace("---\n", "---\nkind: letter\n", 1), ["value-choice"]),
    (STUB + "\n<b>甲</b>\n", ["body-html", "body-html"]),
])
def test_what_a_stub_has_is_checked(text: str, codes: list[str], archive: Archive) -> None:
    assert sorted(code for code, _ in told(archive({GONE: text}))) == codes


def test_the_schema_takes_a_stub_and_no_letter_without_its_keys() -> None:
    jsonschema.validate({"withdrawn": {"date": "2021-01-02", "reason": "甲"}}, make_letter_schema())
    for record in ({}, {"withdrawn": None}, {"number": "9001"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(record, make_letter_schema())


@pytest.fixture
def left(archive: Archive, tmp_path: Path) -> dict[str, bytes]:
    """The site before which a letter was withdrawn that alone had its people, topic, policy, figures, number and words in common with another."""
    published = make_letter(
        f"{WORDS}详见《独有办法》。", title="独有的题名", proposers="[独有人]", respondent="独有局", co_handlers="[独有会办]", session="独有会议", topics="[trees]", summary="独有的摘要",
        commitments="[{id: c1, quote: 再种树九棵, action: 独有的承诺, thread: grove}]", figures="[{quote: 九棵, indicator: planted, value: 9, unit: 棵, type: flow}]", notes="[{quote: 街坊, note: 独有的注}]",
    )
    others = {"letters/2021/9002.md": make_letter(f"{WORDS}大树林。", number="9002", date="2021-05-06"), "indicators.yml": "indicators:\n  - {slug: planted, name: 种树, unit: 棵}\n",
              "threads/grove.md": "---\ntitle: 大树林\nkind: place\nnames: [{name: 大树林, relation: same}]\n---\n\n说明。\n"}
    assert build_site(archive({GONE: published} | others), tmp_path / "public").problems == ()
    before = read_tree(tmp_path / "public")
    assert {"letters/2020/9001/index.json", "letters/2020/9001/cite.bib", "proposers/du-you-ren/index.html"} <= before.keys() and b"2020/9001" in before["letters/2021/9002/index.html"]
    assert build_site(archive({GONE: published.replace("---\n", f"---\nwithdrawn: {LEFT}\n", 1)}), tmp_path / "public").problems == ()
    return read_tree(tmp_path / "public")


def test_a_rebuild_takes_everything_away_but_the_notice(left: dict[str, bytes]) -> None:
    assert [path for path in left if "9001" in path or "du-you" in path] == ["letters/2020/9001/index.html"]
    assert [path for path, data in left.items() if "独有".encode() in data] == []


def test_nothing_leads_to_the_notice(left: dict[str, bytes]) -> None:
    notice = left.pop("letters/2020/9001/index.html")
    assert [path for path, data in left.items() if b"2020/9001" in data or b"2020-9001" in data] == []
    assert "2021年1月2日" in notice.decode() and "应当事人请求" in notice.decode()


def test_the_notice_is_kept_out_of_search_engines_and_names_nobody(left: dict[str, bytes]) -> None:
    notice = left["letters/2020/9001/index.html"].decode()
    assert '<meta name="robots" content="noindex">' in notice and "citation_" not in notice and 'rel="alternate"' not in notice
    linked = json.loads(notice.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    assert [item["name"] for item in linked["itemListElement"]] == ["试验档案", "本页已撤下"]


EVIDENCE = "[{id: c1, quote: 九棵, action: 种树, evidence: [{letter: '9001', quote: 早已不在的话, says: done}]}]"


def test_evidence_of_a_withdrawn_letter_says_what_to_do_and_quotes_nothing_of_it(archive: Archive) -> None:
    for gone in (STUB, make_letter("早就不在的话。", withdrawn=LEFT)):
        (code, mend), = told(archive({GONE: gone, "letters/2019/9003.md": make_letter(number="9003", date="2019-05-06", commitments=EVIDENCE)}))
        assert (code, mend) == ("letter-unpublished", "Take the reference away, with whatever words it quotes: nothing of a withdrawn letter may stand elsewhere.")


def test_a_second_reply_stands_alone_once_the_first_is_withdrawn(archive: Archive) -> None:
    first, second = make_letter(withdrawn=LEFT), make_letter(date="2020-06-07", replies_to='"9001"')
    assert [code for code, _ in told(archive({GONE: first, "letters/2020/9001-2.md": second}))] == ["letter-unpublished"]
    assert told(archive({"letters/2020/9001-2.md": make_letter(date="2020-06-07")})) == []


def test_a_thread_of_which_only_a_withdrawn_letter_spoke_is_a_problem(archive: Archive) -> None:
    thread = "---\ntitle: 大湖\nkind: place\nnames: [{name: 大湖, relation: same}]\n---\n\n说明。\n"
    assert [code for code, _ in told(archive({GONE: make_letter(WORDS, withdrawn=LEFT), "threads/lake.md": thread}))] == ["thread-unmentioned"]
