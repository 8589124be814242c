"""What looks like a private person's data: contact lines, mobile numbers, identity numbers. The one place that decides it. Pure functions on strings.

    （联系**人**：甲某某，电话：0900-9009001）          words  who · how · ask        then the value: a name, a number, an address of mail
      └ word   └── value ───────────┘

Personal is a telephone *with* a person, or one that only a contact line gives (联系电话, 办公电话, 手机, or 电话 with which a line, a bracket or a cell begins).
Not personal is a telephone that an office gives to everybody in running text (服务热线：…, 咨询电话：…, 拨打12345), unless a name stands beside it.
Markup, escapes and entities are looked through; they are replaced by as many characters, so that every place is that of the text as typed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dafu.digits import BLANK, HYPHEN, MARKUP, find_numbers
from dafu.names import HAN, HOTLINE, MAIL, find_telephone, is_value, match_anybody, match_name, match_name_after, match_name_before
from dafu.text import HIDDEN

Place = tuple[int, int]
"""Start and end."""

LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True, order=True)
class Sighting:
    """Where something personal stands, and what it is."""

    start: int
    end: int
    kind: str
    """contact | mail | mobile | identity; mail is a contact line that gives nothing but an address of mail."""


def find_personal(text: str) -> list[Sighting]:
    """All that looks personal, in the order of the text; nothing is told twice."""
    plain = look_through(text)
    found = sorted([*_iter_contacts(plain), *(Sighting(number.start, number.end, number.kind) for number in find_numbers(plain))], key=lambda each: (each.start, -each.end))
    told: list[Sighting] = []
    for each in found:
        end = _find_end(each.end, plain, text)
        if not told or each.start >= told[-1].end:
            told.append(replace(each, end=end))
        elif end > told[-1].end:
            told[-1] = replace(told[-1], end=end)
    return told


def _find_end(end: int, plain: str, text: str) -> int:
    """Where what was found ends in the text as typed: behind a whole entity."""
    while end < len(plain) and plain[end] == _FILLER != text[end]:
        end += 1
    return end


def mask_personal(text: str) -> tuple[str, list[str]]:
    """The text with ［已隐去］ wherever something personal stands, and the words that were hidden."""
    hidden: list[str] = []
    for _ in range(8):  # what was masked may have hidden a second value behind it
        found = find_personal(text)
        if not found:
            break
        for each in reversed(found):
            hidden.append(text[each.start : each.end])
            text = text[: each.start] + HIDDEN + text[each.end :]
    return text, hidden


_CODED = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31});|\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U000[0-9a-fA-F]{5})")
_FILLER = "\\"


def look_through(text: str) -> str:
    """The text with its entities and escapes read, of the same length: `&#49;` is `1` and four characters that count as markup."""
    return _CODED.sub(_decode, text) if "&" in text or "\\" in text else text


def _decode(match: re.Match[str]) -> str:
    code = match[0]
    char = html.unescape(code) if code[0] == "&" else chr(int(code[2:], 16))
    return char + _FILLER * (len(code) - 1) if len(char) == 1 else code


def any_of(words: str, gap: str) -> str:
    """A pattern for any of some words with a gap between their characters, in simplified and traditional characters: 承 办 人, 承辦人."""
    return "(?:" + "|".join(gap.join(f"[{char}{_FORMS[char]}]" if char in _FORMS else char for char in word) for word in words.split()) + ")"


_FORMS = dict(zip("联络系经办电话机号码热线体负责员邮拨动务", "聯絡繫經辦電話機號碼熱線體負責員郵撥動務", strict=True)) | {"系": "繫係"}
_GAP = rf"[{MARKUP}{BLANK}]*"
_WHO = any_of("联系人 联络人 联络员 联系同志 联系老师 经办人 承办人 办理人 填表人 具体负责人", _GAP)
_HOW = any_of("联系电话 联络电话 联系方式 联络方式 联系手机 联系号码 联系邮箱 联系科室 联系处室 联系单位 联系部门 办公电话 移动电话 手机号码 手机号 手机 座机", _GAP)
_WORD = re.compile(rf"(?P<who>{_WHO})|(?P<how>{_HOW})|(?P<ask>(?P<own>{any_of('电话 邮箱', _GAP)}|(?:Tel|TEL|E-?mail|Email)\b)|{any_of('热线 拨打 致电', _GAP)})")
_HINT = re.compile(rf"[联聯经經承办辦填具移手座电電热熱邮郵拨撥致TE](?:{_GAP}[系繫係络絡办辦理表体體动動机機话話线線箱打电電公]|el|EL|-?mail)")
"""How every word begins; it is looked for first, for it can be found much faster."""
_OFFICE_END = "[科处處室局股办辦委会會部心公机機话話日间間]"
_MORE = re.compile(
    rf"(?:{_GAP}[及和与與、]?其?(?:{any_of('联系电话 联系方式 联系人 电话 号码 方式 姓名 手机 人员 单位 邮箱', _GAP)}|[员員])){{0,5}}(?:{_GAP}[（(][^（）()\n\d]{{0,14}}{_OFFICE_END}[）)])?"
)
"""What a word may go on with before its value: 联系人及电话, 联系电话（办公室）."""
_COLON = re.compile(rf"[{MARKUP}{BLANK}）)\]】」”\"]*[：:；;∶︰﹕=＝][{MARKUP}{BLANK}|]*(?:[（(][^（）()\n\d]{{0,14}}{_OFFICE_END}[）)][{MARKUP}{BLANK}]*(?=[\w［]))?")
_LINK = re.compile(rf"[{MARKUP}{BLANK}{HYPHEN}|（()）\[\]【】「」“”\"/]*(?:[是为為叫][{MARKUP}{BLANK}“]*)?")
_OFFICE = re.compile(rf"[{HAN}]{{2,12}}[科处處室局股][ \u3000]+")
_MASKED = re.compile(rf"(?:{HIDDEN}[，,、及和 \u3000]*)+")
_STOP = re.compile(rf"[）)\n|。；;}}\]]|{_WHO}|{_HOW}")
_LINE_START = re.compile(rf"(?:^|\n|\|)[{MARKUP}{BLANK}（(【]*$")


def _iter_contacts(text: str) -> Iterator[Sighting]:
    """Values of contact lines."""
    for word in _iter_words(text):
        found = _find_asked(word, text) if word["ask"] else _find_given(word, text)
        found = found or _find_in_column(word, text)
        if found is not None:
            start, end = found
            is_mail = MAIL.fullmatch(text, start, end) is not None and not word["who"]
            yield Sighting(start, end, "mail" if is_mail else "contact")
    for bracket in _BRACKET.finditer(text):
        if found := _find_in_bracket(bracket.end(), text):
            yield Sighting(*found, "contact")


def _iter_words(text: str) -> Iterator[re.Match[str]]:
    """The words that may give a value."""
    end = 0
    for hint in _HINT.finditer(text):
        word = _WORD.match(text, hint.start()) if hint.start() >= end else None
        if word is not None:
            end = word.end()
            yield word


def _find_given(word: re.Match[str], text: str) -> Place | None:
    """The value that 联系人 or 联系电话 gives, whoever or whatever it is."""
    more = _MORE.match(text, word.end()).end()
    colon = _COLON.match(text, more)
    if colon is None or "\n" in colon[0]:
        return _find_sure(_skip(_LINK, text, colon.end() if colon else more), text, is_who=bool(word["who"]))
    start = colon.end()
    if _MASKED.match(text, start):
        return _find_sure(start, text, is_who=bool(word["who"]))
    stop = _STOP.search(text, start, start + LONGEST_VALUE)
    end = stop.start() if stop else min(len(text), start + LONGEST_VALUE)
    value = text[start:end].rstrip(" \t\u3000，,、*_~`\\\"'“”")
    return (start, start + len(value)) if is_value(value, is_who=bool(word["who"])) else None


def _find_sure(start: int, text: str, *, is_who: bool) -> Place | None:
    """A value that is one without a colon before it: a name, a telephone, an address of mail."""
    start = _skip(_OFFICE, text, _skip(_MASKED, text, start))
    found = find_telephone(text, start) or MAIL.match(text, start)
    name = None if found else match_name(text, start)
    if name and not is_who:
        found = find_telephone(text, _skip(_LINK, text, name.end()))
        return (start, found.end()) if found else None
    if found := found or name:
        return start, found.end()
    anybody = match_anybody(text, start) if is_who else None
    return (start, find_telephone(text, anybody.end()).end()) if anybody else None


def _find_asked(word: re.Match[str], text: str) -> Place | None:
    """The number that follows 电话, where it is a person's: a name beside it, or nothing before it in its line."""
    more = _MORE.match(text, word.end()).end()
    start = _skip(_MASKED, text, _skip(_COLON if _COLON.match(text, more) else _LINK, text, more))
    found = _find_sure(start, text, is_who=False)
    if found is None or HOTLINE.match(text, start):
        return None
    before = text[max(0, word.start() - 40) : word.start()]
    if (name := match_name_before(before)) is not None:
        return word.start() - len(before) + name, found[1]
    if after := match_name_after(text, found[1]):
        return found[0], after
    is_alone = word["own"] is not None and _LINE_START.search(before)
    return found if is_alone or match_name(text, found[0]) or before.rstrip(_PAUSES).endswith(HIDDEN) else None


_PAUSES = "（(，,、；; \u3000"


_BRACKET, _SHUT = re.compile(r"[（(](?=[^（）()\n]{0,20}\d{3}[^（）()\n]{0,12}[）)])"), re.compile("[）)]")


def _find_in_bracket(start: int, text: str) -> Place | None:
    """A name with its number, both in a bracket or the number alone: （李明，8290…）, 李明（8290…）."""
    name = match_name(text, start)
    number = find_telephone(text, _skip(_COMMA, text, name.end()) if name else start)
    if number is None or not _SHUT.match(text, number.end()):
        return None
    before = text[max(0, start - 40) : start]
    first = start if name else match_name_before(before)
    return None if first is None else (first if name else start - len(before) + first, number.end())


_COMMA = re.compile(r"[，,、：:\s]*")


def _skip(form: re.Pattern[str], text: str, place: int) -> int:
    """Where the text goes on behind what a form takes."""
    match = form.match(text, place)
    return match.end() if match else place


_HEAD_END = re.compile(r"[^\n]*\n[ \t>#]*\|?[ \t]*:?-+[-:| \t]*\n")


def _find_in_column(word: re.Match[str], text: str) -> Place | None:
    """The first value under a word that heads a column of a table."""
    before = text[max(0, word.start() - LONGEST_ROW) : word.start()]
    column = before.count("|", before.rfind("\n") + 1)
    head = _HEAD_END.match(text, word.end()) if 0 < column <= MOST_COLUMNS else None
    place = head.end() if head else len(text)
    for _ in range(MOST_ROWS):
        place = _skip(_INDENT, text, place)
        if not text.startswith("|", place):
            break
        end = text.find("\n", place) % (len(text) + 1)  # -1 is the end
        cells = text[place:end].split("|", column + 1)
        start = place + sum(map(len, cells[:column])) + column
        if column < len(cells) and (found := _find_sure(_skip(_LINK, cells[column], 0), cells[column], is_who=bool(word["who"]))):
            return start + found[0], start + found[1]
        place = end + 1
    return None


LONGEST_ROW, MOST_COLUMNS, MOST_ROWS = 1000, 40, 40
"""Of a table that is looked through."""
_INDENT = re.compile(r"[ \t>#]*")
