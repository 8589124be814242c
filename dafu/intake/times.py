"""Days as letters print them: `2023年10月8日`, `二〇一九年六月三日`, `20241018`, `中华民国107年5月3日`. Pure functions on strings.

Nothing is filled in: `2023年  月  日` is no day, and a day of which only year and month are printed stays `2025-03`.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from dafu.text import squeeze

_ZEROS = "〇○零0OoОо０Ο◯"
_DIGITS = {char: "0" for char in _ZEROS} | {char: str(value) for value, char in enumerate("一二三四五六七八九", 1)} | {"两": "2", "壹": "1", "贰": "2", "叁": "3"}
_DIGITS |= {chr(0xFF10 + value): str(value) for value in range(10)} | {str(value): str(value) for value in range(10)}
_ONE = rf"[{''.join(sorted(_DIGITS))}]"
_COUNT = rf"[{''.join(sorted(_DIGITS))}十廿卅]"
_B = r"[ \t\u3000\u00a0]*"
_ROC_YEAR = rf"(?:中{_B}华{_B})?民{_B}国{_B}(?P<roc>{_COUNT}{{1,4}}|[一二三四五六七八九]?百[零〇○一二三四五六七八九十]*)"
_YEAR = rf"(?:{_ROC_YEAR}|(?P<year>{_ONE}(?:{_B}{_ONE}){{3}}))"
_WORDS = rf"{_YEAR}{_B}年{_B}(?:(?P<month>{_COUNT}{{1,3}}){_B}月{_B}(?:(?P<day>{_COUNT}{{1,3}}){_B}[日号]|日)?)?"
_MARKED = rf"(?P<year>(?:19|20)\d\d){_B}[.．/\-－—]{_B}(?P<month>\d{{1,2}})(?:{_B}[.．/\-－—]{_B}(?P<day>\d{{1,2}}))?"
_SOLID = r"(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])"
_FORMS = [re.compile(form) for form in (_WORDS, _MARKED, _SOLID)]
_BLANK_DAY = re.compile(rf"{_YEAR}?{_B}年{_B}(?:{_COUNT}{{1,3}})?{_B}月{_B}(?:{_COUNT}{{1,3}})?{_B}日?")
_WRAPPED = re.compile(r"[（(【\[]?[ \t\u3000]*(.*?)[ \t\u3000]*[）)】\]]?[。.]?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PrintedDay:
    """A day as far as a letter prints it."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def value(self) -> str | None:
        """`2025-03-04`, or `2025-03` where no day is printed, or None."""
        if self.year is None or self.month is None:
            return None
        if self.day is None:
            return f"{self.year:04}-{self.month:02}"
        return f"{self.year:04}-{self.month:02}-{self.day:02}"

    @property
    def is_whole(self) -> bool:
        return self.day is not None


def parse_day(text: str) -> PrintedDay | None:
    """The day that a text is, all of it, brackets around it aside; None where it is something else."""
    inner = _WRAPPED.fullmatch(text.strip())
    words = squeeze(inner[1] if inner else text)
    for form in _FORMS:
        if (match := form.fullmatch(words)) and (found := _read(match)):
            return found
    return PrintedDay() if words and _BLANK_DAY.fullmatch(words) else None


def find_last_day(text: str) -> tuple[int, PrintedDay] | None:
    """The day with which a text ends, and where it begins."""
    trimmed = text.rstrip(" \t\u3000\u00a0。.）)")
    for start in range(max(0, len(trimmed) - 34), len(trimmed)):
        if (start == 0 or not _is_part_of_day(trimmed[start - 1])) and (found := parse_day(trimmed[start:])):
            return start, found
    return None


def _is_part_of_day(char: str) -> bool:
    return char in _DIGITS or char in "国华民中十年月日-./"


def _read(match: re.Match[str]) -> PrintedDay | None:
    groups = match.groupdict()
    year = _count(groups["roc"]) + 1911 if groups.get("roc") else int("".join(_DIGITS[char] for char in groups["year"] if char in _DIGITS))
    month, day = (groups[name] and _count(groups[name]) for name in ("month", "day"))
    if not 1912 <= year <= 2200:
        return None
    if month is None:
        return PrintedDay()
    try:
        datetime.date(year, month, 1 if day is None else day)
    except ValueError:
        return PrintedDay()
    return PrintedDay(year, month, day)


def _count(text: str) -> int:
    """A number up to 999 in digits or in words: 十二, 廿三, 一百零七, 107."""
    if all(char in _DIGITS for char in text):
        return int("".join(_DIGITS[char] for char in text))
    text = text.replace("廿", "二十").replace("卅", "三十")
    hundreds, has_hundreds, rest = text.rpartition("百")
    tens, has_tens, ones = rest.rpartition("十")
    value = (int(_DIGITS[hundreds]) if hundreds else 1) * 100 if has_hundreds else 0
    if has_tens:
        value += (int(_DIGITS.get(tens.strip("零〇○"), "1")) if tens.strip("零〇○") else 1) * 10
    digits = [_DIGITS[char] for char in ones if char in _DIGITS]
    return value + (int("".join(digits)) if digits else 0)
