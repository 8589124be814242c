"""A raw text as letters: parted into lines, dissected, read; what is no part of a letter is set aside as noise."""

from __future__ import annotations

from dataclasses import dataclass

from dafu.intake.anatomy import Anatomy, dissect, find_letters
from dafu.intake.fields import Finding, Known, find_fields
from dafu.intake.flow import Paragraph, make_markdown, make_paragraphs
from dafu.intake.lines import Line, split_lines


@dataclass(frozen=True, slots=True)
class RawLetter:
    """A letter as read from a raw text."""

    raw: str
    anatomy: Anatomy
    findings: dict[str, Finding]
    paragraphs: tuple[Paragraph, ...]
    body: str
    """As Markdown, the contact line masked."""
    noise: tuple[str, ...]
    """What was set aside, as it stood in the raw text."""
    is_doubled: bool = False


def read_letters(raw: str, known: Known) -> list[RawLetter]:
    """The letters of a raw text; empty where it holds none."""
    starts = [0, *(place + 1 for place, char in enumerate(raw) if char == "\n")]
    found = []
    for lines, copies_from in find_letters(split_lines(raw)):
        anatomy = dissect(lines, copies_from)
        if anatomy is not None and is_letter(anatomy):
            found.append(_read(raw, anatomy, known, starts, is_doubled=copies_from is not None))
    return found


def _read(raw: str, anatomy: Anatomy, known: Known, starts: list[int], *, is_doubled: bool) -> RawLetter:
    paragraphs = make_paragraphs(anatomy)
    noise = tuple(raw[line.start : line.end].strip() for line in _sort((*anatomy.head, *anatomy.foot)))
    return RawLetter(raw, anatomy, find_fields(anatomy, known, starts), tuple(paragraphs), make_markdown(paragraphs), noise, is_doubled)


def _sort(lines: tuple[Line, ...]) -> list[Line]:
    return sorted(lines, key=lambda line: line.start)


def is_letter(anatomy: Anatomy) -> bool:
    """Whether there is enough of a letter: two of heading, salutation, opening and signature, and some text."""
    opening = anatomy.opening
    signs = (bool(anatomy.heading), anatomy.salutation is not None, any(word in opening for word in ("收悉", "答复如下", "回复如下", "汇报如下", "提案", "建议")), bool(anatomy.signatures) or anatomy.day is not None)
    return sum(signs) >= 2 and sum(len(line.key) for line in anatomy.body) >= 20
