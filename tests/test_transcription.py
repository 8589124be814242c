"""Each body beside the text that came out of the scanner: every difference is one that a case names."""

from __future__ import annotations

import difflib
import hashlib
import re
from pathlib import Path

import pytest
import yaml

from dafu.problems import Report
from dafu.reading import Letter, read_letter
from dafu.text import HIDDEN, squeeze

TESTS = Path(__file__).parent
LETTERS = sorted((TESTS.parent / "content" / "letters").glob("*/*.md"))
CASES = TESTS / "cases" / "transcription"


def read(path: Path) -> Letter:
    report = Report(path.name)
    letter = read_letter(f"{path.parent.name}/{path.stem}", path.read_text("utf-8"), report)
    assert letter is not None and report.problems == []
    return letter


def plain(text: str) -> str:
    """Without white space and markup."""
    return squeeze(re.sub(r"^#+|\*\*", "", text.replace("<sup>2</sup>", "²"), flags=re.MULTILINE))


def differences(raw: str, body: str) -> list[tuple[str, str]]:
    """What stands in one text only, as pairs of raw and body."""
    matcher = difflib.SequenceMatcher(None, raw, body, autojunk=False)
    return [(raw[a:b], body[c:d]) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"]


def read_source(letter: Letter) -> bytes:
    return (TESTS / "raw" / letter.front.source.file).read_bytes()


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_body_is_what_the_scanner_read_but_for_named_differences(path: Path) -> None:
    letter = read(path)
    raw = plain(read_source(letter).decode())
    heading = plain(letter.front.printed_title)
    assert raw.startswith(heading), "the letter's own heading is printed_title, character by character"
    named = yaml.safe_load((CASES / f"{path.stem}.yml").read_text("utf-8")) or []
    mended = raw.removeprefix(heading)
    for case in named:
        old, new = plain(case["raw"]), plain(case["body"])
        assert mended.count(old) == 1, f"the named difference {case['raw']!r} is not one of this letter"
        mended = mended.replace(old, new)
    assert differences(mended, plain(letter.body.text)) == []


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_kept_copy_has_the_hash_that_the_letter_names(path: Path) -> None:
    letter = read(path)
    assert hashlib.sha256(read_source(letter)).hexdigest() == letter.front.source.sha256


@pytest.mark.parametrize("path", sorted((TESTS / "raw").glob("*.txt")), ids=lambda path: path.name[:3])
def test_contact_lines_are_masked(path: Path) -> None:
    lines = [line for line in path.read_text("utf-8").splitlines() if "联系人" in line]
    for line in lines:
        assert re.sub(r"[\s:：,，()（）]|联系人|联系电话", "", line) == HIDDEN * 2


def test_a_lost_character_would_be_seen() -> None:
    assert differences("新建停车位6000个", "新建车位6000个") == [("停", "")]
