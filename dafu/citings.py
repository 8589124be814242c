"""Where a text names policies: 《titles》 and document numbers, as printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from dafu.letter import Citation, FrontMatter
from dafu.marks import Mark
from dafu.packed import Packed
from dafu.quotes import Span
from dafu.text import squeeze

_PLAIN = str.maketrans("［］[]【】()〔〕", "（）（）（）（）（）", "“”\"'‘’ ")
_HAN = r"[\u4e00-\u9fff]"
_YEAR = r"[〔［\[（(【] *(?:19|20)\d\d *[〕］\]）)】]"
_NUMBER = rf"{_HAN}{{2,12}}[ \u3000]*{_YEAR} *第? *\d{{1,5}} *号"
_TITLED = re.compile(rf"(?P<title>《(?:[^《》\n]|《[^《》\n]*》){{2,150}}》)(?: *[（(](?P<behind>{_NUMBER})[）)])?")
_NUMBERED = re.compile(rf"(?P<number>{_NUMBER})")
_SIGN = re.compile(rf"《|{_YEAR}")
"""What each of them has, and few other places: a number is looked for backwards from its year, as any Chinese character could be its first."""

_ISSUER = re.compile(rf"{_HAN}{{2,12}}\Z")
_BEFORE_NUMBER = re.compile(r".*(?:根据|按照|依据|依照|遵照|遵循|参照|对照|参见|贯彻|落实|执行|适用|转发|印发|下发|出台|制定|修订|废止|现行|文件|通知|关于|以及|和|及|与|的|依|按|以|由|见|在|如|原)(?=..)")


@dataclass(frozen=True, slots=True)
class Place(Packed):
    """Where a policy is named."""

    span: Span
    words: str
    title: str | None
    number: str | None


@dataclass(frozen=True, slots=True)
class Naming(Packed):
    """A policy that a letter cites, without the place where it does."""

    SHARED: ClassVar[int] = 1000  # the same policies are cited in letter after letter

    id: str
    """Its anchor in the letter's page: t1, or q1 where the front matter has it."""
    place: int
    """Among the places where the letter names policies, or in the front matter's list."""
    title: str | None
    number: str | None
    policy: str | None = None
    """The slug that the front matter gives it."""
    issuer: str | None = None
    """As the front matter names it."""


def iter_namings(front: FrontMatter, marks: Sequence[Mark], cited: Sequence[Place]) -> Iterator[Naming]:
    """The policies that a letter cites, in the text's order; neither itself nor the proposal that it answers."""
    typed = [mark for mark in marks if mark.kind == "citation"]
    own = {make_key(name) for name in (front.title, front.printed_title, front.document_number) if name}
    found = []
    for mark in typed:
        citation = front.citations[mark.index]
        place = _read_citation(mark, citation)
        found.append((mark.span, Naming(mark.id, mark.index, place.title, place.number, citation.policy, citation.issuer)))
    number = 0
    for at, place in enumerate(cited):
        if any(place.span.start < mark.span.end and mark.span.start < place.span.end for mark in typed):
            continue
        if own & {make_key(place.title or ""), make_key(place.number or "")}:
            continue
        number += 1
        found.append((place.span, Naming(f"t{number}", at, place.title, place.number)))
    yield from (naming for _, naming in sorted(found, key=lambda each: each[0]))


def _read_citation(mark: Mark, citation: Citation) -> Place:
    """What the front matter says of a place, and where it says nothing what the place says."""
    place = next(iter_cited(mark.words), None)
    title, number = (place.title, place.number) if place else (None, None)
    if citation.title is None and title is None and number is None and citation.number is None:
        title = mark.words
    return Place(mark.span, mark.words, citation.title or title, citation.number or number)


def make_key(title: str) -> str:
    """A title or number as it is compared: without blanks and quotation marks, one kind of brackets."""
    return squeeze(title).removeprefix("《").removesuffix("》").translate(_PLAIN)


def iter_cited(text: str) -> Iterator[Place]:
    """The places where a text names policies, in its order."""
    end = 0
    for sign in _SIGN.finditer(text):
        match = _match(text, sign, end) if sign.start() >= end else None
        if match is None:
            continue
        end = match.end()
        named = match.groupdict()
        title, printed = named.get("title"), named.get("behind") or named.get("number")
        number = printed and _trim(printed)
        span = Span(match.start() if title else end - len(number), end)
        yield Place(span, span.slice(text), title and title[1:-1], number)


def _match(text: str, sign: re.Match[str], end: int) -> re.Match[str] | None:
    """A title that begins at a sign, or a number whose year stands there; `end` is where the one before ended."""
    start = sign.start()
    if sign[0] == "《":
        return _TITLED.match(text, start)
    before = text[end:start].rstrip(" \u3000")
    issuer = _ISSUER.search(before[-12:])
    return _NUMBERED.match(text, end + len(before) - len(issuer[0])) if issuer else None


def _trim(number: str) -> str:
    """A document number without the words that run into it: 根据国办发〔2018〕28号 is 国办发〔2018〕28号."""
    head, rest = re.match(r"([\u4e00-\u9fff]*)(.*)", number, re.DOTALL).groups()
    return _BEFORE_NUMBER.sub("", head) + rest
