"""Blanks, invisible characters and slugs, by the cases of text.yml."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from dafu.text import _CONTROL, _TYPED_BLANK, _UNUSUAL, drop_typed_blanks, find_control, make_slug, squeeze

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load((Path(__file__).parent / "cases" / "text.yml").read_text("utf-8"))


def cases(part: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", CASES[part], ids=lambda case: case["title"])


@cases("blanks")
def test_typed_blanks_are_dropped_and_others_stay(case: dict[str, Any]) -> None:
    assert drop_typed_blanks(case["input"]) == case["expected"]


@cases("blanks")
def test_dropping_blanks_twice_changes_nothing_more(case: dict[str, Any]) -> None:
    assert drop_typed_blanks(case["expected"]) == case["expected"]


@cases("squeeze")
def test_squeezed_text_has_no_white_space(case: dict[str, Any]) -> None:
    assert squeeze(case["input"]) == case["expected"]


@cases("controls")
def test_invisible_characters_are_found(case: dict[str, Any]) -> None:
    found = find_control(case["input"])
    assert (ord(found[0]) if found else None) == case["expected"]


@cases("slugs")
def test_slugs_are_ascii(case: dict[str, Any]) -> None:
    assert make_slug(case["input"]) == case["expected"]


def test_blanks_that_are_found_first_are_those_of_the_whole_pattern() -> None:
    chance = random.Random(9001)
    for _ in range(5000):
        text = "".join(chance.choices("“”‘’aB1 \u3000\t\u00a0\u2003中，（(%…·\n²/", k=chance.randrange(10)))
        assert drop_typed_blanks(text) == _TYPED_BLANK.sub("", text), repr(text)


def test_every_hidden_character_is_an_unusual_one() -> None:
    assert [hex(point) for point in range(sys.maxunicode + 1) if _CONTROL.match(chr(point)) and not _UNUSUAL.match(chr(point))] == []
