"""Whatever has happened to a raw text, nothing of it is lost: every character is in a body, in a heading, or in the noise; and its draft passes `check`."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from dafu.check import check_letter
from dafu.intake.convert import convert
from dafu.intake.desk import Desk, Placed, RawFile
from dafu.intake.fields import Known
from dafu.intake.lines import clean
from dafu.intake.raw import read_letters
from dafu.problems import Problem, Report
from dafu.reading import DRAFT_OPEN, read_letter
from dafu.reference import Reference, Site
from tests.making import TESTS

RAW = sorted(path for path in [*(TESTS / "cases" / "intake").iterdir(), *(TESTS / "raw").iterdir()] if path.suffix in (".txt", ".md", ".html"))
BITS = (" ", "　", "**", "#", "|", "&nbsp;", "<br>", "\u200b", "- 3 -", "<", "《", "”", "：", "\f", "2020年5月6日", "甲乙丙委员：", "一、")


def count(text: str, *, is_raw: bool) -> Counter[str]:
    """The characters of a text that a reader sees, markup aside."""
    return Counter(re.sub(r"[\s*#|>\\]", "", clean(text) if is_raw else text))


def find_lost(raw: str) -> Counter[str] | None:
    """The characters that are nowhere; None where no letter is found."""
    letters = read_letters(raw, Known())
    if not letters:
        return None
    kept: Counter[str] = Counter()
    for letter in letters:
        kept += count(letter.body, is_raw=False) + count(str(letter.findings["printed_title"].value or ""), is_raw=False)
        for piece in letter.noise:
            kept += count(piece, is_raw=True)
    return count("\n".join(clean(line) for line in re.split(r"[\n\f]", raw)), is_raw=False) - kept


def damage(raw: str, chance: random.Random) -> str:
    """The text with some lines gone, doubled, exchanged, cut, joined, and bits put in."""
    lines = raw.split("\n")
    for _ in range(chance.randrange(1, 6)):
        place, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        cut = chance.randrange(len(lines[place]) + 1)
        what = chance.randrange(7)
        if what == 0 and len(lines) > 3:
            del lines[place]
        elif what == 1:
            lines.insert(place, lines[other])
        elif what == 2:
            lines[place], lines[other] = lines[other], lines[place]
        elif what == 3:
            lines[place : place + 1] = [lines[place][:cut], lines[place][cut:]]
        elif what == 4:
            lines[place : place + 2] = ["".join(lines[place : place + 2])]
        elif what == 5:
            lines[place] = lines[place][:cut] + chance.choice(BITS) + lines[place][cut:]
        else:
            lines[place] = lines[place][:cut] + lines[place][cut + 1 :]
    return "\n".join(lines)


@pytest.mark.parametrize("path", RAW, ids=lambda path: path.stem[:3])
def test_nothing_is_lost(path: Path) -> None:
    raw = convert(path.name, path.read_bytes())
    assert find_lost(raw) == Counter()
    chance = random.Random(path.name)
    texts = [damage(raw, chance) for _ in range(25)]
    assert {text: lost for text in texts if (lost := find_lost(text))} == {}


REFERENCE = Reference(site=Site(title="", description=""))


def find_problems(raw: str) -> list[Problem]:
    """What `check` says of the drafts of a raw text, beside what they leave open."""
    report = Report("draft")
    for placed in Desk([], REFERENCE).take_in(RawFile("raw.txt", raw.encode("utf-8", "replace"))):
        if isinstance(placed, Placed):
            letter = read_letter(placed.id, placed.text, report)
            assert letter is not None
            report.problems += check_letter(letter, REFERENCE)
    return [problem for problem in report.problems if problem.code != DRAFT_OPEN]


@pytest.mark.parametrize("path", RAW, ids=lambda path: path.stem[:3])
def test_every_draft_passes_check(path: Path) -> None:
    raw = convert(path.name, path.read_bytes())
    chance = random.Random(f"{path.name} again")
    assert {text: found for text in [raw, *(damage(raw, chance) for _ in range(15))] if (found := find_problems(text))} == {}


def test_a_lost_character_would_be_seen() -> None:
    assert count("新建停车位", is_raw=False) - count("新建车位", is_raw=False) == Counter("停")
