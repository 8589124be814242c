"""The first five letters as the archive gives them to the world."""

from __future__ import annotations

import csv
import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def letters(site: Path) -> list[dict[str, Any]]:
    return json.loads((site / "data" / "letters.json").read_text("utf-8"))


def test_letters_stand_newest_first(letters: list[dict[str, Any]]) -> None:
    assert [(letter["id"], letter["number"], letter["date"]) for letter in letters] == [
        ("2023/2023103", "2023103", "2023-10-16"),
        ("2023/2023005", "2023005", "2023-10-08"),
        ("2021/jy20210042", "JY20210042", "2021-06-21"),
        ("2020/ta20200005", "TA20200005", "2020-08-10"),
        ("2018/20180136", "20180136", "2018-05-10"),
    ]


def test_who_asked_and_who_helped(letters: list[dict[str, Any]]) -> None:
    by_number = {letter["number"]: letter for letter in letters}
    assert len(by_number["2023103"]["proposers"]) == 18
    assert by_number["2023103"]["proposers"][1:3] == ["胡刚", "胡刚"]
    assert by_number["2023005"]["co_handlers"] == ["区委组织部", "区发改局", "区文体旅游局", "区金融局", "合作区建设发展事务署"]
    assert [letter["kind"] for letter in letters] == ["proposal", "proposal", "suggestion", "proposal", "proposal"]


def test_every_commitment_quotes_its_letter_exactly(letters: list[dict[str, Any]]) -> None:
    quotes = [(letter["id"], commitment["quote"]) for letter in letters for commitment in letter["commitments"] if commitment["quote"] not in letter["text"]]
    assert quotes == []
    assert sum(len(letter["commitments"]) for letter in letters) >= 190


def test_statuses_rest_on_words_of_later_letters(letters: list[dict[str, Any]]) -> None:
    text = {letter["id"].split("/")[1]: letter for letter in letters}
    for letter in letters:
        for commitment in letter["commitments"]:
            for evidence in commitment["evidence"]:
                later = text[evidence["letter"]]
                assert later["date"] > letter["date"]
                assert "".join(evidence["quote"].split()) in "".join(later["text"].split())


def test_each_letter_has_two_to_five_topics(letters: list[dict[str, Any]]) -> None:
    assert all(2 <= len(letter["topics"]) <= 5 for letter in letters)


def test_contact_persons_stand_nowhere(site: Path, letters: list[dict[str, Any]]) -> None:
    assert all("contact" not in letter for letter in letters)
    hidden = [letter["id"] for letter in letters if "（联系人：［已隐去］）" in letter["text"]]
    assert hidden == ["2023/2023103", "2023/2023005", "2020/ta20200005"]


def test_register_as_a_table(site: Path, letters: list[dict[str, Any]]) -> None:
    data = (site / "data" / "commitments.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(data.decode("utf-8-sig").splitlines()))
    expected = [(letter["id"], commitment["id"], commitment["status"]) for letter in letters for commitment in letter["commitments"]]
    assert [(row["letter"], row["id"], row["status"]) for row in rows] == expected


CORRECTED = {
    "2018/20180136": ["经济新增长点和拓展产业空间", "深汕合作区高效转化"],
    "2020/ta20200005": ["总建筑面积约23万平方米，地上由", "分中心的基础上", "福田区科技创新局"],
    "2023/2023005": ["重点科研机构和顶尖企业研发中心", "粤港澳大湾区量子科学中心"],
}


@pytest.mark.parametrize(("letter_id", "readings"), CORRECTED.items(), ids=CORRECTED)
def test_slips_are_mended_in_the_reading_text_only(letters: list[dict[str, Any]], letter_id: str, readings: list[str]) -> None:
    letter = next(letter for letter in letters if letter["id"] == letter_id)
    text = letter["text"]
    for correction in letter["corrections"]:
        assert correction["quote"] in text
        text = text.replace(correction["quote"], correction["reading"], 1)
    for reading in readings:
        assert reading in text
        if reading != "粤港澳大湾区量子科学中心":
            assert letter["text"].count(reading) < text.count(reading)


DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
TIMES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}


def read_numbers(words: str) -> set[Fraction]:
    """Every number that some words print, in Arabic or Chinese digits."""
    found = {Fraction(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", words)}
    runs = re.findall(f"[{''.join(DIGITS)}{''.join(TIMES)}]+", words)
    for run in {part for run in runs for part in (run, run.rstrip("万亿"))}:
        total, last = 0, 0
        for char in run:
            total, last = (total + (last or 1) * TIMES[char], 0) if char in TIMES else (total, DIGITS[char])
        found.add(Fraction(total + last))
    return found


def test_every_figure_and_measure_is_the_number_of_its_words(letters: list[dict[str, Any]]) -> None:
    wrong = []
    for letter in letters:
        said = [(figure["quote"], figure["value"]) for figure in letter["figures"]]
        said += [(commitment["quote"], commitment["measure"]["value"]) for commitment in letter["commitments"] if commitment["measure"]]
        wrong += [(letter["id"], quote, value) for quote, value in said if Fraction(str(value)) not in read_numbers(quote)]
    assert wrong == []
