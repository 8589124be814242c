"""Blanks, invisible characters and slugs, by the cases of text.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dafu.text import drop_typed_blanks, find_control, make_slug, squeeze

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


