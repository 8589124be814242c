"""What looks like a private person's data: every line of `cases/personal.yml`, and what stays when it is masked."""

from __future__ import annotations

import time

import pytest
import yaml

from dafu.personal import find_personal, look_through, mask_personal
from dafu.text import HIDDEN
from tests.making import TESTS
from tests.test_intake_traps import CONTACTS

CASES: dict[str, list[str]] = yaml.safe_load((TESTS / "cases" / "personal.yml").read_text("utf-8"))
LINES = [(kind, line) for kind, lines in CASES.items() for line in lines]


@pytest.mark.parametrize(("kind", "line"), LINES)
def test_personal_data_is_told_from_all_else(kind: str, line: str) -> None:
    text, shown = line.replace("⟦", "").replace("⟧", ""), line
    for found in reversed(find_personal(text)):
        text = f"{text[: found.start]}⟦{text[found.start : found.end]}⟧{text[found.end :]}"
    assert text == shown
    assert {found.kind for found in find_personal(line.replace("⟦", "").replace("⟧", ""))} == {kind} - {"none"}


@pytest.mark.parametrize("line", [*CONTACTS, *(line.replace("⟦", "").replace("⟧", "") for kind, line in LINES if kind != "none")])
def test_what_is_masked_holds_nothing_personal(line: str) -> None:
    masked, hidden = mask_personal(line)
    assert (find_personal(masked), HIDDEN in masked, bool(hidden)) == ([], True, True)


def test_a_place_is_that_of_the_text_as_typed() -> None:
    text = "甲&#49;乙\\u4e19丁"
    assert (look_through(text)[1], len(look_through(text))) == ("1", len(text))


@pytest.mark.parametrize("piece", ["联系人", "联系人：", "| 联系人 |\n|---|\n", "1 ", "138 ", "&#49;", "电话：", "联* ", "（(", "李·", "电话1-"])
def test_what_repeats_itself_takes_no_long_time(piece: str) -> None:
    start = time.perf_counter()
    find_personal(piece * (60_000 // len(piece)))
    assert time.perf_counter() - start < 20
