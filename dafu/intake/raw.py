"""A raw text as letters: parted into lines, dissected, read; what is no part of a letter is set aside as noise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dafu.intake.anatomy import Anatomy, dissect, find_letters
from dafu.intake.fields import Finding, Known, Value, find_fields
from dafu.intake.flow import Paragraph, hides, make_markdown, make_paragraphs
from dafu.intake.heading import ANSWERED
from dafu.intake.lines import Line, split_lines
from dafu.intake.people import PrintedContact
from dafu.personal import mask_personal
from dafu.text import squeeze


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
    """What was set aside, as it stood in the raw text; the contact line too, for the body hides it."""
    is_doubled: bool = False


def read_letters(raw: str, known: Known) -> list[RawLetter]:
    """The letters of a raw text; empty where it holds none."""
    starts = [0, *(place + 1 for place, char in enumerate(raw) if char == "\n")]
    found: list[tuple[Anatomy, list[Line], bool]] = []
    before: list[Line] = []
    for lines, copies_from in find_letters(split_lines(raw)):
        anatomy = dissect(lines, copies_from)
        if anatomy is not None and is_letter(anatomy):
            found.append((anatomy, [*before], copies_from is not None))
            before = []
        elif found:
            found[-1][1].extend(lines)
        else:
            before += lines
    return [_read(raw, anatomy, others, known, starts, is_doubled=is_doubled) for anatomy, others, is_doubled in found]


def _read(raw: str, anatomy: Anatomy, others: list[Line], known: Known, starts: list[int], *, is_doubled: bool) -> RawLetter:
    """A letter's fields, body and noise; `others` are lines of the raw text that are of no letter."""
    paragraphs = make_paragraphs(anatomy)
    body, rest = mask_personal(make_markdown(paragraphs))
    hidden = [line for paragraph in paragraphs for line in paragraph.lines if hides(paragraph)]
    noise = tuple(raw[line.start : line.end].strip() for line in sorted((*anatomy.head, *anatomy.foot, *others, *hidden), key=lambda line: line.start)) + tuple(rest)
    findings = find_fields(anatomy, known, starts)
    restore = _Restorer((*anatomy.heading, *anatomy.head, *anatomy.body, *anatomy.foot))
    findings = {key: replace(finding, value=restore(finding.value)) if key not in ("kind", "date") else finding for key, finding in findings.items()}
    return RawLetter(raw, anatomy, findings, tuple(paragraphs), body, noise, is_doubled)


class _Restorer:
    """Gives values that were found in simplified characters back as they are printed."""

    def __init__(self, lines: Sequence[Line]) -> None:
        changed = [line for line in lines if line.plain != line.text.replace("**", "")]
        self.plain = "".join(line.key for line in changed)
        self.printed = squeeze("".join(line.text.replace("**", "") for line in changed))

    def __call__(self, value: Value) -> Value:
        if not self.plain or value is None:
            return value
        if isinstance(value, tuple):
            return tuple(self._restore(each) for each in value)
        if isinstance(value, PrintedContact):
            return PrintedContact(value.name and self._restore(value.name), value.phone)
        return self._restore(value)

    def _restore(self, value: str) -> str:
        """The printed characters, with the blanks of the value."""
        place = self.plain.find(squeeze(value))
        if place < 0:
            return value
        printed = iter(self.printed[place : place + len(squeeze(value))])
        return "".join(char if char.isspace() else next(printed) for char in value)


def is_letter(anatomy: Anatomy) -> bool:
    """Whether there is enough of a letter: two of heading, salutation, opening and signature, and some text."""
    opening = anatomy.opening
    text = "".join(line.plain for line in (*anatomy.head, *anatomy.heading, *anatomy.body[:3]))[:600]
    answers = bool(anatomy.heading and ANSWERED.search("".join(line.key for line in anatomy.heading))) or bool(re.search(r"收悉|(?:答复|回复|汇报|函复|反馈|说明)如下|答复|回复|办理情况|交.{0,12}(?:办理|承办)", opening))
    if not answers or re.search(r"本报讯|本报记者|记者(?:获悉|从)|转交你[局委办]|请你[局委办].{0,20}(?:办理|答复)|提案人[：:].{0,200}(?:为此|建议)[：:]", text) and not re.search(r"收悉|答复如下", opening):
        return False
    signs = (
        bool(anatomy.heading), anatomy.salutation is not None, any(word in opening for word in ("收悉", "提案", "建议", "议案")),
        bool(re.search(r"(?:答复|回复|汇报|函复)如下", opening)), bool(anatomy.signatures) or anatomy.day is not None,
    )
    return sum(signs) >= 2 and sum(len(line.key) for line in anatomy.body) >= 20
