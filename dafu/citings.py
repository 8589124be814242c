"""Where a text names policies: 《titles》 and document numbers, as printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dafu.packed import Packed
from dafu.quotes import Span

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
