"""What raw letters set as traps: contact persons in every guise, twins that are no copies, figures that are no page's number, texts that are no reply."""

from __future__ import annotations

from pathlib import Path

import pytest

from dafu.intake.desk import Desk, Placed, RawFile
from dafu.intake.fields import Known
from dafu.intake.marks import find_number
from dafu.intake.raw import RawLetter, read_letters
from dafu.personal import find_personal
from dafu.problems import Report
from dafu.reading import DRAFT_OPEN, read_letter
from dafu.reference import Reference, Site
from tests.making import TESTS, make_letter

REFERENCE = Reference(site=Site(title="", description=""))


def write_letter(before: str = "", after: str = "", *, number: str = "9001", name: str = "甲乙丙", title: str = "关于多种树的提案", unit: str = "某某县林业局") -> str:
    return f"关于县政协九届一次会议第{number}号提案的答复\n\n{name}委员：\n您提出的《{title}》收悉，现答复如下：\n我局已种树九棵，计划年底前再种八棵，并浇水施肥。\n{before}\n{unit}\n2020年5月6日\n{after}\n"


def read_one(raw: str) -> RawLetter:
    (letter,) = read_letters(raw, Known())
    return letter


CONTACTS = (
    "联系人：陈九久 电话：55501234", "(联系人:陈九久,55501234)", "联系人陈九久，电话55501234", "联系人　陈九久　电话　55501234", "【联系人】陈九久", "联络员：陈九久 55501234", "经办人员：陈九久",
    "业务联系人：陈九久 电话：55501234", "具体负责人：陈九久，科长，55501234", "主办科室及电话：养老科 陈九久 55501234", "联系人：\n陈九久\n联系电话：\n55501234", "陈九久（联系电话：55501234）",
    "如您对答复有疑问，请与陈九久联系，电话：55501234。", "请拨打0755-55501234与陈九久同志联系。", "我局将指定专人（联系人：陈九久，电话13800001234）跟进。", "聯絡人：陈九久 55501234",
    "| 联系人 | 陈九久 | 联系电话 | 55501234 |", "咨询电话：55501234（陈九久）", "承 办 人：陈九久　　联系电话：55501234", "（校办联系人：陈九久；联系电话：55501234）",
)


@pytest.mark.parametrize("is_before", [True, False])
@pytest.mark.parametrize("line", CONTACTS)
def test_no_contact_person_comes_into_a_draft(line: str, is_before: bool) -> None:
    raw = write_letter(before=line) if is_before else write_letter(after=line)
    (placed,) = Desk([], REFERENCE).take_in(RawFile("raw.txt", raw.encode()))
    assert isinstance(placed, Placed)
    assert [word for word in ("陈九久", "55501234", "13800001234") if word in placed.text] == []
    assert "陈九久" in "".join(placed.draft.letter.noise)


@pytest.mark.parametrize("raw", sorted(path for path in (TESTS / "cases" / "intake").iterdir() if path.suffix != ".yml"), ids=lambda path: path.stem)
def test_the_check_finds_nothing_personal_in_a_draft(raw: Path) -> None:
    placed = Desk([], REFERENCE).take_in(RawFile(raw.name, raw.read_bytes()))
    assert [find_personal(each.text) for each in placed if isinstance(each, Placed)] == [[]]


def test_a_contact_that_is_hidden_already_stays_hidden() -> None:
    (placed,) = Desk([], REFERENCE).take_in(RawFile("raw.txt", write_letter(before="我局在［已隐去］小区种树。", after="（联系人：［已隐去］）").encode()))
    assert isinstance(placed, Placed)
    assert "contact: withheld" in placed.text and "# ? why it is hidden" in placed.text


def test_replies_of_one_wording_to_two_people_are_two() -> None:
    raw = write_letter() + "\n" + write_letter(number="9002", name="丁戊己", title="关于多种花的提案")
    assert [letter.findings["number"].value for letter in read_letters(raw, Known())] == ["9001", "9002"]


def test_letters_of_one_day_without_number_and_title_are_two() -> None:
    one = "甲乙丙委员：\n您的提案收悉，现答复如下：\n我局已种树九棵。\n某某县林业局\n2020年5月6日\n"
    other = one.replace("甲乙丙", "丁戊己").replace("林业局", "水利局")
    desk = Desk([], REFERENCE)
    placed = [result for raw in (one, other, one) for result in desk.take_in(RawFile("raw.txt", raw.encode()))]
    assert [(each.id, each.taken is None) for each in placed if isinstance(each, Placed)] == [("2020/n0506a", True), ("2020/n0506b", True), ("2020/n0506a", False)]


def test_figures_in_a_table_are_no_page_numbers() -> None:
    letter = read_one(write_letter(before="| 年份 | 床位 |\n|---|---|\n| 2021 | 300 |\n| 2022 | 42 |"))
    assert "| 2021 | 300 |" in letter.body and "| 2022 | 42 |" in letter.body


def test_numbers_that_count_pages_go_and_others_stay() -> None:
    paged = "第一页的话很长很长很长很长很长很长很长很长，说到这里还没有\n1\n说完，第二页的话也很长很长很长很长很长很长，接着说到\n2\n这里。"
    assert "还没有说完，第二页的话也很长很长很长很长很长很长，接着说到这里。" in read_one(write_letter(before=paged)).body
    assert "300" in read_one(write_letter(before="床位\n300\n张数\n42")).body


@pytest.mark.parametrize(
    "text",
    [
        "关于加强社区养老服务的建议\n提案人：甲乙丙\n近年来，老年人口增加。为此建议：\n一、新建养老站九家。\n2020年5月6日\n",
        "市政协召开提案办理工作推进会\n本报讯 昨日，市政协召开提案办理工作推进会，要求各单位提高办理质量。记者从会上获悉，全年共办理提案九件。\n2020年5月6日\n",
        "关于交办县政协九届一次会议第9001号提案的函\n县林业局：\n现将甲乙丙委员提出的提案转交你局办理，请你局于6月底前办理并答复委员。\n县政府办公室\n2020年5月6日\n",
    ],
)
def test_what_is_about_proposals_but_no_reply_is_refused(text: str) -> None:
    assert read_letters(text, Known()) == []


@pytest.mark.parametrize(
    "heading, number",
    [
        ("关于第145号、146号提案的答复", "145、146"), ("关于第甲字12号提案的答复", "甲字12"), ("关于第2023-A012号提案的答复", "2023-A012"), ("关于第〔2021〕-12号提案的答复", "〔2021〕-12"),
        ("关于第十二号提案的答复", "十二"), ("关于第１２３号提案的答复", "１２３"), ("关于落实国办发〔2018〕28号文件的提案的答复", None),
    ],
)
def test_numbers_are_as_printed(heading: str, number: str | None) -> None:
    assert find_number(heading, is_heading=True) == number


def test_a_number_in_full_width_digits_names_the_file() -> None:
    (placed,) = Desk([], REFERENCE).take_in(RawFile("raw.txt", write_letter(number="９００１").encode()))
    assert isinstance(placed, Placed) and placed.id == "2020/9001"


def test_a_sentence_with_a_numeral_is_no_heading() -> None:
    body = read_one(write_letter(before="（一）关于种树。\n已经种下许多。\n（二）我局将进一步完善政策，力争年底前出台条例。\n（三）我局将再建公园，方便大家休息。")).body
    assert "### （一）关于种树。" in body and "\n（二）我局将" in body.replace("**", "")


def test_traditional_letters_have_candidates() -> None:
    raw = "張九一委員：\n您提出的《關於多種樹的提案》收悉，現答覆如下：\n我局將加快建設社區食堂九家。\n某某縣民政局\n2020年5月6日\n"
    (placed,) = Desk([], REFERENCE).take_in(RawFile("raw.txt", raw.encode()))
    assert isinstance(placed, Placed)
    assert "quote: 我局將加快建設社區食堂九家" in placed.text


def test_an_open_mark_is_shown_in_a_draft_and_stops_a_letter() -> None:
    for draft, code in (("true", DRAFT_OPEN), ("false   # ? really", "open-mark")):
        report = Report("letter")
        read_letter("2020/9001", make_letter(draft=draft, session="null   # ? which"), report)
        assert {problem.code for problem in report.problems} == {code}
