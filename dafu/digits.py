"""Rows of digits that are a person's: mobile telephone numbers and identity numbers, however they are parted. Pure functions on strings.

    +86 138-0000-0000        １３８　０００　０００００        13800000000        440303 19900101 0010
        └ groups: what stands between blanks, hyphens, dots and brackets; markup between two digits parts nothing

A number is made of whole groups, so that none is cut out of a longer one. What is no person's: amounts (a unit or a sign of money beside them, thousands,
decimals), dates, digits beside letters (digests, codes), numbers of documents and proposals, which say so.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MARKUP = r"*_~`\\\u200b-\u200d\u2060\ufeff"
"""What Markdown and YAML may put between two characters of a word: inside a character class."""
BLANK = r" \t\n\u00a0\u2000-\u200a\u202f\u3000#>"
"""What may part two of them; a line of a YAML comment or of a quotation goes on behind its mark."""
HYPHEN = r"\-－—–─‐‑‒―−"

_ROW = re.compile(rf"\d[\d{MARKUP}{BLANK}{HYPHEN}.．·•()（）]{{9,}}[\dxXｘＸ]")
MOST_BETWEEN = 24
"""Blanks and marks between two digits of one number; a line of YAML begins with many."""
_OTHER = re.compile(r"\D+")
LEAST, MOST = 11, 18
"""Digits of the shortest number, and of the longest."""
_SIZES = frozenset((11, 12, 13, 15, 18))
_GROUP = re.compile(rf"[\dxXｘＸ](?:[{MARKUP}]*[\dxXｘＸ])*")
_MOBILE = re.compile(r"(?:(?:00)?86|0)?1[3-9]\d{9}")
_IDENTITY = re.compile(r"[1-9]\d{16}[\dX]")
_OLD_IDENTITY = re.compile(r"[1-9]\d{14}")
_REGIONS = frozenset("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91".split())
"""The first two digits of an identity number, by GB/T 2260; 91 is that of foreign residents."""
FIRST_BIRTH, LAST_BIRTH = 1900, 2049

_LETTER = re.compile(r"[A-Za-z]+$")
_TELEPHONE = frozenset("tel telephone phone mobile mob t m p ph wx vx v wechat weixin qq whatsapp".split())
"""Letters that may stand right before a telephone number; beside any others digits are part of a code."""
_NAMED_IDENTITY = re.compile(r"(?:身[份分][证證]|[证證]件|公民身份)(?:[号號][码碼])?[^\d，。；]{0,8}$")
_NUMBERED = re.compile(r"(?:[第〕】\]字]$|(?:(?:[编編文案证證序单單批]|合同|[账賬帐][户戶]?|卡|房|机)[号號][码碼]?|代[码碼]|\b(?:number|letter|replies_to))[\"'：:=\s]{0,4}$)")
_UNIT = re.compile(r"\s?(?:[元万萬亿億千吨噸米度㎡%％]|美元|港元|人次|平方|立方|公里|户|[个個件台](?!人))")
_ARTICLE = re.compile(r"\.(?:s?html?|pdf|docx?|aspx?|jsp)\b")


@dataclass(frozen=True, slots=True)
class _Group:
    """Digits between which only markup stands."""

    digits: str
    start: int
    end: int
    gap: str
    """What parts it from the group before."""


@dataclass(frozen=True, slots=True, order=True)
class Number:
    """A number that is a person's, and where it stands."""

    start: int
    end: int
    kind: str
    """mobile | identity"""


def find_numbers(text: str) -> Iterator[Number]:
    """Mobile and identity numbers, in the order of the text."""
    for row in _ROW.finditer(text):
        if len(_OTHER.sub("", row[0])) < LEAST:
            continue
        for groups in _split_row(row):
            yield from _find_in_groups(groups, text)


def _split_row(row: re.Match[str]) -> Iterator[list[_Group]]:
    """The groups of a row; an empty line ends a number."""
    groups: list[_Group] = []
    for match in _GROUP.finditer(row[0]):
        start, end = row.start() + match.start(), row.start() + match.end()
        gap = re.sub(rf"[{MARKUP}]", "", row.string[groups[-1].end : start]) if groups else ""
        if gap.count("\n") > 1 or len(gap) > MOST_BETWEEN:
            yield groups
            groups, gap = [], ""
        groups.append(_Group(_read_digits(match[0]), start, end, gap))
    yield groups


def _read_digits(text: str) -> str:
    """ASCII digits and X, whatever digits and markup are typed."""
    if text.isascii() and text.isdigit():
        return text
    return "".join("X" if char in "xXｘＸ" else str(unicodedata.decimal(char)) for char in text if char in "xXｘＸ" or char.isdecimal())


def _find_in_groups(groups: Sequence[_Group], text: str) -> Iterator[Number]:
    first = 0
    while first < len(groups):
        found = _find_from(groups, first, text)
        if found is not None:
            last, kind = found
            yield Number(groups[first].start, groups[last].end, kind)
            first = last
        first += 1


def _find_from(groups: Sequence[_Group], first: int, text: str) -> tuple[int, str] | None:
    """The last group of a number that begins with a group, and what it is; the longest one counts."""
    digits, best = "", None
    for last in range(first, min(first + MOST, len(groups))):
        digits += groups[last].digits
        if len(digits) > MOST:
            break
        if len(digits) in _SIZES and (kind := _tell(digits, groups[first : last + 1], text)):
            best = last, kind
    return best


def _tell(digits: str, groups: Sequence[_Group], text: str) -> str | None:
    """What some groups are, read as one number."""
    start, end = groups[0].start, groups[-1].end
    if _is_identity(digits, text, start) and not _is_in_code(text, start, end):
        return "identity"
    if _MOBILE.fullmatch(digits) and not _is_parted_oddly(groups) and not _is_in_code(text, start, end) and not _is_figure(text, start, end):
        return "mobile"
    return None


def _is_identity(digits: str, text: str, start: int) -> bool:
    """Whether region and day of birth are possible; the old ones of 15 digits are any number's, so they must be named. A false check digit is no excuse: scanners misread."""
    if digits[:2] not in _REGIONS:
        return False
    if _IDENTITY.fullmatch(digits):
        return _is_day(digits[6:14])
    return bool(_OLD_IDENTITY.fullmatch(digits)) and _is_day("19" + digits[6:12]) and bool(_NAMED_IDENTITY.search(text[max(0, start - 24) : start]))


def _is_day(digits: str) -> bool:
    try:
        return FIRST_BIRTH <= datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year <= LAST_BIRTH
    except ValueError:
        return False


def _is_parted_oddly(groups: Sequence[_Group]) -> bool:
    """Whether no one parts a telephone number so, but an amount, a decimal, a day or a row of several numbers."""
    sizes = [len(group.digits) for group in groups]
    gaps = [group.gap.strip(" \t\n\u3000") or " " for group in groups[1:]]
    if gaps == ["."] or sizes[0] < 3 and set(sizes[1:]) == {3} and set(gaps) <= {" ", "."}:
        return True
    if sizes[0] == 8 and _is_day(groups[0].digits) or sizes[:3] in ([4, 2, 2], [4, 1, 2], [4, 2, 1], [4, 1, 1]):
        return True
    return sizes[0] not in (3, 5) and not groups[0].digits.startswith(("86", "0")) and len(set(gaps)) > 1


def _is_in_code(text: str, start: int, end: int) -> bool:
    """Whether letters or digits beside a number make it a part of something longer."""
    before, after = text[max(0, start - 12) : start], text[end : end + 1]
    letters = _LETTER.search(before)
    if letters and letters[0].lower() not in _TELEPHONE or before[-1:].isdecimal() or re.search(r"\d[.,]$", before):
        return True
    return bool(re.match(r"[A-Za-z\d]", after)) or bool(re.match(r"[.,]\d", text[end : end + 2])) and bool(re.match(r"\.\d|,\d{3}(?!\d)", text[end : end + 5]))


def _is_figure(text: str, start: int, end: int) -> bool:
    """Whether the words beside a number say that it is an amount, or the number of a document."""
    before, after = text[max(0, start - 16) : start], text[end : end + 6]
    return before[-1:] in ("¥", "￥", "$", "€") or bool(_UNIT.match(after) or _NUMBERED.search(before)) or before.endswith("_") and bool(_ARTICLE.match(after))
