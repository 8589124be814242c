"""What became of a commitment, by the cases of status.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dafu.catalogue import make_catalogue
from dafu.letter import Commitment, Evidence
from dafu.marks import Outline, iter_outlines
from dafu.memo import Memo
from dafu.problems import Report
from dafu.quotes import Span
from dafu.reading import Letter, read_letter
from dafu.reference import Reference, Site, Unit
from dafu.shelf import Shelf, hear_evidence
from dafu.status import Proof, derive_status, find_proofs, make_lineage
from tests.making import make_letter

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load((Path(__file__).parent / "cases" / "status.yml").read_text("utf-8"))
UNITS = (Unit(slug="old", name="旧局", successor="new"), Unit(slug="new", name="新局"), Unit(slug="other", name="别局"))


def cases(part: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", CASES[part], ids=lambda case: case["title"])


def read(letter_id: str, text: str) -> Letter:
    report = Report(letter_id)
    letter = read_letter(letter_id, text, report)
    assert letter is not None and report.problems == []
    return letter


def promise(*evidence: Evidence, uncheckable: bool = False) -> Outline:
    return next(iter_outlines([Commitment(id="c1", quote="种树", action="种树", uncheckable=uncheckable, evidence=evidence)], ()))


@cases("rule")
def test_rule(case: dict[str, Any]) -> None:
    letter = read("2021/9002", make_letter("甲。\n"))
    proofs = [Proof(Evidence(letter="9002", quote="甲", says=says), letter, Span(0, 1), "甲", "p1") for says in case["says"]]
    assert derive_status(promise(uncheckable=case.get("uncheckable", False)), proofs, case["later"]).code == case["expected"]


@cases("proofs")
def test_proofs_stand_in_the_order_of_time(case: dict[str, Any]) -> None:
    letters = {name: read(f"2021/{name}", make_letter(text, date=str(date or "null"))) for name, date, text in case["letters"]}
    evidence = [Evidence(letter=name, quote=quote, says=says) for name, quote, says in case["evidence"]]
    assert [proof.evidence.says for proof in find_proofs(promise(*evidence), Shelf(letters.values()))] == case["expected"]


@cases("lineage")
def test_lineage_of_offices(case: dict[str, Any]) -> None:
    units = [Unit(slug=slug, name=slug, successor=successor) for slug, successor in case["units"].items()]
    assert {slug: sorted(line) for slug, line in make_lineage(units).items()} == case["expected"]


@cases("borders")
def test_silence_counts_from_the_day_that_the_rule_names(case: dict[str, Any]) -> None:
    commitment = "\n  - {id: c1, quote: 种树, action: 种树}"
    first = read("2020/9001", make_letter("种树。\n", date=str(case.get("promise", "2020-01-01")), respondent="旧局", commitments=commitment))
    others = [read(f"2020/{number}", make_letter("甲。\n", date=str(date), respondent=office))
              for number, (date, office) in enumerate(case["others"], 9002)]
    site = Site(title="试验档案", description="只为试验。", quiet_after_days=case["days"])
    status = next(p.status for p in make_catalogue([first, *others], Reference(site=site, units=UNITS), ()).promises)
    assert [status.code, status.later_held] == case["expected"]


def test_what_another_program_has_heard_is_as_good_as_none(tmp_path: Path) -> None:
    later = make_letter("尊敬的甲乙丙委员：\n\n我局已种树九棵。\n", number='"9002"', date="2021-05-06")
    promising = make_letter(commitments='[{id: c1, quote: 我局将种树九棵, action: 种树, evidence: [{letter: 2021/9002, quote: 已种树九棵, says: done}]}]')
    shelf = Shelf([read("2020/9001", promising), read("2021/9002", later)])
    memo = Memo(tmp_path)
    memo.write("evidence", b"another program, whose values this one doesn't know")
    heard = hear_evidence(shelf, map, memo)
    assert [said.words for said in heard.values()] == ["已种树九棵"]
    assert hear_evidence(shelf, map, memo) == heard == hear_evidence(shelf, map, Memo(None))
