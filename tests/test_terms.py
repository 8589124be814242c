"""Folding and the query's meaning: the cases that the browser's twin reads too, and what no case can list."""

from __future__ import annotations

import json
import random
import time

import pytest

from dafu.search.folding import fold, make_pairs, read_simplified
from dafu.search.query import MOST_TERMS, All, Any, Not, Query, Term, Years, iter_terms, parse_query
from tests.making import TESTS

CASES = json.loads((TESTS / "cases" / "terms.json").read_text("utf-8"))


def as_case(query: Query | None) -> object:
    """A query as the case file writes it."""
    match query:
        case Term(text=text, field=name):
            return [text, name] if name else [text]
        case Years(first=first, last=last):
            return {"years": [first, last]}
        case Not(query=hidden):
            return {"not": as_case(hidden)}
        case All(queries=queries):
            return {"all": [as_case(each) for each in queries]}
        case Any(queries=queries):
            return {"any": [as_case(each) for each in queries]}
    return None


@pytest.mark.parametrize(("source", "folded"), CASES["fold"])
def test_text_folds_as_the_case_says(source: str, folded: str) -> None:
    assert fold(source) == folded


@pytest.mark.parametrize(("source", "meaning"), CASES["queries"])
def test_query_means_what_the_case_says(source: str, meaning: object) -> None:
    assert as_case(parse_query(source)) == meaning


def test_folding_twice_is_folding_once() -> None:
    chars = "".join(map(chr, range(0x20, 0x3000))) + "".join(read_simplified())
    assert [char for char in chars if fold(fold(char)) != fold(char)] == []


def test_every_traditional_character_is_found_by_its_simplified_one() -> None:
    assert [char for char, simple in read_simplified().items() if fold(char) != fold(simple)] == []


def test_pairs_are_kept_to_what_may_be_asked_for() -> None:
    assert make_pairs({"創", "甲"}) == "創创"
    assert make_pairs(None, {"创"}) == "創创"
    assert len(make_pairs()) == 2 * len(read_simplified())


@pytest.mark.parametrize("source", ["(" * 10_000, "( " * 5_000, "(甲 " * 3_000 + ")" * 3_000, '"' * 9_999, "-" * 10_000, "甲 " * 5_000, "OR " * 3_333, "甲" * 10_000, "title:" * 1_600, "(a " * 2_000 + "b) " * 2_000])
def test_ten_thousand_characters_are_read_at_once(source: str) -> None:
    start = time.perf_counter()
    parse_query(source)
    assert time.perf_counter() - start < 5


def test_only_the_first_terms_count() -> None:
    assert len(iter_terms(parse_query(" ".join(f"甲{number}" for number in range(MOST_TERMS + 50))))) == MOST_TERMS


@pytest.mark.parametrize("seed", range(20))
def test_no_query_is_an_error(seed: int) -> None:
    chance = random.Random(seed)
    alphabet = ["甲", "乙", " ", "(", ")", '"', "-", "OR", "year:", "title:", "2018", "..", ":", "\ud800", "\u200b", "<", "'"]
    for _ in range(300):
        query = parse_query("".join(chance.choices(alphabet, k=chance.randint(1, 30))))
        assert all(term.text for term in iter_terms(query))
