"""Arithmetic that letters assert, by the cases of sums.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dafu.sums import NotASum, show_number, split_sum

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases" / "sums.yml").read_text("utf-8"))


def show_sides(text: str) -> list[str] | None:
    """Each side's value as a message shows it; None for what is not a sum."""
    try:
        sides = split_sum(text)
    except NotASum:
        return None
    return [show_number(side) for side in sides]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_sides_of_a_sum(case: dict[str, Any]) -> None:
    assert show_sides(case["input"]) == case["expected"]


@pytest.mark.parametrize(("text", "is_right"), [("0.1 + 0.2 = 0.3", True), ("0.1 + 0.2 = 0.30000000000000004", False)])
def test_sides_are_compared_to_the_last_digit(text: str, is_right: bool) -> None:
    one, other = split_sum(text)
    assert (one == other) is is_right
