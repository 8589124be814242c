"""Raw letters become fields and a body: every invented letter of `cases/intake/`, the five real ones, and what isn't a letter."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from dafu.intake.convert import convert
from dafu.intake.draft import make_draft, make_record
from dafu.intake.fields import Known
from dafu.intake.raw import RawLetter, read_letters
from dafu.problems import Report
from dafu.reading import Letter, read_letter
from dafu.reference import Reference, Site
from dafu.text import squeeze
from tests.making import ROOT, TESTS

CASES = sorted((TESTS / "cases" / "intake").glob("*.yml"))
FIELDS = ("number", "title", "printed_title", "kind", "session", "proposers", "respondent", "co_handlers", "date", "outcome", "document_number", "contact")
REFERENCE = Reference(site=Site(title="", description=""))


def read_raw_letter(path: Path) -> RawLetter:
    letters = read_letters(convert(path.name, path.read_bytes()), Known())
    assert len(letters) == 1
    return letters[0]


def plain(value: Any) -> Any:
    """A value without white space and markup, however deep."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return re.sub(r"[*#\\]", "", squeeze(value)) if isinstance(value, str) else value


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_fields_are_what_a_reader_sees(case: Path) -> None:
    raw = next(path for path in case.parent.glob(f"{case.stem}.*") if path != case)
    expected = yaml.safe_load(case.read_text("utf-8"))
    record = plain(make_record(make_draft(raw.name, read_raw_letter(raw), REFERENCE)))
    assert {key: record[key] for key in FIELDS} == plain({key: expected[key] for key in FIELDS})
    assert record["body"].startswith(plain(expected["body_start"]))
    assert [words for words in plain(expected["body_must"]) if words not in record["body"]] == []
    assert [words for words in plain(expected["body_never"]) if words in record["body"]] == []
    assert [words for words in plain(expected["noise_must"]) if words not in "".join(record["noise"])] == []


REAL = sorted((ROOT / "content" / "letters").glob("*/*.md"))
KNOWN = Known({form: unit["name"] for unit in yaml.safe_load((ROOT / "content" / "units.yml").read_text("utf-8")) for form in (unit["name"], *unit.get("aliases", []))})


def read_real(path: Path) -> Letter:
    letter = read_letter(f"{path.parent.name}/{path.stem}", path.read_text("utf-8"), Report(path.name))
    assert letter is not None
    return letter


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_a_real_letter_imports_to_what_its_editor_made_of_it(path: Path) -> None:
    letter = read_real(path)
    raw = (TESTS / "raw" / letter.front.source.file).read_text("utf-8").replace("联系人：［已隐去］", "联系人：虚构甲").replace("联系人: ［已隐去］", "联系人: 虚构甲").replace("联系电话: ［已隐去］", "联系电话: 55501234").replace("联系电话：［已隐去］", "联系电话：55501234")
    (found,) = read_letters(raw, KNOWN)
    front = letter.front
    values = {key: finding.value for key, finding in found.findings.items()}
    assert {key: values[key] for key in ("number", "title", "printed_title", "kind", "session", "proposers", "respondent", "co_handlers")} == {
        "number": front.number, "title": front.title, "printed_title": front.printed_title, "kind": front.kind, "session": front.session,
        "proposers": front.proposers, "respondent": front.respondent, "co_handlers": front.co_handlers,
    }
    assert values["date"] == str(front.date)
    assert (values["contact"] is not None) == (front.contact is not None)
    assert plain(found.body) == plain(letter.body.markdown)


def test_a_name_that_differs_in_one_character_is_the_office_that_the_archive_knows() -> None:
    raw = "张九一委员：\n您提出的《关于虚构的提案》收悉，现答复如下：\n我局将种树九棵。\n福田区科创创新局\n2020年8月10日\n"
    (found,) = read_letters(raw, KNOWN)
    assert found.findings["respondent"].value == "福田区科技创新局" and not found.findings["respondent"].is_sure


def test_two_letters_in_one_file_are_two() -> None:
    one = "关于县政协九届一次会议第9001号提案的答复\n\n甲乙丙委员：\n您提出的《关于多种树的提案》收悉，现答复如下：\n我局将种树九棵，并浇水施肥，年底前完成。\n某某县林业局\n2020年5月6日\n"
    other = one.replace("9001", "9002").replace("甲乙丙", "丁戊己").replace("多种树", "多种花").replace("种树九棵", "种花八盆")
    letters = read_letters(one + "\n" + other, Known())
    assert [(letter.findings["number"].value, letter.findings["proposers"].value, "树" in letter.body) for letter in letters] == [("9001", ("甲乙丙",), True), ("9002", ("丁戊己",), False)]


def test_a_letter_printed_twice_is_one() -> None:
    text = (TESTS / "cases" / "intake" / "a01.txt").read_text("utf-8")
    (letter,) = read_letters(text + "\n" + text, Known())
    (once,) = read_letters(text, Known())
    assert letter.is_doubled and letter.body == once.body and len(squeeze("".join(letter.noise))) > 0.8 * len(squeeze(text))


@pytest.mark.parametrize("text", ["今天天气很好，我们去公园种树。", "联系人：张三\n电话：1234567\n", "2020年5月6日\n某某局\n", "会议通知\n各科室：\n请于明日参会。\n办公室\n2020年5月6日"])
def test_what_is_no_letter_is_none(text: str) -> None:
    assert read_letters(text, Known()) == []


def test_traditional_characters_are_kept_and_understood() -> None:
    raw = "關於對縣政協九屆一次會議第9001號提案的答覆\n\n尊敬的張九一委員：\n您提出的《關於多種樹的提案》收悉，會同縣財政局研究，現答覆如下：\n我局將種樹九棵。\n特此答覆。\n某某縣林業局\n中華民國一百零七年五月三日\n聯絡人：陳九 電話：5550123\n"
    (found,) = read_letters(raw, Known())
    values = {key: finding.value for key, finding in found.findings.items()}
    assert (values["number"], values["title"], values["kind"], values["session"]) == ("9001", "關於多種樹的提案", "proposal", "縣政協九屆一次會議")
    assert (values["proposers"], values["respondent"], values["co_handlers"], values["date"]) == (("張九一",), "某某縣林業局", ("縣財政局",), "2018-05-03")
    assert "我局將種樹九棵" in found.body and "陳九" not in found.body


def test_a_day_of_which_month_and_year_are_printed_is_open() -> None:
    raw = "张九一委员：\n您提出的《关于虚构的提案》收悉，现答复如下：\n我局将种树九棵。\n某某县林业局\n2025年3月\n"
    record = make_record(make_draft("raw.txt", read_letters(raw, Known())[0], REFERENCE))
    assert record["date"] == "2025-03" and "date" in record["open"]


def test_what_is_not_printed_is_null_and_never_guessed() -> None:
    raw = "张九一委员：\n您提出的建议收悉，根据国办发〔2018〕28号文件，现答复如下：\n我局将种树九棵，成立于2019年3月4日的专班负责。\n某某县林业局\n2023年  月  日\n"
    record = make_record(make_draft("raw.txt", read_letters(raw, Known())[0], REFERENCE))
    assert {key: record[key] for key in ("number", "printed_title", "session", "date", "outcome", "document_number", "contact")} == dict.fromkeys(("number", "printed_title", "session", "date", "outcome", "document_number", "contact"))
    assert "date" in record["open"]
