"""Marks and corrections as HTML: by the cases of markup.yml, and for random letters nothing is lost and nothing added."""

from __future__ import annotations

import html
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from dafu.markup import LetterMarkup
from dafu.problems import Report
from dafu.reading import Letter, read_letter
from tests.making import make_letter

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases" / "markup.yml").read_text("utf-8"))

KEYS: dict[str, tuple[str, dict[str, Any]]] = {
    "commitment": ("commitments", {"action": "种树"}),
    "figure": ("figures", {"indicator": "trees", "value": 9, "unit": "棵", "type": "stock"}),
    "note": ("notes", {"note": "原文如此"}),
}


def annotate(body: str, marks: list[list[str]], corrections: list[dict[str, Any]]) -> Letter:
    """A letter with these annotations, read as from its file."""
    lists: dict[str, list[dict[str, Any]]] = {"corrections": [{"type": "typo"} | correction for correction in corrections]}
    for kind, mark_id, quote, *nth in marks:
        key, values = KEYS[kind]
        named = {"quote": quote} | ({"nth": nth[0]} if nth else {}) | ({"id": mark_id} if kind == "commitment" else {})
        lists.setdefault(key, []).append(values | named)
    report = Report("letter")
    letter = read_letter("2020/9001", make_letter(body, **{key: json.dumps(items) for key, items in lists.items()}), report)
    assert letter is not None and report.problems == []
    return letter


def shorten(markup: str) -> str:
    """HTML in the signs of markup.yml."""
    text = re.sub(r'<mark class="\w+" id="(\w+)" data-mark="\1">', r"[\1:", markup)
    text = re.sub(r'<mark class="\w+" data-mark="(\w+)">', r"[\1 ", text).replace("</mark>", "]")
    text = re.sub(r'<del class="replaced">(.*?)</del>', r"~\1~", text)
    text = re.sub(r'<del class="dropped">(.*?)</del>', r"~~\1~~", text)
    return re.sub("</?ins>", "+", re.sub("</?strong>", "*", text))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_words_with_their_marks(case: dict[str, Any]) -> None:
    letter = annotate(case["body"], case.get("marks", []), case.get("corrections", []))
    assert shorten(LetterMarkup(letter).render_cell(letter.body.blocks[0].runs)) == case["expected"]


def printed_of(markup: str) -> str:
    """The words without what corrections put in."""
    return html.unescape(re.sub("<[^>]*>", "", re.sub("<ins>.*?</ins>", "", markup)))


def reading_of(markup: str) -> str:
    """The words without what corrections take out."""
    return html.unescape(re.sub("<[^>]*>", "", re.sub("<del[^>]*>.*?</del>", "", markup)))


def random_letter(dice: random.Random) -> tuple[Letter, str]:
    """A letter with bold, marks that overlap and corrections that don't, and the text as corrected."""
    blocks = ["".join(dice.choices("甲乙丙<&\"9", k=30)) for _ in range(3)]
    edges = [sorted(dice.sample(range(31), 4)) for _ in blocks]
    bold = [f"{text[:a]}**{text[a:b]}**{text[b:c]}**{text[c:d]}**{text[d:]}" for text, (a, b, c, d) in zip(blocks, edges, strict=True)]
    text = "\n\n".join(blocks)
    marks, corrections, corrected = [], [], text
    for number in range(1, 7):
        start = dice.randrange(len(text) - 9)
        marks.append(["commitment", f"c{number}", *quote_at(text, start, start + dice.randint(1, 9))])
    for place in range(2, -1, -1):
        for half in (15, 0):
            start = place * 32 + half + dice.randrange(6)
            end = start + dice.randint(1, 8)
            reading = vary(text[start:end], dice)
            quote, nth = quote_at(text, start, end)
            corrections.append({"quote": quote, "nth": nth, "reading": reading})
            corrected = corrected[:start] + reading + corrected[end:]
    return annotate("\n\n".join(bold), marks, corrections), corrected


def quote_at(text: str, start: int, end: int) -> tuple[str, int]:
    """The words of a stretch of text that doesn't begin or end in white space, and which of their places it is."""
    squeezed, quote = "".join(text.split()), "".join(text[start:end].split()) or text[0]
    place = len("".join(text[:start].split()))
    found = [at for at in range(len(squeezed)) if squeezed.startswith(quote, at)]
    return quote, found.index(place) + 1 if place in found else 1


def vary(words: str, dice: random.Random) -> str:
    """Other words: some put in, taken out or replaced, never none."""
    cut = dice.randrange(len(words) + 1)
    shorter = words[: cut - 1] + words[cut:] if cut else words[1:]
    return dice.choice([words[:cut] + "丁丁" + words[cut:], words[:cut] + "戊" + words[cut + 1 :], shorter or "己"])


@pytest.mark.parametrize("seed", range(150))
def test_nothing_is_lost_and_nothing_added(seed: int) -> None:
    letter, corrected = random_letter(random.Random(seed))
    markup = LetterMarkup(letter)
    rendered = [str(markup.render_cell(block.runs)) for block in letter.body.blocks]
    assert "\n\n".join(map(printed_of, rendered)) == letter.body.text
    assert "\n\n".join(map(reading_of, rendered)) == corrected
    assert markup.read_span(0, len(letter.body.text)) == corrected


@pytest.mark.parametrize("seed", range(50))
def test_each_anchor_stands_once(seed: int) -> None:
    letter, _ = random_letter(random.Random(seed))
    markup = LetterMarkup(letter)
    anchors = re.findall(r' id="(\w+)"', "".join(markup.render_cell(block.runs) for block in letter.body.blocks))
    assert sorted(anchors) == sorted(mark.id for mark in letter.marks)
