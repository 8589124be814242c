"""Permalink names from pinyin, by the cases of slugs.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dafu.slugs import assign_slugs, spell, spell_person

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load((Path(__file__).parent / "cases" / "slugs.yml").read_text("utf-8"))


def cases(part: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", CASES[part], ids=lambda case: case["title"])


@cases("spell")
def test_pinyin_of_a_name(case: dict[str, Any]) -> None:
    assert spell(case["input"]) == case["expected"]


@cases("people")
def test_pinyin_of_a_person(case: dict[str, Any]) -> None:
    assert spell_person(case["input"]) == case["expected"]


@cases("assign")
def test_second_bearers_are_numbered(case: dict[str, Any]) -> None:
    assert assign_slugs(case["names"], case.get("taken", ()), people=case.get("people", False)) == case["expected"]
