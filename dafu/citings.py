"""Where a text names policies: 《titles》 and document numbers, as printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dafu.quotes import Span

_NUMBER = r"[\u4e00-\u9fff]{2,12}[ \u3000]*[〔［\[（(【] *(?:19|20)\d\d *[〕］\]）)】] *第? *\d{1,5} *号"
_CITED = re.compile(rf"(?P<title>《(?:[^《》\n]|《[^《》\n]*》){{2,150}}》)(?: *[（(](?P<behind>{_NUMBER})[）)])?|(?P<number>{_NUMBER})")
_BEFORE_NUMBER = re.compile(r".*(?:根据|按照|依据|依照|遵照|遵循|参照|对照|参见|贯彻|落实|执行|适用|转发|印发|下发|出台|制定|修订|废止|现行|文件|通知|关于|以及|和|及|与|的|依|按|以|由|见|在|如|原)(?=..)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a policy is named."""

    span: Span
    words: str
    title: str | None
    number: str | None


def iter_cited(text: str) -> Iterator[Place]:
    """The places where a text names policies, in its order."""
    for match in _CITED.finditer(text):
        printed = match["behind"] or match["number"]
        title, number = match["title"] and match["title"][1:-1], printed and _trim(printed)
        span = Span(match.start() if title else match.end() - len(number), match.end())
        yield Place(span, span.slice(text), title, number)


def _trim(number: str) -> str:
    """A document number without the words that run into it: 根据国办发〔2018〕28号 is 国办发〔2018〕28号."""
    head, rest = re.match(r"([\u4e00-\u9fff]*)(.*)", number, re.DOTALL).groups()
    return _BEFORE_NUMBER.sub("", head) + rest
