"""Quotes found in a text, by the cases of quotes.yml and against a naive twin."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from dafu.quotes import Finder, Missed
from dafu.text import squeeze

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load((Path(__file__).parent / "cases" / "quotes.yml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES["find"], ids=lambda case: case["title"])
def test_quote_is_found_or_missed_for_a_reason(case: dict[str, Any]) -> None:
    found = Finder(case["text"]).find(case["quote"], case.get("nth"))
    assert (found.code if isinstance(found, Missed) else [found.slice(case["text"]), found.start]) == case["expected"]


@pytest.mark.parametrize("case", CASES["nearest"], ids=lambda case: case["title"])
def test_nearest_passage_is_shown(case: dict[str, Any]) -> None:
    assert Finder(case["text"]).nearest(case["quote"]) == case["expected"]


def test_nearest_passage_is_cut_where_it_is_long() -> None:
    assert Finder("种" * 300).nearest("种" * 200) == "种" * 119 + "…"


def naive_spans(text: str, quote: str) -> list[tuple[int, int]]:
    """Every stretch that begins and ends with ink and says the quote's words."""
    inked = [place for place, char in enumerate(text) if not char.isspace()]
    return [(a, b + 1) for a in inked for b in inked if a <= b and squeeze(text[a : b + 1]) == squeeze(quote)]


@pytest.mark.parametrize("seed", range(200))
def test_places_are_those_of_a_naive_search(seed: int) -> None:
    dice = random.Random(seed)
    text = "".join(dice.choices("树种 \n", k=20))
    quote = "".join(dice.choices("树种 ", k=dice.randint(1, 4)))
    assert [(span.start, span.end) for span in Finder(text).iter_spans(quote)] == naive_spans(text, quote)
